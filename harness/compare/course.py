"""The course of a score over runs: where it changed, and where it cannot be compared with what came before.

The rule. Runs that follow each other with the same embedder on the same data and give the same score are one point.
Points on the same data, judged by the same convention, are a stretch; nothing is compared across two stretches. In a
stretch every point is compared, paired by item, with its reference: the first point, or the last change. So six steps
of −0.01, none of which can be shown by itself, are found as soon as their sum can (the reference does not slide along).
All comparisons of a course are one family, corrected by Holm. The earliest point with an adjusted p below 0.05 is a
change, keeps that p, and becomes the reference of those behind it; then the rest is looked at anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.errors import NotComparableError
from harness.statistics.corrections import holm
from harness.statistics.power import ALPHA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.model import Difference, Run, Score

Mark: TypeAlias = Literal["up", "down", "data", "convention", "embedder"]
"""What is new at a point: the score changed; the data, the convention of the metric or the embedder is another."""

Pairing: TypeAlias = "Callable[[Run, Run], Difference]"
"""A metric of two runs: `harness.compare.pairs.difference`, from an earlier run to a later one."""

_SAME = 1e-12


@dataclass(frozen=True)
class Point:
    """A score, and the runs in a row that gave it.

    run: the first of them, which is compared. last_at: when the last one started. since: the place of the reference,
    None where a stretch begins. difference: from the reference to this point. adjusted: its p, corrected; None where
    there is none, `reason` says why.
    """

    run: Run
    score: Score
    runs: int
    last_at: str
    marks: tuple[Mark, ...] = ()
    since: int | None = None
    difference: Difference | None = None
    adjusted: float | None = None
    reason: str = ""

    @property
    def value(self) -> float:
        """The score, which is there: a run without one is no point."""
        return self.score.value if self.score.value is not None else 0.0

    @property
    def day(self) -> str:
        """When its first run started, in UTC."""
        return self.run.started_at[:10]

    @property
    def changed(self) -> bool:
        """Whether the score is another than before."""
        return bool({"up", "down"} & set(self.marks))

    @property
    def begins(self) -> bool:
        """Whether the line is broken here."""
        return bool({"data", "convention"} & set(self.marks))


@dataclass(frozen=True)
class Course:
    """One metric of one embedder, by its label, on one suite: points, oldest first. failures: runs without a score."""

    suite: str
    embedder: str
    metric: str
    higher_is_better: bool
    points: tuple[Point, ...]
    failures: tuple[Run, ...] = ()

    @property
    def changes(self) -> tuple[Point, ...]:
        """Where the score changed."""
        return tuple(point for point in self.points if point.changed)


@dataclass
class _Tests:
    """The comparisons that were made, for a reference may come back. found: (reference, point) → difference or why not.

    adjusted: the p at which a change was found, by place.
    """

    points: Sequence[Point]
    pairing: Pairing
    found: dict[tuple[int, int], Difference | str] = field(default_factory=dict)
    adjusted: dict[int, float] = field(default_factory=dict)

    def difference(self, reference: int, place: int) -> Difference | str:
        """The later point against the earlier one, or why that cannot be."""
        if (reference, place) not in self.found:
            self.found[reference, place] = self._made(self.points[reference].run, self.points[place].run)
        return self.found[reference, place]

    def p(self, reference: int | None, place: int) -> float | None:
        """Uncorrected."""
        difference = self.difference(reference, place) if reference is not None else ""
        return None if isinstance(difference, str) else difference.p

    def _made(self, earlier: Run, later: Run) -> Difference | str:
        try:
            made = self.pairing(earlier, later)
        except NotComparableError as error:
            return str(error)
        return made.reason or made


def points_of(runs: Sequence[Run], metric: str) -> list[Point]:
    """The points of a metric in runs of one embedder on one suite, oldest first: not compared yet."""
    points: list[Point] = []
    for run in runs:
        score = run.score(metric)
        if score is None or score.value is None:
            continue
        new = Point(run, score, 1, run.started_at)
        if points and _repeats(points[-1], new):
            points[-1] = replace(points[-1], runs=points[-1].runs + 1, last_at=run.started_at)
        else:
            points.append(replace(new, marks=tuple(_marks(points[-1], new)) if points else ()))
    return points


def course(runs: Sequence[Run], metric: str, pairing: Pairing) -> Course | None:
    """The course of a metric through runs of one embedder on one suite, oldest first; None where none has a score.

    pairing: is asked only for runs on the same data whose scores were told apart, or whose embedders were.
    """
    points = points_of(runs, metric)
    if not points:
        return None
    tests = _Tests(points, pairing)
    _find_changes(tests)
    references = _references(points, tests.adjusted)
    adjusted = holm([tests.p(reference, place) for place, reference in enumerate(references)])
    told = [_told(tests, place, reference, adjusted[place]) for place, reference in enumerate(references)]
    last = points[-1]
    failures = tuple(run for run in runs if run.status == "failed")
    return Course(last.run.suite, last.run.embedder, metric, last.score.higher_is_better, tuple(told), failures)


def _find_changes(tests: _Tests) -> None:
    """Fill `adjusted`, the earliest change first, as the rule at the top has it."""
    while True:
        references = _references(tests.points, tests.adjusted)
        adjusted = holm([tests.p(reference, place) for place, reference in enumerate(references)])
        earliest = next(
            (
                (place, p)
                for place, p in enumerate(adjusted)
                if p is not None and p < ALPHA and place not in tests.adjusted
            ),
            None,
        )
        if earliest is None:
            return
        tests.adjusted[earliest[0]] = earliest[1]


def _references(points: Sequence[Point], changes: dict[int, float]) -> list[int | None]:
    """The place with which each point is compared: None for the first of a stretch."""
    found: list[int | None] = []
    reference = 0
    for place, point in enumerate(points):
        begins = place == 0 or point.begins
        found.append(None if begins else reference)
        if begins or place in changes:
            reference = place
    return found


def _told(tests: _Tests, place: int, reference: int | None, adjusted: float | None) -> Point:
    """The point with what came of its comparison."""
    point = tests.points[place]
    if reference is None:
        return point
    difference = tests.difference(reference, place)
    if isinstance(difference, str):
        return replace(point, since=reference, reason=difference)
    if place not in tests.adjusted:
        return replace(point, since=reference, difference=difference, adjusted=adjusted)
    mark: Mark = "up" if difference.value > 0 else "down"
    return replace(
        point,
        marks=(mark, *point.marks),
        since=reference,
        difference=difference,
        adjusted=tests.adjusted[place],
    )


def _repeats(before: Point, new: Point) -> bool:
    return abs(before.value - new.value) <= _SAME and not any(_marks(before, new))


def _marks(before: Point, new: Point) -> Iterator[Mark]:
    if before.run.fingerprint != new.run.fingerprint:
        yield "data"
    elif before.score.convention != new.score.convention:
        yield "convention"
    if before.run.identity != new.run.identity:
        yield "embedder"
