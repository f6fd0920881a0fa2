"""The schema of the store: numbered migrations, applied in order, each together with the record that it ran."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

_TABLES = "select table_name from duckdb_tables() where database_name = current_database()"


@dataclass(frozen=True)
class Migration:
    """A step of the schema. name: the file it came from, `NNNN_what.sql`."""

    number: int
    name: str
    sql: str


def migrations() -> tuple[Migration, ...]:
    """Every migration that this version of the harness knows, in order."""
    found = (file for file in files("harness.store").joinpath("migrations").iterdir() if file.name.endswith(".sql"))
    steps = (Migration(int(file.name[:4]), file.name, file.read_text(encoding="utf-8")) for file in found)
    return tuple(sorted(steps, key=lambda step: step.number))


def pending(connection: DuckDBPyConnection, path: Path) -> tuple[Migration, ...]:
    """The migrations that the open store at `path` still needs.

    Raises StoreError when the database is not a results store, or was written by a newer harness.
    """
    tables = {name for (name,) in connection.execute(_TABLES).fetchall()}
    known = migrations()
    if not tables:
        return known
    if "migration" not in tables:
        raise StoreError(
            f"{path} is a DuckDB database, but not a results store: it holds {', '.join(sorted(tables)[:5])}. "
            "Choose another path for the store."
        )
    applied = dict(connection.execute("select number, harness from migration").fetchall())
    newest = max(applied, default=0)
    if newest > known[-1].number:
        raise StoreError(
            f"the results store {path} has schema {newest}, written by embedding-harness {applied[newest]}; "
            f"this is embedding-harness {_harness()}, which knows schema {known[-1].number}. "
            "Upgrade with: pip install --upgrade embedding-harness"
        )
    return tuple(step for step in known if step.number not in applied)


def apply(connection: DuckDBPyConnection, steps: tuple[Migration, ...]) -> None:
    """Run `steps`, each in one transaction with its record, and make the views anew. Nothing to do is fine."""
    for step in steps:
        connection.begin()
        connection.execute(step.sql)
        connection.execute(
            "insert into migration values (?, ?, ?, current_timestamp::timestamp)",
            [step.number, step.name, _harness()],
        )
        connection.commit()
    if steps:
        connection.execute(files("harness.store").joinpath("views.sql").read_text(encoding="utf-8"))


def _harness() -> str:
    try:
        return version("embedding-harness")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
