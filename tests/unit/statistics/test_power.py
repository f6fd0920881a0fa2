"""How small a difference n items can show: against tables, and against the noncentral t."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import nct, norm, t

from harness.statistics.estimates import Constant, Student, clustered_error
from harness.statistics.power import (
    design_effect,
    detectable,
    items_needed,
    items_to_show_equal,
    minimum_detectable_effect,
)


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


@pytest.mark.parametrize(
    ("sd", "margin", "needed"),
    [(0.2, 0.02, 619), (0.1, 0.01, 619), (0.2, 0.01, 2474), (0.3, 0.02, 1392), (0.1, 0.05, 25)],
)
def test_the_table_of_items_needed(sd: float, margin: float, needed: int) -> None:
    """(z₀.₉₅ + z₀.₈)² · sd² / δ², rounded up, from the standard error on any number of items; the table is rounded."""
    for items in (50, 700):
        assert items_needed(items, sd / math.sqrt(items), margin, sides=1) == pytest.approx(needed, abs=1)


@pytest.mark.parametrize(("error", "distance"), [(None, 0.02), (0.01, 0.0), (0.01, -0.01), (0.01, 1e-300)])
def test_no_number_of_items(error: float | None, distance: float) -> None:
    """Nobody can say without an error, and nothing shows a difference of 0."""
    assert items_needed(100, error, distance) is None


def test_what_is_detectable() -> None:
    """The effect of the standard error and G − 1 degrees of freedom; None without an error, or with few groups."""
    found = detectable(Student(0.0, 0.02, 99, 100), sides=1)
    assert found == pytest.approx(minimum_detectable_effect(100, 0.2, sides=1))
    assert detectable(Student(0.0, 0.02, 3, 4)) is None
    assert detectable(Constant(0.0, 100)) is None


def test_items_that_show_equality() -> None:
    """(z₀.₉₅ + z₀.₉)² · sd² / δ² = 8.564 · 100 items show it in 80 %: the mean lies within ± (δ − z₀.₉₅ · SE) then."""
    needed = items_to_show_equal(100, 0.02, 0.02)
    assert needed == 857
    error = 0.2 / math.sqrt(needed)
    assert 1 - 2 * norm.sf((0.02 - norm.ppf(0.95) * error) / error) == pytest.approx(0.8, abs=0.001)
