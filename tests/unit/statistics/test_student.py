"""Quantiles of Student's t against scipy's exact ones."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from harness.statistics.intervals import FEWEST_GROUPS
from harness.statistics.student import student_quantile


@pytest.mark.parametrize("freedom", [4, 9, 100])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.975])
def test_usual_levels(level: float, freedom: int) -> None:
    """Within 0.005."""
    assert student_quantile(level, freedom) == pytest.approx(t.ppf(level, freedom), abs=0.005)


def test_the_level_of_intervals() -> None:
    """Within 0.001 wherever an interval is given."""
    freedom = np.arange(FEWEST_GROUPS - 1, 200)
    series = [student_quantile(0.975, int(degrees)) for degrees in freedom]
    np.testing.assert_allclose(series, t.ppf(0.975, freedom), rtol=0, atol=1e-3)
