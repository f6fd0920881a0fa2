"""What sides that read differently far make of the parts of a long text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.parity.observation import Answers, alike
from harness.diagnostics.parity.probes import TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnostics.parity.probes import Language

_CLOSED = 0.25
"""What a part leaves of the cosine distance, where the part explains it; places are known to a few words only."""


@dataclass(frozen=True)
class Reading:
    """Cosines with the side that cuts: of the other side's vector of what is left (cut).

    windows: of the mean of the cutting side's windows with the other side's vector of the whole. None: not so.
    """

    cut: float | None = None
    windows: float | None = None


def beyond(language: Language, end: int) -> tuple[str, ...]:
    """The probes of a language that are longer than `end` words or characters."""
    return (language.long,) if len(language.units(TEXTS[language.long])) > end else ()


def beginning(language: Language, end: int) -> str:
    """What a side reads of the long text that reads its first `end` words or characters."""
    return language.between.join(language.units(TEXTS[language.long])[:end])


def windows(language: Language, size: int) -> list[str]:
    """The long text in windows of so many words or characters, the last one shorter."""
    units = language.units(TEXTS[language.long])
    return [language.between.join(units[start : start + size]) for start in range(0, len(units), max(1, size))]


def of_beginning(whole: Answers, cut: Answers, part: Answers) -> float | None:
    """The cosine of `part` with `cut`, where it is much nearer to it than the vector of the `whole` is."""
    before, after = float(alike(whole, cut)[0]), float(alike(part, cut)[0])
    return after if part.there.all() and 1 - after <= _CLOSED * (1 - before) else None


def of_windows(whole: Answers, cut: Answers, parts: Answers, sizes: Sequence[int]) -> float | None:
    """The cosine of the whole with the mean of its windows, where it is much nearer than that with the cut text.

    sizes: of the windows, since some weigh them by their length and some do not: the nearer one counts.
    """
    if not parts.there.all():
        return None
    before = float(alike(whole, cut)[0])
    lengths = np.linalg.norm(parts.rows, axis=1, keepdims=True)
    units = parts.rows / np.where(lengths > 0, lengths, 1)
    means = [np.average(units, axis=0, weights=weights) for weights in (None, np.array(sizes))]
    after = max(float(alike(whole, Answers(mean[None].astype(np.float32), ("",)))[0]) for mean in means)
    return after if 1 - after <= _CLOSED * (1 - before) else None
