"""Days of runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def span(moments: Iterable[str], to: str) -> str:
    """The first and the last day of some moments in ISO 8601, or the only one; `to` stands between."""
    days = sorted({moment[:10] for moment in moments}) or [""]
    return days[0] if len(days) == 1 else f"{days[0]} {to} {days[-1]}"
