"""A run as rows and arrays, checked for what the tables themselves cannot check."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.store.places import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from harness.model import Identity, ItemScores, Run, Score


_TYPES = """
    select data_type from duckdb_columns()
    where database_name = current_database() and table_name = ? order by column_index"""


@dataclass(frozen=True)
class Records:
    """What one run puts into each table.

    items: each measure with its columns id, cluster and value. answers: columns id and answer.
    """

    run: tuple[Any, ...]
    environment: tuple[str, str]
    configuration: tuple[str, str]
    scores: tuple[tuple[Any, ...], ...]
    items: tuple[tuple[str, dict[str, NDArray[Any]]], ...]
    answers: dict[str, NDArray[Any]]
    findings: tuple[tuple[Any, ...], ...]
    places: tuple[tuple[str, str], ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each table gets that has rows per run."""
        rows = sum(len(columns["id"]) for _, columns in self.items)
        single = {table: len(getattr(self, f"{table}s")) for table in ("score", "finding", "place")}
        return {"run": 1, "item": rows, "answer": len(self.answers["id"])} | single


def records(run: Run, store: Path) -> Records:
    """Take `run` apart for the store in that file.

    Raises ValueError for a repeated measure or item, or values that are not finite.
    """
    _no_repeats("measures", [scores.measure for scores in run.items])
    environment, configuration = _shared(run.environment), _shared(run.configuration)
    folder = written(run.folder, store)
    return Records(
        run=(
            *(run.id, in_utc(run.started_at), run.suite, run.kind, run.fingerprint, run.embedder),
            *_identity(run.identity),
            *(run.status, run.reason, run.seconds, run.texts, environment[0], configuration[0], run.vector_bytes),
        ),
        environment=environment,
        configuration=configuration,
        scores=tuple((run.id, position, *_score(score)) for position, score in enumerate(run.scores)),
        items=tuple((scores.measure, _columns(scores)) for scores in run.items),
        answers={"id": _texts(list(run.answers)), "answer": _texts(list(run.answers.values()))},
        findings=tuple(
            (run.id, position, finding.name, finding.subject, finding.value, finding.note, finding.warning)
            for position, finding in enumerate(run.findings)
        ),
        places=((run.id, folder),) if folder else (),
    )


def insert(connection: DuckDBPyConnection, parts: Sequence[Records]) -> None:
    """Put the rows of some runs into their tables, within the transaction that is open."""
    for table, shared in (("environment", "environment"), ("configuration", "configuration")):
        for row in dict.fromkeys(getattr(rows, shared) for rows in parts):
            connection.execute(f"insert into {table} values (?, ?) on conflict do nothing", row)  # noqa: S608 # our own
    insert_rows(connection, "run", [rows.run for rows in parts])
    insert_rows(connection, "score", [row for rows in parts for row in rows.scores])
    insert_rows(connection, "finding", [row for rows in parts for row in rows.findings])
    insert_rows(connection, "place", [row for rows in parts for row in rows.places])
    items = [({"run": rows.run[0], "measure": measure}, columns) for rows in parts for measure, columns in rows.items]
    _insert_arrays(connection, "item", items)
    _insert_arrays(connection, "answer", [({"run": rows.run[0]}, rows.answers) for rows in parts])


def lost(connection: DuckDBPyConnection, parts: Sequence[Records]) -> Iterator[tuple[str, int, int]]:
    """The tables that do not hold all rows of some runs: name, how many they hold, how many they were given."""
    names = [rows.run[0] for rows in parts]
    totals = Counter[str]()
    for rows in parts:
        totals.update(rows.counts)
    for table, expected in (+totals).items():
        key = "id" if table == "run" else "run"
        count = f"select count(*) from {table} where {key} in (select unnest(?::varchar[]))"  # noqa: S608 # our own names
        kept = connection.execute(count, [names]).fetchall()[0][0]
        if kept != expected:
            yield table, kept, expected


def insert_rows(connection: DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of one table, a list per column: with a parameter per value a statement takes 20 times as long."""
    if not rows:
        return
    lists = ", ".join(f"unnest(?::{kind}[])" for (kind,) in connection.execute(_TYPES, [table]).fetchall())
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"insert into {table} select {lists}", columns)  # our own names


def _insert_arrays(
    connection: DuckDBPyConnection, table: str, blocks: Sequence[tuple[dict[str, str], dict[str, NDArray[Any]]]]
) -> None:
    """Blocks of rows: what all rows of a block share, by column, and the columns in which they differ."""
    blocks = [block for block in blocks if len(block[1]["id"])]
    if not blocks:
        return
    sizes = [len(columns["id"]) for _, columns in blocks]
    arrays = {name: np.concatenate([columns[name] for _, columns in blocks]) for name in blocks[0][1]}
    for name in blocks[0][0]:
        arrays[name] = np.repeat(np.array([shared[name] for shared, _ in blocks], object), sizes)
    connection.register("arrays", arrays)
    connection.execute(f"insert into {table} by name select * from arrays")  # noqa: S608 # our own names
    connection.unregister("arrays")


def in_utc(text: str) -> str:
    """A moment as the tables hold it. Raises ValueError for one without time zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"a moment has no time zone: {text}")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _shared(content: Mapping[str, Any]) -> tuple[str, str]:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest(), text


def _identity(identity: Identity | None) -> tuple[Any, ...]:
    if identity is None:
        return (None,) * 6
    options = json.dumps(dict(identity.options), ensure_ascii=False, sort_keys=True)
    return (identity.key, identity.backend, identity.name, identity.revision, options, identity.symmetric)


def _score(score: Score) -> tuple[Any, ...]:
    interval = score.interval
    return (
        *(score.metric, score.value, interval.low, interval.high, interval.reason or score.reason),
        *(score.floor, score.items, score.higher_is_better, score.status, score.reason, score.convention),
    )


def _columns(scores: ItemScores) -> dict[str, NDArray[Any]]:
    where = f"the items of {scores.measure}"
    values = np.ascontiguousarray(scores.values, dtype=np.float64)
    if not len(scores.ids) == len(scores.groups) == len(values):
        raise ValueError(f"{where}: {len(scores.ids)} ids, {len(scores.groups)} groups, {len(values)} values")
    _no_repeats(where, scores.ids)
    if not np.isfinite(values).all():
        first = int(np.flatnonzero(~np.isfinite(values))[0])
        raise ValueError(f"{where}: {scores.ids[first]!r} has the value {values[first]}")
    return {"id": _texts(scores.ids), "cluster": _texts(scores.groups), "value": values}


def _texts(texts: Sequence[str]) -> NDArray[Any]:
    return np.array(texts, object)


def _no_repeats(what: str, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        (repeated, _), *_ = Counter(names).most_common(1)
        raise ValueError(f"{what} name {repeated!r} twice")
