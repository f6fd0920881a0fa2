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

    from harness.compare.inference import Inference, Pairs


@dataclass(frozen=True)
class BestSet:
    """p: of everybody but the leader, adjusted, against the leader. members: who is in it. beats: by place, whom."""

    p: Mapping[int, float | None]
    members: frozenset[int]
    beats: Mapping[int, tuple[int, ...]]


def best_set(order: Sequence[int], inference: Inference, alpha: float = ALPHA) -> BestSet:
    """Test everybody against everybody. order: places, best first, at least one."""
    first = inference.adjusted(order)
    p, left = _eliminated(order, first, inference, alpha)
    beats = {i: tuple(j for j in order[at + 1 :] if _shown(first[i, j], alpha)) for at, i in enumerate(order)}
    # Of the leader, whoever was set aside in any round: a later round corrects for fewer pairs, and may show more.
    beats[order[0]] = tuple(j for j in order[1:] if j not in left)
    return BestSet(p, frozenset(left), beats)


def _eliminated(
    order: Sequence[int], pairs: Pairs, inference: Inference, alpha: float
) -> tuple[dict[int, float | None], list[int]]:
    """Everybody's p against the leader, from the round that set it aside or else the last one; and who is left."""
    leader, left = order[0], list(order)
    p: dict[int, float | None] = {}
    while True:
        p |= {i: pairs[leader, i] for i in left[1:]}
        kept = [leader, *(i for i in left[1:] if not _shown(p[i], alpha))]
        if len(kept) == len(left):
            return p, left
        left = kept
        pairs = inference.adjusted(left)


def _shown(p: float | None, alpha: float) -> bool:
    return p is not None and p < alpha


def letter(place: int) -> str:
    """1 → a, 26 → z, 27 → aa."""
    text = ""
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("a") + rest) + text
    return text
