"""Whole runs, the newest of each embedder, and all of them in their order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import StoreError, UsageError
from harness.model import IMPORTED, Identity, ItemScores
from harness.store import database, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Run
    from harness.store import Store

    MakeRun = Callable[..., Run]

FAILED: dict[str, Any] = {"status": "failed", "reason": "no such model", "items": (), "scores": (), "findings": ()}


def names(runs: list[Run]) -> list[str]:
    """The ids of runs."""
    return [run.id for run in runs]


def same(run: Run, other: Run) -> bool:
    """Whether two runs are equal, arrays included; an interval that is missing has the reason of its score."""
    reasons = tuple(
        replace(score, interval=replace(score.interval, reason=score.interval.reason or score.reason))
        for score in run.scores
    )
    pairs = list(zip(run.items, other.items, strict=True))
    return replace(run, scores=reasons, items=()) == replace(other, items=()) and all(
        (a.measure, list(a.ids), list(a.groups), a.values.tolist())
        == (b.measure, list(b.ids), list(b.groups), b.values.tolist())
        for a, b in pairs
    )


def test_a_run_comes_back_whole(store: Store, make_run: MakeRun) -> None:
    """Every field of it, items and answers in the order in which they were given, not that of their ids."""
    further = ItemScores("gold", ["二", "一"], ["乙", "甲"], np.array([1.0, 0.0]))
    plain = make_run()
    run = replace(plain, items=(*plain.items, further), answers={"三": "d/3", "一": "文 档", "二": "d'1"}, texts=7)
    store.add(make_run(1), run, make_run(2))
    (found,) = store.runs([run.id])
    assert same(run, found)
    assert list(found.answers) == ["三", "一", "二"]
    assert list(found.items[0].ids) == ["三", "一", "二"]


def test_answers_that_did_not_arrive_are_missed(
    store: Store, make_run: MakeRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is counted, answers too."""

    def forgetful(connection: Any, parts: Any) -> None:
        records.insert(connection, [replace(rows, answers={"id": [], "answer": []}) for rows in parts])

    monkeypatch.setattr(database, "insert", forgetful)
    with pytest.raises(StoreError, match="kept 0 of 2 rows of answer"):
        store.add(make_run(answers={"一": "a", "二": "b"}))


def test_runs_come_in_the_order_asked(store: Store, make_run: MakeRun) -> None:
    """Not in that of their making; one that is asked for twice comes twice; each has its own items and answers."""
    runs = [
        make_run(second, items=(ItemScores("m", ["甲"], ["g"], np.array([second])),), answers={"甲": f"d{second}"})
        for second in range(3)
    ]
    store.add(*runs)
    asked = [runs[2], runs[0], runs[1], runs[0]]
    found = store.runs([run.id for run in asked])
    assert names(found) == names(asked)
    assert [run.items[0].values.tolist() for run in found] == [[2.0], [0.0], [1.0], [0.0]]
    assert [run.answers for run in found] == [{"甲": "d2"}, {"甲": "d0"}, {"甲": "d1"}, {"甲": "d0"}]


def test_items_can_be_left_where_they_are(store: Store, make_run: MakeRun) -> None:
    """Without items there are no answers either, and all else."""
    run = make_run(answers={"一": "d1"})
    store.add(run)
    (found,) = store.runs([run.id], items=False)
    assert same(replace(run, items=(), answers={}), found)


def test_a_run_without_anything_comes_back(store: Store, make_run: MakeRun) -> None:
    """One that failed has neither items nor findings nor an identity."""
    run = make_run(identity=None, **FAILED)
    store.add(run)
    assert store.runs([run.id]) == [run]
    assert store.runs([]) == []


def test_an_unknown_run_is_named(store: Store, make_run: MakeRun) -> None:
    """A run that is not in the store is a mistake of the user."""
    run = make_run()
    store.add(run)
    with pytest.raises(UsageError, match="no run 'nobody'"):
        store.runs([run.id, "nobody"])


def test_the_newest_run_counts_whatever_its_data(store: Store, make_run: MakeRun) -> None:
    """An embedder that has seen only older data has its run there; `latest` leaves it out."""
    store.add(
        make_run(1, id="old", embedder="a"),
        make_run(2, id="only", embedder="b", fingerprint="older"),
        make_run(3, id="new", embedder="a"),
        make_run(4, id="elsewhere", embedder="a", suite="en/b"),
    )
    assert names(store.newest()) == ["elsewhere", "new", "only"]
    assert names(store.newest(["zh"], ["a"])) == ["new"]
    assert names(store.latest()) == ["elsewhere", "new"]


def test_a_failure_is_the_newest_until_another_run(store: Store, make_run: MakeRun) -> None:
    """A model that cannot be opened takes the place of its results, and gives it back."""
    store.add(make_run(1, id="good"), make_run(2, id="bad", identity=None, **FAILED))
    assert names(store.newest()) == ["bad"]
    store.add(make_run(3, id="broken", fingerprint="", **FAILED))
    assert names(store.newest()) == ["broken"]
    store.add(make_run(4, id="again"))
    assert names(store.newest()) == ["again"]


def test_identities_and_imports_stand_side_by_side(store: Store, make_run: MakeRun) -> None:
    """Two sets of weights under one name are two; what was made elsewhere replaces nothing; profiles are no results."""
    store.add(
        make_run(1, id="one", identity=Identity("fake", "one", "1")),
        make_run(2, id="two", identity=Identity("fake", "one", "2")),
        make_run(3, id="theirs", identity=Identity("mteb", "one", "1"), fingerprint=f"{IMPORTED}x", items=()),
        make_run(4, id="cost", kind="profile", scores=(), items=()),
    )
    assert names(store.newest()) == ["one", "two", "theirs"]


def test_history_is_every_run_oldest_first(store: Store, make_run: MakeRun) -> None:
    """Failed ones and those on older data too, by the moment they began, without items."""
    store.add(make_run(3, id="c"), make_run(1, id="a", fingerprint="old"))
    store.add(make_run(2, id="b", identity=None, **FAILED), make_run(2, id="other", embedder="two", suite="en/b"))
    store.add(make_run(4, id="cost", kind="profile", scores=(), items=()))
    assert names(store.history()) == ["a", "b", "other", "c"]
    assert names(store.history(["zh"], ["one"])) == ["a", "b", "c"]
    first = store.history()[0]
    assert (first.items, first.findings, first.answers) == ((), (), {})
    assert first.environment == {"python": "3.11", "threads": 1}
    assert [score.metric for score in first.scores] == ["ndcg@10", "ap"]
