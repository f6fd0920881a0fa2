"""A server of embeddings and rerankings on loopback that misbehaves on demand, bounded in requests and in time.

It speaks `/v1/embeddings` as OpenAI has it, `/rerank` and `/v1/rerank` as Cohere, Jina, vLLM and Infinity have it
(`documents`) and as text-embeddings-inference has it (`texts`). It counts one token per character.

    with FaultyServer(at(0, refused(429, retry_after=2)), beyond(32, refused(413))) as server:
        ... server.url ...
    assert server.texts == ["a", "b"]

A fault (`tests.faults` has many) takes what was asked and answers, or says None: then the next one is tried, and at
last there is the sound answer.
"""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from typing import Self

DIMENSION = 8
MOST_REQUESTS = 3000
LONGEST = 30.0  # seconds that anything may take


@dataclass(frozen=True)
class Asked:
    """One request. number: counts from 0. at: seconds, monotonic. headers: in lower case. body: its JSON."""

    number: int
    at: float
    path: str
    headers: Mapping[str, str]
    body: Any

    @property
    def texts(self) -> list[str]:
        """What is to be embedded, or the documents that are to be ranked."""
        given = self.body.get("input") or self.body.get("documents") or self.body.get("texts") or []
        return [given] if isinstance(given, str) else list(given)


@dataclass(frozen=True)
class Answer:
    """What comes back. body: JSON, or bytes as they are. seconds: before it comes. cut: only its first half comes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    cut: bool = False


Fault: TypeAlias = Callable[[Asked], "Answer | None"]


@lru_cache(200_000)
def vector(text: str, dimension: int = DIMENSION, model: str = "") -> np.ndarray[Any, Any]:
    """The vector of a text, of length 1: the same for the same text, dimension and model."""
    digest = sha256(f"{model}\n{text}".encode("utf-8", "surrogatepass")).digest()
    numbers = np.random.default_rng(int.from_bytes(digest[:8])).normal(size=dimension).astype(np.float32)
    return numbers / np.linalg.norm(numbers)


def vectors(texts: Any, dimension: int = DIMENSION, model: str = "") -> np.ndarray[Any, Any]:
    """The vectors of several texts, n × dimension."""
    return np.array([vector(text, dimension, model) for text in texts], np.float32)


def relevance(query: str, document: str) -> float:
    """How relevant a document is: the share of the query's characters that it has."""
    return len(set(query) & set(document)) / max(1, len(set(query)))


def tokens(texts: Any) -> int:
    """What the server counts: a token per character, at least one per text."""
    return sum(max(1, len(text)) for text in texts)


def sound(asked: Asked, model: str = "") -> Answer:
    """The right answer. model: whose vectors."""
    if asked.path.partition("?")[0].endswith("/rerank"):
        return _ranking(asked)
    if not asked.path.partition("?")[0].endswith("/embeddings"):
        return error(404, f"there is no {asked.path}")
    made = vectors(asked.texts, asked.body.get("dimensions") or DIMENSION, model)
    encoded = asked.body.get("encoding_format") == "base64"
    data = [
        {"object": "embedding", "index": index, "embedding": in_base64(row) if encoded else row.tolist()}
        for index, row in enumerate(made)
    ]
    usage = {"prompt_tokens": tokens(asked.texts), "total_tokens": tokens(asked.texts)}
    return Answer(body={"object": "list", "model": asked.body.get("model"), "data": data, "usage": usage})


def _ranking(asked: Asked) -> Answer:
    query = asked.body["query"]
    scores = sorted(((relevance(query, text), -index) for index, text in enumerate(asked.texts)), reverse=True)
    if "texts" in asked.body:
        return Answer(body=[{"index": -index, "score": score} for score, index in scores])
    results = [{"index": -index, "relevance_score": score} for score, index in scores]
    usage = {"total_tokens": tokens([query]) * len(results) + tokens(asked.texts)}
    return Answer(body={"model": asked.body.get("model"), "results": results, "usage": usage})


def in_base64(row: np.ndarray[Any, Any]) -> str:
    """Little-endian float32."""
    return base64.b64encode(row.astype("<f4").tobytes()).decode()


def error(status: int, message: str, code: str | None = None) -> Answer:
    """A refusal as OpenAI words it."""
    return Answer(status, {"error": {"message": message, "type": "error", "code": code}})


class FaultyServer:
    """Listens on a free port from `with` on. asked: every request so far. faults: may be changed at any time.

    at_once: the most requests that were under way together.
    """

    def __init__(self, *faults: Fault, host: str = "127.0.0.1", model: str = "") -> None:
        self.faults = list(faults)
        self.model = model
        self.asked: list[Asked] = []
        self.answered: list[tuple[Asked, Answer]] = []
        self.at_once = self._under_way = 0
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._http = _Listening((host, 0), self)
        self._host = f"[{host}]" if ":" in host else host

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://{self._host}:{self._http.server_address[1]}"

    @property
    def url(self) -> str:
        """The address of OpenAI's protocol, `http://127.0.0.1:PORT/v1`."""
        return f"{self.address}/v1"

    @property
    def texts(self) -> list[str]:
        """Every text that was sent so far, answered or not."""
        return [text for asked in list(self.asked) for text in asked.texts]

    @property
    def embedded(self) -> list[str]:
        """Every text that was answered with status 200."""
        return [text for asked, answer in list(self.answered) if answer.status == 200 for text in asked.texts]

    def forget(self) -> None:
        """Count from 0 again."""
        with self._lock:
            self.asked, self.answered = [], []
            self.at_once = self._under_way

    def answer(self, path: str, headers: Mapping[str, str], body: Any) -> Answer:
        """Take note of a request, and say what its answer is."""
        with self._lock:
            asked = Asked(len(self.asked), time.monotonic(), path, headers, body)
            self.asked.append(asked)
            self._under_way += 1
            self.at_once = max(self.at_once, self._under_way)
        try:
            if asked.number >= MOST_REQUESTS:
                return error(403, f"more than {MOST_REQUESTS} requests")
            answers = (fault(asked) for fault in list(self.faults))
            answer = next((answer for answer in answers if answer is not None), None) or sound(asked, self.model)
            self._over.wait(min(answer.seconds, LONGEST))
        finally:
            with self._lock:
                self._under_way -= 1
        with self._lock:
            self.answered.append((asked, answer))
        return answer

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()


class _Listening(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: FaultyServer) -> None:
        self.owner = owner
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave are what is tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = LONGEST
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer, late, cut off or wrong, as the faults have it."""
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = self.server.owner.answer(self.path, headers, json.loads(content))
        raw_body = isinstance(answer.body, bytes)
        body = answer.body if raw_body else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        kind = {} if "Content-Type" in answer.headers else {"Content-Type": "application/json"}
        for name, value in {**kind, **answer.headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if answer.cut else body)
        if answer.cut:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Nothing is written while tests run."""
