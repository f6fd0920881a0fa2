"""Migrations, and stores of other versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from harness.errors import StoreError
from harness.store import Store, schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Run


@pytest.fixture
def store(tmp_path: Path, make_run: Callable[..., Run]) -> Store:
    """A store with one run."""
    store = Store(tmp_path / "results.duckdb")
    store.add(make_run())
    return store


def one_more(monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    """Let the harness know one more migration."""
    later = (*schema.migrations(), schema.Migration(999, "0999_later.sql", sql))
    monkeypatch.setattr(schema, "migrations", lambda: later)


def test_migrations_are_numbered_without_gaps() -> None:
    """The files are 0001, 0002, …, and each says what it does."""
    steps = schema.migrations()
    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert all(step.sql.strip() for step in steps)


def test_each_migration_is_recorded_once(store: Store) -> None:
    """A second opening for writing runs nothing again."""
    store.prepare()
    names = [step.name for step in schema.migrations()]
    assert store.query("select name from migration order by number")[1] == [(name,) for name in names]


def test_an_older_store_is_upgraded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that lacks a migration gets it when it is opened, be it only to be read, and keeps its runs."""
    one_more(monkeypatch, "alter table run add column cost double")
    assert store.query("select id is not null, cost from run")[1] == [(True, None)]
    assert store.query("select max(number) from migration")[1] == [(999,)]
    assert len(store.rows().rows) == 2


def test_a_migration_that_fails_leaves_the_store_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither its first half nor its record stays."""
    with monkeypatch.context() as patched:
        one_more(patched, "create table half (x integer); create table run (x integer)")
        with pytest.raises(duckdb.CatalogException):
            store.prepare()
    assert store.query("select count(*) from duckdb_tables() where table_name = 'half'")[1] == [(0,)]
    assert store.query("select max(number) from migration")[1] == [(len(schema.migrations()),)]


def test_a_newer_store_is_refused(store: Store) -> None:
    """Neither read nor written; the error names both versions and says to upgrade."""
    with duckdb.connect(str(store.path)) as database:
        database.execute(
            "insert into migration values (1000, '1000_future.sql', '9.9.9', current_timestamp::timestamp)"
        )
    for use in (store.prepare, store.rows):
        with pytest.raises(StoreError, match=r"schema 1000, .*9\.9\.9.* knows schema \d\..*upgrade") as caught:
            use()
        assert str(store.path) in str(caught.value)


def test_a_foreign_database_is_refused(tmp_path: Path) -> None:
    """Somebody's own DuckDB file is neither read nor changed."""
    path = tmp_path / "mine.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("create table customers (x integer)")
    for use in (Store(path).prepare, Store(path).rows):
        with pytest.raises(StoreError, match="not a results store: it holds customers"):
            use()
    with duckdb.connect(str(path)) as database:
        assert database.execute("select table_name from duckdb_tables()").fetchall() == [("customers",)]


def test_the_file_has_the_oldest_supported_format(store: Store) -> None:
    """Any supported DuckDB reads a store that a newer one made: the storage version is that of 1.4."""
    # Bytes 12 to 20 of the file: 64 for files that 1.0 reads, up to 67 for 1.4, 999 for "latest" in 2.0.
    assert int.from_bytes(store.path.read_bytes()[12:20], "little") <= 67


def test_a_store_without_answers_is_upgraded(
    tmp_path: Path, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store of schema 4 is read with the runs it has, takes answers from then on, and can be merged."""
    old, new = Store(tmp_path / "old.duckdb"), Store(tmp_path / "new.duckdb")
    before = schema.migrations()[:4]
    with monkeypatch.context() as patched:
        patched.setattr(schema, "migrations", lambda: before)
        old.add(make_run(1, id="before"))
    with duckdb.connect(str(old.path)) as database:
        assert database.execute("select max(number) from migration").fetchall() == [(4,)]
    (run,) = old.runs(["before"])
    assert (run.answers, len(run.items), old.noise()) == ({}, 1, [])
    old.add(make_run(2, id="after", answers={"一": "文"}))
    assert old.runs(["after"])[0].answers == {"一": "文"}
    assert len(old.rows().rows) == 2
    assert new.merge(old.path) == 2


def test_a_store_without_answers_is_merged(
    tmp_path: Path, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is merged from gets the tables that it lacks."""
    old, new = Store(tmp_path / "old.duckdb"), Store(tmp_path / "new.duckdb")
    before = schema.migrations()[:4]
    with monkeypatch.context() as patched:
        patched.setattr(schema, "migrations", lambda: before)
        old.add(make_run(1, id="before"))
    assert new.merge(old.path) == 1
    assert [run.id for run in new.history()] == ["before"]
