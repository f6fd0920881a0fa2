"""A service with 50 ms of latency: requests, seconds, refusals and losses, beside mteb's wrapper of the openai package.

`python tests/bench/bench_services.py` prints three tables. The service is a process of its own on 127.0.0.1 which
waits 50 ms and answers with canned vectors of 1,536 dimensions, in the encoding that it is asked for (64 dimensions
where no seconds are compared). mteb's wrapper gets the client that the openai package makes by default, retries
included. What is imported is imported before; clients and caches are new each time.

What is not as in production: mteb counts tokens with a vocabulary that has to be downloaded, and gets one of single
bytes here, which cuts nothing. Where mteb or the client sleeps after a refusal, the seconds are noted and not slept;
the harness really waits.
"""

from __future__ import annotations

import argparse
import base64
import importlib.util
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from unittest import mock
from urllib.request import ProxyHandler, build_opener

import numpy as np

from harness.embedders.cached import Cached
from harness.embedders.openai_api import OpenAIEmbedder
from harness.embedders.resolve import parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

LATENCY = 0.05
DIMENSION = 1536
TEXTS = 1000
ROWS = 64
"""Different vectors; a text gets one of them, always the same."""

MTEB_DEFAULT = 32
"""The batch size that mteb.evaluate hands to a model when nobody says another one."""

LOST_AFTER = 900
"""Texts after which the credit is used up."""

FEW = 64
"""Dimensions where no seconds are compared."""

LIFETIME = 600.0
"""Seconds after which the service ends itself, whatever became of the benchmark."""


# The service.


@dataclass
class Scenario:
    """How the service behaves under one address, and what it was asked there.

    refused: the numbers of the requests that get a 429 with Retry-After: 1. credit: texts that are answered before
    every request gets OpenAI's insufficient_quota, None for any number.
    """

    refused: range = range(0)
    credit: int | None = None
    seen: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def refusal(self, texts: int) -> str:
        """The code of the error that a request gets, empty where it is answered."""
        with self.lock:
            number = self.seen["requests"]
            self.seen["requests"] += 1
            if number in self.refused:
                self.seen["refusals"] += 1
                return "rate_limit_exceeded"
            if self.credit is not None and self.seen["texts"] + texts > self.credit:
                self.seen["refusals"] += 1
                return "insufficient_quota"
            self.seen["texts"] += texts
            return ""


