"""Accuracy and macro F1: by hand, their floors, and what is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics.classified import (
    Classified,
    LinearProbe,
    NearestNeighbours,
    accuracy,
    knn_accuracy,
    knn_macro_f1,
    macro_f1,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Metric

FACTORIES = [accuracy, macro_f1, knn_accuracy, knn_macro_f1]


def classified(
    gold: str, *predicted: str, chance: Sequence[float] | None = None, reads: type[Classified] = LinearProbe
) -> Classified:
    """A letter per item; a, b and c are the classes. One string of predictions per assignment."""
    codes = [np.array(["abc".index(letter) for letter in letters]) for letters in (gold, *predicted)]
    ids = [str(i) for i in range(len(gold))]
    shares = np.array(chance if chance is not None else [1 / 3] * len(gold))
    return reads(ids, [f"g{i}" for i in ids], "abc", codes[0], np.array(codes[1:]).T, shares)


@pytest.mark.parametrize(
    ("reads", "of_items", "of_classes"),
    [(LinearProbe, accuracy, macro_f1), (NearestNeighbours, knn_accuracy, knn_macro_f1)],
)
def test_by_hand(
    reads: type[Classified],
    of_items: Callable[[None], Metric[Classified]],
    of_classes: Callable[[None], Metric[Classified]],
) -> None:
    """Five items a a a b c, predicted a a b b b and then a a a b c.

    Accuracy: items right in 2, 2, 1, 2, 1 of 2 assignments: mean 0.8. F1 of the first: a 2·2/(3 + 2) = 0.8,
    b 2·1/(1 + 3) = 0.5, c 0: mean 1.3/3; of the second: 1.
    """
    judged = classified("aaabc", "aabbb", "aaabc", reads=reads)
    metric = of_items(None)
    assert metric.items is not None
    assert metric.items(judged).tolist() == [1, 1, 0.5, 1, 0.5]
    assert metric.score(judged) == pytest.approx(0.8)
    assert of_classes(None).score(judged) == pytest.approx((1.3 / 3 + 1) / 2)


def test_a_class_without_items_is_left_out() -> None:
    """It is predicted once, which costs a its recall: F1 of a 2·1/(2 + 1), of b 1, and c is no class of these items."""
    assert macro_f1(None).score(classified("aab", "acb")) == pytest.approx((2 / 3 + 1) / 2)


def test_resampled_f1_counts_items() -> None:
    """Counting an item several times is having it several times."""
    judged = classified("aaabc", "aabbb", "abacc")
    counts = np.array([[2.0, 0, 1, 0, 2], [0, 0, 5, 0, 0]])
    metric = macro_f1(None)
    assert metric.resample is not None
    taken = [metric.score(judged.take(np.repeat(np.arange(5), row.astype(int)))) for row in counts]
    assert metric.resample(judged, counts) == pytest.approx(taken)


def test_floors_by_hand() -> None:
    """One item a, one b, learned from three quarters a: accuracy (¾ + ¼) / 2.

    F1 of a with m predictions of 2: 2 · m/2 / (m + 1) = 0, ½, ⅔, with probabilities 1/16, 6/16, 9/16: 9/16. Of b with
    9/16, 6/16, 1/16: 11/48.
    """
    judged = classified("ab", "ab", chance=[0.75, 0.25])
    assert accuracy(None).floor(judged) == pytest.approx(0.5)
    assert macro_f1(None).floor(judged) == pytest.approx((9 / 16 + 11 / 48) / 2)


def test_floors_are_means_over_random_predictions() -> None:
    """10,000 predictions drawn from the items learned from, within four standard errors."""
    gold, shares = "aaaaaabbbc", np.array([0.5, 0.4, 0.1])
    random = np.random.default_rng(0)
    drawn = random.choice(3, p=shares, size=(10, 10_000))
    codes = np.array(["abc".index(letter) for letter in gold])
    many = LinearProbe(list(gold), list(gold), "abc", codes, drawn, shares[codes])
    right = (drawn == codes[:, None]).mean(axis=0)
    assert accuracy(None).floor(many) == pytest.approx(right.mean(), abs=4 * right.std() / 100)
    assert macro_f1(None).floor(many) == pytest.approx(macro_f1(None).score(many), abs=0.006)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_floor_of_a_certain_class(share: float) -> None:
    """Never predicted: 0. Always: 2 · 1 / (2 + 1) for the one of two items that is of the class."""
    judged = classified("ab", "ab", chance=[share, 1 - share])
    assert macro_f1(None).floor(judged) == pytest.approx((2 / 3) / 2)


def test_evidence_names_the_probe() -> None:
    """So that both probes of a run are kept side by side; the class is the same in both."""
    linear, nearest = classified("ab", "ac", "bb"), classified("ab", "bb", reads=NearestNeighbours)
    kept = {name: values.tolist() for name, values in {**linear.evidence(), **nearest.evidence()}.items()}
    assert kept == {"class": [0, 1], "linear_1": [0, 2], "linear_2": [1, 1], "knn_1": [1, 1]}


def test_items_are_taken_with_their_columns() -> None:
    """Everything per item moves; the classes stay."""
    taken = classified("abc", "abb", chance=[0.1, 0.2, 0.3]).take(np.array([2, 2, 0]))
    assert (taken.ids, taken.groups, taken.classes) == (["2", "2", "0"], ["g2", "g2", "g0"], "abc")
    assert (taken.gold.tolist(), taken.predicted[:, 0].tolist()) == ([2, 2, 0], [1, 1, 0])
    assert taken.chance.tolist() == [0.3, 0.3, 0.1]


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_cutoff_is_refused(factory: Callable[[int], Metric[Classified]]) -> None:
    """The message says what to write."""
    with pytest.raises(UsageError, match=r"Write \w+\."):
        factory(3)
