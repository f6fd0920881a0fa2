"""Composition by hand: sums of terms, documents that are terms, the baseline of the first term, faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.metrics.ranking import Ranked, mrr, recall
from harness.model import RankingTask
from harness.tasks.composition import Composition, FirstTerm

Build: TypeAlias = Callable[..., Composition]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]
Tables: TypeAlias = dict[str, list[dict[str, Any]]]

AXES = {"coffee": [2.0, 0, 0], "iced": [0, 1.0, 0], "sugar": [0, 0, 1.0], "hot": [0, -1.0, 0]}
"""Terms along three axes, one of them twice as long as the others."""
DOCUMENTS = {
    "sweet coffee": [1.0, 0.0, 0.5],
    "plain coffee": [1.0, 0.1, 0.0],
    "iced coffee": [1.0, 1.0, 0.0],
    "hot soup": [0.1, -1.0, 0.0],
}


def tables(*terms: tuple[str, float, str], qrels: list[tuple[str, str]]) -> Tables:
    """Queries of these terms over DOCUMENTS (d1 … d4 in their order)."""
    return {
        "terms": [{"query-id": query, "weight": weight, "text": text} for query, weight, text in terms],
        "corpus": [{"_id": f"d{n}", "text": text} for n, text in enumerate(DOCUMENTS, 1)],
        "qrels": [{"query-id": query, "corpus-id": document, "score": 1} for query, document in qrels],
    }


ICED = (("q1", 1, "coffee"), ("q1", 1, "iced"), ("q1", -1, "sugar"))


def test_by_hand(build: Build, judge: Judge) -> None:
    """coffee + iced − sugar is (1, 1, −1): every term counts with length 1.

    Cosines times √3: iced coffee 2/√2 = 1.41, plain coffee 1.1/1.005 = 1.09, sweet coffee .5/1.118 = .45, soup below 0.
    iced coffee is wanted: rank 0. coffee alone finds plain coffee.
    """
    judged = judge(build(Composition, tables(*ICED, qrels=[("q1", "d3")])), {**AXES, **DOCUMENTS})
    assert judged[Ranked].rank.tolist() == [0]
    assert judged[Ranked].pool.tolist() == [4]
    assert (judged[FirstTerm].recall.tolist(), judged[FirstTerm].same.tolist()) == ([0.0], [False])


def test_the_findings_tell_what_the_first_term_does_alone(build: Build, judge: Judge) -> None:
    """q1 finds what coffee alone does not; q2 is one term, which of course finds the same."""
    task = build(Composition, tables(*ICED, ("q2", 2, "hot"), qrels=[("q1", "d3"), ("q2", "d4")]))
    judged = judge(task, {**AXES, **DOCUMENTS})
    assert recall(1).score(judged[Ranked]) == 1.0
    findings = {finding.name: finding for finding in task.findings(judged, np.random.default_rng(0))}
    assert findings["first_term_recall@1"].value == 0.5
    assert findings["first_term_recall@1"].note == "of the first positive term alone; the whole query has 1.000"
    assert findings["first_term_same_document"].value == 0.5


def test_the_first_positive_term_is_the_baseline(build: Build) -> None:
    """A query may begin with what it takes away, and its terms need not stand together."""
    rows = (("q1", -1, "sugar"), ("q2", 1, "hot"), ("q1", 1, "iced"), ("q1", 1, "coffee"))
    task = build(Composition, tables(*rows, qrels=[("q1", "d3"), ("q2", "d4")]))
    firsts = dict(zip(task.collection.query_ids, task.first.tolist(), strict=True))
    assert {query: task.terms[place] for query, place in firsts.items()} == {"q1": "iced", "q2": "hot"}


def test_a_document_that_is_a_term_does_not_compete(build: Build, judge: Judge) -> None:
    """plain coffee, a term, would be found first; two documents taken out leave a pool of two."""
    rows = (("q1", 1, "plain coffee"), ("q1", 0.05, "iced"), ("q1", -0.05, "hot soup"), ("q2", 1, "coffee"))
    given = tables(*rows, qrels=[("q1", "d3"), ("q2", "d2")])
    judged = judge(build(Composition, given), {**AXES, **DOCUMENTS})[Ranked]
    assert dict(zip(judged.ids, judged.pool.tolist(), strict=True)) == {"q1": 2, "q2": 4}
    assert judged.rank.tolist() == [1, 0]
    everything = judge(build(Composition, given, exclude_inputs=False), {**AXES, **DOCUMENTS})[Ranked]
    assert everything.pool.tolist() == [4, 4]
    assert everything.rank.tolist() == [2, 0]
    assert mrr(10).floor(judged) > mrr(10).floor(everything)


def test_there_is_room_for_what_is_taken_out(build: Build, judge: Judge) -> None:
    """Ten answers remain at depth 10 although three terms stood above them."""
    texts = [f"d{n:02}" for n in range(13)]
    given: Tables = {
        "terms": [{"query-id": "q", "text": text} for text in texts[:3]],
        "corpus": [{"_id": text, "text": text} for text in texts],
        "qrels": [{"query-id": "q", "corpus-id": "d12"}],
    }
    vectors = {text: [np.cos(n / 20), np.sin(n / 20)] for n, text in enumerate(texts)}
    judged = judge(build(Composition, given), vectors)[Ranked]
    assert (judged.rank.tolist(), judged.answers.tolist()) == ([9], [10])


def test_groups_and_roles(build: Build) -> None:
    """Groups come from the queries table, else from the best document; terms are queries with the instruction."""
    given = tables(*ICED, qrels=[("q1", "d3")])
    assert build(Composition, given).collection.groups == ["d3"]
    task = build(Composition, given | {"queries": [{"_id": "q1", "group": "drinks"}]}, instruction="find: ")
    assert task.collection.groups == ["drinks"]
    asked = task.texts()
    assert (asked["terms"].role, asked["documents"].role) == ("query", "document")
    assert next(iter(asked["terms"].prompted())) == "find: coffee"


def test_only_vectors_can_be_added(build: Build) -> None:
    """A ranker has no vectors to add, so this is no task for one."""
    assert not isinstance(build(Composition, tables(*ICED, qrels=[("q1", "d3")])), RankingTask)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (tables(*ICED, ("q2", -1, "hot"), qrels=[("q1", "d3")]), r"terms\.tsv:5 \[weight\]: no positive term"),
        (tables(*ICED, ICED[0], qrels=[("q1", "d3")]), r"terms\.tsv:5 \[text\]: term given twice"),
        (tables(*ICED, ("q1", 0, "hot"), qrels=[("q1", "d3")]), r"terms\.tsv:5 \[weight\]: weight 0"),
        (tables(*ICED, qrels=[("q1", "d3"), ("q9", "d3")]), r"qrels\.tsv:3 \[query-id\]: absent query"),
        (tables(*ICED, qrels=[("q1", "d9")]), r"qrels\.tsv:2 \[corpus-id\]: absent document"),
        (tables(*ICED, ("q1", 1, "iced coffee"), qrels=[("q1", "d3")]), r"answer given away(.|\n)*exclude_inputs"),
        (tables(*ICED, qrels=[("q1", "d3")]) | {"queries": [{"_id": "q1"}, {"_id": "q2"}]}, r"no terms: query 'q2'"),
        (tables(*ICED, qrels=[("q1", "d3")]) | {"queries": [{"_id": "q2"}]}, r"terms\.tsv:2 \[query-id\]: absent"),
    ],
)
def test_faults(build: Build, given: Tables, fault: str) -> None:
    """Each names the line and what is wrong there."""
    with pytest.raises(SuiteError, match=fault):
        build(Composition, given)
