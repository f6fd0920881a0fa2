"""The difference of two scores that are no means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.errors import NotComparableError
from harness.metrics.correlation import Graded, spearman
from harness.statistics.corrections import holm
from harness.statistics.estimates import Bootstrapped, Constant, Unknown
from harness.statistics.intervals import Draws
from harness.statistics.resampled import resampled_difference
from harness.statistics.seeding import generator

IDS = [str(number) for number in range(60)]
METRIC = spearman(None)
GOLD = generator("gold").integers(0, 6, 60).astype(float)


def graded(noise: float, name: str = "noise") -> Graded:
    """Grades, and scores that follow them up to noise."""
    return Graded(IDS, IDS, GOLD, GOLD + noise * generator(name).normal(size=60))


def draws() -> Draws:
    """The same every time."""
    return Draws(generator("draws"))


def test_the_difference() -> None:
    """It is the second score less the first, clearly above 0 for a better second, and mirrored the other way."""
    worse, better = graded(6.0), graded(1.0)
    found = resampled_difference(METRIC, worse, better, draws())
    back = resampled_difference(METRIC, better, worse, draws())
    assert isinstance(found, Bootstrapped)
    assert isinstance(back, Bootstrapped)
    assert found.value == pytest.approx(METRIC.score(better) - METRIC.score(worse))
    assert 0 < (found.interval().low or 0) < found.value < (found.interval().high or 0)
    np.testing.assert_array_equal(found.draws, -back.draws)
    assert found.p() == pytest.approx(back.p())
    assert (found.p() or 1) < 0.01


def test_a_clear_difference_survives_a_large_family() -> None:
    """Forty of them are all shown after Holm's correction, though 1000 draws alone would tell no p below 0.002."""
    found = resampled_difference(METRIC, graded(30.0), graded(0.5), draws())
    assert all((one or 1) < 0.05 for one in holm([found.p()] * 40))


def test_the_same_draws_for_both() -> None:
    """What makes items hard cancels out: two scores with the same noise differ by less than their own spread."""
    first = graded(2.0)
    second = replace(first, predicted=first.predicted + 0.1 * generator("little").normal(size=60))
    found = resampled_difference(METRIC, first, second, draws())
    apart = resampled_difference(METRIC, first, graded(2.0, "other"), draws())
    assert (found.error or 1) < 0.2 * (apart.error or 0)


def test_identical_scores() -> None:
    """The same judgements differ by exactly 0, with the bounds of what was not seen."""
    assert resampled_difference(METRIC, graded(1.0), graded(1.0), draws()) == Constant(0.0, 60)


def test_too_few_groups() -> None:
    """Four documents tell nothing, and the reason says so."""
    first, second = (replace(graded(noise), groups=["a", "b", "c", "d"] * 15) for noise in (1.0, 2.0))
    found = resampled_difference(METRIC, first, second, draws())
    assert isinstance(found, Unknown)
    assert found.reason == "4 independent groups of items: at least 5 are needed"


def test_draws_without_a_score() -> None:
    """A grade that hangs on one item makes both scores undefined on a third of the draws."""
    first, second = (replace(graded(noise), gold=np.eye(60)[0]) for noise in (1.0, 2.0))
    found = resampled_difference(METRIC, first, second, draws())
    assert isinstance(found, Unknown)
    assert found.reason.startswith("the score is undefined on 3")


@pytest.mark.parametrize("field", ["ids", "groups"])
def test_other_items(field: str) -> None:
    """Judgements of other items, or in other groups, are refused."""
    other = replace(graded(1.0), **{field: IDS[::-1]})
    with pytest.raises(NotComparableError, match="other items"):
        resampled_difference(METRIC, graded(1.0), other, draws())
