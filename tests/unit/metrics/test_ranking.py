"""Ranking metrics: joining rankings with judgements, conventions, floors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics import ranking as metrics
from harness.metrics.ranking import (
    CONVENTION,
    EXPONENTIAL,
    UNRANKED,
    UNREACHABLE,
    Ranked,
    Relevant,
    ranked,
    ranks,
    without,
)
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Metric

FACTORIES = [
    metrics.ndcg,
    metrics.ndcg_exp,
    metrics.recall,
    metrics.precision,
    metrics.hit,
    metrics.mrr,
    metrics.mean_average_precision,
]


def rank(
    rows: Sequence[Sequence[int]], judged: Sequence[Mapping[int, float]], pool: int = 10, own: Sequence[int] = ()
) -> Ranked:
    """Rankings given by position, judged."""
    indices = np.array(rows, np.intp)
    ids = [f"q{i}" for i in range(len(rows))]
    excluded = np.array(own or [-1] * len(rows), np.intp)
    ranking = Ranking(indices, np.zeros(indices.shape, np.float32))
    return ranked((ids, [f"g{i}" for i in ids]), ranking, Relevant.of(judged), np.full(len(rows), pool), excluded)


def test_each_relevant_document_is_found_at_its_rank() -> None:
    """Ranks count from 0, ascend within a query, and are UNRANKED where the document was not retrieved."""
    judged = rank([[4, 2, 7], [1, 0, 3]], [{7: 1, 9: 2, 4: 3}, {0: 5}])
    assert judged.indptr.tolist() == [0, 3, 4]
    assert judged.rank.tolist() == [0, 2, UNRANKED, 1]
    assert judged.gain.tolist() == [3, 1, 2, 5]
    assert judged.answers.tolist() == [3, 3]


def test_documents_without_gain_are_not_relevant() -> None:
    """Relevance 0 and −1 are judgements, not gains; where those documents stand is kept beside the others."""
    judged = rank([[4, 2], [2, 5]], [{4: 0, 2: -1, 3: 1}, {5: 0, 9: 0}])
    assert judged.relevant.tolist() == [1, 0]
    assert judged.nonrelevant.sizes.tolist() == [2, 2]
    assert judged.nonrelevant.values.tolist() == [0, 1, 1, UNRANKED]
    assert judged.take(np.array([1, 0])).nonrelevant.values.tolist() == [1, UNRANKED, 0, 1]


def test_a_missing_answer_is_no_document() -> None:
    """−1 fills a row that has fewer answers, and is never taken for the last document."""
    judged = rank([[1, -1], [-1, -1]], [{9: 1}, {9: 1}])
    assert judged.rank.tolist() == [UNRANKED, UNRANKED]
    assert judged.answers.tolist() == [1, 0]


def test_blocks_of_queries_do_not_change_the_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Joined one query at a time, the result is the same."""
    random = np.random.default_rng(0)
    rows = [random.permutation(30)[:10].tolist() for _ in range(20)]
    judged = [{int(d): 1.0 for d in random.permutation(30)[: i % 4]} for i in range(20)]
    whole = rank(rows, judged)
    monkeypatch.setattr(ranks, "_CELLS", 1)
    assert rank(rows, judged).rank.tolist() == whole.rank.tolist()


def test_the_excluded_document_makes_room() -> None:
    """Without document 4 the relevant document 7 moves up from rank 2 to rank 1; other queries stay."""
    judged = rank([[4, 2, 7], [1, 0, 3]], [{7: 1}, {3: 1}], own=[4, -1])
    assert judged.rank.tolist() == [1, 2]
    assert judged.answers.tolist() == [2, 3]


def test_the_judgements_of_the_excluded_document_stay() -> None:
    """As in mteb and BEIR, the query itself still counts as relevant when the judgements say so."""
    judged = rank([[4, 2, 7]], [{4: 1, 7: 1}], own=[4])
    assert metrics.recall(3).score(judged) == 0.5
    assert judged.rank.tolist() == [1, UNREACHABLE]


def test_excluding_leaves_the_given_ranking_as_it_is() -> None:
    """`without` copies: the row ends with −1 and −inf, the input does not."""
    ranking = Ranking(np.array([[4, 2]]), np.array([[0.5, 0.25]], np.float32))
    left = without(ranking, np.array([4]))
    assert left.indices.tolist() == [[2, -1]]
    assert left.scores.tolist() == [[0.25, -np.inf]]
    assert ranking.indices.tolist() == [[4, 2]]


