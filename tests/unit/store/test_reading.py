"""Pairing items, asking in SQL, merging, and reading what is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import NotComparableError, StoreError, UsageError
from harness.model import Interval, ItemScores, Run, Score
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeRun = Callable[..., Run]


def column(store: Store, sql: str) -> list[Any]:
    """The first column of what `sql` selects."""
    return [row[0] for row in store.query(sql)[1]]


def test_items_are_paired_by_id(store: Store, make_run: MakeRun) -> None:
    """Two runs that stored their items in different orders are aligned; Chinese ids and groups included."""
    a = make_run(1, embedder="a")
    b = make_run(
        2,
        embedder="b",
        items=(ItemScores("ndcg@10", ["二", "三", "一"], ["乙", "甲", "甲"], np.array([0.1, 0.2, 0.3])),),
    )
    store.add(a)
    store.add(b)
    first, second = store.paired_items(a.id, b.id, "ndcg@10")
    assert list(first.ids) == list(second.ids) == ["一", "三", "二"]
    assert list(first.groups) == ["甲", "甲", "乙"]
    assert first.values.tolist() == [0.25, 0.75, 0.5]
    assert second.values.tolist() == [0.3, 0.2, 0.1]
    assert first.values.dtype == np.float64


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fingerprint": "old"}, r"data \(fingerprint\) differs: new and old"),
        ({"suite": "en/b"}, "suite differs: zh/a and en/b"),
        (
            {"scores": (Score("ndcg@10", 0.5, Interval(0.1, 0.2), None, 3, convention="exponential gain"),)},
            "exponential gain",
        ),
        ({"items": ()}, "has no items of ndcg@10. It has items of: none"),
        (
            {"items": (ItemScores("ndcg@10", ["一", "四"], ["甲"] * 2, np.zeros(2)),)},
            "3 of their items are in one only",
        ),
    ],
)
def test_what_differs_is_not_paired(store: Store, make_run: MakeRun, changed: dict[str, Any], message: str) -> None:
    """Other data, another convention or other items: refused, saying what differs."""
    a, b = make_run(1), replace(make_run(2, embedder="two"), **changed)
    store.add(a)
    store.add(b)
    with pytest.raises(NotComparableError, match=message):
        store.paired_items(a.id, b.id, "ndcg@10")


def test_an_unknown_run_is_not_paired(store: Store, make_run: MakeRun) -> None:
    """A run that is not in the store is a mistake of the user."""
    run = make_run()
    store.add(run)
    with pytest.raises(UsageError, match="no run 'nobody'"):
        store.paired_items(run.id, "nobody", "ndcg@10")


@pytest.mark.parametrize(
    "sql",
    [
        "insert into environment values ('a', 'b')",
        "delete from run",
        "update run set suite = 'x'",
        "drop table item",
        "create table more (x integer)",
        "begin; truncate score",
        "attach '{folder}/other.duckdb'",
        "copy run to '{folder}/out.csv'",
        "select * from read_text('{folder}/secret.txt')",
        "select * from read_csv('{folder}/secret.txt')",
        "export database '{folder}/out'",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
    ],
)
def test_sql_only_reads_the_store(store: Store, make_run: MakeRun, sql: str) -> None:
    """Writing, other files, extensions and settings are refused, and the store is as before."""
    store.add(make_run())
    folder = store.path.parent
    (folder / "secret.txt").write_text("secret")
    before = sorted(folder.iterdir())
    with pytest.raises(StoreError, match="SQL here reads the results"):
        store.query(sql.format(folder=str(folder).replace("'", "''")))
    assert sorted(folder.iterdir()) == before
    assert column(store, "select count(*) from run") == [1]


@pytest.mark.parametrize("sql", ["selec 1", "select * from nowhere", "select nothing from run", "", "-- only words"])
def test_wrong_sql_is_a_mistake_of_the_user(store: Store, make_run: MakeRun, sql: str) -> None:
    """The error shows what DuckDB said, and names the tables and views."""
    store.add(make_run())
    with pytest.raises(UsageError, match="leaderboard"):
        store.query(sql)


def test_sql_does_not_see_variables_of_the_harness(store: Store, make_run: MakeRun) -> None:
    """A name that is no table is unknown, also when a Python variable has it."""
    store.add(make_run())
    surroundings = {"x": np.arange(3)}
    with pytest.raises(UsageError, match="surroundings"):
        store.query("select * from surroundings")
    assert surroundings


def test_merging_adds_what_is_missing_once(tmp_path: Path, make_run: MakeRun) -> None:
    """Runs of another store come whole; those that are here already are not added again."""
    here, there = Store(tmp_path / "here.duckdb"), Store(tmp_path / "there's.duckdb")
    shared = make_run(1, id="shared")
    for store in (here, there):
        store.add(shared)
    there.add(make_run(2, id="more", environment={"python": "3.12"}))
    assert here.merge(there.path) == 1
    assert here.merge(there.path) == 0
    assert column(here, "select id from run order by id") == ["more", "shared"]
    for table, rows in (("score", 2), ("item", 3), ("finding", 2)):
        assert len(column(here, f"from {table} where run = 'more'")) == rows
    assert column(here, "select count(*) from environment") == [2]
    assert column(there, "select count(*) from run") == [2]


def test_merging_into_nothing_makes_a_store(tmp_path: Path, make_run: MakeRun) -> None:
    """The store that is merged into need not exist; a store merged into itself stays as it is."""
    there = Store(tmp_path / "there.duckdb")
    there.add(make_run())
    here = Store(tmp_path / "here.duckdb")
    assert here.merge(there.path) == 1
    assert here.merge(here.path) == 0
    assert here.rows() == there.rows()


def test_merging_what_is_not_there_says_so(tmp_path: Path) -> None:
    """A store that does not exist cannot be merged, and none is made."""
    here = Store(tmp_path / "here.duckdb")
    with pytest.raises(StoreError, match="there are no results"):
        here.merge(tmp_path / "nowhere.duckdb")
    assert not here.exists()


def test_reading_nothing_says_how_to_make_something(store: Store) -> None:
    """Every way to read a store that does not exist says to run the harness first, and creates nothing."""
    for read in (store.rows, lambda: store.query("select 1"), lambda: store.paired_items("a", "b", "m")):
        with pytest.raises(StoreError, match="harness run"):
            read()
    assert not store.path.parent.exists()
