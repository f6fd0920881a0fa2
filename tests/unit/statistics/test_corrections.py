"""Holm's correction, worked by hand."""

from __future__ import annotations

import pytest

from harness.statistics.corrections import holm


def test_by_hand() -> None:
    """0.01 · 3, 0.03 · 2 and 0.04 · 1, which may not fall below 0.06; in the order given."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])


def test_claims_that_are_none() -> None:
    """None stays None and does not count."""
    assert holm([None, 0.02, None, 0.03]) == [None, pytest.approx(0.04), None, pytest.approx(0.04)]
    assert holm([None]) == [None]
    assert holm([]) == []


def test_at_most_one() -> None:
    """An adjusted p is a p."""
    assert holm([0.6, 0.9, 0.7]) == [1.0, 1.0, 1.0]