def test_an_exclusion_that_was_not_retrieved_changes_nothing() -> None:
    """The excluded document need not be in the ranking."""
    ranking = Ranking(np.array([[4, 2]]), np.array([[0.5, 0.25]], np.float32))
    assert without(ranking, np.array([9])).indices.tolist() == [[4, 2]]


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        (metrics.precision(4), 2 / 4),
        (metrics.recall(4), 2 / 3),
        (metrics.hit(1), 0),
        (metrics.hit(2), 1),
        (metrics.mrr(None), 1 / 2),
        (metrics.mrr(1), 0),
        (metrics.mean_average_precision(None), (1 / 2 + 2 / 4) / 3),
        (metrics.mean_average_precision(3), (1 / 2) / 3),
        (metrics.ndcg(None), (2 / np.log2(3) + 1 / np.log2(5)) / (3 + 2 / np.log2(3) + 1 / 2)),
        (metrics.ndcg(2), (2 / np.log2(3)) / (3 + 2 / np.log2(3))),
        (metrics.ndcg_exp(2), (3 / np.log2(3)) / (7 + 3 / np.log2(3))),
    ],
)
def test_worked_by_hand(metric: Metric[Ranked], value: float) -> None:
    """Gains 2 and 1 at ranks 2 and 4, a gain of 3 not found: ideal 3, 2, 1 over log2 of 2, 3, 4."""
    assert metric.score(rank([[5, 1, 6, 2]], [{1: 2, 2: 1, 9: 3}])) == pytest.approx(value, abs=1e-15)


@pytest.mark.parametrize("factory", FACTORIES)
def test_queries_without_answer_or_relevant_document_count_zero(factory: Callable[[int], Metric[Ranked]]) -> None:
    """One perfect query of three makes a third."""
    judged = rank([[1], [-1], [3]], [{1: 1}, {1: 1}, {3: 0}])
    assert factory(1).items(judged).tolist() == [1, 0, 0]
    assert factory(1).score(judged) == pytest.approx(1 / 3)


def test_precision_divides_by_the_cutoff_of_a_short_ranking() -> None:
    """One relevant document in a ranking of one is a precision@10 of .1."""
    assert metrics.precision(10).score(rank([[1]], [{1: 1}])) == 0.1


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_metric_says_its_name_cutoff_and_convention(factory: Callable[[int], Metric[Ranked]]) -> None:
    """The name carries the cutoff; gains, ties and unanswered queries stand in the convention."""
    metric = factory(7)
    assert metric.name.endswith("@7")
    assert metric.cutoff == 7
    assert metric.convention == (EXPONENTIAL if metric.name == "ndcg_exp@7" else CONVENTION)
    assert CONVENTION == "gain=linear; ties=document id descending; unanswered=0"
    assert EXPONENTIAL == "gain=2^relevance-1; ties=document id descending; unanswered=0"


@pytest.mark.parametrize("factory", [metrics.recall, metrics.precision, metrics.hit])
def test_a_set_metric_needs_a_cutoff(factory: Callable[[int | None], Metric[Ranked]]) -> None:
    """Recall of the whole ranking would be 1 for every embedder."""
    with pytest.raises(UsageError, match=r"needs a cutoff. Write for example \w+@10"):
        factory(None)


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_cutoff_below_one_is_refused(factory: Callable[[int], Metric[Ranked]]) -> None:
    """`ndcg@0` looks at nothing."""
    with pytest.raises(UsageError, match="below 1"):
        factory(0)


def test_taking_repeats_and_reorders_queries() -> None:
    """Each query keeps its own entries, however often it is taken; none at all is fine."""
    judged = rank([[4, 2], [1, 0], [5, 6]], [{2: 1, 9: 2}, {}, {5: 3}])
    taken = judged.take(np.array([2, 0, 0, 1]))
    assert taken.ids == ["q2", "q0", "q0", "q1"]
    assert taken.groups == ["gq2", "gq0", "gq0", "gq1"]
    assert taken.rank.tolist() == [0, 1, UNRANKED, 1, UNRANKED]
    for factory in FACTORIES:
        items = factory(2).items
        assert items is not None
        assert items(taken).tolist() == items(judged)[[2, 0, 0, 1]].tolist()
    assert not judged.take(np.array([], np.intp)).ids
    assert judged.evidence() == {}


