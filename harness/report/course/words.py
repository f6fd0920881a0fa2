"""What a course is called and what happened in it, in words; and what of it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.numbers import change, interval, p_value, score
from harness.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.course import Course, Mark, Point
    from harness.model import Run

_SAID: Mapping[Mark, str] = {
    "data": "other data: no comparison with before",
    "convention": "the metric is computed in another way: no comparison with before",
}


def title(one: Course) -> str:
    """Suite, embedder, metric."""
    return one_line(f"{one.suite} · {one.embedder} · {one.metric}")


def identity_of(point: Point) -> str:
    """Who a point is of, with the beginning of the revision; empty where nobody knows."""
    identity = point.run.identity
    return "" if identity is None else f"{identity} @ {identity.revision[:12]}"


_DAY, _MINUTE, _SECOND = 10, 16, 19
"""Characters of a time."""


def when(points: Sequence[Point], point: Point) -> str:
    """The day of a point; with the time, in UTC, as far as others have the same one."""
    began = point.run.started_at
    lengths = (size for size in (_DAY, _MINUTE) if sum(one.run.started_at[:size] == began[:size] for one in points) < 2)  # noqa: PLR2004 # itself
    return began[: next(lengths, _SECOND)].replace("T", " ")


def whose(run: Run) -> str:
    """The beginning of the id of a run, which `harness compare` takes."""
    return f"run {run.id[:8]}"


def happened(points: Sequence[Point], place: int) -> str:
    """What is new at a point, in words; empty where nothing is."""
    point, before = points[place], points[place - 1]
    said = [_SAID[mark] for mark in point.marks if mark in _SAID]
    if point.reason and point.since is not None and point.value != points[point.since].value:
        since = points[point.since]
        said.append(f"{score(since.value)} → {score(point.value)}, not compared: {point.reason}")
    if "embedder" in point.marks:
        said.append(f"other embedder: {identity_of(before)} → {identity_of(point)}")
    return one_line("; ".join([*_changed(points, point), *said]))


def _changed(points: Sequence[Point], point: Point) -> list[str]:
    if not point.changed or point.difference is None or point.since is None:
        return []
    since = points[point.since]
    ends = interval(point.difference.interval, change)
    size = f"{change(point.difference.value)} ({ends})" if ends else change(point.difference.value)
    began = f"{when(points, since)} ({whose(since.run)})"
    moved = f"{point.marks[0]} {size} since {began}, {score(since.value)} → {score(point.value)}"
    return [moved if point.adjusted is None else f"{moved}, p {p_value(point.adjusted)}"]


def failed(run: Run) -> str:
    """Why a run failed: the first line of what was recorded."""
    return f"failed: {one_line(next(iter(run.reason.splitlines()), ''))}"


def drawn(points: Sequence[Point]) -> tuple[float, float]:
    """The lowest and the highest number of scores and their intervals."""
    values = [value for point in points for value in (point.value, point.score.interval.low, point.score.interval.high)]
    known = [value for value in values if value is not None]
    return min(known), max(known)
