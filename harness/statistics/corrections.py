"""Many claims from one comparison: p values that count them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def holm(p: Sequence[float | None]) -> list[float | None]:
    """Adjusted p values, in the order given: the i-th smallest is max over j ≤ i of min(1, (m − j + 1) · p₍ⱼ₎).

    Rejecting where they are below α keeps the chance of any false claim at α, whatever hangs together with what (Holm
    1979, Scandinavian Journal of Statistics 6). None is no claim: it stays None and does not count in m.
    """
    ordered = sorted((value, place) for place, value in enumerate(p) if value is not None)
    adjusted: list[float | None] = [None] * len(p)
    largest = 0.0
    for rank, (value, place) in enumerate(ordered):
        largest = max(largest, min(1.0, (len(ordered) - rank) * value))
        adjusted[place] = largest
    return adjusted
