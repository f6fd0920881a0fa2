"""What another store holds and this one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

_MISSING = "select id from other.run where id not in (select id from run)"
_SHARED = ("environment", "configuration", "noise")
"""Tables whose rows have a key of their own."""
_PER_RUN = ("score", "item", "answer", "finding")
_FOLDERS = f"select distinct folder from other.place where run in ({_MISSING})"  # noqa: S608 # our own names
_PLACES = f"""
    insert into place
    select run, here from other.place
    join (select unnest(?::varchar[]) as folder, unnest(?::varchar[]) as here) using (folder)
    where run in ({_MISSING})"""  # noqa: S608 # the same


def unite(database: DuckDBPyConnection, moved: Callable[[str], str]) -> int:
    """Append what `other`, attached, holds and this store does not, in one transaction. Returns how many runs.

    moved: a folder as the other one keeps it → as this one does.
    """
    database.begin()
    missing = len(database.execute(_MISSING).fetchall())
    for table in _SHARED:
        database.execute(f"insert into {table} by name from other.{table} on conflict do nothing")
    for table in _PER_RUN:
        database.execute(f"insert into {table} by name from other.{table} where run in ({_MISSING})")
    folders = [folder for (folder,) in database.execute(_FOLDERS).fetchall()]
    database.execute(_PLACES, [folders, [moved(folder) for folder in folders]])
    database.execute(f"insert into run by name from other.run where id in ({_MISSING})")
    database.commit()
    return missing
