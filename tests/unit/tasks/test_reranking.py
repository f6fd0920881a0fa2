"""Reranking by hand: who the candidates are, which documents can be found, and what is said about the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.evaluate import evaluate
from harness.metrics.ranking import UNREACHABLE, Ranked, mean_average_precision, mrr, ndcg, recall
from harness.model import Identity, Ranking, RankingTask, RerankingTask, Suite, Vectors
from harness.search import SIMILARITIES
from harness.tasks.reranking import Reranking

Tables: TypeAlias = dict[str, Sequence[Mapping[str, Any]]]
Build: TypeAlias = Callable[..., Reranking]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

ANGLES = {"d1": 0, "d2": 20, "d3": 40, "d4": 60, "d5": 80, "first": 0, "last": 90}
"""Degrees: five documents, one query at their near end and one at the far end."""
VECTORS = {text: [np.cos(np.radians(angle)), np.sin(np.radians(angle))] for text, angle in ANGLES.items()}
QRELS = [("first", "d1", 0.0), ("first", "d3", 1.0), ("last", "d2", 2.0), ("last", "d4", 1.0), ("last", "d1", 0.0)]


def tables(qrels: Sequence[tuple[str, str, float]] = QRELS, candidates: Sequence[tuple[str, str]] = ()) -> Tables:
    """The documents and queries of ANGLES, each called by its text."""
    given: Tables = {
        "queries": [{"_id": text, "text": text} for text in ("first", "last")],
        "corpus": [{"_id": text, "text": text} for text in ANGLES if text[0] == "d"],
        "qrels": [{"query-id": query, "corpus-id": document, "score": score} for query, document, score in qrels],
    }
    if candidates:
        given["candidates"] = [{"query-id": query, "corpus-id": document} for query, document in candidates]
    return given


def names(task: Reranking) -> list[list[str]]:
    """The candidates of each query, by text."""
    return [[task.collection.document_texts[place] for place in places] for places in task.candidates]


def test_judged_documents_are_the_candidates(build: Build, judge: Judge) -> None:
    """Relevance 0 too, and nobody else's documents.

    first: d1, d3, of which d3 is relevant: rank 1 of 2. last: d4, d2, d1 in that order, d4 with gain 1 and d2 with 2.
    MRR (1/2 + 1)/2; MAP (1/2 + 1)/2; nDCG of last (1 + 2/log2 3)/(2 + 1/log2 3).
    """
    task = build(Reranking, tables())
    assert names(task) == [["d3", "d1"], ["d4", "d2", "d1"]]
    judged = judge(task, VECTORS)[Ranked]
    assert judged.rank.tolist() == [1, 0, 1]
    assert judged.pool.tolist() == judged.answers.tolist() == [2, 3]
    assert mrr(10).score(judged) == pytest.approx(0.75)
    assert mean_average_precision(None).score(judged) == pytest.approx(0.75)
    third = 1 / np.log2(3)
    assert ndcg(10).score(judged) == pytest.approx((third + (1 + 2 * third) / (2 + third)) / 2)


def test_given_candidates_compete_and_others_do_not(build: Build, judge: Judge) -> None:
    """first: d2, d3, d5 without its judged d1; last: d4 only, so that its relevant d2 cannot be found.

    It stays relevant: recall 1/2, and a finding says so. The floor of recall@1 is (1/3 + 1/2 · 1)/2.
    """
    given = [("first", "d5"), ("first", "d3"), ("first", "d2"), ("last", "d4")]
    task = build(Reranking, tables(candidates=given))
    assert names(task) == [["d5", "d3", "d2"], ["d4"]]
    judged = judge(task, VECTORS)[Ranked]
    assert judged.rank.tolist() == [1, 0, UNREACHABLE]
    assert judged.pool.tolist() == [3, 1]
    assert recall(1).score(judged) == pytest.approx((0 + 1 / 2) / 2)
    assert recall(1).floor(judged) == pytest.approx((1 / 3 + 1 / 2) / 2)
    (missed,) = task.findings({Ranked: judged}, np.random.default_rng(0))
    assert (missed.name, missed.value) == ("missed_relevant", 1.0)


def test_the_floor_is_what_random_orders_of_the_candidates_get(build: Build) -> None:
    """Averaged over all 6 orders of three candidates, one of two relevant documents among them."""
    from itertools import permutations

    given = [("last", "d4"), ("last", "d1"), ("last", "d5")]
    task = build(Reranking, tables(QRELS[2:], given))
    orders = [np.array([order], np.intp) for order in permutations(task.candidates[0])]
    judged = [task.judge_ranking(Ranking(order, np.zeros(order.shape, np.float32)))[0] for order in orders]
    for metric in (ndcg(10), ndcg(2), mrr(10), recall(2), mean_average_precision(None)):
        assert metric.floor(judged[0]) == pytest.approx(np.mean([metric.score(one) for one in judged]))


def test_a_query_without_candidates_is_unanswered(build: Build, judge: Judge) -> None:
    """It counts 0, and is counted."""
    task = build(Reranking, tables(candidates=[("first", "d3")]))
    judged = judge(task, VECTORS)[Ranked]
    assert judged.answers.tolist() == [1, 0]
    assert mrr(10).items is not None
    assert mrr(10).items(judged).tolist() == [1, 0]
    assert mrr(10).floor(judged) == pytest.approx(0.5)
    found = {finding.name: finding.value for finding in task.findings({Ranked: judged}, np.random.default_rng(0))}
    assert found == {"missed_relevant": 2.0, "unanswered_queries": 1.0}


@pytest.mark.parametrize("similarity", SIMILARITIES.values(), ids=SIMILARITIES)
def test_ties_go_to_the_higher_id_under_every_similarity(build: Build, similarity: Any) -> None:
    """As in retrieval: candidates that are all the same stand in the order d3, d1, and d4, d2, d1."""
    task = build(Reranking, tables())
    vectors = {"queries": np.ones((2, 3), np.float32), "documents": np.ones((5, 3), np.float32)}
    (judged,) = task.judge(vectors, similarity)
    assert judged.rank.tolist() == [0, 0, 1]
    assert judged.nonrelevant.values.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("candidate", "fault"),
    [
        (("nobody", "d1"), r"candidates\.tsv:3 \[query-id\]: absent query"),
        (("first", "d9"), r"candidates\.tsv:3 \[corpus-id\]: absent document"),
        (("first", "d1"), r"candidates\.tsv:3 \[corpus-id\]: given twice"),
    ],
)
def test_candidates_must_be_rows(build: Build, candidate: tuple[str, str], fault: str) -> None:
    """Each in the queries and in the corpus, and once; the fault says where."""
    with pytest.raises(SuiteError, match=fault):
        build(Reranking, tables(candidates=[("first", "d1"), candidate]))


class Backwards:
    """A reranker that puts the candidates in the order of falling positions, and notes what it was asked."""

    identity = Identity("fake", "backwards", "1")

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Any]) -> Ranking:
        """Last document first."""
        self.asked = [
            (query, [documents[i] for i in places]) for query, places in zip(queries, candidates, strict=True)
        ]
        width = max(map(len, candidates))
        indices = np.array([[*places[::-1], *[-1] * (width - len(places))] for places in candidates])
        return Ranking(indices, np.where(indices < 0, -np.inf, 0).astype(np.float32))


def suite(task: Reranking) -> Suite:
    """The task with a metric."""
    return Suite("s", "t", "CC0-1.0", task, (mrr(10),), "0" * 32, "")


def test_a_reranker_takes_the_suite(build: Build) -> None:
    """It is given each query's candidates, and its order is judged; a task like this takes no depth."""
    task = build(Reranking, tables())
    assert isinstance(task, RerankingTask)
    assert not isinstance(task, RankingTask)
    reranker = Backwards()
    outcome = evaluate(suite(task), reranker)
    assert reranker.asked == [("first", ["d3", "d1"]), ("last", ["d4", "d2", "d1"])]
    assert outcome.status == "ok"
    assert outcome.scores[0].value == pytest.approx((1 / 2 + 1 / 2) / 2)


def test_an_embedder_takes_the_suite(build: Build) -> None:
    """Through the same loop, with the vectors of queries and documents."""

    class Given:
        identity = Identity("fake", "given", "1")

        def embed(self, texts: Sequence[str], role: str) -> Vectors:
            del role
            return np.array([VECTORS[text] for text in texts], np.float32)

    assert evaluate(suite(build(Reranking, tables())), Given()).scores[0].value == pytest.approx(0.75)
