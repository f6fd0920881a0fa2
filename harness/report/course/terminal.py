"""Courses for a terminal: a plot each, and a list of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from harness.report.console import console
from harness.report.course.words import drawn, failed, happened, title, when, whose
from harness.report.numbers import score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.compare.course import Course, Mark, Point

EMPTY = "no results\n"
HEIGHT = 7
"""Lines of a plot."""
_AXIS = 9
"""Cells of the numbers before a plot."""
_STEP = 4
"""Cells from one point to the next, where there is room."""
_SYMBOLS: Mapping[str, str] = {"up": "▲", "down": "▼"}
_FLAGS: Mapping[Mark, str] = {"data": "D", "convention": "C", "embedder": "E"}
_LEGEND = (
    "● score, │ 95 % interval, ▲▼ a change that the items show (Holm over the course). Below the plot: D other data, "
    "C another convention of the metric: no comparison across; E the embedder is another. Time is not to scale."
)


def terminal(found: Sequence[Course]) -> str:
    """A plot for each course with more than one point, a line for each of the others."""
    if not found:
        return EMPTY
    screen = console()
    moving = [one for one in found if len(one.points) > 1 or one.failures]
    with screen.capture() as captured:
        for one in moving:
            for line in _plotted(one, screen.width):
                screen.print(Text(line), soft_wrap=True)
            screen.print()
        still = [one for one in found if one not in moving]
        for one in still:
            point = one.points[0]
            screen.print(Text(f"{title(one)}: {score(point.value)}, {_runs(point.runs)}, no change"), soft_wrap=True)
        if moving:
            screen.print(Text(_LEGEND, style="dim"), soft_wrap=True)
    return captured.get()


def _plotted(one: Course, width: int) -> Iterator[str]:
    """A title, the plot, a line of flags, and what happened where."""
    room = max(1, width - _AXIS - 1)
    first = max(0, len(one.points) - room)
    points = one.points[first:]
    step = max(1, min(_STEP, room // len(points)))
    yield title(one)
    low, high = _range(points)
    rows = _cells(points, (low, high), step)
    for place, row in enumerate(rows):
        edge = {0: f"{score(high)}", len(rows) - 1: f"{score(low)}"}.get(place, "")
        yield f"{edge:>{_AXIS - 2}} ┤{row}".rstrip()
    flags = "".join(_flag(point).ljust(step) for point in points)
    yield f"{'':{_AXIS - 2}} └{flags}".rstrip()
    yield f"{'':{_AXIS}}{_ends(points, room, step)}"
    if first:
        yield f"  {first} earlier points are not drawn: --format json has them"
    for place, point in enumerate(one.points):
        if said := happened(one.points, place):
            symbol = _symbol(point) if point.changed else _flag(point)
            yield f"  {symbol} {when(one.points, point)} ({whose(point.run)})  {said}"
    for run in one.failures:
        yield f"  × {run.started_at[:10]} ({whose(run)})  {failed(run)}"


def _cells(points: Sequence[Point], ends: tuple[float, float], step: int) -> list[str]:
    """Lines of the plot, top first."""
    columns = [_column(point, ends) for point in points]
    return ["".join(column[line].ljust(step) for column in columns) for line in range(HEIGHT)]


def _column(point: Point, ends: tuple[float, float]) -> list[str]:
    """The cells of one point: a line as long as its interval, its symbol on it."""
    interval = point.score.interval
    cells = [" "] * HEIGHT
    if interval.low is not None and interval.high is not None:
        for line in range(_line(interval.high, ends), _line(interval.low, ends) + 1):
            cells[line] = "│"
    cells[_line(point.value, ends)] = _symbol(point)
    return cells


def _line(value: float, ends: tuple[float, float]) -> int:
    low, high = ends
    return round((high - value) / (high - low) * (HEIGHT - 1))


def _range(points: Sequence[Point]) -> tuple[float, float]:
    """The lowest and the highest number that is drawn; never the same one twice."""
    low, high = drawn(points)
    return (low, high) if high - low > 1e-6 else (low - 0.01, high + 0.01)  # noqa: PLR2004 # a millionth is not drawn


def _ends(points: Sequence[Point], room: int, step: int) -> str:
    """The first day and the last, below the first point and the last where there is room."""
    first, last = when(points, points[0]), when(points, points[-1])
    width = min(room, max((len(points) - 1) * step + 1, len(first) + len(last) + 3))
    return f"{first}{last:>{max(width - len(first), len(last) + 3)}}" if len(points) > 1 else first


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def _symbol(point: Point) -> str:
    return _SYMBOLS[point.marks[0]] if point.changed else "●"


def _flag(point: Point) -> str:
    return next((_FLAGS[mark] for mark in point.marks if mark in _FLAGS), "─")
