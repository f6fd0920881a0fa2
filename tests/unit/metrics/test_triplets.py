"""Triplet metrics: ties, means, floors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics.triplets import TripletMargins, triplet_accuracy, triplet_margin

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Metric

HAND = TripletMargins(["a", "b", "c", "d"], ["x", "x", "y", "y"], np.array([0.3, 0.0, -0.1, 0.2]))


def test_a_tie_is_wrong() -> None:
    """Margins .3, 0, −.1 and .2: two of four are right."""
    assert triplet_accuracy(None).score(HAND) == 0.5
    assert triplet_accuracy(None).convention == "ties=wrong"


def test_the_margin_is_averaged() -> None:
    """(.3 + 0 − .1 + .2) / 4."""
    assert triplet_margin(None).score(HAND) == pytest.approx(0.1)


def test_floors() -> None:
    """Chance is right half of the time, by nothing."""
    assert (triplet_accuracy(None).floor(HAND), triplet_margin(None).floor(HAND)) == (0.5, 0.0)


@pytest.mark.parametrize("factory", [triplet_accuracy, triplet_margin])
def test_a_cutoff_is_refused(factory: Callable[[int], Metric[TripletMargins]]) -> None:
    """The message says what to write."""
    with pytest.raises(UsageError, match=r"Write triplet_\w+\."):
        factory(3)


def test_triplets_are_taken_with_their_margins() -> None:
    """ids, groups and margins move together."""
    taken = HAND.take(np.array([3, 0, 3]))
    assert (taken.ids, taken.groups, taken.margin.tolist()) == (["d", "a", "d"], ["y", "x", "y"], [0.2, 0.3, 0.2])
    assert taken.evidence() == {}


def test_the_mean_of_no_items_is_undefined() -> None:
    """No triplets give NaN, not 0."""
    assert np.isnan(triplet_margin(None).score(HAND.take(np.array([], np.intp))))
