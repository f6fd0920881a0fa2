"""Results that were made elsewhere: beside ours, never instead of them, and never paired."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import NotComparableError
from harness.model import Identity, Interval, Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Run
    from harness.store import Store

    MakeRun = Callable[..., Run]

IMPORTED = {
    "embedder": "imported:org/m",
    "fingerprint": "imported:d1",
    "identity": Identity("imported", "org/m", "r1"),
    "items": (),
    "scores": (Score("ndcg@10", 0.25, Interval(None, None, "imported: no items"), None, 0, convention="as mteb 2"),),
}


def shown(store: Store) -> list[tuple[str, str, float | None]]:
    """Embedder, metric and value of every line of the table."""
    return [(row.embedder, row.metric, row.value) for row in store.rows().rows]


@pytest.mark.parametrize("second", [1, 9])
def test_imported_results_stand_beside_ours(store: Store, make_run: MakeRun, second: int) -> None:
    """Whichever is the older, with data of another name and a metric of another convention."""
    store.add(make_run(5), make_run(second, **IMPORTED))
    assert shown(store) == [("imported:org/m", "ndcg@10", 0.25), ("one", "ndcg@10", 0.5), ("one", "ap", None)]
    assert store.rows().hidden == 0
    assert store.query("select embedder from latest where imported")[1] == [("imported:org/m",)]


def test_results_on_older_data_stay_hidden(store: Store, make_run: MakeRun) -> None:
    """An import is no newer data: of ours, the newest still are."""
    store.add(make_run(1, fingerprint="old"), make_run(5, embedder="two"), make_run(9, **IMPORTED))
    assert {embedder for embedder, *_ in shown(store)} == {"imported:org/m", "two"}
    assert store.rows().hidden == 1


def test_the_latest_import_of_a_model_counts(store: Store, make_run: MakeRun) -> None:
    """On whatever data; results of another revision are of another model."""
    other = Identity("imported", "org/m", "r2")
    store.add(
        make_run(1, **IMPORTED),
        make_run(2, **IMPORTED | {"fingerprint": "imported:d2"}),
        make_run(1, **IMPORTED | {"identity": other}),
    )
    assert {(row.fingerprint, row.identity) for row in store.rows().rows} == {
        ("imported:d2", IMPORTED["identity"].key),  # type: ignore[attr-defined]  # an Identity among other things
        ("imported:d1", other.key),
    }


@pytest.mark.parametrize("turned", [False, True])
def test_imported_results_are_not_paired(store: Store, make_run: MakeRun, turned: bool) -> None:  # noqa: FBT001 # a parameter of the test
    """The reason is that there are no items, not that the data differ."""
    ours, imported = make_run(1), make_run(2, **IMPORTED)
    store.add(ours, imported)
    pair = (imported.id, ours.id) if turned else (ours.id, imported.id)
    with pytest.raises(NotComparableError, match=r"imported:org/m \(run .*\) is imported: no items"):
        store.paired_items(*pair, "ndcg@10")


def test_only_new_runs_are_added(store: Store, make_run: MakeRun) -> None:
    """Those whose ids are not there, each once; nothing new is fine, and makes the store."""
    assert store.add_new() == []
    first, second = make_run(1), make_run(2)
    assert store.add_new(first, first) == [first]
    assert store.add_new(first, second) == [second]
    assert store.query("select count(*) from run")[1] == [(2,)]


def test_the_latest_runs_come_back(store: Store, make_run: MakeRun) -> None:
    """As they were added, but for items and findings; one suite and embedder, or all."""
    run = make_run(identity=Identity("fake", "甲", "r", (("b", "1"), ("a", "2")), symmetric=True), vector_bytes=12)
    failed = make_run(3, embedder="broken", identity=None, status="failed", reason="no such model", items=())
    store.add(make_run(0, fingerprint="old"), run, failed, make_run(suite="en/b"))
    (found,) = store.latest(["zh"], ["one"])
    assert found.identity is not None
    assert run.identity is not None
    assert found.identity.key == run.identity.key
    reasons = [replace(score, interval=replace(score.interval, reason=score.reason)) for score in run.scores]
    kept: dict[str, Any] = {"identity": found.identity, "scores": tuple(reasons), "items": (), "findings": ()}
    assert found == replace(run, **kept)
    assert [(one.suite, one.embedder, one.identity is None) for one in store.latest()] == [
        ("en/b", "one", False),
        ("zh/a", "broken", True),
        ("zh/a", "one", False),
    ]
