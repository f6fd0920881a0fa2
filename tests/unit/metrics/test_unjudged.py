"""judged@k and the upper bounds, against every way of judging what was not judged."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics import ranking as metrics
from harness.metrics.ranking import JUDGED, UPPER, Ranked, Relevant, ranked
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Floats, Metric

POOL = 7
BOUNDS = {
    metrics.ndcg: metrics.ndcg_upper,
    metrics.recall: metrics.recall_upper,
    metrics.precision: metrics.precision_upper,
    metrics.hit: metrics.hit_upper,
    metrics.mrr: metrics.mrr_upper,
}
WITH_FLOOR = [metrics.judged, metrics.precision_upper, metrics.hit_upper, metrics.mrr_upper]


def rank(rows: Sequence[Sequence[int]], judged: Sequence[Mapping[int, float]], pool: int = POOL) -> Ranked:
    """Rankings given by position, judged."""
    indices = np.array(rows, np.intp)
    ids = [str(i) for i in range(len(rows))]
    ranking = Ranking(indices, np.zeros(indices.shape, np.float32))
    return ranked((ids, ids), ranking, Relevant.of(judged), np.full(len(rows), pool), np.full(len(rows), -1))


def items(metric: Metric[Ranked], judged: Ranked) -> Floats:
    """A value per query."""
    assert metric.items is not None
    return metric.items(judged)


def random_case(seed: int) -> tuple[list[int], dict[int, float]]:
    """A ranking of some of seven documents, and a relevance (0, ½, 1, 2 or 3) for some of them."""
    random = np.random.default_rng(seed)
    found = random.permutation(POOL)[: random.integers(POOL + 1)].tolist()
    judged = random.permutation(POOL)[: random.integers(POOL + 1)].tolist()
    gains = {document: float(random.choice([0, 0, 0.5, 1, 2, 3])) for document in judged}
    return found + [-1] * (POOL - len(found)), gains


@pytest.mark.parametrize("usual", BOUNDS)
@pytest.mark.parametrize("cutoff", [1, 3, 7, 20])
def test_a_bound_is_the_best_of_all_ways_of_judging(usual: Callable[[int], Metric[Ranked]], cutoff: int) -> None:
    """On 60 random queries: each unjudged document of the pool, retrieved or not, gets the gain 0 or 1 in turn."""
    cases = [random_case(seed) for seed in range(60)]
    bound = items(BOUNDS[usual](cutoff), rank(*map(list, zip(*cases, strict=True))))  # type: ignore[arg-type]  # unzipped
    for value, (row, gains) in zip(bound, cases, strict=True):
        rest = [document for document in range(POOL) if document not in gains]
        ways = [gains | dict(zip(rest, way, strict=True)) for way in product([0.0, 1.0], repeat=len(rest))]
        assert value == pytest.approx(items(usual(cutoff), rank([row] * len(ways), ways)).max(), abs=1e-12)
        assert value <= 1


def test_counting_all_unjudged_documents_as_relevant_is_no_bound() -> None:
    """A gain of 3 found first is an nDCG of 1; an unjudged document at rank 3, in the ideal at 2, would lower it."""
    judged = rank([[0, 1, 2]], [{0: 3, 1: 0}])
    assert items(metrics.ndcg(3), judged).tolist() == [1.0]
    assert items(metrics.ndcg(3), rank([[0, 1, 2]], [{0: 3, 1: 0, 2: 1}]))[0] < 1
    assert items(metrics.ndcg_upper(3), judged).tolist() == [1.0]


def test_judged_worked_by_hand() -> None:
    """Two of three; one of the two that were retrieved; no answer, no share; all of them."""
    judged = rank([[0, 1, 2], [0, 1, -1], [-1, -1, -1], [3, 4, 5]], [{0: 1, 2: 0}, {1: 0}, {1: 1}, {3: 0, 4: 0, 5: 2}])
    values = items(metrics.judged(3), judged)
    assert values[[0, 1, 3]].tolist() == pytest.approx([2 / 3, 1 / 2, 1])
    assert np.isnan(values[2])
    assert metrics.judged(3).score(judged) == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert items(metrics.judged(1), judged)[[0, 1, 3]].tolist() == [1, 0, 1]


def test_the_floor_of_judged_leaves_out_the_same_queries() -> None:
    """One of seven documents is judged for the query with an answer; the other, all of them judged, has no answer."""
    judged = rank([[0, 1, 2], [-1, -1, -1]], [{0: 1}, dict.fromkeys(range(POOL), 1.0)])
    assert metrics.judged(3).floor(judged) == pytest.approx(1 / 7)


def test_what_is_wholly_judged_has_no_room_above() -> None:
    """Each bound is the usual score."""
    gains = [{document: float(document % 3) for document in range(POOL)}] * 2
    judged = rank([[3, 1, 2, 6], [0, 3, 5, -1]], gains)
    for usual, upper in BOUNDS.items():
        np.testing.assert_allclose(items(usual(3), judged), items(upper(3), judged), atol=1e-15)


@pytest.mark.parametrize("factory", WITH_FLOOR)
@pytest.mark.parametrize("cutoff", [1, 3, 12])
def test_the_floor_is_what_random_orders_get(factory: Callable[[int], Metric[Ranked]], cutoff: int) -> None:
    """20,000 random orders of seven documents, three judged, one relevant, average to it within four errors."""
    random = np.random.default_rng(1)
    rows = random.permuted(np.tile(np.arange(POOL), (20_000, 1)), axis=1)
    judged = rank(rows.tolist(), [{0: 1.0, 3: 0.0, 5: 0.0}] * 20_000)
    metric = factory(cutoff)
    floor = metric.floor(judged)
    assert floor is not None
    assert abs(metric.score(judged) - floor) <= 4 * items(metric, judged).std() / 141 + 1e-12


def test_a_ratio_of_two_random_numbers_has_no_floor() -> None:
    """What random vectors get of these two bounds is not derived, and not invented."""
    judged = rank([[0, 1]], [{0: 1}])
    assert metrics.ndcg_upper(2).floor(judged) is None
    assert metrics.recall_upper(2).floor(judged) is None


@pytest.mark.parametrize("factory", [metrics.judged, *BOUNDS.values()])
def test_they_say_what_they_are(factory: Callable[[int | None], Metric[Ranked]]) -> None:
    """Name with cutoff, convention, and no number without a cutoff."""
    metric = factory(7)
    assert metric.name == f"{factory.__name__}@7"
    assert metric.cutoff == 7
    assert metric.convention == (JUDGED if factory is metrics.judged else UPPER)
    with pytest.raises(UsageError, match=f"{factory.__name__} needs a cutoff"):
        factory(None)


def test_no_queries_and_no_answers() -> None:
    """Nothing retrieved is 0 for every bound."""
    judged = rank([[-1, -1]], [{0: 1}])
    for upper in BOUNDS.values():
        assert items(upper(3), judged).tolist() == [0.0]
        assert items(upper(3), judged.take(np.array([], np.intp))).tolist() == []
