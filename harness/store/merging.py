"""What another store holds and this one does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MISSING = "select id from other.run where id not in (select id from run)"
_SHARED = ("environment", "configuration", "noise")
"""Tables whose rows have a key of their own."""
_PER_RUN = ("score", "item", "answer", "finding")


def unite(database: DuckDBPyConnection) -> int:
    """Append what `other`, attached, holds and this store does not, in one transaction. Returns how many runs."""
    database.begin()
    missing = len(database.execute(_MISSING).fetchall())
    for table in _SHARED:
        database.execute(f"insert into {table} by name from other.{table} on conflict do nothing")
    for table in _PER_RUN:
        database.execute(f"insert into {table} by name from other.{table} where run in ({_MISSING})")
    database.execute(f"insert into run by name from other.run where id in ({_MISSING})")
    database.commit()
    return missing
