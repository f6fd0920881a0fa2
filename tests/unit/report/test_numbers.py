"""Numbers as people read them."""

from __future__ import annotations

from harness.model import Interval
from harness.report.numbers import amount, change, interval, p_value, score, span


def test_scores_and_differences() -> None:
    """Three decimals; only a difference that is not zero has a sign on both sides."""
    assert [score(value) for value in (0.1234, -0.5, -0.0001)] == ["0.123", "-0.500", "0.000"]
    assert [change(value) for value in (0.0124, -0.0124, -0.0001, 0.0001)] == ["+0.012", "-0.012", "0.000", "0.000"]


def test_intervals() -> None:
    """A dash in cells, but not beside a minus; words elsewhere; nothing where there is none."""
    assert interval(Interval(-0.1, 0.2), change) == "-0.100 to +0.200"
    assert interval(Interval(0.1, 0.2), to="至") == "0.100 至 0.200"
    assert [span(Interval(*ends)) for ends in ((0.1, 0.2), (-0.1, 0.2))] == ["0.100–0.200", "-0.100 to 0.200"]
    assert interval(Interval(None, None, "few")) == span(Interval(None, None, "few")) == ""


def test_a_p_is_never_zero() -> None:
    """Three decimals, or less than the smallest of them."""
    assert [p_value(p) for p in (None, 0.0123, 0.0007, 0.0004)] == ["", "0.012", "0.001", "<0.001"]


def test_amounts() -> None:
    """Three digits, more only before the point."""
    assert [amount(value) for value in (1234.5, 100, 12.345, 0.012345, 7.0)] == ["1,234", "100", "12.3", "0.0123", "7"]
