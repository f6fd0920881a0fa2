"""How far runs of the same embedder lie apart: rows of the table `noise`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.model import Noise
from harness.store.records import in_utc, insert_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

_COLUMNS = ", ".join(Noise.__dataclass_fields__)


def insert_noise(database: DuckDBPyConnection, rows: Sequence[Noise]) -> None:
    """Append rows within the transaction that is open. Raises ValueError for a moment without time zone."""
    dated = [replace(row, measured_at=in_utc(row.measured_at)) for row in rows]
    insert_rows(database, "noise", [tuple(vars(row).values()) for row in dated])


def loudest_noise(database: DuckDBPyConnection, where: str, selected: Mapping[str, Any]) -> list[Noise]:
    """The measurement of each metric with the largest difference, by suite, embedder and metric.

    where: a condition in our own words. selected: the values of its parameters.
    """
    found = database.execute(
        f"select {_COLUMNS} from noise where {where} "  # noqa: S608 # our own names
        "qualify row_number() over (partition by suite, fingerprint, embedder, identity, metric "
        "order by largest desc, measured_at desc, margin) = 1 order by suite, embedder, metric, measured_at",
        selected,
    ).fetchall()
    return [Noise(*fields) for fields in found]