class Handler(BaseHTTPRequestHandler):
    """`POST /SCENARIO/v1/embeddings`; `PUT /SCENARIO` sets a scenario, `GET /SCENARIO` tells what was seen there."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    scenarios: ClassVar[dict[str, Scenario]] = {}
    rows: ClassVar[dict[tuple[str, int], list[str]]] = {}

    def do_PUT(self) -> None:
        """Set how an address behaves from now on; what was seen there stays."""
        given = json.loads(self._body())
        scenario = self.scenarios.setdefault(self.path, Scenario())
        scenario.refused, scenario.credit = range(*given["refused"]), given["credit"]
        self._send(200, b"{}")

    def do_GET(self) -> None:
        """What was seen there."""
        self._send(200, json.dumps(self.scenarios[self.path].seen).encode())

    def do_POST(self) -> None:
        """Vectors after the latency, or a refusal."""
        asked = json.loads(self._body())
        time.sleep(LATENCY)
        scenario = self.scenarios["/" + self.path.split("/")[1]]
        code = scenario.refusal(len(asked["input"]))
        if code:
            error = {"error": {"message": code, "type": code, "code": code}}
            self._send(429, json.dumps(error).encode(), {"Retry-After": "1"} if code[0] == "r" else {})
            return
        rows = self.rows[asked.get("encoding_format", "float"), asked.get("dimensions", DIMENSION)]
        data = ",".join(
            f'{{"object":"embedding","index":{index},"embedding":{rows[zlib.crc32(text.encode()) % ROWS]}}}'
            for index, text in enumerate(asked["input"])
        )
        tokens = sum(map(len, asked["input"])) // 4
        usage = json.dumps({"prompt_tokens": tokens, "total_tokens": tokens})
        answer = f'{{"object":"list","model":"m","data":[{data}],"usage":{usage}}}'
        self._send(200, answer.encode())

    def log_message(self, *_: object) -> None:
        """Nothing is written: the benchmark prints."""

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers["Content-Length"]))

    def _send(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        sent = {"Content-Type": "application/json", "Content-Length": str(len(body))} | dict(headers or {})
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve() -> None:
    """Be the service, until standard input ends or the time is up."""
    vectors = np.random.default_rng(0).normal(size=(ROWS, DIMENSION)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    for dimension in (FEW, DIMENSION):
        cut = vectors[:, :dimension]
        Handler.rows["float", dimension] = [json.dumps(row.tolist()) for row in cut]
        Handler.rows["base64", dimension] = [f'"{base64.b64encode(row.tobytes()).decode()}"' for row in cut]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    over = threading.Thread(target=sys.stdin.read, daemon=True)
    over.start()
    over.join(LIFETIME)


@dataclass
class Service:
    """The service as the benchmark sees it. Every scenario has an address of its own."""

    port: int
    scenarios: int = 0

    def scenario(self, refused: Sequence[int] = (0, 0), credit: int | None = None) -> str:
        """The name of a new scenario."""
        self.scenarios += 1
        name = f"s{self.scenarios}"
        self.set(name, refused, credit)
        return name

    def set(self, name: str, refused: Sequence[int] = (0, 0), credit: int | None = None) -> None:
        """How it behaves from now on."""
        self._ask(name, json.dumps({"refused": refused, "credit": credit}).encode())

    def seen(self, name: str) -> Counter[str]:
        """requests, refusals; texts that were answered, which is what has to be paid."""
        return Counter(self._ask(name))

    def url(self, name: str) -> str:
        """Its base_url."""
        return f"http://127.0.0.1:{self.port}/{name}/v1"

    def _ask(self, name: str, body: bytes | None = None) -> dict[str, int]:
        from urllib.request import Request

        asked = Request(f"http://127.0.0.1:{self.port}/{name}", data=body, method="PUT" if body else "GET")
        with build_opener(ProxyHandler({})).open(asked, timeout=10) as answer:
            return dict(json.load(answer))


@contextmanager
def started() -> Iterator[Service]:
    """The service in a process of its own, which ends with the block."""
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("no pipe")
            yield Service(int(process.stdout.readline()))
        finally:
            process.kill()


# Who asks it.


def texts() -> list[str]:
    """1,000 different ones, of 5 to 40 words."""
    random = np.random.default_rng(0)
    words = [
        "invoice",
        "order",
        "approval",
        "goods",
        "receipt",
        "payment",
        "contract",
        "holiday",
        "采购",
        "审批",
        "合同",
    ]
    return [" ".join([f"No. {n}", *random.choice(words, random.integers(3, 39))]) for n in range(TEXTS)]


def wrapper(url: str, dimension: int) -> Any:
    """mteb's wrapper, as it is."""
    import openai
    from mteb.models.model_implementations.openai_models import OpenAIModel

    client = openai.OpenAI(base_url=url, api_key="x")
    return OpenAIModel("text-embedding-3-small", max_tokens=8191, embed_dim=dimension, client=client)


def encoded(model: Any, given: Sequence[str], batch_size: int | None) -> np.ndarray:
    """What a model of mteb gives; batch_size: what mteb.evaluate would hand to it, None for the model's own."""
    import mteb
    from datasets import Dataset
    from torch.utils.data import DataLoader

    batches = DataLoader(Dataset.from_dict({"text": list(given)}), batch_size=batch_size or len(given))
    task = mteb.get_task("STS12").metadata  # any: the wrapper does not look at it
    more = {} if batch_size is None else {"batch_size": batch_size}
    return np.asarray(model.encode(batches, task_metadata=task, hf_split="test", hf_subset="default", **more))


