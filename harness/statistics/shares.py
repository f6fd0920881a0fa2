"""How a share is written."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share of 0.03 as `3 %`, to three digits."""
    return f"{100 * share:.3g} %"
