"""Counting behind what chance scores, against the standard library."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.metrics.chance import binomial, log_factorials


@pytest.mark.parametrize("n", [0, 1, 7])
def test_log_factorials(n: int) -> None:
    """ln 0! to ln n!."""
    np.testing.assert_allclose(np.exp(log_factorials(n)), [math.factorial(k) for k in range(n + 1)])


@pytest.mark.parametrize("n", [0, 1, 7])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
def test_binomial(n: int, p: float) -> None:
    """C(n, k) pᵏ (1 − p)ⁿ⁻ᵏ, sure things too."""
    expected = [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    np.testing.assert_allclose(binomial(n, p), expected, atol=1e-15)
