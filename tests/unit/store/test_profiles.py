"""What embedders cost, in the store: beside the results, never among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from harness.model import Finding
from harness.store import Store, schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Run

PROFILE: dict[str, Any] = {
    "suite": "profile",
    "kind": "profile",
    "fingerprint": "texts",
    "scores": (),
    "items": (),
    "findings": (Finding("dimension", 4.0, "numbers: of a vector"),),
}


@pytest.fixture
def both(store: Store, make_run: Callable[..., Run]) -> Store:
    """A store with a result and, made later, two profiles of the same embedder on different texts."""
    store.add(make_run(0), make_run(1, **PROFILE), make_run(2, **PROFILE | {"fingerprint": "other texts"}))
    return store


def test_a_profile_is_no_result(both: Store) -> None:
    """Neither a row of the comparison table, nor a result on older data that it hides."""
    shown = both.rows()
    assert {row.suite for row in shown.rows} == {"zh/a"}
    assert shown.hidden == 0


def test_the_latest_profile_is_seen(both: Store) -> None:
    """As findings of the suite `profile`, and in the view of that name: once, that on the newest texts."""
    assert [row[1:4] for row in both.findings(["profile"])] == [("profile", "one", "dimension")]
    assert both.query("select embedder, name, value, note from profile")[1] == [
        ("one", "dimension", 4.0, "numbers: of a vector")
    ]


def test_a_suite_may_be_called_profile(both: Store, make_run: Callable[..., Run]) -> None:
    """Its results and the profiles do not replace each other, whichever came last, be it that one failed."""
    both.add(make_run(3, suite="profile", fingerprint="tables"), make_run(4, suite="profile", embedder="two"))
    both.add(make_run(5, **PROFILE | {"embedder": "two", "identity": None, "status": "failed", "reason": "gone"}))
    assert [(row.embedder, row.kind) for row in both.rows(["profile"]).rows] == [("two", "retrieval")] * 2
    assert {row[0] for row in both.query("select distinct embedder from profile")[1]} == {"one", "two"}


def test_a_store_of_before_gets_the_views(
    store: Store, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened to be read, it keeps its results and knows what a profile is."""
    before = schema.migrations()[:2]
    with monkeypatch.context() as patched:
        patched.setattr(schema, "migrations", lambda: before)
        store.add(make_run())
    with duckdb.connect(str(store.path)) as database:
        database.execute("drop view profile")
    assert store.query("select count(*) from profile")[1] == [(0,)]
    assert len(store.rows().rows) == 2
