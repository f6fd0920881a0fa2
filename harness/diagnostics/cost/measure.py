"""One number about what an embedder costs, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Identity, Status

TEXT = "text"
"""The unit of a measure that is said in words: they are its note."""

YES_NO = "yes/no"
"""The unit of 1 and 0."""


@dataclass(frozen=True)
class Measure:
    """A number with its unit. subject: what of the embedder it is about, where a name stands for several numbers.

    value None: the note says it in words (unit TEXT), or why it was not measured (no unit). low, high: the smallest
    and the largest of what the value is the median of, None where it was measured once. caution: the number says less
    than it seems to without its note.
    """

    name: str
    value: float | None
    unit: str
    note: str
    subject: str = ""
    low: float | None = None
    high: float | None = None
    caution: bool = False

    def finding(self) -> Finding:
        """As the store keeps it: the unit before the note."""
        unit = self.unit if self.value is not None else ""
        return Finding(self.name, self.value, ": ".join(filter(None, (unit, self.note))) or "–", self.subject)


@dataclass(frozen=True)
class Profile:
    """What one embedder costs, or why that could not be measured. identity: None when it could not be opened.

    seconds: that measuring took.
    """

    embedder: str
    identity: Identity | None
    status: Status
    reason: str
    measures: tuple[Measure, ...]
    seconds: float


def absent(name: str, why: str, subject: str = "") -> Measure:
    """A number that was not measured."""
    return Measure(name, None, "", why, subject)


def said(name: str, words: str, subject: str = "") -> Measure:
    """Something that is no number."""
    return Measure(name, None, TEXT, words, subject)


def yes_or_no(name: str, answer: bool | None, why: str) -> Measure:  # noqa: FBT001 # the answer is the value
    """Whether; None is not known."""
    return absent(name, "not known") if answer is None else Measure(name, float(answer), YES_NO, why)


def spread(name: str, values: Sequence[float], unit: str, note: str, subject: str = "") -> Measure:
    """The median of at least one value, with the smallest and the largest where there are several."""
    middle = float(np.median(values))
    if len(values) == 1:
        return Measure(name, middle, unit, f"{note}, measured once", subject, caution=True)
    low, high = min(values), max(values)
    return Measure(name, middle, unit, f"{note}, median of {len(values)}: {low:.4g} to {high:.4g}", subject, low, high)
