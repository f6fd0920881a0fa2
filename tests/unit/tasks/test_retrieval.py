"""Retrieval by hand: which documents compete, which queries count, and what is said about the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.metrics.ranking import UNRANKED, Ranked, mrr, ndcg, recall
from harness.model import Finding, Ranking, RankingTask
from harness.tasks.retrieval import Retrieval

Tables: TypeAlias = dict[str, Sequence[Mapping[str, Any]]]
Build: TypeAlias = Callable[..., Retrieval]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

SCALE = {"near": [1.0, 0.0], "middle": [1.0, 1.0], "far": [0.0, 1.0], "query": [1.0, 0.0], "other": [0.0, 1.0]}
"""A query beside three documents at the angles 0°, 45° and 90°, and another query that sees them the other way."""


def tables(qrels: Sequence[tuple[str, str, float]], queries: Mapping[str, str] | None = None) -> Tables:
    """The three documents of SCALE, called d1, d2, d3, and these judgements."""
    return {
        "queries": [{"_id": key, "text": text} for key, text in (queries or {"q1": "query", "q2": "other"}).items()],
        "corpus": [{"_id": f"d{n}", "text": text} for n, text in enumerate(["near", "middle", "far"], 1)],
        "qrels": [{"query-id": query, "corpus-id": document, "score": score} for query, document, score in qrels],
    }


def by_name(findings: Sequence[Finding]) -> dict[str, float | None]:
    """Findings as name → value."""
    return {finding.name: finding.value for finding in findings}


def test_scores_by_hand(build: Build, judge: Judge) -> None:
    """Two queries with their right document at rank 2 and at rank 1.

    q1 wants the middle document: near comes first, so 1/2. q2 looks from the far end: far, middle, near, and wants
    far: 1. Mean reciprocal rank (1/2 + 1)/2 = 0.75; recall@1 (0 + 1)/2; nDCG (1/log2(3) + 1)/2.
    """
    judged = judge(build(Retrieval, tables([("q1", "d2", 1), ("q2", "d3", 1)])), SCALE)[Ranked]
    assert judged.rank.tolist() == [1, 0]
    assert mrr(10).score(judged) == pytest.approx(0.75)
    assert recall(1).score(judged) == pytest.approx(0.5)
    assert ndcg(10).score(judged) == pytest.approx((1 / np.log2(3) + 1) / 2)


def test_title_and_text_are_joined_and_stripped(build: Build) -> None:
    """A document is its title, a blank and its text; what is missing leaves no blank behind."""
    corpus = [
        {"_id": "d1", "title": "", "text": " both "},
        {"_id": "d2", "title": "a title", "text": ""},
        {"_id": "d3", "title": "a title", "text": "a text"},
    ]
    given: Tables = tables([("q1", "d1", 1)]) | {"corpus": corpus}
    assert build(Retrieval, given).texts()["documents"].texts == ["a title a text", "a title", "both"]
    corpus[1]["text"] = "x"
    assert build(Retrieval, given, use_title=False).texts()["documents"].texts == ["a text", "x", "both"]


def test_a_document_without_any_text(build: Build) -> None:
    """A document needs a title or a text; without titles, a text."""
    given: Tables = tables([("q1", "d1", 1)]) | {"corpus": [{"_id": "d1", "title": "t", "text": " "}]}
    assert build(Retrieval, given).collection.document_texts == ["t"]
    with pytest.raises(SuiteError, match=r"corpus\.tsv:2 \[text\]: empty text"):
        build(Retrieval, given, use_title=False)


def test_documents_stand_in_descending_order_of_id(build: Build, judge: Judge) -> None:
    """Among documents of equal score the highest id comes first, as in trec_eval.

    All three documents have the vector of the query, so the order is d3, d2, d1 and d1 has rank 2, from 0.
    """
    same = {text: [1.0, 0.0] for text in SCALE}
    judged = judge(build(Retrieval, tables([("q1", "d1", 1)])), same)[Ranked]
    assert judged.rank.tolist() == [2]


def test_a_document_with_the_id_of_the_query_does_not_compete(build: Build, judge: Judge) -> None:
    """The query d1 is the document d1: it is taken out of its own ranking and pool, and of no other's.

    For d1 the order is (near), middle, far → d2 has rank 0 among 2. For q2 it is far, middle, near → d1 has rank 2
    among 3.
    """
    given = tables([("d1", "d2", 1), ("q2", "d1", 1)], {"d1": "query", "q2": "other"})
    judged = judge(build(Retrieval, given), SCALE)[Ranked]
    assert judged.rank.tolist() == [0, 2]
    assert judged.pool.tolist() == [2, 3]


def test_room_for_the_document_that_is_taken_out(build: Build, judge: Judge) -> None:
    """At the last rank that counts there is an answer although the query's own document stood above it.

    Eleven documents d00…d10 in order of nearness; the query is d00; d10 is at rank 9, from 0, of the other ten.
    """
    given: Tables = {
        "queries": [{"_id": "d00", "text": "d00"}],
        "corpus": [{"_id": f"d{n:02}", "text": f"d{n:02}"} for n in range(11)],
        "qrels": [{"query-id": "d00", "corpus-id": "d10", "score": 1}],
    }
    vectors = {f"d{n:02}": [np.cos(n / 10), np.sin(n / 10)] for n in range(11)}
    assert judge(build(Retrieval, given), vectors)[Ranked].rank.tolist() == [9]


def test_repeated_queries(build: Build) -> None:
    """Of queries with the same text the first stays where the suite says so, and the others are counted."""
    given = tables([("q1", "d1", 1), ("q2", "d2", 1), ("q3", "d3", 1)], {"q1": "query", "q2": "other", "q3": "query"})
    assert build(Retrieval, given).collection.query_ids == ["q1", "q2", "q3"]
    task = build(Retrieval, given, drop_repeated_queries=True)
    assert sorted(task.collection.query_ids) == ["q1", "q2"]
    assert by_name(task.collection.left_out) == {"unjudged_queries": 1.0}


def test_groups(build: Build) -> None:
    """A query's group is its best document, the first by id among equals, unless the table says otherwise."""
    qrels = [("q1", "d1", 1), ("q1", "d3", 2), ("q2", "d3", 1), ("q2", "d2", 1)]
    given = tables(qrels)
    assert build(Retrieval, given).collection.groups == ["d3", "d2"]
    named = [row | {"group": f"g{n}"} for n, row in enumerate(given["queries"])]
    assert build(Retrieval, given | {"queries": named}).collection.groups == ["g0", "g1"]


