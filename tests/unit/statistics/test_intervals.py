"""Intervals hold what they promise: the true value in about 95 of 100 samples."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.metrics.correlation import Graded, pearson, spearman
from harness.metrics.triplets import TripletMargins, triplet_margin
from harness.statistics.intervals import RESAMPLES, Draws, interval
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Floats, Metric

MEAN = triplet_margin(None)
"""The plainest mean there is."""


def items(values: Sequence[float] | Floats, groups: Sequence[object] | None = None) -> TripletMargins:
    """Items with these values, each its own group where none are given."""
    ids = [str(number) for number in range(len(values))]
    return TripletMargins(ids, [str(group) for group in groups] if groups else ids, np.array(values, np.float64))


def clustered(groups: int, random: np.random.Generator, *, skewed: bool = False) -> TripletMargins:
    """One to nine items per group with mean 0 and variance 1, of which the group decides 30 % (ICC .3)."""
    sizes = random.integers(1, 10, groups)

    def draw(size: int) -> Floats:
        return random.exponential(1.0, size) - 1 if skewed else random.normal(0.0, 1.0, size)

    values = np.repeat(draw(groups), sizes) * math.sqrt(0.3) + draw(int(sizes.sum())) * math.sqrt(0.7)
    return items(values, np.repeat(np.arange(groups), sizes).tolist())


def graded(pairs: int, rho: float, random: np.random.Generator) -> Graded:
    """Pairs with a predicted score and a grade 0…5 that it follows more or less."""
    ids = [str(number) for number in range(pairs)]
    predicted = random.normal(size=pairs)
    latent = rho * predicted + math.sqrt(1 - rho**2) * random.normal(size=pairs)
    gold = np.digitize(latent, [-0.967, -0.431, 0, 0.431, 0.967]).astype(np.float64)
    return Graded(ids, ids, gold, predicted)


def coverage(
    metric: Metric[TripletMargins] | Metric[Graded],
    sample: Callable[[np.random.Generator], TripletMargins | Graded],
    truth: float,
    samples: int = 400,
) -> float:
    """The share of simulated samples whose interval holds the true value."""
    held = 0
    for number in range(samples):
        found = interval(metric, sample(generator("sample", str(number))), Draws(generator("interval", str(number))))
        assert found.low is not None
        assert found.high is not None
        held += found.low <= truth <= found.high
    return held / samples


@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize("groups", [12, 20, 40])
def test_coverage_of_a_mean_of_groups(groups: int, skewed: bool) -> None:  # noqa: FBT001 # parametrised
    """The interval of a mean of clustered items holds the true mean in 92 to 98 of 100 samples."""
    assert 0.92 <= coverage(MEAN, lambda random: clustered(groups, random, skewed=skewed), 0.0) <= 0.98


def test_coverage_without_groups_is_too_low() -> None:
    """The same samples with every item taken for independent: the interval of 95 % holds the mean in about 77."""

    def apart(random: np.random.Generator) -> TripletMargins:
        sample = clustered(20, random)
        return replace(sample, groups=sample.ids)

    assert coverage(MEAN, apart, 0.0) < 0.87


@pytest.mark.parametrize(
    ("pairs", "rho", "truth", "samples"), [(40, 0.2, 0.187, 400), (40, 0.9, 0.877, 400), (100, 0.6, 0.570, 100)]
)
def test_coverage_of_spearman(pairs: int, rho: float, truth: float, samples: int) -> None:
    """The interval of Spearman's ρ with a grade of six steps holds the true ρ in 92 to 98 of 100 samples.

    truth: ρ of a million such pairs.
    """
    assert 0.92 <= coverage(spearman(None), lambda random: graded(pairs, rho, random), truth, samples) <= 0.98


def test_a_mean_by_hand() -> None:
    """Five groups of the values 0, 0, 0, 0, 1: the ends are shares of ones among five draws.

    z = √(5/4) · t₄(0.025) = 1.118 · −2.776 = −3.104, so the levels are Φ(∓3.104) = 0.00096 and 0.99904. The number of
    ones drawn is binomial(5, 1/5): P(0) = 0.328 > 0.00096, so the low end is 0; P(≤ 3) = 0.99328 < 0.99904 and
    P(≤ 4) = 0.99968 > 0.99904, so the high end is 4/5.
    """
    found = interval(MEAN, items([0, 0, 0, 0, 1]), Draws(generator("hand")))
    assert (found.low, found.high, found.reason) == (0.0, 0.8, "")


def test_a_group_is_drawn_whole() -> None:
    """Copying every item within its group tells nothing new, so the interval stays the same."""
    values = list(generator("values").normal(size=30))
    once = interval(MEAN, items(values, range(30)), Draws(generator("a")))
    thrice = interval(MEAN, items(values * 3, [*range(30)] * 3), Draws(generator("a")))
    assert once.low == pytest.approx(thrice.low)
    assert once.high == pytest.approx(thrice.high)


def test_determinism() -> None:
    """The same items and parts of the seed give the same interval, other parts another one."""
    sample = clustered(20, generator("sample"))
    assert interval(MEAN, sample, Draws(generator("a", "b"))) == interval(MEAN, sample, Draws(generator("a", "b")))
    assert interval(MEAN, sample, Draws(generator("a", "b"))) != interval(MEAN, sample, Draws(generator("a", "c")))


def test_the_names_of_groups_do_not_matter() -> None:
    """Renaming the groups changes nothing."""
    sample = clustered(20, generator("sample"))
    renamed = replace(sample, groups=[f"组{group}" for group in sample.groups])
    assert interval(MEAN, sample, Draws(generator("a"))) == interval(MEAN, renamed, Draws(generator("a")))


def test_three_ways_to_the_same_interval() -> None:
    """Item values, weighted resampling and taking items one by one draw the same samples and agree.

    As means are not shifted for bias, the two other ways are compared with each other.
    """
    sample = graded(30, 0.7, generator("sample"))
    weighted = interval(spearman(None), sample, Draws(generator("a")))
    taken = interval(replace(spearman(None), resample=None), sample, Draws(generator("a")))
    assert weighted.low == pytest.approx(taken.low)
    assert weighted.high == pytest.approx(taken.high)


@pytest.mark.parametrize(
    ("values", "groups"), [([0.1, 0.9] * 20, ["a", "b", "c", "d"] * 10), ([1.0, 2.0], None), ([], None)]
)
def test_too_few_groups(values: list[float], groups: list[object] | None) -> None:
    """With fewer than five groups there is no interval, however many items there are."""
    found = interval(MEAN, items(values, groups), Draws(generator("a")))
    count = len(set(groups or values))
    assert (found.low, found.high) == (None, None)
    assert found.reason == f"{count} independent groups of items: at least 5 are needed"


@pytest.mark.parametrize("value", [0.0, 1.0, 0.1, 1 / 3, 0.6309297535714574, -0.7])
def test_constant_items(value: float) -> None:
    """Items that are all alike have no interval: 0.1 summed in another order is still 0.1."""
    groups = np.repeat(np.arange(12), np.arange(1, 13)).tolist()
    found = interval(MEAN, items([value] * len(groups), groups), Draws(generator("a")))
    assert (found.low, found.high) == (None, None)
    assert found.reason == "every resample gives the same score, so resampling cannot show the spread"


def test_a_perfect_correlation() -> None:
    """A score that follows the grades exactly has no interval either, rather than one of no width."""
    grades = np.arange(12.0)
    ids = [str(number) for number in range(12)]
    for metric in (spearman(None), pearson(None)):
        found = interval(metric, Graded(ids, ids, grades, grades * 0.1), Draws(generator("a")))
        assert (found.low, found.high) == (None, None)
        assert found.reason.startswith("every resample gives the same score")


def test_resamples_without_a_score() -> None:
    """A correlation that hangs on one odd grade is undefined on the third of the resamples that lack it.

    (1 − 1/20)²⁰ = 36 % of the resamples do not draw the one pair whose grade differs.
    """
    ids = [str(number) for number in range(20)]
    odd = Graded(ids, ids, np.eye(20)[0], generator("predicted").normal(size=20))
    found = interval(spearman(None), odd, Draws(generator("a")))
    assert (found.low, found.high) == (None, None)
    assert found.reason.startswith("the score is undefined on 3")
    assert found.reason.endswith("% of the resamples: all values are equal")


def test_undefined_items_are_left_out() -> None:
    """An item without a value weighs nothing; a group without any is drawn and adds nothing."""
    values = [*generator("values").normal(size=30), math.nan, math.nan]
    found = interval(MEAN, items(values), Draws(generator("a")))
    assert found.low is not None
    assert found.high is not None
    assert found.low < float(np.nanmean(values)) < found.high


def test_the_ends_are_scores_that_can_occur() -> None:
    """The ends of a share stay between 0 and 1, also near the edge."""
    found = interval(MEAN, items([1.0] * 39 + [0.0]), Draws(generator("a")))
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low < found.high <= 1


def test_draws_are_shared_and_the_same_every_time() -> None:
    """Asked twice, or in narrower blocks, the draws are the same; each draws as many groups as there are."""
    draws = Draws(generator("a"))
    once, again = (np.concatenate(list(draws.blocks(40, width))) for width in (40, 10**6))
    np.testing.assert_array_equal(once, again)
    np.testing.assert_array_equal(once.sum(axis=1), np.full(RESAMPLES, 40.0))
