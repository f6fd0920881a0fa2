"""The items of several runs side by side, or the reason why they must not be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import NotComparableError, UsageError
from harness.model import IMPORTED, Aligned, ItemScores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

_ABOUT = """
    select r.embedder || ' (run ' || r.id || ')', r.suite, r.fingerprint, coalesce(s.convention, '')
    from run as r left join score as s on s.run = r.id and s.metric = ? where r.id = ?"""
_ITEMS = "select id, cluster from item where run = ? and measure = ? order by id"
_VALUES = """
    select value from item join (select unnest(?::varchar[]) as run, unnest(?::bigint[]) as place) using (run)
    where measure = ? order by place, id"""
_LACKING = """
    select count(*) from (
        select id from item join (select unnest(?::varchar[]) as run) using (run) where measure = ?
        group by id having count(*) <> ?
    )"""


def align(database: DuckDBPyConnection, runs: Sequence[str], measure: str) -> Aligned:
    """One measure of some runs, at least one, by item id. Raises UsageError and NotComparableError."""
    first, *others = (_about(database, run, measure) for run in runs)
    for other in others or [first]:
        _check_comparable(first, other, measure)
    ids, groups = _items(database, runs[0], measure)
    (lacking,) = database.execute(_LACKING, [runs, measure, len(runs)]).fetchall()[0]
    if lacking:
        raise _other_items(database, runs, measure, [first, *others])
    columns: dict[str, Any] = database.execute(_VALUES, [runs, list(range(len(runs))), measure]).fetchnumpy()
    values = np.array(columns["value"], np.float64).reshape(len(runs), len(ids))
    return Aligned(measure, ids, groups, values)


def pair(database: DuckDBPyConnection, runs: tuple[str, str], measure: str) -> tuple[ItemScores, ItemScores]:
    """The items of `measure` in both runs, ordered by id. Raises as `align`."""
    both = align(database, runs, measure)
    a, b = (ItemScores(measure, both.ids, both.groups, values) for values in both.values)
    return a, b


def _check_comparable(one: Sequence[str], another: Sequence[str], measure: str) -> None:
    """Both as `_about` has them."""
    (first, *about), (second, *other) = one, another
    for who, (_, fingerprint, _) in ((first, about), (second, other)):
        if fingerprint.startswith(IMPORTED):
            raise NotComparableError(
                f"{first} and {second} must not be compared on {measure}: {who} is imported: no items. "
                "Run that embedder here, or import its predictions: harness results import --predictions"
            )
    for what, this, that in zip(("suite", "data (fingerprint)", "convention"), about, other, strict=True):
        if this != that:
            raise NotComparableError(
                f"{first} and {second} must not be compared on {measure}: their {what} differs: {this} and "
                f"{that}. Run both again on the same suite."
            )


def _other_items(
    database: DuckDBPyConnection, runs: Sequence[str], measure: str, about: Sequence[Sequence[str]]
) -> NotComparableError:
    """The error about the first run that has not the items of runs[0]."""
    expected = set(_items(database, runs[0], measure)[0])
    apart = (
        (who, sorted(expected ^ set(_items(database, run, measure)[0])))
        for run, (who, *_) in zip(runs, about, strict=True)
    )
    second, ids = next(pair for pair in apart if pair[1])
    return NotComparableError(
        f"{about[0][0]} and {second} must not be compared on {measure}: {len(ids)} of their items are in "
        f"one only, such as {', '.join(ids[:3])}."
    )


def _about(database: DuckDBPyConnection, run: str, measure: str) -> tuple[str, ...]:
    """Who a run was, its suite and fingerprint, and the convention of the measure (empty for evidence)."""
    found = database.execute(_ABOUT, [measure, run]).fetchall()
    if not found:
        raise UsageError(f"there is no run {run!r} in the store. `harness table --format json` lists them.")
    fields: tuple[str, ...] = found[0]
    return fields


def _items(database: DuckDBPyConnection, run: str, measure: str) -> tuple[list[str], list[str]]:
    """The ids of the items of a measure, in order, and their groups. Raises NotComparableError where there are none."""
    columns: dict[str, Any] = database.execute(_ITEMS, [run, measure]).fetchnumpy()
    ids: list[str] = columns["id"].tolist()
    if not ids:
        known = database.execute("select distinct measure from item where run = ? order by 1", [run]).fetchall()
        names = ", ".join(name for (name,) in known) or "none"
        raise NotComparableError(f"run {run} has no items of {measure}. It has items of: {names}.")
    return ids, columns["cluster"].tolist()
