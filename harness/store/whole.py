"""Runs as they were added: with their items, findings and answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import UsageError
from harness.model import Finding, ItemScores
from harness.store.reading import BY_TIME, runs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from harness.model import Run

_OF_RUNS = "run in (select unnest(?::varchar[]))"
_FINDINGS = f"select run, name, value, note, subject, coalesce(warning, false) from finding where {_OF_RUNS}"  # noqa: S608 # our own names
_ANSWERS = f"select run, id, answer from answer where {_OF_RUNS} order by rowid"  # noqa: S608 # the same
_BLOCKS = f"select run, measure, count(*), min(rowid) from item where {_OF_RUNS} group by all order by 4"  # noqa: S608 # the same
_ITEMS = """
    select item.id, item.cluster, item.value
    from item join (select unnest(?::varchar[]) as run, unnest(?::varchar[]) as measure, unnest(?::bigint[]) as block)
        using (run, measure)
    order by block, item.rowid"""


def whole_runs(database: DuckDBPyConnection, ids: Sequence[str], *, items: bool) -> list[Run]:
    """The runs with these ids, in the order asked. Raises UsageError for one that is not here.

    items: whether items and answers are read too; both come in the order in which they were added.
    """
    wanted = list(dict.fromkeys(ids))
    source, where = "select * from run", "id in (select unnest($ids::varchar[]))"
    found = {run.id: run for run in runs_of(database, source, where, {"ids": wanted}, BY_TIME)}
    for name in wanted:
        if name not in found:
            raise UsageError(f"there is no run {name!r} in the store. `harness table --format json` lists them.")
    findings = _findings(database, wanted)
    scores, answers = (_items(database, wanted), _answers(database, wanted)) if items else ({}, {})
    return [
        replace(
            found[name],
            items=tuple(scores.get(name, ())),
            findings=tuple(findings.get(name, ())),
            answers=answers.get(name, {}),
        )
        for name in ids
    ]


def _findings(database: DuckDBPyConnection, runs: Sequence[str]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for run, *fields in database.execute(f"{_FINDINGS} order by run, position", [runs]).fetchall():
        found.setdefault(run, []).append(Finding(*fields))
    return found


def _answers(database: DuckDBPyConnection, runs: Sequence[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for run, item, answer in database.execute(_ANSWERS, [runs]).fetchall():
        found.setdefault(run, {})[item] = answer
    return found


def _items(database: DuckDBPyConnection, runs: Sequence[str]) -> dict[str, list[ItemScores]]:
    blocks = database.execute(_BLOCKS, [runs]).fetchall()
    names = [run for run, *_ in blocks], [measure for _, measure, *_ in blocks]
    columns: dict[str, Any] = database.execute(_ITEMS, [*names, list(range(len(blocks)))]).fetchnumpy()
    ends = np.cumsum([size for *_, size, _ in blocks]).tolist()
    found: dict[str, list[ItemScores]] = {}
    for (run, measure, size, _), end in zip(blocks, ends, strict=True):
        rows = slice(end - size, end)
        ids, groups = (columns[name][rows].tolist() for name in ("id", "cluster"))
        values = np.array(columns["value"][rows], np.float64)
        found.setdefault(run, []).append(ItemScores(measure, ids, groups, values))
    return found
