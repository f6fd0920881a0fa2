"""Courses out of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.compare import pairs
from harness.errors import StoreError, UsageError
from harness.model import Identity, Interval, ItemScores, Run, Score
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.history import history

if TYPE_CHECKING:
    from pathlib import Path

IDS = [f"q{number}" for number in range(40)]
NO_INTERVAL = Interval(None, None, "not asked for")


def made(day: int, shift: float = 0.0, embedder: str = "one", **fields: Any) -> Run:
    """A run with two metrics; the second one, and some of the first, move by `shift`."""
    values = np.linspace(0.2, 0.8, len(IDS)) + shift * np.random.default_rng(0).random(len(IDS))
    measures = {"ndcg@10": values, "mrr@10": values / 2}
    given: dict[str, Any] = {
        "id": f"{embedder}{day}",
        "started_at": f"2026-06-{day:02}T00:00:00.000000+00:00",
        "suite": "zh/a",
        "kind": "retrieval",
        "fingerprint": "f0",
        "embedder": embedder,
        "identity": Identity("fake", embedder, "1"),
        "status": "ok",
        "reason": "",
        "seconds": 1.0,
        "scores": tuple(Score(name, float(each.mean()), NO_INTERVAL, 0.1, 40) for name, each in measures.items()),
        "items": tuple(ItemScores(name, IDS, IDS, each) for name, each in measures.items()),
    }
    return Run(**given | fields)


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A store of its own."""
    return Configuration(store=tmp_path / "results.duckdb")


def test_a_course_for_each_suite_and_label(configuration: Configuration) -> None:
    """Of the headline, in the order of names; runs in the order in which they were made."""
    runs = [made(3, -0.2), made(1), made(2), made(4, suite="zh/b"), made(1, embedder="two")]
    Store(configuration.store).add(*runs)
    found = history(configuration, ((), (), ()))
    assert [(one.suite, one.embedder, one.metric) for one in found] == [
        ("zh/a", "one", "ndcg@10"),
        ("zh/a", "two", "ndcg@10"),
        ("zh/b", "one", "ndcg@10"),
    ]
    first, second = found[0].points
    assert (first.runs, first.day, second.day, second.marks) == (2, "2026-06-01", "2026-06-03", ("down",))


def test_selected(configuration: Configuration) -> None:
    """Suites, embedders and metrics; a metric of nobody is refused with those that are there."""
    Store(configuration.store).add(made(1), made(2, suite="zh/b"), made(3, embedder="two"))
    found = history(configuration, (("zh/a",), ("one",), ("mrr@10", "ndcg@10")))
    assert [(one.suite, one.embedder, one.metric) for one in found] == [
        ("zh/a", "one", "mrr@10"),
        ("zh/a", "one", "ndcg@10"),
    ]
    with pytest.raises(UsageError, match=r"no run has the metric 'ndcg@1'\. Did you mean 'ndcg@10'"):
        history(configuration, ((), (), ("ndcg@1",)))
    with pytest.raises(UsageError, match="holds nothing for three"):
        history(configuration, ((), ("three",), ()))


def test_nothing_to_tell(configuration: Configuration) -> None:
    """No store is an error, an empty one has no courses, nor has what failed or does not apply."""
    with pytest.raises(StoreError, match="there are no results"):
        history(configuration, ((), (), ()))
    Store(configuration.store).prepare()
    assert history(configuration, ((), (), ())) == []
    nothing = Score("ndcg@10", None, NO_INTERVAL, None, 0, status="not_applicable", reason="has no vectors")
    run = made(1, scores=(nothing,), items=(), status="not_applicable", reason="has no vectors")
    Store(configuration.store).add(run)
    assert history(configuration, ((), (), ())) == []


def test_many_runs_are_read_some_at_a_time(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each but once, however often the reference changes."""
    runs = [made(day, -0.05 * day) for day in range(1, 29)]
    Store(configuration.store).add(*runs)
    read: list[list[str]] = []
    real = Store.runs
    monkeypatch.setattr(Store, "runs", lambda self, ids: read.append(list(ids)) or real(self, ids))
    (found,) = history(configuration, ((), (), ()))
    assert len(found.changes) == 27
    assert [len(ids) for ids in read[:2]] == [16, 12]


def test_no_signs_are_flipped(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cross-check of `harness compare` takes longer than all the rest, and a course does not show it."""

    def refuse(*_: object) -> None:
        raise AssertionError("flipped signs")

    monkeypatch.setattr(pairs, "sign_flips", refuse)
    Store(configuration.store).add(made(1), made(2, -0.3))
    (found,) = history(configuration, ((), (), ()))
    assert found.changes


def test_metrics_that_nobody_here_knows(configuration: Configuration) -> None:
    """Scores that other software gave are points without a comparison."""
    scores = [(Score("theirs", value, NO_INTERVAL, None, 0),) for value in (0.5, 0.25)]
    Store(configuration.store).add(*(made(day, scores=own, items=()) for day, own in enumerate(scores, 1)))
    (found,) = history(configuration, ((), (), ()))
    assert [point.value for point in found.points] == [0.5, 0.25]
    assert "theirs" in found.points[1].reason
    assert found.changes == ()
