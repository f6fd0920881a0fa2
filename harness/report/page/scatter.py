"""Quality against what it costs: who is beaten by nobody in both."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from harness.report.numbers import amount, score
from harness.report.page.shapes import SIZE, Dot, Drawing, Label, Path, Scale, scale, shortened, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Interval

WIDTH, HEIGHT = 460, 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 446, 34, 276
_RADIUS, _CAP = 5.5, 6
"""What a dot takes, and half the width of an interval's ends: they are seen though it is shorter than the dot."""
_CELLS = (36, 26, 18)
"""Of a name beside its point: the longest that has room is taken."""
_RINGS = (9.0, 16.0, 26.0)
_SIDES = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))


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


class _Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


_INSIDE = _Box(_LEFT + 2, _TOP - 8, WIDTH - 2, _BOTTOM - 2)


def scatter(points: Sequence[Point], axes: Axes) -> Drawing:
    """The points with their intervals, the front joined by steps, names where there is room, else letters."""
    across = scale([point.x for point in points], _LEFT, _RIGHT, log=True)
    ends = [end for point in points for end in (point.interval.low, point.interval.high) if end is not None]
    up = scale([*(point.y for point in points), *ends], *((_BOTTOM, _TOP) if axes.top else (_TOP, _BOTTOM)))
    placed = [(point, across.at(point.x), up.at(point.y)) for point in points]
    return Drawing(
        width=WIDTH,
        height=HEIGHT,
        title=axes.title,
        text=axes.text,
        paths=[*_frame(across, up), *_whiskers(placed, up), *_steps(placed)],
        dots=[
            Dot("front" if point.front else "", x, y, f"{point.name}: {score(point.y)}, {amount(point.x)}")
            for point, x, y in placed
        ],
        labels=[*_axes(across, up, axes), *_names(placed)],
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


def _lines(placed: Sequence[tuple[Point, float, float]]) -> list[_Box]:
    """The steps of the front as narrow boxes."""
    corners = sorted((x, y) for point, x, y in placed if point.front)
    found = []
    for (x, y), (right, height) in pairwise(corners):
        found += [_Box(x, y - 1, right, y + 1), _Box(right - 1, min(y, height), right + 1, max(y, height))]
    return found


def _axes(across: Scale, up: Scale, axes: Axes) -> Iterator[Label]:
    for tick in across.ticks():
        x = min(across.at(tick), round(WIDTH - width_of(f"{tick:,g}") / 2, 1))
        yield Label("tick", x, _BOTTOM + 17, f"{tick:,g}", "middle")
    for tick in up.ticks():
        yield Label("tick", _LEFT - 7, up.at(tick) + 4, f"{tick:g}", "end")
    yield Label("name", _LEFT - 44, _TOP - 18, axes.y)
    yield Label("name", _RIGHT, _BOTTOM + 38, axes.x, "end")


def _names(placed: Sequence[tuple[Point, float, float]]) -> list[Label]:
    """A label for every point: those of the front choose first, and a name gives way to a letter, never to another."""
    taken = [_Box(x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS) for _, x, y in placed]
    lines = _lines(placed)
    labels = []
    for point, x, y in sorted(placed, key=lambda one: not one[0].front):
        text, box = _room(point, (x, y), taken, lines)
        taken.append(box)
        labels.append(Label("front" if point.front else "other", round(box.left, 1), round(box.bottom - 3.5, 1), text))
    return labels


def _room(point: Point, at: tuple[float, float], taken: Sequence[_Box], lines: Sequence[_Box]) -> tuple[str, _Box]:
    """The longest text that has room near a point, and where: off the lines if it can be, never on a dot or a label.

    Where nothing has room: the letter, on its right.
    """
    for text in dict.fromkeys([*(point.label(cells) for cells in _CELLS), point.letter]):
        free = [box for box in _around(*at, width_of(text)) if _fits(box) and not any(map(box.meets, taken))]
        if free:
            return text, next((box for box in free if not any(map(box.meets, lines))), free[0])
    return point.letter, next(_around(*at, width_of(point.letter)))


def _around(x: float, y: float, width: float) -> Iterator[_Box]:
    height = SIZE + 2
    for ring in _RINGS:
        for right, down in _SIDES:
            far = ring * (0.7 if right and down else 1)
            left = x + far if right > 0 else x - far - width if right < 0 else x - width / 2
            top = y - height / 2 if not down else y + far - 2 if down > 0 else y - far - height + 2
            yield _Box(left, top, left + width, top + height)


def _fits(box: _Box) -> bool:
    inside = _INSIDE
    return (
        box.left >= inside.left and box.right <= inside.right and box.top >= inside.top and box.bottom <= inside.bottom
    )
