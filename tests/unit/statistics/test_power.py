"""How small a difference n items can show: against tables, and against the noncentral t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import nct, t

from harness.statistics.power import clustered_error, design_effect, minimum_detectable_effect


@pytest.mark.parametrize(
    ("n", "sd", "expected"),
    [(50, 0.2, 0.070), (100, 0.2, 0.050), (500, 0.2, 0.022), (2000, 0.2, 0.011), (200, 0.33, 0.058)],
)
def test_the_table_of_one_sided_tests(n: int, sd: float, expected: float) -> None:
    """(z₀.₉₅ + z₀.₈) · sd / √n = 2.486 · sd / √n, to the two digits of the table; t is a little wider than z."""
    assert minimum_detectable_effect(n, sd, sides=1) == pytest.approx(expected, abs=0.0015)


def test_a_medium_effect_needs_34_pairs() -> None:
    """Cohen's d = 0.5, paired, two-sided 5 %, 80 % power: 33.4 pairs, as every power table has it."""
    assert minimum_detectable_effect(34, 1.0) < 0.5 < minimum_detectable_effect(33, 1.0)


@pytest.mark.parametrize("n", [5, 10, 30, 200])
@pytest.mark.parametrize("power", [0.8, 0.9])
def test_the_noncentral_t(n: int, power: float) -> None:
    """The effect at which a two-sided t test has exactly this power, within 1 %."""
    critical = t.ppf(0.975, n - 1)
    shift = brentq(lambda shift: nct.sf(critical, n - 1, shift) - power, 0.1, 20)
    assert minimum_detectable_effect(n, 1.0, power) == pytest.approx(shift / math.sqrt(n), rel=0.02)


@pytest.mark.parametrize("n", [0, 1, 4])
def test_too_few_items_show_nothing(n: int) -> None:
    """Below five items no difference is large enough."""
    assert minimum_detectable_effect(n, 0.2) == math.inf


def test_the_design_effect() -> None:
    """1 + (m − 1) ρ for groups of m; nothing for groups of one; larger for uneven groups: (9 + 1) / 4 − 1 = 1.5."""
    assert design_effect(np.array([5, 5, 5]), 0.3) == pytest.approx(2.2)
    assert design_effect(np.array([1, 1]), 0.3) == 1.0
    assert design_effect(np.array([3, 1]), 1.0) == pytest.approx(2.5)


def test_the_error_of_grouped_differences() -> None:
    """Groups of one give the usual standard error; a group repeated item by item gives that of the groups."""
    values = np.array([0.1, 0.4, -0.2, 0.3, 0.0])
    single = values.std(ddof=1) / math.sqrt(5)
    assert clustered_error(values, np.arange(5)) == (pytest.approx(single), 4)
    assert clustered_error(np.repeat(values, 3), np.repeat(np.arange(5), 3)) == (pytest.approx(single), 4)
    assert clustered_error(values, np.zeros(5, np.intp)) == (math.inf, 0)