def test_unjudged_queries_are_left_out_and_reported(build: Build, judge: Judge) -> None:
    """A query without a judgement is neither embedded nor scored; the run says how many there were."""
    task = build(Retrieval, tables([("q2", "d3", 1)]))
    assert task.texts()["queries"].texts == ["other"]
    judged = judge(task, SCALE)
    assert judged[Ranked].ids == ["q2"]
    assert by_name(task.findings(judged, np.random.default_rng(0))) == {"unjudged_queries": 1.0}


def test_a_query_with_only_zero_grades_counts_zero_and_is_reported(build: Build, judge: Judge) -> None:
    """A judged query without a relevant document stays in the mean with 0: (1 + 0) / 2."""
    task = build(Retrieval, tables([("q1", "d1", 1), ("q2", "d3", 0)]))
    judged = judge(task, SCALE)
    assert mrr(10).items is not None
    assert mrr(10).items(judged[Ranked]).tolist() == [1.0, 0.0]
    assert ndcg(10).score(judged[Ranked]) == pytest.approx(0.5)
    assert by_name(task.findings(judged, np.random.default_rng(0))) == {"queries_without_relevant": 1.0}


def test_nothing_judged(build: Build) -> None:
    """A suite in which no query has a usable judgement is refused with the reason."""
    with pytest.raises(SuiteError, match=r"absent query: 'x'(.|\n)*no query has a judgement: nothing can be scored"):
        build(Retrieval, tables([("x", "d1", 1)]))


