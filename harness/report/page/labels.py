"""Where the names of points have room: near their point, off the other points, names and lines.

Every text in every place around its point has a cost: what it would cover, how far off it is, how much of the name is
left out. The cheapest is taken, one point after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.report.page.shapes import SIZE, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Floats

_HEIGHT = SIZE + 2
_RINGS = (8.0, 12.0, 17.0, 25.0, 36.0, 50.0, 66.0)
"""How far from the middle of its point a label begins."""
_SIDES = (0, 180, 270, 90, 315, 45, 225, 135, 22, 338, 158, 202, 68, 292, 112, 248)
"""Degrees clockwise from the right, the places that people look at first first."""
_NEAR = 17.0
"""Up to here nobody asks whose label it is; from here on a line tells."""
_OUTSIDE, _COVERS, _CROSSES, _TOUCHES, _TIED = 5000.0, 1000.0, 80.0, 12.0, 6.0
"""What it costs to leave the picture; to lie on a point or a name; on the front; on a bar; to need a line."""


@dataclass(frozen=True)
class Box:
    """A rectangle; top < bottom, as y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def row(self) -> tuple[float, float, float, float]:
        """Its numbers."""
        return self.left, self.top, self.right, self.bottom


@dataclass(frozen=True)
class Named:
    """A point that wants a label. texts: those it may be, with what it costs to take them."""

    x: float
    y: float
    texts: Mapping[str, float]


@dataclass(frozen=True)
class Spot:
    """The text that was taken, where, and the line to its point, which is empty where it is near."""

    text: str
    box: Box
    line: str


def spots(points: Sequence[Named], radius: float, inside: Box, front: Sequence[Box], bars: Sequence[Box]) -> list[Spot]:
    """A label for each of the points, in their order: who comes first chooses first. front, bars: lines as boxes."""
    taken = [Box(one.x - radius, one.y - radius, one.x + radius, one.y + radius) for one in points]
    touched = list(bars)
    found = []
    for point in points:
        places = list(_places(point))
        boxes = _rows([box for _, _, box in places])
        costs = np.array([cost for _, cost, _ in places])
        costs += _COVERS * _meetings(boxes, taken) + _CROSSES * _meetings(boxes, front)
        costs += _TOUCHES * _meetings(boxes, touched) + _OUTSIDE * _leaves(boxes, inside)
        text, _, box = places[int(np.argmin(costs))]
        spot = Spot(text, box, _line(point, box, radius))
        taken.append(box)
        touched += [_path(point, box)] if spot.line else []
        found.append(spot)
    return found


def _places(point: Named) -> Iterator[tuple[str, float, Box]]:
    """Every text in every place, with what that costs by itself."""
    for text, loss in point.texts.items():
        width = width_of(text)
        for ring in _RINGS:
            for rank, side in enumerate(_SIDES):
                right, down = np.cos(np.radians(side)), np.sin(np.radians(side))
                left = point.x + right * ring - width * (1 - right) / 2
                top = point.y + down * ring - _HEIGHT * (1 - down) / 2
                tie = _TIED if ring > _NEAR else 0.0
                cost = loss + ring / 2 + tie + rank / 10
                yield text, cost, Box(float(left), float(top), float(left + width), float(top + _HEIGHT))


def _rows(boxes: Sequence[Box]) -> Floats:
    return np.array([box.row for box in boxes]).reshape(-1, 4)


def _meetings(boxes: Floats, others: Sequence[Box]) -> Floats:
    """How many of the others each box has a part in common with."""
    left, top, right, bottom = (column[:, None] for column in boxes.T)
    of = _rows(others).T
    met: Floats = ((left < of[2]) & (of[0] < right) & (top < of[3]) & (of[1] < bottom)).sum(axis=1)
    return met


def _leaves(boxes: Floats, inside: Box) -> Floats:
    left, top, right, bottom = boxes.T
    out: Floats = (left < inside.left) | (top < inside.top) | (right > inside.right) | (bottom > inside.bottom)
    return out


def _nearest(point: Named, box: Box) -> tuple[float, float]:
    return min(max(point.x, box.left), box.right), min(max(point.y, box.top), box.bottom)


def _path(point: Named, box: Box) -> Box:
    """What a line to a label takes, as far as it stands out from both."""
    x, y = _nearest(point, box)
    return Box(min(x, point.x), min(y, point.y), max(x, point.x), max(y, point.y))


def _line(point: Named, box: Box, radius: float) -> str:
    x, y = _nearest(point, box)
    far = float(np.hypot(x - point.x, y - point.y))
    if far <= _NEAR:
        return ""
    part = radius / far
    return f"M{point.x + (x - point.x) * part:.1f} {point.y + (y - point.y) * part:.1f}L{x:.1f} {y:.1f}"
