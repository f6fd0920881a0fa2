"""Paired tests against scipy, and facts that were simulated with other code."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from harness.statistics.corrections import holm
from harness.statistics.estimates import clustered_error, estimate
from harness.statistics.mcnemar import mcnemar
from harness.statistics.permutation import max_t, sign_flips
from harness.statistics.seeding import generator


def sides(items: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores of two embedders on the same items."""
    random = generator("sides", str(items))
    first = random.random(items)
    return first, np.clip(first + random.normal(0.02, 0.2, items), 0, 1)


@pytest.mark.parametrize("items", [5, 30, 300])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_paired_t_test(items: int, level: float) -> None:
    """Statistic, p of either side and interval are those of ttest_rel."""
    first, second = sides(items)
    found = estimate(second - first)
    both, greater, less = (
        stats.ttest_rel(second, first, alternative=side) for side in ("two-sided", "greater", "less")
    )
    ends = both.confidence_interval(level)
    assert (found.p(), found.p_above(0), found.p_below(0)) == pytest.approx((both.pvalue, greater.pvalue, less.pvalue))
    assert (found.interval(level).low, found.interval(level).high) == pytest.approx((ends.low, ends.high))
    assert found.lower((1 - level) / 2) == pytest.approx(ends.low)


def test_a_shifted_null() -> None:
    """A true difference of −0.02 is tested as ttest_1samp tests it."""
    first, second = sides(80)
    expected = stats.ttest_1samp(second - first, -0.02, alternative="greater").pvalue
    assert estimate(second - first).p_above(-0.02) == pytest.approx(expected)


@pytest.mark.parametrize("items", [5, 9, 12])
def test_all_sign_patterns(items: int) -> None:
    """Of few items every pattern is tried, as permutation_test does, and the p is the same number."""
    first, second = sides(items)
    expected = stats.permutation_test(
        (first, second), lambda x, y: np.mean(y - x), permutation_type="samples", n_resamples=10_000
    ).pvalue
    assert sign_flips((second - first)[:, None], None, generator("flips"))[0] == pytest.approx(expected, abs=1e-12)


def test_random_sign_patterns() -> None:
    """Of many items both draw, and agree within what drawing 10,000 times allows; so does t."""
    first, second = sides(200)
    expected = stats.permutation_test(
        (first, second),
        lambda x, y, axis: np.mean(y - x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=10_000,
        rng=np.random.default_rng(1),
    ).pvalue
    found = sign_flips((second - first)[:, None], None, generator("flips"))[0]
    assert found == pytest.approx(expected, abs=0.02)
    assert found == pytest.approx(stats.ttest_rel(second, first).pvalue, abs=0.02)


@pytest.mark.parametrize("wins", [0, 1, 5, 12, 25])
@pytest.mark.parametrize("losses", [0, 4, 11, 300])
def test_mcnemar(wins: int, losses: int) -> None:
    """The exact test is binomtest on the items that differ."""
    expected = stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert mcnemar(wins, losses) == pytest.approx(expected)


def test_holm_rejects_what_its_steps_reject() -> None:
    """The smallest p against 0.05 / m, the next against 0.05 / (m − 1), until one is not below."""
    random = generator("holm")
    for _ in range(200):
        p = random.random(6) ** 3
        steps = np.sort(p) < 0.05 / np.arange(6, 0, -1)
        rejected = np.sort(p)[: int(np.argmin(steps)) if not steps.all() else 6]
        assert sorted(p[i] for i, one in enumerate(holm(p.tolist())) if (one or 0) < 0.05) == rejected.tolist()


def test_max_t_of_one_column_is_sign_flips() -> None:
    """Where every item stands for itself, |t| rises with |Σ|, so both count the same flips."""
    first, second = sides(100)
    columns = (second - first)[:, None]
    assert max_t(columns, None, generator("flips")) == sign_flips(columns, None, generator("flips"))


def test_max_t_in_independent_columns_is_sidak() -> None:
    """The smallest of m independent p values is adjusted to about 1 − (1 − p)^m."""
    columns = generator("columns").normal(0, 0.2, (400, 6))
    columns[:, 0] += 0.021
    p = stats.ttest_1samp(columns, 0).pvalue
    assert p.argmin() == 0
    assert max_t(columns, None, generator("flips"))[0] == pytest.approx(1 - (1 - p[0]) ** 6, abs=0.02)


def test_the_clustered_t() -> None:
    """Groups of one size are one sample of their means: ttest_1samp of those gives the same p."""
    values = generator("values").normal(0.05, 0.2, (40, 5))
    found = estimate(values.ravel(), np.repeat(np.arange(40), 5))
    assert found.p() == pytest.approx(stats.ttest_1samp(values.mean(axis=1), 0).pvalue)
    assert clustered_error(values.ravel(), np.repeat(np.arange(40), 5))[0] == pytest.approx(
        stats.sem(values.mean(axis=1))
    )
