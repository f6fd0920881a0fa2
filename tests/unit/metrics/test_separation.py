"""Separation metrics: ties, thresholds, floors, undefined scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics.separation import Separated, auc, average_precision, best_accuracy, best_f1, best_f1_threshold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Metric

FACTORIES = [average_precision, best_f1, best_accuracy, auc]


def separated(label: Sequence[int], score: Sequence[float]) -> Separated:
    """Pairs a, b, c, … with these columns."""
    ids = [chr(ord("a") + i) for i in range(len(label))]
    return Separated(ids, [name * 2 for name in ids], np.array(label, bool), np.array(score, float))


HAND = separated([1, 0, 1, 1, 0], [0.9, 0.8, 0.7, 0.6, 0.1])


def test_average_precision_by_hand() -> None:
    """Matches at ranks 1, 3 and 4: (1/1 + 2/3 + 3/4) / 3."""
    assert average_precision(None).score(HAND) == pytest.approx((1 + 2 / 3 + 3 / 4) / 3, abs=1e-15)


def test_auc_by_hand() -> None:
    """Of 3 · 2 comparisons the matches win 2, 1 and 1."""
    assert auc(None).score(HAND) == pytest.approx(4 / 6, abs=1e-15)


def test_best_f1_by_hand() -> None:
    """Cut after the fourth: 2 · 3 / (4 + 3); the threshold is half-way from .6 to .1."""
    assert best_f1(None).score(HAND) == pytest.approx(6 / 7, abs=1e-15)
    assert best_f1_threshold(HAND) == pytest.approx(0.35)


def test_best_accuracy_by_hand() -> None:
    """Cut after the fourth, four of five are right: three matches, and the last that is none. Three of five match."""
    assert best_accuracy(None).score(HAND) == pytest.approx(4 / 5)
    assert best_accuracy(None).floor(HAND) == pytest.approx(3 / 5)


def test_calling_nothing_a_match_may_be_most_accurate() -> None:
    """The only match is the lowest: every threshold below the highest score costs more than it finds."""
    assert best_accuracy(None).score(separated([0, 0, 0, 1], [0.9, 0.8, 0.7, 0.6])) == pytest.approx(3 / 4)


@pytest.mark.parametrize(
    ("factory", "value"), [(average_precision, 0.5), (auc, 0.5), (best_f1, 2 / 3), (best_accuracy, 0.5)]
)
def test_a_constant_scorer_gets_chance(factory: Callable[[None], Metric[Separated]], value: float) -> None:
    """One score for all, whatever the order of the labels: the share of matches, a half, and the F1 of saying yes."""
    judged = separated([1, 1, 0, 0], [0.4] * 4)
    assert factory(None).score(judged) == pytest.approx(value)
    assert factory(None).score(judged.take(np.array([3, 2, 1, 0]))) == pytest.approx(value)


def test_a_threshold_never_falls_between_equal_scores() -> None:
    """Two pairs at .5 are called matches together, so that calling all three matches is best, at the lowest score."""
    judged = separated([1, 0, 1], [0.5, 0.5, 0.2])
    assert best_f1(None).score(judged) == pytest.approx(0.8)
    assert best_f1_threshold(judged) == 0.2


def test_the_highest_of_equally_good_thresholds_is_told() -> None:
    """F1 2/3 both after one pair and after four."""
    assert best_f1_threshold(separated([1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6])) == pytest.approx(0.85)


@pytest.mark.parametrize("factory", FACTORIES)
@pytest.mark.parametrize("label", [[1, 1], [0, 0]])
def test_one_class_alone_is_undefined(factory: Callable[[None], Metric[Separated]], label: list[int]) -> None:
    """NaN, and the metric says why."""
    assert np.isnan(factory(None).score(separated(label, [0.2, 0.1])))
    assert factory(None).undefined == "all pairs match, or none does"


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_resample_with_one_class_is_undefined(factory: Callable[[None], Metric[Separated]]) -> None:
    """Others of the same batch are not touched by it."""
    resample = factory(None).resample
    assert resample is not None
    values = resample(HAND, np.array([[1.0, 0, 2, 2, 0], [1, 1, 1, 1, 1]]))
    assert np.isnan(values).tolist() == [True, False]
    assert values[1] == factory(None).score(HAND)


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_cutoff_is_refused(factory: Callable[[int], Metric[Separated]]) -> None:
    """The message says what to write."""
    with pytest.raises(UsageError, match=r"Write \w+\."):
        factory(3)


def test_floors() -> None:
    """AUC a half; F1 of calling all five pairs matches 2 · .6 / 1.6."""
    assert auc(None).floor(HAND) == 0.5
    assert best_f1(None).floor(HAND) == pytest.approx(0.75)


def test_the_floor_of_average_precision_is_the_mean_over_random_orders() -> None:
    """20,000 random scores of 3 matches among 5 pairs, within four standard errors."""
    scores = np.random.default_rng(0).random((20_000, 5))
    ordered = HAND.label[np.argsort(-scores, axis=1)]
    precision = np.cumsum(ordered, axis=1) / np.arange(1, 6)
    simulated = (precision * ordered).sum(axis=1) / 3
    floor = average_precision(None).floor(HAND)
    assert floor == pytest.approx(simulated.mean(), abs=4 * simulated.std() / np.sqrt(20_000))


def test_pairs_are_taken_with_their_columns() -> None:
    """ids, groups and both columns move together; the evidence is the columns as numbers."""
    taken = HAND.take(np.array([1, 0, 1]))
    assert (taken.ids, taken.groups) == (["b", "a", "b"], ["bb", "aa", "bb"])
    assert {name: values.tolist() for name, values in taken.evidence().items()} == {
        "label": [0, 1, 0],
        "score": [0.8, 0.9, 0.8],
    }
