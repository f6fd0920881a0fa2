"""Rankers and rerankers search for mteb: its retrieval and reranking tasks take them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError
from harness.interop.mteb import encoder
from harness.model import Identity, Ranking
from harness.search import ordered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model import Index

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves
]

DOCUMENTS = {"d1": "red apple", "d2": "green apple tree", "d3": "blue sky", "d4": "red sky at night"}
QUERIES = {"q1": "apple", "q2": "night sky", "q3": "nothing of it"}


class LongestFirst:
    """A reranker alone: the longest candidate first."""

    identity = Identity("test", "longest-first", "1")

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """By the number of characters."""
        del queries
        return ordered(candidates, [np.array([float(len(documents[place])) for place in own]) for own in candidates])


class Rank:
    """A ranker alone: documents as they come."""

    identity = Identity("test", "as-they-come", "1")

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The first k."""
        first = np.tile(np.arange(min(k, len(documents))), (len(queries), 1))
        return Ranking(first, -first.astype(np.float32))


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb makes a folder when it is imported; not in the user's home."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))


def rows(texts: dict[str, str], **more: list[str]) -> Any:
    """A table of mteb's."""
    from datasets import Dataset

    return Dataset.from_dict({"id": list(texts), "text": list(texts.values()), **more})


def search(candidate: Any, k: int = 10, top_ranked: Any = None, **queries: list[str]) -> dict[str, dict[str, float]]:
    """What mteb is told; titles stand before all documents."""
    from mteb.mocks.mock_tasks import MockRetrievalTask

    model, asked = encoder(candidate), {"task_metadata": MockRetrievalTask.metadata, "num_proc": None}
    model.index(rows(DOCUMENTS, title=["the"] * 4), **asked)
    return model.search(rows(QUERIES, **queries), top_k=k, top_ranked=top_ranked, **asked)


def test_a_ranker_searches_the_corpus() -> None:
    """Documents without a shared word are no answer, and a query without answers is there all the same.

    mteb leaves queries that are absent out of its means.
    """
    found = search(open_embedder(parse_spec("bm25:")))
    assert [list(found[query]) for query in QUERIES] == [["d1", "d2"], ["d4", "d3"], []]
    assert all(list(scores.values()) == sorted(scores.values(), reverse=True) for scores in found.values())


def test_no_more_than_asked_for_is_told() -> None:
    """The best k."""
    found = search(open_embedder(parse_spec("bm25:")), k=1)
    assert [list(found[query]) for query in QUERIES] == [["d1"], ["d4"], []]


def test_texts_are_as_mteb_makes_them() -> None:
    """The instruction of a query stands behind it, the title of a document before it."""
    instructed = search(open_embedder(parse_spec("bm25:")), instruction=["tree", "red", "blue"])
    assert [next(iter(instructed[query])) for query in QUERIES] == ["d2", "d4", "d3"]


def test_a_reranker_puts_candidates_in_order() -> None:
    """Those that mteb names, in whatever order, each once; a query without candidates has no answers."""
    ranked = {"q1": ["d3", "d1", "d3", "d4"], "q2": ["d2"]}
    for candidate, first in ((LongestFirst(), ["d4", "d1", "d3"]), (open_embedder(parse_spec("bm25:")), ["d1"])):
        found = search(candidate, top_ranked=ranked)
        assert [document for document in found["q1"] if document in first] == first
        assert found["q1"].keys() <= {"d1", "d3", "d4"}
        assert found["q3"] == {}


def test_who_cannot_do_it_says_so() -> None:
    """A reranker finds nothing in a corpus, a ranker does not reorder; what was raised is kept."""
    from mteb.mocks.mock_tasks import MockRetrievalTask

    with pytest.raises(EmbedderError, match="this task of mteb gives none"):
        search(LongestFirst())
    assert list(search(Rank())["q3"]) == list(DOCUMENTS)
    with pytest.raises(EmbedderError, match="cannot put given candidates in order"):
        search(Rank(), top_ranked={"q1": ["d1"]})
    model, asked = encoder(LongestFirst()), {"task_metadata": MockRetrievalTask.metadata}
    model.index(rows(DOCUMENTS), **asked)
    with pytest.raises(EmbedderError) as caught:
        model.search(rows(QUERIES), top_k=3, **asked)
    assert model.failed is caught.value