@pytest.mark.parametrize("cutoff", [1, 3, 12])
@pytest.mark.parametrize("factory", FACTORIES)
def test_the_floor_is_what_random_orders_get(factory: Callable[[int], Metric[Ranked]], cutoff: int) -> None:
    """20,000 random orders of 9 and of 12 documents average to the floor within four standard errors."""
    random = np.random.default_rng(1)
    rows = np.full((20_000, 12), -1)
    rows[::2] = random.permuted(np.tile(np.arange(12), (10_000, 1)), axis=1)
    rows[1::2, :9] = random.permuted(np.tile(np.arange(9), (10_000, 1)), axis=1)
    gains = [{0: 1.0, 3: 3.0, 5: 2.0, 7: 0.0}, {1: 1.0}] * 10_000
    judged = replace(rank(rows.tolist(), gains), pool=np.tile([12, 9], 10_000))
    metric = factory(cutoff)
    assert metric.items is not None
    values = metric.items(judged)
    error = np.concatenate([values[::2] - values[::2].mean(), values[1::2] - values[1::2].mean()]).std() / 141
    assert abs(metric.score(judged) - metric.floor(judged)) <= 4 * error + 1e-12


@pytest.mark.parametrize("factory", [metrics.ndcg, metrics.mrr, metrics.mean_average_precision])
def test_without_a_cutoff_the_floor_is_that_of_the_whole_pool(
    factory: Callable[[int | None], Metric[Ranked]],
) -> None:
    """No cutoff and a cutoff at the size of the pool are the same."""
    judged = rank([[1, 2], [3, 4]], [{1: 1, 5: 2}, {7: 1}], pool=10)
    assert factory(None).floor(judged) == pytest.approx(factory(10).floor(judged), abs=1e-15)


def test_the_floor_of_large_pools_is_finite_and_exact() -> None:
    """One relevant document among 100,000: recall, hit and precision follow from 10 / 100,000."""
    judged = rank([[1]], [{1: 1}], pool=100_000)
    assert metrics.recall(10).floor(judged) == pytest.approx(1e-4)
    assert metrics.hit(10).floor(judged) == pytest.approx(1e-4, rel=1e-6)
    assert metrics.precision(10).floor(judged) == pytest.approx(1e-5)
    assert metrics.mrr(10).floor(judged) == pytest.approx((1 / np.arange(1, 11)).sum() / 100_000, rel=1e-6)


def test_queries_without_a_relevant_document_lower_the_floor() -> None:
    """They count 0 in the score, so chance gets 0 there too."""
    judged = rank([[1], [1]], [{1: 1}, {}], pool=4)
    for factory in FACTORIES:
        assert factory(4).floor(judged) == pytest.approx(factory(4).floor(judged.take(np.array([0]))) / 2)


def test_a_metric_without_a_cutoff_looks_at_a_thousand_ranks() -> None:
    """Whatever stands beside it in a suite: a document at rank 1001 counts for none of them, floor included."""
    judged = rank([range(3000)], [{1000: 1}], pool=3000)
    for factory in (metrics.ndcg, metrics.mrr, metrics.mean_average_precision):
        assert factory(None).score(judged) == 0.0
        assert factory(None).cutoff == 1000
        assert factory(None).floor(judged) == factory(1000).floor(judged)
        assert factory(None).convention.endswith("depth=1000")


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_relevant_document_outside_the_pool_lowers_the_floor(factory: Callable[[int], Metric[Ranked]]) -> None:
    """20,000 random orders of five documents, of which two of the three relevant ones are: within four errors."""
    random = np.random.default_rng(2)
    rows = random.permuted(np.tile(np.arange(5), (20_000, 1)), axis=1)
    judged = rank(rows.tolist(), [{1: 1.0, 3: 2.0, 9: 3.0}] * 20_000, pool=5)
    judged = replace(judged, rank=np.where(judged.rank == UNRANKED, UNREACHABLE, judged.rank))
    metric = factory(3)
    assert metric.items is not None
    error = metric.items(judged).std() / 141
    assert abs(metric.score(judged) - metric.floor(judged)) <= 4 * error + 1e-12


def test_exponential_gains_cannot_overflow() -> None:
    """2^2000 is no float; only the difference of relevances counts: ½ beside 1."""
    judged = rank([[1, 2]], [{1: 1999, 2: 2000}])
    assert metrics.ndcg_exp(2).score(judged) == pytest.approx((0.5 + 1 / np.log2(3)) / (1 + 0.5 / np.log2(3)))
