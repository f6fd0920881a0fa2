"""Correlation metrics: names, ties, undefined scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics import parts
from harness.metrics.correlation import Graded, pearson, probability_above, spearman

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Metric


def graded(gold: Sequence[float], predicted: Sequence[float]) -> Graded:
    """Items a, b, c, … with these columns."""
    ids = [chr(ord("a") + i) for i in range(len(gold))]
    return Graded(ids, [name * 2 for name in ids], np.array(gold, float), np.array(predicted, float))


def test_the_probability_of_being_above_by_hand() -> None:
    """Of 2 × 2 pairs one is won, one tied, two lost: 1.5 / 4."""
    assert probability_above(np.array([3.0, 1.0]), np.array([3.0, 2.0])) == pytest.approx(1.5 / 4)


def test_spearman_by_hand() -> None:
    """Ranks 1 2 3 4 and 1 2.5 2.5 4: deviations (−1.5, −.5, .5, 1.5) and (−1.5, 0, 0, 1.5), 4.5 / √(5 · 4.5)."""
    assert spearman(None).score(graded([1, 2, 3, 9], [0, 5, 5, 6])) == pytest.approx(4.5 / np.sqrt(22.5), abs=1e-15)


def test_pearson_by_hand() -> None:
    """Deviations (−1, 0, 1) and (−2, −1, 3): 5 / √(2 · 14)."""
    assert pearson(None).score(graded([1, 2, 3], [0, 1, 5])) == pytest.approx(5 / np.sqrt(28), abs=1e-15)


def test_counts_stand_for_repetition() -> None:
    """Counting the second of three items twice is the same as having it twice."""
    judged = graded([1, 2, 3], [3, 1, 2])
    for metric in (spearman(None), pearson(None)):
        assert metric.resample is not None
        value = metric.resample(judged, np.array([[1.0, 2.0, 1.0]]))
        assert value.tolist() == pytest.approx([metric.score(graded([1, 2, 2, 3], [3, 1, 1, 2]))])


@pytest.mark.parametrize("factory", [spearman, pearson])
@pytest.mark.parametrize("gold", [[1, 1, 1], [0.1, 0.1, 0.1]])
def test_a_correlation_with_a_constant_is_undefined(
    factory: Callable[[None], Metric[Graded]], gold: list[float]
) -> None:
    """NaN, and the metric says why."""
    metric = factory(None)
    assert np.isnan(metric.score(graded(gold, [0.3, 0.1, 0.7])))
    assert metric.undefined == "all values are equal"


@pytest.mark.parametrize("factory", [spearman, pearson])
def test_a_resample_of_one_item_is_undefined(factory: Callable[[None], Metric[Graded]]) -> None:
    """Others of the same batch are not touched by it."""
    resample = factory(None).resample
    assert resample is not None
    values = resample(graded([0.1, 0.7, 0.3], [0.3, 0.6, 0.7]), np.array([[3.0, 0, 0], [1, 1, 1]]))
    assert np.isnan(values).tolist() == [True, False]


def test_values_far_from_zero_keep_their_correlation() -> None:
    """An offset of a million moves nothing."""
    near, far = graded([1, 2, 4], [2, 1, 3]), graded([1e6 + 1, 1e6 + 2, 1e6 + 4], [2, 1, 3])
    assert pearson(None).score(far) == pytest.approx(pearson(None).score(near), abs=1e-9)


def test_blocks_of_resamples_do_not_change_the_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    """One resample at a time gives the same."""
    random = np.random.default_rng(0)
    judged = graded(random.integers(4, size=9).tolist(), random.random(9).tolist())
    counts = random.multinomial(9, np.full(9, 1 / 9), size=50).astype(float)
    for factory in (spearman, pearson):
        resample = factory(None).resample
        assert resample is not None
        whole = resample(judged, counts)
        monkeypatch.setattr(parts, "_CELLS", 1)
        np.testing.assert_array_equal(resample(judged, counts), whole)
        monkeypatch.undo()


@pytest.mark.parametrize("factory", [spearman, pearson])
def test_a_cutoff_is_refused(factory: Callable[[int], Metric[Graded]]) -> None:
    """`spearman@10` is a mistake, and the message says what to write."""
    with pytest.raises(UsageError, match=r"Write (spearman|pearson)\."):
        factory(10)


@pytest.mark.parametrize("factory", [spearman, pearson])
def test_chance_is_zero(factory: Callable[[None], Metric[Graded]]) -> None:
    """A random embedder correlates with nothing."""
    assert factory(None).floor(graded([1, 2], [1, 2])) == 0


def test_items_are_taken_with_their_columns() -> None:
    """ids, groups and both columns move together; the evidence is the columns."""
    taken = graded([1, 2, 3], [4, 5, 6]).take(np.array([2, 0, 2]))
    assert (taken.ids, taken.groups) == (["c", "a", "c"], ["cc", "aa", "cc"])
    assert {name: values.tolist() for name, values in taken.evidence().items()} == {
        "gold": [3, 1, 3],
        "predicted": [6, 4, 6],
    }
