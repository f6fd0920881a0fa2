"""Whether a side gives a text the same vector again, alone, and in another order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.diagnostics.parity.observation import Answers, Steadiness, alike

if TYPE_CHECKING:
    from collections.abc import Sequence


def steadiness(batch: Answers, again: Answers, reordered: Answers, alone: Answers, names: Sequence[str]) -> Steadiness:
    """The smallest cosines of vectors of the same n texts with those of the batch; those without one do not count.

    reordered: asked for in reversed order, and put back. alone: asked for one by one, as far as they were. names: of
    the texts, n.
    """
    tried = [place for place in range(len(names)) if batch.there[place] and alone.there[place]]
    cosines = alike(batch.take(tried), alone.take(tried))
    return Steadiness(
        again=_least(batch, again),
        alone=_least(batch, alone),
        reordered=_least(batch, reordered),
        worst=names[tried[int(cosines.argmin())]] if tried else "",
    )


def _least(first: Answers, second: Answers) -> float | None:
    cosines = alike(first, second)[first.there & second.there]
    return float(cosines.min()) if len(cosines) else None
