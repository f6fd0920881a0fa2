"""A run as rows and arrays, checked for what the tables themselves cannot check."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from harness.model import Identity, ItemScores, Run, Score


_TYPES = """
    select data_type from duckdb_columns()
    where database_name = current_database() and table_name = ? order by column_index"""


@dataclass(frozen=True)
class Records:
    """What one run puts into each table. items: each measure with its columns id, cluster and value."""

    run: tuple[Any, ...]
    environment: tuple[str, str]
    configuration: tuple[str, str]
    scores: tuple[tuple[Any, ...], ...]
    items: tuple[tuple[str, dict[str, NDArray[Any]]], ...]
    findings: tuple[tuple[Any, ...], ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each table gets that has rows per run."""
        rows = sum(len(columns["id"]) for _, columns in self.items)
        return {"run": 1, "score": len(self.scores), "item": rows, "finding": len(self.findings)}


def records(run: Run) -> Records:
    """Take `run` apart. Raises ValueError for a repeated measure or item, or values that are not finite."""
    _no_repeats("measures", [scores.measure for scores in run.items])
    environment, configuration = _shared(run.environment), _shared(run.configuration)
    return Records(
        run=(
            *(run.id, _utc(run.started_at), run.suite, run.kind, run.fingerprint, run.embedder),
            *_identity(run.identity),
            *(run.status, run.reason, run.seconds, run.texts, environment[0], configuration[0], run.vector_bytes),
        ),
        environment=environment,
        configuration=configuration,
        scores=tuple((run.id, position, *_score(score)) for position, score in enumerate(run.scores)),
        items=tuple((scores.measure, _columns(scores)) for scores in run.items),
        findings=tuple(
            (run.id, position, finding.name, finding.subject, finding.value, finding.note, finding.warning)
            for position, finding in enumerate(run.findings)
        ),
    )


def insert(connection: DuckDBPyConnection, parts: Sequence[Records]) -> None:
    """Put the rows of some runs into their tables, within the transaction that is open."""
    for table, shared in (("environment", "environment"), ("configuration", "configuration")):
        for row in dict.fromkeys(getattr(rows, shared) for rows in parts):
            connection.execute(f"insert into {table} values (?, ?) on conflict do nothing", row)  # noqa: S608 # our own
    _insert(connection, "run", [rows.run for rows in parts])
    _insert(connection, "score", [row for rows in parts for row in rows.scores])
    _insert(connection, "finding", [row for rows in parts for row in rows.findings])
    items = [(rows.run[0], measure, columns) for rows in parts for measure, columns in rows.items]
    if items:
        sizes = [len(columns["id"]) for _, _, columns in items]
        arrays = {name: np.concatenate([columns[name] for _, _, columns in items]) for name in items[0][2]}
        arrays["run"] = np.repeat(np.array([run for run, _, _ in items], object), sizes)
        arrays["measure"] = np.repeat(np.array([measure for _, measure, _ in items], object), sizes)
        connection.register("arrays", arrays)
        connection.execute("insert into item select run, measure, id, cluster, value from arrays")
        connection.unregister("arrays")


def _insert(connection: DuckDBPyConnection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of one table, a list per column: with a parameter per value a statement takes 20 times as long."""
    if not rows:
        return
    lists = ", ".join(f"unnest(?::{kind}[])" for (kind,) in connection.execute(_TYPES, [table]).fetchall())
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(f"insert into {table} select {lists}", columns)  # our own names


def _utc(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"started_at has no time zone: {text}")
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
    return {"id": np.array(scores.ids, object), "cluster": np.array(scores.groups, object), "value": values}


def _no_repeats(what: str, names: Sequence[str]) -> None:
    if len(set(names)) < len(names):
        (repeated, _), *_ = Counter(names).most_common(1)
        raise ValueError(f"{what} name {repeated!r} twice")
