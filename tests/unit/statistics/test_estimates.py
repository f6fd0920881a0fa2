"""What differences tell of the true one: each kind of estimate by hand, and bounds and p values that agree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from harness.statistics.estimates import Bootstrapped, Constant, Student, Unknown, estimate, items_to_reach
from harness.statistics.few_changes import FewChanges
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from harness.model import Estimate

VALUES = np.array([0.1, 0.4, -0.2, 0.3, 0.0, 0.2])
"""Mean 0.8 / 6, sum of squares 0.34 − 0.64 / 6, so SE = √(0.23333 / 5 / 6) = 0.088192."""
SPARSE = FewChanges(0.01, (0.3, 0.5, -0.2, 0.4), 100, 0.007)
RESAMPLED = Bootstrapped(0.1, generator("draws").normal(0.1, 0.05, 1000), 60)


def test_a_mean_by_hand() -> None:
    """d̄ ± t₅(0.975) · SE with t = 2.5706, and a p of t = 1.5119 with five degrees of freedom: 0.1910."""
    found = estimate(VALUES)
    assert found.value == pytest.approx(0.8 / 6)
    assert found.error == pytest.approx(0.088192, abs=1e-6)
    assert found.interval().low == pytest.approx(0.8 / 6 - 2.5706 * 0.088192, abs=1e-5)
    assert found.p() == pytest.approx(0.1910, abs=1e-4)
    assert (found.method, found.groups) == ("t", 6)


def test_copies_within_a_group_tell_nothing_new() -> None:
    """Every item three times in its group is every item once."""
    found = estimate(np.repeat(VALUES, 3), np.repeat(np.arange(6), 3))
    once = estimate(VALUES)
    assert found.interval().low == pytest.approx(once.interval().low)
    assert (found.p(), found.groups) == (pytest.approx(once.p()), 6)


@pytest.mark.parametrize(("changed", "items"), [(25, 84), (3, 10), (1, 5000)])
def test_few_changes(changed: int, items: int) -> None:
    """No more than 25 changes, and no more than three in ten, have bounds of their own."""
    values = np.zeros(items)
    values[:changed] = generator("changed").normal(size=changed)
    found = estimate(values, span=2.0)
    assert isinstance(found, FewChanges)
    assert (found.groups, found.span) == (items, 2.0)
    assert found.changes == pytest.approx(sorted(values[:changed]))
    assert (found.value, found.spread) == pytest.approx((values.mean(), values.std(ddof=1) / math.sqrt(items)))


@pytest.mark.parametrize(("changed", "items"), [(26, 100), (100, 400)])
def test_some_changes(changed: int, items: int) -> None:
    """More than 25, up to 100 and three in ten, have the standard error of one more like the largest."""
    values = np.zeros(items)
    values[:changed] = generator("changed").normal(size=changed)
    usual = values.std(ddof=1) / math.sqrt(items)
    assert estimate(values).error == pytest.approx(math.hypot(usual, np.abs(values).max() / items))


@pytest.mark.parametrize(("changed", "items"), [(101, 1000), (31, 100), (2, 6)])
def test_many_changes(changed: int, items: int) -> None:
    """More than 100 changes, or than three in ten, speak for themselves: the standard error is the usual one."""
    values = np.zeros(items)
    values[:changed] = generator("changed").normal(size=changed)
    assert estimate(values).error == pytest.approx(values.std(ddof=1) / math.sqrt(items))


def test_nothing_changed() -> None:
    """The rule of three: no change in 300 items leaves 1 % open, 0.05^(1/300) = 0.99006; p is 1."""
    found = estimate(np.zeros(300))
    assert found == Constant(0.0, 300)
    assert found.lower() == pytest.approx(-0.00994, abs=1e-5)
    assert found.upper() == pytest.approx(0.00994, abs=1e-5)
    assert found.p() == 1.0
    assert found.reason.startswith("no difference on any of 300 independent groups of items")


def test_the_same_change_everywhere() -> None:
    """A constant difference is known up to what so many items may have missed; summing 0.1 is not spread."""
    found = estimate(np.full(40, 0.1))
    assert isinstance(found, Constant)
    assert found.p() == pytest.approx(2 * 0.9**40)
    assert found.reason.startswith("the same difference on each of 40")


def test_groups_that_cancel_out() -> None:
    """Items that change within groups whose means do not are as good as unchanged groups."""
    found = estimate(np.tile([0.5, -0.5], 20), np.repeat(np.arange(20), 2))
    assert (found.method, found.value, found.groups) == ("constant", 0.0, 20)


@pytest.mark.parametrize("span", [1.0, 3.0])
def test_items_without_spread_that_are_needed(span: float) -> None:
    """So many groups bring the bound within the distance, one less does not; items count three to a group."""
    found = Constant(0.0, 10, span)
    needed = found.items_needed(10, 0.02, 0.05) or 0
    assert (Constant(0.0, needed, span).upper() or 1) <= 0.02 < (Constant(0.0, needed - 1, span).upper() or 0)
    assert found.items_needed(30, 0.02, 0.05) == pytest.approx(3 * needed, abs=3)
    assert [found.items_needed(10, distance, 0.05) for distance in (0.0, -0.1, span)] == [None] * 3


def test_a_wider_span() -> None:
    """What one item can change at most stretches the bounds of a constant."""
    low, wide = (estimate(np.zeros(50), span=span).lower() or 0 for span in (1.0, 3.0))
    assert wide == pytest.approx(3 * low)


def test_items_to_reach_a_distance() -> None:
    """An estimate that knows how its bounds narrow says it; for others a bound falls with the root of the items."""
    assert items_to_reach(Constant(0.0, 10), 10, 0.02, 0.05) == Constant(0.0, 10).items_needed(10, 0.02, 0.05)
    assert items_to_reach(SPARSE, 100, 0.02, 0.05) == SPARSE.items_needed(100, 0.02, 0.05)
    assert items_to_reach(Student(0.0, 0.02, 99, 100), 100, 0.02, 0.05) == 619


@pytest.mark.parametrize(("values", "groups"), [([], None), ([0.1] * 4, None), ([0.1, 0.2] * 4, [0, 0, 1, 1] * 2)])
def test_too_few_groups(values: list[float], groups: list[int] | None) -> None:
    """Below five groups nothing is said, and the reason is."""
    found = estimate(np.array(values), np.array(groups) if groups else None)
    assert isinstance(found, Unknown)
    assert found.interval().reason.endswith("at least 5 are needed")
    answers = (found.lower(), found.upper(), found.p(), found.p_above(0), found.p_below(0), found.error)
    assert set(answers) == {None}


@pytest.mark.parametrize("found", [Student(0.1, 0.04, 30, 31), Constant(0.1, 40), SPARSE, RESAMPLED])
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.3])
def test_bounds_and_p_values_agree(found: Estimate, alpha: float) -> None:
    """The p of a true difference at the bound is the level of the bound, on both sides."""
    lower, upper = found.lower(alpha), found.upper(alpha)
    assert lower is not None
    assert upper is not None
    assert found.p_above(lower) == pytest.approx(alpha, abs=0.002)
    assert found.p_below(upper) == pytest.approx(alpha, abs=0.002)


@pytest.mark.parametrize("found", [Student(0.1, 0.04, 30, 31), Constant(0.1, 40), RESAMPLED])
def test_a_two_sided_p_and_the_interval_agree(found: Estimate) -> None:
    """The interval of level 1 − p ends at 0."""
    p = found.p()
    assert p is not None
    assert found.interval(1 - p).low == pytest.approx(0, abs=0.004)


def test_p_is_never_zero() -> None:
    """However far the difference, the p is a number above 0."""
    for found in (
        Student(9.0, 1e-9, 500, 501),
        Constant(1.0, 5000),
        FewChanges(0.01, (1.0,) * 20, 2000, 0.002),
        RESAMPLED,
    ):
        assert (found.p_above(-1.0) or 0) > 0
        assert (found.p() or 0) > 0


def test_the_error_of_resamples() -> None:
    """The spread of the draws, widened by √(G / (G − 1))."""
    assert RESAMPLED.error == pytest.approx(0.05 * math.sqrt(60 / 59), rel=0.06)


def test_a_null_beyond_all_resamples() -> None:
    """Its p is the tail of t at its distance, no larger than what the draws show: on either side, at most 2 / 1001."""
    t = (0.1 + 0.15) / RESAMPLED.error
    assert RESAMPLED.p_above(-0.15) == pytest.approx(stats.t.sf(t, 59))
    assert RESAMPLED.p_below(0.35) == pytest.approx(stats.t.sf(t, 59))
    beyond = float(RESAMPLED.draws.min()) - 1e-6
    assert 0 < (RESAMPLED.p_above(beyond) or 0) < 2 / 1001
    far = Bootstrapped(0.1, RESAMPLED.draws + 0.02, 60)
    assert far.p_above(float(far.draws.min()) - 1e-6) == far.p_above(float(far.draws.min()) - 2e-6) < 2 / 1001


def test_a_p_only_falls_with_the_distance() -> None:
    """Within the draws, at their end, and beyond, on both sides."""
    above = [RESAMPLED.p_above(float(null)) or 0 for null in np.linspace(0.4, -0.9, 400)]
    below = [RESAMPLED.p_below(float(null)) or 0 for null in np.linspace(-0.2, 1.1, 400)]
    assert above == sorted(above, reverse=True)
    assert below == sorted(below, reverse=True)
    assert min(above + below) > 0
