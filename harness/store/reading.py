"""Rows → runs: what `records` takes apart, put together again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.model import Identity, Interval, Run, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

_RUN = ("id", "started_at", "suite", "kind", "fingerprint", "embedder", "status", "reason", "seconds", "texts")
_IDENTITY = ("backend", "name", "revision", "options", "is_symmetric")
_SCORE = ("metric", "value", "floor", "items", "higher_is_better", "status", "reason", "convention")
_INTERVAL = ("low", "high", "interval_reason")


def runs_of(database: DuckDBPyConnection, where: str, selected: Mapping[str, Any]) -> list[Run]:
    """The latest runs that a condition selects, ordered by suite and embedder, without items and findings.

    where: a condition on `latest`, in our own words. selected: the values of its parameters.
    """
    columns = ", ".join((*_RUN, "vector_bytes", "configuration.content", *_IDENTITY))
    found = database.execute(
        f"select {columns} from latest join configuration on configuration.digest = latest.configuration "  # noqa: S608 # our own names
        f"where kind <> 'profile' and {where} order by suite, embedder, started_at, id",
        selected,
    ).fetchall()
    scores = _scores(database, [fields[0] for fields in found])
    return [_run(fields, scores.get(fields[0], [])) for fields in found]


def _run(fields: Sequence[Any], scores: Sequence[Score]) -> Run:
    known = dict(zip(_RUN, fields, strict=False))
    vector_bytes, configuration, *identity = fields[len(_RUN) :]
    return Run(
        **known,
        identity=_identity(identity),
        scores=tuple(scores),
        vector_bytes=vector_bytes,
        configuration=json.loads(configuration),
    )


def _identity(fields: Sequence[Any]) -> Identity | None:
    backend, name, revision, options, symmetric = fields
    if backend is None:
        return None
    return Identity(backend, name, revision, tuple(sorted(json.loads(options).items())), symmetric)


def _scores(database: DuckDBPyConnection, runs: Sequence[str]) -> dict[str, list[Score]]:
    """The scores of each run, the headline first."""
    columns = ", ".join((*_SCORE, *_INTERVAL))
    found = database.execute(
        f"select run, {columns} from score where run in (select unnest(?::varchar[])) order by run, position",  # noqa: S608 # our own names
        [list(runs)],
    ).fetchall()
    scores: dict[str, list[Score]] = {}
    for run, *fields in found:
        *values, low, high, missing = fields
        interval = Interval(low, high, missing)
        scores.setdefault(run, []).append(Score(**dict(zip(_SCORE, values, strict=True)), interval=interval))
    return scores
