"""Numbers as people read them: one form each for scores, differences, intervals, p values and amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Interval

_WHOLE = 100
_SMALLEST = 0.0005
"""A p below this rounds to 0.000."""


def score(value: float) -> str:
    """Three decimals; what rounds to zero has no sign."""
    return f"{value:z.3f}"


def change(value: float) -> str:
    """The same, always with a sign but for zero."""
    return f"{value:+.3f}" if float(score(value)) else score(0.0)


def interval(found: Interval, form: Callable[[float], str] = score, *, to: str = "to") -> str:
    """Both ends in words, nothing where there are none. form: of an end. to: what stands between them."""
    if found.low is None or found.high is None:
        return ""
    return f"{form(found.low)} {to} {form(found.high)}"


def span(found: Interval, to: str = "to") -> str:
    """The ends of a score's interval in a cell, a dash between them; `to` where one is negative."""
    if found.low is None or found.high is None or found.low < 0:
        return interval(found, to=to)
    return f"{score(found.low)}–{score(found.high)}"


def p_value(p: float | None) -> str:
    """Three decimals, never 0; nothing where there is none."""
    if p is None:
        return ""
    return "<0.001" if p < _SMALLEST else f"{p:.3f}"


def amount(value: float) -> str:
    """Three significant digits; from 100 on, and where it is whole, no decimals: 0.0123, 12.3, 1,234."""
    return f"{value:,.0f}" if abs(value) >= _WHOLE or value == int(value) else f"{value:.3g}"
