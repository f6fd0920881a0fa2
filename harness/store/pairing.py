"""Two runs' items side by side, or the reason why they must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import NotComparableError, UsageError
from harness.model import IMPORTED, ItemScores

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def pair(database: DuckDBPyConnection, runs: tuple[str, str], measure: str) -> tuple[ItemScores, ItemScores]:
    """The items of `measure` in both runs, ordered by id. Raises UsageError and NotComparableError."""
    (first, *about), (second, *other) = (_about(database, run, measure) for run in runs)
    for who, (_, fingerprint, _) in ((first, about), (second, other)):
        if fingerprint.startswith(IMPORTED):
            raise NotComparableError(
                f"{first} and {second} must not be compared on {measure}: {who} is imported: no items. "
                "Run that embedder here, or import its predictions: harness results import --predictions"
            )
    for what, one, another in zip(("suite", "data (fingerprint)", "convention"), about, other, strict=True):
        if one != another:
            raise NotComparableError(
                f"{first} and {second} must not be compared on {measure}: their {what} differs: {one} and "
                f"{another}. Run both again on the same suite."
            )
    a, b = (_items(database, run, measure) for run in runs)
    if a.ids != b.ids:
        apart = sorted(set(a.ids) ^ set(b.ids))
        raise NotComparableError(
            f"{first} and {second} must not be compared on {measure}: {len(apart)} of their items are in "
            f"one only, such as {', '.join(apart[:3])}."
        )
    return a, b


def _about(database: DuckDBPyConnection, run: str, measure: str) -> tuple[str, ...]:
    """Who a run was, its suite and fingerprint, and the convention of the measure (empty for evidence)."""
    found = database.execute(
        "select r.embedder || ' (run ' || r.id || ')', r.suite, r.fingerprint, coalesce(s.convention, '') "
        "from run as r left join score as s on s.run = r.id and s.metric = ? where r.id = ?",
        [measure, run],
    ).fetchall()
    if not found:
        raise UsageError(f"there is no run {run!r} in the store. `harness table --format json` lists them.")
    fields: tuple[str, ...] = found[0]
    return fields


def _items(database: DuckDBPyConnection, run: str, measure: str) -> ItemScores:
    columns: dict[str, Any] = database.execute(
        "select id, cluster, value from item where run = ? and measure = ? order by id", [run, measure]
    ).fetchnumpy()
    ids: list[str] = columns["id"].tolist()
    if not ids:
        known = database.execute("select distinct measure from item where run = ? order by 1", [run]).fetchall()
        names = ", ".join(name for (name,) in known) or "none"
        raise NotComparableError(f"run {run} has no items of {measure}. It has items of: {names}.")
    return ItemScores(measure, ids, columns["cluster"].tolist(), np.ascontiguousarray(columns["value"]))
