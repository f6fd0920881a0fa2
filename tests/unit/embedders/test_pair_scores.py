"""Scores of pairs: asked once each, kept in the vector cache, put in order."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders import pair_scores
from harness.embedders.cached import Cached
from harness.embedders.checked_rankers import CheckedReranker
from harness.embedders.contract import Checked
from harness.embedders.pair_scores import PairReranker, PairScorer, PairTexts, ServedPairTexts, pair_texts
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError
from harness.model import Identity, Ranker, Reranker
from harness.testing import check_embedder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from harness.embedders.pair_scores import Pair

DOCUMENTS = ["甲", 'b "quoted"', "甲乙丙", 'b "quoted"', "\ud800 alone"]


class Lengths:
    """Scores a pair by the characters of its document, less those of its query."""

    identity = Identity("fake", "lengths", "1", symmetric=True)

    def __init__(self, bend: Callable[[Any], Any] = lambda scores: scores) -> None:
        self.bend = bend
        self.asked: list[Pair] = []

    def score(self, pairs: Sequence[Pair]) -> Any:
        """n."""
        self.asked += pairs
        return self.bend(np.array([len(document) - len(query) for query, document in pairs], np.float64))


class Behind(Lengths):
    """The same behind an address: each pair by itself, the last first."""

    service = SimpleNamespace(endpoint="an address")
    sentinels = (("问", '"答"'),)

    def parts(self, pairs: Sequence[Pair]) -> Iterator[tuple[Any, Any]]:
        """Places and scores."""
        for place in reversed(range(len(pairs))):
            yield np.array([place]), self.score([pairs[place]])

    def sizes(self, pairs: Sequence[Pair]) -> list[int]:
        """The length of each pair."""
        return [len(query) + len(document) for query, document in pairs]


def reranker(scorer: Lengths) -> PairReranker:
    """The scorer as a reranker, without a cache."""
    return PairReranker(PairTexts(scorer))


def places(*lists: list[int]) -> list[Any]:
    """Candidates."""
    return [np.array(row, np.intp) for row in lists]


def test_candidates_are_put_in_order() -> None:
    """By score, the earlier at a tie; quotes, Chinese and lone surrogates come through as they are."""
    scorer = Lengths()
    ranking = reranker(scorer).rerank(["q", "qq"], DOCUMENTS, places([0, 1, 2, 3], [2, 4]))
    assert ranking.indices.tolist() == [[1, 3, 2, 0], [4, 2, -1, -1]]
    assert ranking.scores[1].tolist() == [5, 1, -np.inf, -np.inf]
    assert set(scorer.asked) == {
        ("q", "甲"),
        ("q", 'b "quoted"'),
        ("q", "甲乙丙"),
        ("qq", "甲乙丙"),
        ("qq", DOCUMENTS[4]),
    }


def test_a_scorer_behind_an_address_hands_over_what_it_has() -> None:
    """Its parts, its service and its sentinels come through; one that is here has none of them."""
    behind = pair_texts(Behind())
    assert isinstance(behind, ServedPairTexts)
    checked = Checked(behind, probes=())
    texts = ['["q", "ddd"]', '["q", "d"]']
    parts = [(list(places), scores.tolist()) for places, scores in checked.parts(texts, "either")]
    assert parts == [([1], [[0.0]]), ([0], [[2.0]])]
    assert checked.embed(texts, "either").tolist() == [[2.0], [0.0]]
    assert checked.service is Behind.service
    assert checked.sentinels == ['["问", "\\"答\\""]']
    assert behind.foreseen(texts, "either") == [4, 2]
    here = Checked(pair_texts(Lengths()), probes=())
    assert (here.service, here.sentinels) == (None, ())


def test_a_pair_is_scored_once() -> None:
    """Two documents with one text, and one query asked twice."""
    scorer = Lengths()
    reranker(scorer).rerank(["q", "q"], DOCUMENTS, places([1, 3], [0, 1]))
    assert sorted(scorer.asked) == [("q", 'b "quoted"'), ("q", "甲")]


def test_pairs_are_held_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the block, the ranking is the same; a query without candidates is in none."""
    given = places([0, 1, 2], [], [2, 4], [1], [])
    queries = ["a", "b", "c", "d", "e"]
    whole = reranker(Lengths()).rerank(queries, DOCUMENTS, given)
    for together in (1, 2, 3, 100):
        monkeypatch.setattr(pair_scores, "_TOGETHER", together)
        parts = reranker(Lengths()).rerank(queries, DOCUMENTS, given)
        assert parts.indices.tolist() == whole.indices.tolist()
        assert parts.scores.tolist() == whole.scores.tolist()
    assert reranker(Lengths()).rerank([], DOCUMENTS, []).indices.shape == (0, 0)


def test_a_second_run_scores_nothing(tmp_path: Path) -> None:
    """The cache keeps a number per pair; query and document are not interchangeable."""
    scorer, again = Lengths(), Lengths()
    with VectorCache(tmp_path / "cache") as cache:
        first = PairReranker(Cached(PairTexts(scorer), cache)).rerank(["b"], DOCUMENTS, places([0, 1, 2]))
        second = PairReranker(Cached(PairTexts(again), cache)).rerank(["b"], DOCUMENTS, places([0, 1, 2]))
        assert len(scorer.asked) == 3
        assert again.asked == []
        assert second.scores.tolist() == first.scores.tolist()
        PairReranker(Cached(PairTexts(again), cache)).rerank(["甲"], ["b"], places([0]))
        assert again.asked == [("甲", "b")]


def test_a_plug_in_that_scores_pairs_is_a_cached_reranker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Opened as any backend, kept as any model, without a line about either."""
    scorer = Lengths()
    monkeypatch.setattr("harness.embedders.baseline.open_baseline", lambda _: scorer)
    assert isinstance(scorer, PairScorer)
    with VectorCache(tmp_path / "cache") as cache:
        models: list[Cached] = []

        def keep(embedder: Any) -> Cached:
            models.append(Cached(embedder, cache))
            return models[-1]

        opened = open_embedder(parse_spec("baseline:x"), keep)
        assert isinstance(opened, CheckedReranker)
        assert isinstance(opened, Reranker)
        assert not isinstance(opened, Ranker)
        assert opened.identity == scorer.identity
        assert opened.rerank(["q"], DOCUMENTS, places([0, 1])).indices.tolist() == [[1, 0]]
        assert models[0].embedded == 2
    assert all(check.passed for check in check_embedder(open_embedder(parse_spec("baseline:x"))))


@pytest.mark.parametrize(
    ("bend", "message"),
    [
        (lambda scores: scores * np.nan, "fake:lengths: the embedder returned NaN or infinity"),
        (lambda scores: scores + np.inf, "fake:lengths: the embedder returned NaN or infinity"),
        (lambda _: 1 // 0, "fake:lengths failed with ZeroDivisionError"),
        (lambda scores: scores[1:], r"fake:lengths: scores of shape \(2,\) for 3 pairs"),
        (lambda scores: np.stack([scores, scores], axis=1), r"scores of shape \(3, 2\) for 3 pairs; .* one number"),
    ],
)
def test_scores_that_are_none_are_refused(
    bend: Callable[[Any], Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NaN, infinity, too few, and whatever the scorer raises."""
    monkeypatch.setattr("harness.embedders.baseline.open_baseline", lambda _: Lengths(bend))
    opened: Any = open_embedder(parse_spec("baseline:x"))
    with pytest.raises(EmbedderError, match=message):
        opened.rerank(["q"], DOCUMENTS, places([0, 1, 2]))