def test_the_instruction_goes_to_the_queries_only(build: Build) -> None:
    """An instruction is put before every query and before no document."""
    texts = build(Retrieval, tables([("q1", "d1", 1)]), instruction="find: ").texts()
    assert (texts["queries"].role, texts["documents"].role) == ("query", "document")
    assert list(texts["queries"].prompted()) == ["find: query"]
    assert texts["documents"].prompted() == ["far", "middle", "near"]


def test_a_ranker_is_judged_by_its_ranking(build: Build) -> None:
    """A ranking may be shorter than the corpus; what it does not hold is unranked, no answer at all is reported."""
    task = build(Retrieval, tables([("q1", "d3", 1), ("q2", "d3", 1)]))
    assert isinstance(task, RankingTask)
    # Positions in descending order of id: 0 is d3, 1 is d2, 2 is d1.
    ranking = Ranking(np.array([[1, 0], [-1, -1]]), np.array([[2.0, 1.0], [-np.inf, -np.inf]], dtype=np.float32))
    (judged,) = task.judge_ranking(ranking)
    assert judged.rank.tolist() == [1, UNRANKED]
    assert mrr(10).score(judged) == pytest.approx(0.25)
    findings = task.findings({Ranked: judged}, np.random.default_rng(0))
    assert by_name(findings) == {"unanswered_queries": 1.0}


def test_a_constant_embedder_gets_chance(build: Build, judge: Judge) -> None:
    """An embedder that tells nothing apart finds the right document as often as a random order does.

    Each of 50 queries wants another of 50 documents; the order is the same for all, so recall@10 is 10/50 exactly.
    """
    given: Tables = {
        "queries": [{"_id": f"q{n}", "text": f"q{n}"} for n in range(50)],
        "corpus": [{"_id": f"d{n}", "text": f"d{n}"} for n in range(50)],
        "qrels": [{"query-id": f"q{n}", "corpus-id": f"d{n}", "score": 1} for n in range(50)],
    }
    constant = {f"{kind}{n}": [0.3, 0.1, 0.7] for kind in "qd" for n in range(50)}
    judged = judge(build(Retrieval, given), constant)[Ranked]
    assert recall(10).score(judged) == pytest.approx(0.2)
    assert mrr(10).score(judged) == pytest.approx(mrr(10).floor(judged))


def test_depth_is_what_to_ask_for(build: Build) -> None:
    """One more than the metrics look at where a query loses its own document; metrics do not see the spare one.

    q1 is answered by ten documents and one more; d01 loses itself: for both no more than ten ranks are looked at.
    """
    corpus = [{"_id": f"d{n:02}", "text": f"d{n:02}"} for n in range(12)]
    given: Tables = {
        "queries": [{"_id": "d01", "text": "a"}, {"_id": "q1", "text": "b"}],
        "corpus": corpus,
        "qrels": [{"query-id": query, "corpus-id": "d00", "score": 1} for query in ("d01", "q1")],
    }
    task = build(Retrieval, given)
    assert build(Retrieval, given | {"queries": given["queries"][1:], "qrels": given["qrels"][1:]}).depth == 10
    assert task.depth == 11
    # Positions in descending order of id: 11 is d00, 10 is d01. d01 finds d00 behind itself, q1 at its eleventh rank.
    rows = {"d01": [10, *range(9), 11], "q1": [*range(10), 11]}
    indices = np.array([rows[query] for query in task.collection.query_ids])
    scores = np.tile(-np.arange(11, dtype=np.float32), (2, 1))
    (judged,) = task.judge_ranking(Ranking(indices, scores))
    assert dict(zip(judged.ids, judged.rank.tolist(), strict=True)) == {"d01": 9, "q1": UNRANKED}
    assert judged.answers.tolist() == [10, 10]
