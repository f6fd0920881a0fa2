"""Rows out of Parquet files, DuckDB, SQLite and Postgres: read-only, and without telling passwords."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from harness.errors import UsageError
from harness.store.sources import parquet_rows, query_rows, source_name

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [(1, {"a": "红", "b": 1.5}), (2, {"a": None, "b": 2.0})]
VALUES = "(values ('红', 1.5::double), (null, 2.0)) as t(a, b)"


@pytest.fixture
def parquet(tmp_path: Path) -> Path:
    """Two rows."""
    with duckdb.connect() as connection:
        connection.execute(f"copy (select * from {VALUES}) to '{tmp_path / 'x.parquet'}' (format parquet)")  # noqa: S608 # our own text
    return (tmp_path / "x.parquet").rename(tmp_path / "it's.parquet")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A DuckDB file with a table t."""
    with duckdb.connect(str(tmp_path / "d.duckdb")) as connection:
        connection.execute(f"create table t as select * from {VALUES}")  # noqa: S608 # our own text
    return tmp_path / "d.duckdb"


@pytest.fixture
def sqlite(tmp_path: Path) -> Path:
    """A SQLite file with a table t."""
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection:
        connection.executescript("create table t (a, b); insert into t values ('红', 1.5), (null, 2.0)")
    return tmp_path / "s.db"


def refused(source: object, query: str = "select 1") -> str:
    """The message of a query that must not run."""
    with pytest.raises(UsageError) as caught:
        list(query_rows(str(source), query))
    return str(caught.value)


def test_every_source_gives_the_same_rows(parquet: Path, database: Path, sqlite: Path) -> None:
    """A Parquet file whole or queried, a pattern of them, a DuckDB and a SQLite database."""
    assert list(parquet_rows(parquet)) == ROWS
    assert list(query_rows(str(parquet), "")) == ROWS
    assert list(query_rows(f"{parquet.parent}/*.parquet", "select a, b from source order by b")) == ROWS
    assert list(query_rows(str(database), "with x as (select * from t) select * from x order by b")) == ROWS
    assert list(query_rows(str(sqlite), "select a, b from t order by b")) == ROWS


def test_values_become_plain(database: Path) -> None:
    """Dates and decimals are text, bytes and lists are no text, numbers stay."""
    query = "select date '2020-01-02' d, 1.50::decimal(4,2) m, 'x'::blob b, [1] l, 2::hugeint h, true t"
    [(_, row)] = query_rows(str(database), query)
    assert row == {"d": "2020-01-02", "m": "1.50", "b": [], "l": [], "h": 2, "t": True}


def test_more_rows_than_a_batch(database: Path) -> None:
    """They are counted on."""
    numbers = [number for number, _ in query_rows(str(database), "select * from range(25000) as r(n)")]
    assert numbers == list(range(1, 25001))


@pytest.mark.parametrize(
    "query",
    [
        "drop table t",
        "select 1; drop table t",
        "copy t to 'out.csv'",
        "insert into t values ('x', 1)",
        "attach 'other.db' as other",
        "create table u as select 1",
        "pragma database_list",
        "",
        "selec 1",
        "select nothing from t",
    ],
)
def test_only_a_select_is_run(database: Path, sqlite: Path, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    """Nothing is written, whatever is asked."""
    monkeypatch.chdir(database.parent)
    before = {path.name: path.read_bytes() for path in database.parent.iterdir()}
    for source in (database, sqlite):
        assert refused(source, query)
    assert {path.name: path.read_bytes() for path in database.parent.iterdir()} == before


def test_a_column_given_twice(database: Path, sqlite: Path) -> None:
    """One would hide the other."""
    for source in (database, sqlite):
        assert "several columns the name a" in refused(source, "select 1 as a, 2 as a")


@pytest.mark.parametrize("name", ["x.parquet", "x.csv", "x.duckdb", "x.db", ".", "a\0b", "*.parquet"])
def test_what_is_not_there(tmp_path: Path, name: str) -> None:
    """A file, a folder in its place, a name that none can have."""
    assert "cannot be read" in (message := refused(f"{tmp_path}/{name}")) or "there is no" in message


@pytest.mark.parametrize("name", ["x.parquet", "x.duckdb"])
def test_what_is_something_else(tmp_path: Path, name: str) -> None:
    """Bytes that are no database."""
    (tmp_path / name).write_bytes(b"\0nothing" * 500)
    assert f"{name} cannot be read" in refused(tmp_path / name)
    if name == "x.parquet":
        with pytest.raises(UsageError, match="cannot be read"):
            list(parquet_rows(tmp_path / name))


def test_a_damaged_sqlite_file(sqlite: Path) -> None:
    """Its header is right, the rest is not."""
    sqlite.write_bytes(sqlite.read_bytes()[:100] + b"\xff" * 8000)
    assert "the query cannot be run" in refused(sqlite, "select * from t")


SECRET = "postgres://me:hunter2@db.example:5433/shop"  # noqa: S105 # an example


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (SECRET, "postgres://db.example:5433/shop: the URL holds a password; take it out and set "),
        (SECRET, "the environment variable PGPASSWORD"),
        ("postgresql://me@db.example/shop?password=hunter2", "the URL holds a password"),
        ("postgres://me@db.example/shop?options=hunter2", "unknown option options"),
        ("postgres://me@db.example:99999/shop", "the port is no number"),
    ],
)
def test_a_password_is_refused_and_never_told(url: str, message: str) -> None:
    """Neither is the user, nor the value of an option."""
    told = refused(url)
    assert message in told
    assert "hunter2" not in told
    assert "me@" not in told
    assert "hunter2" not in source_name(url)


def test_a_missing_extension_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB fetches nothing by itself; the command that does is told."""
    connect = duckdb.connect
    empty = {"extension_directory": str(tmp_path)}
    monkeypatch.setattr(duckdb, "connect", lambda config: connect(config={**config, **empty}))
    told = refused("postgres://me@db.example/shop?sslmode=require")
    assert "INSTALL postgres" in told
    assert "me@" not in told


def test_a_query_is_needed(database: Path, sqlite: Path) -> None:
    """For a database; a file is a table itself."""
    for source in (database, sqlite, "postgres://db.example/shop"):
        assert "--query is missing" in refused(source, " ")


@pytest.mark.parametrize(
    ("source", "name"),
    [("data/a.parquet", "data/a.parquet"), (SECRET, "postgres://db.example:5433/shop"), ("http://[", "http://[")],
)
def test_names_of_sources(source: str, name: str) -> None:
    """A path is shown as it is."""
    assert source_name(source) == name


def test_a_name_that_no_text_has() -> None:
    """Bytes of a file name that are no UTF-8."""
    value: Any = source_name(b"a\xff".decode(errors="surrogateescape"))
    assert value.encode()


def test_csv_has_texts_alone(tmp_path: Path) -> None:
    """Zeros before a number stay, and a text of digits stays a text."""
    (tmp_path / "x.csv").write_text("id,a\n007,1.0\n8,x\n", "utf-8")
    assert list(query_rows(str(tmp_path / "x.csv"), "")) == [(1, {"id": "007", "a": "1.0"}), (2, {"id": "8", "a": "x"})]


def test_what_an_sqlite_file_has_is_told(sqlite: Path) -> None:
    """Where a table or a column is not there."""
    assert refused(sqlite, "select * from faq").endswith("no such table: faq; it has the tables t")
    assert refused(sqlite, "select x from t").endswith("no such column: x; it has the columns t.a, t.b")
