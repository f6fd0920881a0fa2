"""Small suites without faults, and how to load them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness.catalogue import Place, load_suite
from harness.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from harness.model import Suite

Files: TypeAlias = dict[str, str]
"""The files of a suite: path → content."""

QUERIES: list[dict[str, Any]] = [{"_id": "q1", "text": "付款"}, {"_id": 2, "text": "cold"}]
CORPUS: list[dict[str, Any]] = [
    {"_id": "d1", "title": None, "text": "支付货款"},
    {"_id": "d2", "title": "Flu", "text": "a runny nose"},
    {"_id": 3, "text": "weather 🙂"},
]
QRELS: list[dict[str, Any]] = [
    {"query-id": "q1", "corpus-id": "d1", "score": 1},
    {"query-id": 2, "corpus-id": "d2", "score": 2},
]


def jsonl(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture
def retrieval() -> Files:
    """A small retrieval suite without faults."""
    return {
        "suite.yaml": "title: t\nlicence: CC0-1.0\ntask: retrieval\n"
        "tables: {queries: q.jsonl, corpus: c.jsonl, qrels: r.jsonl}\nmetrics: [ndcg@10, recall@1]\n",
        "q.jsonl": jsonl(QUERIES),
        "c.jsonl": jsonl(CORPUS),
        "r.jsonl": jsonl(QRELS),
    }


@pytest.fixture
def pairs() -> Files:
    """A small suite of pairs without faults."""
    return {
        "suite.yaml": "title: t\ntask: pairs\ntables: {pairs: p.tsv}\nmetrics: [auc]\n",
        "p.tsv": "sentence1\tsentence2\tlabel\na\tb\t1\na\tc\t0\n",
    }


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Suite]:
    """Writes files into a folder of that name and loads the suite in it."""

    def load(files: Files, name: str = "mine") -> Suite:
        for path, content in files.items():
            file = tmp_path / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8", newline="")
        return load_suite(Place(name, tmp_path / name))

    return load


@pytest.fixture
def faults_of(load: Callable[..., Suite]) -> Callable[[Files], list[str]]:
    """Loads a suite that must have faults; gives them as the user sees them."""

    def faults_of(files: Files) -> list[str]:
        with pytest.raises(SuiteError) as caught:
            load(files)
        assert caught.value.suite == "mine"
        return [str(fault) for fault in caught.value.faults]

    return faults_of
