"""The course of a score: points, stretches, and changes that the items show."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.compare.course import course, points_of
from harness.compare.pairs import difference
from harness.errors import NotComparableError
from harness.metrics.named import metric_of
from harness.model import Difference, Identity, Interval, ItemScores, Run, Score
from harness.statistics.estimates import estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.compare.course import Course
    from harness.model import Floats

ITEMS = 200
IDS = [f"q{number:03}" for number in range(ITEMS)]
METRIC = "ndcg@10"


def made(day: int, values: Floats, **fields: str) -> Run:
    """A run on a day of January."""
    score = Score(METRIC, float(values.mean()), Interval(None, None, "none"), None, len(values), convention="linear")
    return Run(
        id=str(day),
        started_at=f"2026-01-{day:02}T00:00:00.000000+00:00",
        suite="zh/a",
        kind="retrieval",
        fingerprint=fields.get("fingerprint", "f0"),
        embedder="one",
        identity=Identity("fake", "one", fields.get("revision", "1")),
        status="ok",
        reason="",
        seconds=1.0,
        scores=(replace(score, convention=fields.get("convention", "linear")),),
        items=(ItemScores(METRIC, IDS, IDS, values),),
    )


def paired(earlier: Run, later: Run) -> Difference:
    """As `harness compare` has it."""
    return difference(earlier, later, metric_of(METRIC), 0.02)


def through(runs: Sequence[Run]) -> Course:
    """The course of these runs, which there is."""
    found = course(runs, METRIC, paired)
    assert found is not None
    return found


def marks(found: Course) -> list[tuple[str, ...]]:
    """Of each point."""
    return [point.marks for point in found.points]


@pytest.fixture
def random() -> np.random.Generator:
    """The same numbers every time."""
    return np.random.default_rng(7)


def test_the_same_again_is_one_point(random: np.random.Generator) -> None:
    """With the number of its runs and the first and last day; nothing has to be compared."""
    values = random.random(ITEMS)
    found = course([made(day, values) for day in (1, 2, 5)], METRIC, pairing=lambda *_: pytest.fail("compared"))
    assert found is not None
    (point,) = found.points
    assert (point.runs, point.day, point.last_at[:10], point.marks) == (3, "2026-01-01", "2026-01-05", ())


def test_a_change_is_found_where_it_is(random: np.random.Generator) -> None:
    """Down and up again, each against what was before; noise in between is no change."""
    values = random.random(ITEMS)
    noise = random.normal(0, 0.01, ITEMS)
    runs = [made(1, values), made(2, values + noise), made(3, values - 0.1 + noise[::-1]), made(4, values)]
    found = through(runs)
    assert marks(found) == [(), (), ("down",), ("up",)]
    assert [point.since for point in found.points] == [None, 0, 0, 2]
    down = found.changes[0]
    assert down.difference is not None
    assert down.difference.value == pytest.approx(-0.1, abs=0.01)
    assert down.adjusted is not None
    assert down.adjusted < 0.001


def test_a_slow_slide_is_found(random: np.random.Generator) -> None:
    """No step shows by itself, their sum does: the reference stays where the slide began."""
    values, runs = random.random(ITEMS), []
    for day in range(1, 16):
        runs.append(made(day, values))
        step = random.normal(0, 0.15, ITEMS)
        values = values - (step - step.mean() + 0.01)
    assert all((paired(*two).p or 0) > 0.05 for two in pairwise(runs))
    found = through(runs)
    assert found.changes
    assert {point.marks for point in found.changes} == {("down",)}
    assert found.changes[0].since == 0


def by_t(earlier: Run, later: Run) -> Difference:
    """The t test alone, without the permutation that checks it."""
    told = estimate(later.items[0].values - earlier.items[0].values)
    return Difference("zh/a", METRIC, True, True, 0.0, told.value, told, ITEMS, ITEMS, test="t", p=told.p())


def test_courses_without_a_change_are_given_none() -> None:
    """Of 200 courses of 12 noisy runs at most 19, as many as a chance of 5 % gives in 999 of 1,000 cases."""
    alarms = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        truth = random.random(ITEMS)
        found = course([made(day, truth + random.normal(0, 0.1, ITEMS)) for day in range(1, 13)], METRIC, by_t)
        assert found is not None
        alarms += bool(found.changes)
    assert 0 < alarms <= 19


def test_other_data_break_the_line(random: np.random.Generator) -> None:
    """Nothing is compared across; what comes behind has a reference of its own."""
    values = random.random(ITEMS)
    found = through([made(1, values), made(2, values - 0.3, fingerprint="f1"), made(3, values - 0.1, fingerprint="f1")])
    assert marks(found) == [(), ("data",), ("up",)]
    assert [point.since for point in found.points] == [None, None, 1]


def test_data_that_come_back_begin_anew(random: np.random.Generator) -> None:
    """A stretch is of runs in a row."""
    values = random.random(ITEMS)
    found = through([made(1, values), made(2, values, fingerprint="f1"), made(3, values)])
    assert marks(found) == [(), ("data",), ("data",)]


def test_another_convention_breaks_the_line(random: np.random.Generator) -> None:
    """It is another number under the same name."""
    values = random.random(ITEMS)
    found = through([made(1, values), made(2, values, convention="exponential")])
    assert marks(found) == [(), ("convention",)]


def test_other_weights_are_marked(random: np.random.Generator) -> None:
    """Even where the score stays; they are compared all the same."""
    values = random.random(ITEMS)
    found = through([made(1, values), made(2, values, revision="2"), made(3, values - 0.2, revision="3")])
    assert marks(found) == [(), ("embedder",), ("down", "embedder")]
    assert found.points[1].adjusted == 1.0


def test_p_is_corrected_for_the_course(random: np.random.Generator) -> None:
    """What one comparison would show, many do not: adjusted p are Holm's, and shown beside the raw ones."""
    values = random.random(ITEMS)
    step = random.normal(0, 0.1, ITEMS)
    slightly = values - 0.015 - (step - step.mean())
    alone = through([made(1, values), made(2, slightly)])
    assert marks(alone) == [(), ("down",)]
    noisy = [values + random.normal(0, 0.1, ITEMS) for _ in range(12)]
    noisy = [one - one.mean() + values.mean() for one in noisy]
    among = through([made(1, values), made(2, slightly), *(made(3 + place, one) for place, one in enumerate(noisy))])
    assert among.changes == ()
    assert among.points[1].difference is not None
    assert (among.points[1].difference.p or 1) < 0.05 < (among.points[1].adjusted or 0)


def test_what_cannot_be_compared_has_a_reason(random: np.random.Generator) -> None:
    """Other items, or none: no change is claimed."""
    values = random.random(ITEMS)
    without = replace(made(2, values - 0.3), items=())
    found = through([made(1, values), without])
    assert marks(found) == [(), ()]
    assert "no scores per item" in found.points[1].reason

    def refusing(earlier: Run, later: Run) -> Difference:
        raise NotComparableError(f"{earlier.id} and {later.id}")

    refused = course([made(1, values), made(2, values - 0.3)], METRIC, refusing)
    assert refused is not None
    assert refused.points[1].reason == "1 and 2"


def test_failures_are_kept_beside_the_points(random: np.random.Generator) -> None:
    """They break no line; an embedder that only failed has no course."""
    values = random.random(ITEMS)
    nothing = replace(made(2, values), status="failed", reason="server is down", scores=(), items=())
    found = through([made(1, values), nothing, made(3, values)])
    assert [point.runs for point in found.points] == [2]
    assert [run.reason for run in found.failures] == ["server is down"]
    assert course([nothing], METRIC, paired) is None
    assert points_of([nothing], METRIC) == []