def with_mteb(url: str, given: Sequence[str], batch_size: int | None, dimension: int = FEW) -> np.ndarray:
    """mteb's wrapper alone."""
    return encoded(wrapper(url, dimension), given, batch_size)


def with_mteb_cache(url: str, given: Sequence[str], cache: Path) -> np.ndarray:
    """mteb's wrapper in mteb's own cache of vectors."""
    from mteb.models import CachedEmbeddingWrapper

    return encoded(CachedEmbeddingWrapper(wrapper(url, FEW), cache_path=cache), given, MTEB_DEFAULT)


def with_harness(url: str, given: Sequence[str], cache: Path, options: str = "") -> np.ndarray:
    """The harness with its defaults, the cache on disk included."""
    with VectorCache(cache) as vectors:
        embedder = OpenAIEmbedder(parse_spec(f"openai:text-embedding-3-small?base_url={url}{options}"))
        return Cached(embedder, vectors).embed(given, "document")


class Sleeps:
    """Notes the seconds of every sleep and does not sleep: `with mock.patch("time.sleep", sleeps)`."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        """Instead of sleeping."""
        self.seconds.append(seconds)


# What is shown.


def speed(service: Service, scratch: Path, repeats: int) -> str:
    """Requests, seconds of the clock and of this process for 1,000 texts, each way in turn; medians."""
    given, fresh = texts(), iter(range(10**6))

    def mteb(name: str, batch_size: int | None) -> None:
        with_mteb(service.url(name), given, batch_size, DIMENSION)

    def harness(name: str, options: str = "") -> None:
        with_harness(service.url(name), given, scratch / f"cache-{next(fresh)}", options)

    alone = f"&batch_size={MTEB_DEFAULT}&concurrency=1"
    ways: dict[str, Callable[[str], None]] = {
        f"mteb, batch_size={MTEB_DEFAULT} (of mteb.evaluate)": partial(mteb, batch_size=MTEB_DEFAULT),
        "mteb, batch_size=2048 (the wrapper's own)": partial(mteb, batch_size=None),
        "harness, as it is": harness,
        "harness, encoding=float as mteb": partial(harness, options="&encoding=float"),
        f"harness, {MTEB_DEFAULT} texts, one at a time as mteb": partial(harness, options=alone),
    }
    taken: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    requests: dict[str, int] = {}
    for _ in range(repeats):
        for way, work in ways.items():
            name = service.scenario()
            wall, cpu = time.perf_counter(), time.process_time()
            work(name)
            taken[way].append((time.perf_counter() - wall, time.process_time() - cpu))
            requests[way] = service.seen(name)["requests"]
    medians = {way: np.median(seconds, axis=0) for way, seconds in taken.items()}
    first = next(iter(medians.values()))[0]
    lines = [f"{f'{TEXTS:,} texts, {LATENCY * 1000:.0f} ms a request':46}requests    wall s     CPU s    faster"]
    for way, (wall, cpu) in medians.items():
        lines.append(f"{way:46}{requests[way]:8}{wall:10.3f}{cpu:10.3f}{first / wall:9.1f}×")
    lines.append("The harness asks once more than it has batches: 4 texts show whether the model has changed.")
    lines.append("mteb's CPU seconds are the openai package's: it takes floats apart one by one, base64 whole.")
    return "\n".join(lines)


def refusals(service: Service, scratch: Path) -> str:
    """A 429 with Retry-After: 1, once and nine times in a row, in the middle of 1,000 texts."""
    lines = [f"{'429 with Retry-After: 1, after 4 requests':46}requests   seconds   vectors"]
    for count in (1, 9):
        cached = partial(with_harness, cache=scratch / f"refused-{count}", options=f"&dimensions={FEW}")
        for way, work in (("mteb", partial(with_mteb, batch_size=MTEB_DEFAULT)), ("harness", cached)):
            name = service.scenario(refused=(4, 4 + count))
            seconds, vectors = attempted(partial(work, service.url(name), texts()))
            requests = service.seen(name)["requests"]
            lines.append(f"{f'{way}, {count} in a row':46}{requests:8}{seconds:10.1f}   {vectors}")
    lines.append("The openai package asks up to 3 times and heeds Retry-After; mteb then sleeps 10 s, then 60 s, then")
    lines.append(
        "gives up. The seconds that mteb would sleep are added, not slept; the harness waits for 1 s each time."
    )
    return "\n".join(lines)


def attempted(work: Callable[[], Any]) -> tuple[float, str]:
    """Seconds that it takes, those of sleeps included, which are not slept; and whether anything came of it."""
    import openai

    sleeps, result, begun = Sleeps(), "all", time.perf_counter()
    with mock.patch("time.sleep", sleeps):
        try:
            work()
        except (openai.APIError, EmbedderError) as error:
            result = f"none: {type(error).__name__}"
    return time.perf_counter() - begun + sum(sleeps.seconds), result


def losses(service: Service, scratch: Path) -> str:
    """The credit is used up after 900 of 1,000 texts; then it is topped up, and the same is asked for again."""
    lines = [f"{f'No credit after {LOST_AFTER} of {TEXTS:,} texts':46}texts paid   then, topped up   paid twice"]
    given = texts()
    ways: dict[str, Callable[[str], Any]] = {
        f"mteb, batch_size={MTEB_DEFAULT}": partial(with_mteb, given=given, batch_size=MTEB_DEFAULT),
        "mteb, batch_size=2048": partial(with_mteb, given=given, batch_size=None),
        "mteb, in its CachedEmbeddingWrapper": partial(with_mteb_cache, given=given, cache=scratch / "mteb"),
        "harness": partial(with_harness, given=given, cache=scratch / "lost", options=f"&dimensions={FEW}"),
    }
    for way, work in ways.items():
        name = service.scenario(credit=LOST_AFTER)
        _, result = attempted(partial(work, service.url(name)))
        paid = service.seen(name)["texts"]
        service.set(name)
        work(service.url(name))
        then = service.seen(name)["texts"] - paid
        lines.append(f"{way:46}{paid:10}{then:18}{paid + then - TEXTS:13}   first {result}")
    lines.append(
        "Of the harness's texts 4 + 4 are asked for to see whether the model has changed; none of the others twice."
    )
    return "\n".join(lines)


@contextmanager
def offline_vocabulary() -> Iterator[None]:
    """tiktoken with a vocabulary of the 256 bytes: the one that mteb asks for has to be downloaded."""
    import tiktoken

    of_bytes = tiktoken.Encoding(
        "bytes", pat_str=r"[\s\S]", mergeable_ranks={bytes([n]): n for n in range(256)}, special_tokens={}
    )
    with mock.patch("tiktoken.get_encoding", return_value=of_bytes):
        yield


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--serve", action="store_true", help="be the service")
    arguments = parser.parse_args()
    if arguments.serve:
        serve()
        return
    missing = [name for name in ("mteb", "openai", "tiktoken") if importlib.util.find_spec(name) is None]
    if missing:
        sys.stdout.write(f"services: not measured, {', '.join(missing)} not installed\n")
        return
    warnings.simplefilter("ignore")  # mteb and what it imports warn about themselves
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name, started() as service, offline_vocabulary():
        os.environ["MTEB_CACHE"] = name
        scratch = Path(name)
        for warm in (with_mteb, partial(with_mteb_cache, cache=scratch / "warm")):  # imports are not measured
            warm(service.url(service.scenario()), given=["warm"], **({"batch_size": None} if warm is with_mteb else {}))
        for show in (partial(speed, repeats=arguments.repeats), refusals, losses):
            sys.stdout.write(show(service, scratch) + "\n\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
