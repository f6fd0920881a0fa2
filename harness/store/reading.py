"""Rows → runs: what `records` takes apart, put together again, without items, findings and answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.model import Identity, Interval, Run, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

LATEST = "select * from latest where kind <> 'profile'"
"""The runs of the comparison table: those on the newest data of each suite."""
EVERY = "select * from run where kind <> 'profile'"
NEWEST = f"""
    {EVERY}
    qualify
        row_number() over (
            partition by suite, embedder, identity, identity is null or fingerprint = ''
            order by started_at desc, id desc
        ) = 1
        and case
            when identity is null or fingerprint = ''
            then row_number() over (partition by suite, embedder order by started_at desc, id desc) = 1
            else started_at || id > coalesce(
                max(case when identity is null or fingerprint = '' then started_at || id end)
                    over (partition by suite, embedder), ''
            )
        end"""
"""The last run of each embedder on each suite, on whatever data; failures replace what was there as in `latest`."""
BY_NAME = "suite, embedder, started_at, id"
BY_TIME = "started_at, id"

_RUN = ("id", "started_at", "suite", "kind", "fingerprint", "embedder", "status", "reason", "seconds", "texts")
_IDENTITY = ("backend", "name", "revision", "options", "is_symmetric")
_SCORE = ("metric", "value", "floor", "items", "higher_is_better", "status", "reason", "convention")
_INTERVAL = ("low", "high", "interval_reason")


def runs_of(
    database: DuckDBPyConnection, source: str, where: str, selected: Mapping[str, Any], order: str
) -> list[Run]:
    """The runs of `source` that a condition selects, with their scores, without items, findings and answers.

    source: a query that selects from `run`; where, order: on its columns; all in our own words. selected: the values of
    their parameters.
    """
    contents = ("configuration.content", "environment.content", "place.folder")
    columns = ", ".join((*_RUN, "vector_bytes", *contents, *_IDENTITY))
    found = database.execute(
        f"select {columns} from ({source}) as chosen "  # noqa: S608 # our own names
        "join configuration on configuration.digest = chosen.configuration "
        "join environment on environment.digest = chosen.environment "
        "left join place on place.run = chosen.id "
        f"where {where} order by {order}",
        selected,
    ).fetchall()
    scores = _scores(database, [fields[0] for fields in found])
    return [_run(fields, scores.get(fields[0], [])) for fields in found]


def _run(fields: Sequence[Any], scores: Sequence[Score]) -> Run:
    known = dict(zip(_RUN, fields, strict=False))
    vector_bytes, configuration, environment, folder, *identity = fields[len(_RUN) :]
    return Run(
        **known,
        identity=_identity(identity),
        scores=tuple(scores),
        vector_bytes=vector_bytes,
        environment=json.loads(environment),
        configuration=json.loads(configuration),
        folder=folder or "",
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
