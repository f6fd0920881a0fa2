"""Courses for programs and as markdown: a row for each point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.course.words import happened, identity_of, when
from harness.report.markdown import line, prose
from harness.report.plain import document, query_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.course import Course, Point

COLUMNS = (
    *("suite", "embedder", "metric", "started_at", "last_at", "runs", "run", "value", "low", "high"),
    *("interval_reason", "items", "fingerprint", "identity", "marks", "since", "difference", "difference_low"),
    *("difference_high", "p", "p_adjusted", "reason"),
)
"""Of csv, and of each point of json (without the first three)."""


def as_json(found: Sequence[Course]) -> str:
    """One object with a list of courses, each with its points and what failed."""
    return document({"courses": [_object(one) for one in found]})


def as_csv(found: Sequence[Course]) -> str:
    """A line for each point."""
    rows = [row | {"marks": " ".join(map(str, _marks(row)))} for one in found for row in _rows(one)]
    return query_csv(COLUMNS, [list(row.values()) for row in rows])


def markdown(found: Sequence[Course]) -> str:
    """A table with a line for each point."""
    heads = ("suite", "embedder", "metric", "day", "run", "runs", "value", "what happened")
    rows = (
        (
            one.suite,
            one.embedder,
            one.metric,
            when(one.points, point),
            point.run.id[:8],
            point.runs,
            f"{point.value:.4g}",
            happened(one.points, place),
        )
        for one in found
        for place, point in enumerate(one.points)
    )
    shown = (line([prose(str(cell)) for cell in row]) for row in rows)
    return "".join(f"{one}\n" for one in (line(heads), line(["---"] * len(heads)), *shown))


def _rows(one: Course) -> list[dict[str, object]]:
    """What `COLUMNS` name, for every point."""
    return [_row(one, point) for point in one.points]


def _row(one: Course, point: Point) -> dict[str, object]:
    interval, told = point.score.interval, point.difference
    ends = told.interval if told else None
    values = (
        *(one.suite, one.embedder, one.metric, point.run.started_at, point.last_at, point.runs, point.run.id),
        *(point.value, interval.low, interval.high, "" if interval.low is not None else interval.reason),
        *(point.score.items, point.run.fingerprint, identity_of(point)),
        *(list(point.marks), one.points[point.since].run.id if point.since is not None else None),
        *(told.value if told else None, ends.low if ends else None, ends.high if ends else None),
        *(told.p if told else None, point.adjusted, point.reason or (ends.reason if ends else "")),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _object(one: Course) -> dict[str, object]:
    shared = ("suite", "embedder", "metric")
    return {
        **{name: getattr(one, name) for name in shared},
        "higher_is_better": one.higher_is_better,
        "points": [{key: value for key, value in row.items() if key not in shared} for row in _rows(one)],
        "failures": [{"run": run.id, "started_at": run.started_at, "reason": run.reason} for run in one.failures],
    }


def _marks(row: Mapping[str, object]) -> list[object]:
    marks = row["marks"]
    return list(marks) if isinstance(marks, list) else []
