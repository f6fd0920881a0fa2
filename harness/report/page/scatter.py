"""Quality against what it costs: who is beaten by nobody in both."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from harness.report.numbers import amount, score
from harness.report.page.labels import Box, Named, spots
from harness.report.page.shapes import Dot, Drawing, Label, Path, Scale, scale, shortened, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Interval
    from harness.report.page.labels import Spot

WIDTH, HEIGHT = 400, 312
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 388, 34, 266
_RADIUS, _CAP = 5.5, 6
"""What a dot takes, and half the width of an interval's ends: they are seen though it is shorter than the dot."""
_FEW = 8
"""Points, up to which a name is wanted more than that it is whole and near."""
_LONGEST, _SHORTER = 36, {26: 5.0, 18: 10.0}
"""Cells of a name beside its point, and what it costs to leave out more of it; more than that is a letter's."""
_LETTER, _LETTER_OF_FEW = 9.0, 30.0


@dataclass(frozen=True)
class Point:
    """An embedder. x: its cost. front: whether nobody beats it in quality and cost."""

    name: str
    letter: str
    x: float
    y: float
    interval: Interval
    front: bool

    def label(self, cells: int) -> str:
        """The letter and the name, which is shortened to so many cells."""
        return f"{self.letter} {shortened(self.name, cells)}".lstrip()


@dataclass(frozen=True)
class Axes:
    """What stands at the axes. title, text: of the whole. top: whether more is better, so that the best are on top."""

    title: str
    text: str
    x: str
    y: str
    top: bool = True


_INSIDE = Box(_LEFT + 2, _TOP - 8, WIDTH - 2, _BOTTOM - 2)


def scatter(points: Sequence[Point], axes: Axes) -> Drawing:
    """The points with their intervals, the front joined by steps, names where there is room, else letters and a key."""
    across = scale([point.x for point in points], _LEFT, _RIGHT, log=True)
    ends = [end for point in points for end in (point.interval.low, point.interval.high) if end is not None]
    up = scale([*(point.y for point in points), *ends], *((_BOTTOM, _TOP) if axes.top else (_TOP, _BOTTOM)))
    placed = [(point, across.at(point.x), up.at(point.y)) for point in points]
    named = _named(placed, up)
    ties = "".join(spot.line for _, spot in named)
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        title=axes.title,
        text=axes.text,
        paths=[*_frame(across, up), *_whiskers(placed, up), *_steps(placed), *([Path("tie", ties)] if ties else [])],
        dots=[
            Dot("front" if point.front else "", x, y, f"{point.name}: {score(point.y)}, {amount(point.x)}")
            for point, x, y in placed
        ],
        labels=[*_axes(across, up, axes), *(_label(point, spot) for point, spot in named)],
        key=[(point.letter, point.name) for point, spot in named if spot.text != f"{point.letter} {point.name}"],
    )


def _frame(across: Scale, up: Scale) -> list[Path]:
    lines = [f"M{across.at(tick)} {_TOP}V{_BOTTOM}" for tick in across.ticks()]
    lines += [f"M{_LEFT} {up.at(tick)}H{_RIGHT}" for tick in up.ticks()]
    return [Path("grid", "".join(lines)), Path("axis", f"M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}")]


def _whiskers(placed: Sequence[tuple[Point, float, float]], up: Scale) -> list[Path]:
    end = f"m{-_CAP} 0h{2 * _CAP}"
    lines = [
        f"M{x} {up.at(point.interval.low)}{end}m{-_CAP} 0V{up.at(point.interval.high)}{end}"
        for point, x, _ in placed
        if point.interval.low is not None and point.interval.high is not None
    ]
    return [Path("whisker", "".join(lines))] if lines else []


def _steps(placed: Sequence[tuple[Point, float, float]]) -> list[Path]:
    corners = sorted((x, y) for point, x, y in placed if point.front)
    if len(corners) < 2:  # noqa: PLR2004 # a line needs two ends
        return []
    (x, y), *others = corners
    return [Path("steps", f"M{x} {y}" + "".join(f"H{right}V{height}" for right, height in others))]


def _lines(placed: Sequence[tuple[Point, float, float]]) -> list[Box]:
    """The steps of the front as narrow boxes."""
    corners = sorted((x, y) for point, x, y in placed if point.front)
    found = []
    for (x, y), (right, height) in pairwise(corners):
        found += [Box(x, y - 1, right, y + 1), Box(right - 1, min(y, height), right + 1, max(y, height))]
    return found


def _axes(across: Scale, up: Scale, axes: Axes) -> Iterator[Label]:
    for tick in across.ticks():
        x = min(across.at(tick), round(WIDTH - width_of(f"{tick:,g}") / 2, 1))
        yield Label("tick", x, _BOTTOM + 17, f"{tick:,g}", "middle")
    for tick in up.ticks():
        yield Label("tick", _LEFT - 7, up.at(tick) + 4, f"{tick:g}", "end")
    yield Label("name", _LEFT - 44, _TOP - 18, axes.y)
    yield Label("name", _RIGHT, _BOTTOM + 38, axes.x, "end")


def _named(placed: Sequence[tuple[Point, float, float]], up: Scale) -> list[tuple[Point, Spot]]:
    """A label for every point; those of the front choose first."""
    ordered = sorted(placed, key=lambda one: (not one[0].front, one[2]))
    wanted = [Named(x, y, _texts(point, few=len(placed) <= _FEW)) for point, x, y in ordered]
    found = spots(wanted, _RADIUS, _INSIDE, _lines(placed), list(_bars(placed, up)))
    return [(point, spot) for (point, _, _), spot in zip(ordered, found, strict=True)]


def _texts(point: Point, *, few: bool) -> dict[str, float]:
    """What may stand beside a point, with what that costs."""
    costs = {point.letter: _LETTER_OF_FEW if few else _LETTER}
    shorter = {point.label(cells): cost for cells, cost in reversed(_SHORTER.items())} if few else {}
    return costs | shorter | {point.label(_LONGEST): 0.0}


def _label(point: Point, spot: Spot) -> Label:
    return Label(
        "front" if point.front else "other", round(spot.box.left, 1), round(spot.box.bottom - 3.5, 1), spot.text
    )


def _bars(placed: Sequence[tuple[Point, float, float]], up: Scale) -> Iterator[Box]:
    """The intervals as boxes."""
    for point, x, _ in placed:
        if point.interval.low is not None and point.interval.high is not None:
            ends = sorted((up.at(point.interval.low), up.at(point.interval.high)))
            yield Box(x - _CAP, ends[0] - 1, x + _CAP, ends[1] + 1)
