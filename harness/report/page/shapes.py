"""Shapes on a plane, as the template of drawings knows them, and the scales that put numbers there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, chop_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SIZE = 12.5
"""Of letters, in units of the drawing."""
_CELL = 0.6 * SIZE
"""Width of a cell in a wide font: a Latin letter takes one, a Chinese one two."""
_STEPS = (1, 2, 5)
_WIDE = 10
"""From largest to smallest: from here on, a logarithmic scale shows the small ones better."""


@dataclass(frozen=True)
class Path:
    """Lines. kind: a class of the style sheet."""

    kind: str
    d: str


@dataclass(frozen=True)
class Dot:
    """A point. name: what is shown while the pointer is on it. radius: small enough that a short interval is seen."""

    kind: str
    x: float
    y: float
    name: str = ""
    radius: float = 4.5


@dataclass(frozen=True)
class Label:
    """A line of text. kind: as for Path. anchor: `middle` or `end`: what of it stands at x; its start if empty."""

    kind: str
    x: float
    y: float
    text: str
    anchor: str = ""

    @property
    def classes(self) -> str:
        """Of the style sheet, which knows anchors too."""
        return f"{self.kind} {self.anchor}".strip()


@dataclass(frozen=True)
class Drawing:
    """A picture with a title, and its content in words for those who cannot see it.

    key: letters that stand for names in it, where the names have no room.
    """

    width: int
    height: int
    title: str
    text: str
    paths: Sequence[Path]
    dots: Sequence[Dot]
    labels: Sequence[Label]
    key: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Scale:
    """Numbers from low to high onto places from start to end."""

    low: float
    high: float
    start: float
    end: float
    kind: Literal["linear", "log"] = "linear"

    def at(self, value: float) -> float:
        """The place of a number, to a tenth of a unit; what lies beyond an end is put there."""
        low, high, found = (self._turned(one) for one in (self.low, self.high, min(max(value, self.low), self.high)))
        return round(self.start + (found - low) / (high - low) * (self.end - self.start), 1)

    def ticks(self, most: int = 6) -> list[float]:
        """Round numbers along the scale, at most so many."""
        return _log_ticks(self.low, self.high, most) if self.kind == "log" else _ticks(self.low, self.high, most)

    def _turned(self, value: float) -> float:
        return math.log10(value) if self.kind == "log" else value


def scale(values: Iterable[float], start: float, end: float, *, log: bool = False) -> Scale:
    """A scale with some room around the values. log: logarithmic where they are far apart, and none is 0.

    Without values, from 0 to 1.
    """
    found = list(values) or [0.0, 1.0]
    low, high = min(found), max(found)
    if log and low > 0 and high / low > _WIDE:
        return Scale(low / 1.4, high * 1.4, start, end, "log")
    room = 0.08 * (high - low) or 0.08 * abs(high) or 1.0
    return Scale(max(0.0, low - room) if low >= 0 else low - room, high + room, start, end)


def width_of(text: str) -> float:
    """About how wide a text is."""
    return cell_len(text) * _CELL


def shortened(text: str, cells: int) -> str:
    """A text of so many cells at most: what is left out lies nearer the beginning, as names differ at their end."""
    if cell_len(text) <= cells:
        return text
    first = chop_cells(text, cells // 3)[0]
    reversed_last = chop_cells(text[::-1], cells - 1 - cells // 3)[0]
    return f"{first}…{reversed_last[::-1]}"


def _ticks(low: float, high: float, most: int) -> list[float]:
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (*_STEPS, 10) if one * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [round(index * step, 10) for index in range(first, math.floor(high / step + 1e-9) + 1)]


def _log_ticks(low: float, high: float, most: int) -> list[float]:
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for steps in (_STEPS, (1, 3), (1,)):
        found = [step * 10.0**power for power in powers for step in steps if low <= step * 10.0**power <= high]
        if len(found) <= most:
            return found
    return found[:: math.ceil(len(found) / most)]
