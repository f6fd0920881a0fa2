"""Who is shown to beat whom, and who is left when everybody is set aside who is shown worse than the leader.

All pairs are tested and corrected together, so that it does not matter that the leader was found by looking at the
scores. Who is shown worse than the leader is set aside, and the pairs of the others are corrected anew, until nobody
more is: the sequential elimination of Hansen, Lunde and Nason 2011 ("The Model Confidence Set", Econometrica 79), here
against the leader. What is left contains the truly best with probability 1 − α.

A correction for fewer pairs never gives a larger p (both maxT and Holm see to that). So whoever is set aside might as
well not have been there: bad candidates, however many, change nothing about the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.statistics.power import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.evidence import Evidence, Pairs


@dataclass(frozen=True)
class Settled:
    """p: of everybody but the leader, adjusted, against the leader. left: the best set. beats: by place, whom."""

    p: Mapping[int, float | None]
    left: frozenset[int]
    beats: Mapping[int, tuple[int, ...]]


def settled(order: Sequence[int], evidence: Evidence, alpha: float = ALPHA) -> Settled:
    """Test everybody against everybody. order: places, best first, at least one."""
    first = evidence.adjusted(order)
    p, left = _eliminated(order, first, evidence, alpha)
    beats = {i: tuple(j for j in order[at + 1 :] if _shown(first[i, j], alpha)) for at, i in enumerate(order)}
    beats[order[0]] = tuple(j for j in order[1:] if j not in left)
    return Settled(p, frozenset(left), beats)


def _eliminated(
    order: Sequence[int], pairs: Pairs, evidence: Evidence, alpha: float
) -> tuple[dict[int, float | None], list[int]]:
    """The p of everybody in the round in which he was set aside, or in the last one; and who was left then."""
    leader, left = order[0], list(order)
    p: dict[int, float | None] = {}
    while True:
        p |= {i: pairs[leader, i] for i in left[1:]}
        kept = [leader, *(i for i in left[1:] if not _shown(p[i], alpha))]
        if len(kept) == len(left):
            return p, left
        left = kept
        pairs = evidence.adjusted(left)


def _shown(p: float | None, alpha: float) -> bool:
    return p is not None and p < alpha


def letter(place: int) -> str:
    """1 → a, 26 → z, 27 → aa."""
    text = ""
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
