"""Runs ↔ lines of JSON: environments, then each run with its scores below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.model import Identity, Interval, Run, Score
from harness.store.baselines.baseline import versions
from harness.store.baselines.text import json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.store.baselines.blocks import Items


def written_lines(runs: Sequence[Run]) -> list[str]:
    """The lines of rounded runs, in their order."""
    environments = [versions(run.environment) for run in runs]
    known = {json_line(environment): environment for environment in environments}
    # Numbered, not named by a digest: an upgrade of a package changes one line, not every run's.
    numbers = {text: number for number, text in enumerate(known, start=1)}
    shared = [json_line({"environment": numbers[text]} | known[text]) for text in known]
    places = [numbers[json_line(environment)] for environment in environments]
    return [*shared, *(line for run, place in zip(runs, places, strict=True) for line in _run_lines(run, place))]


def read_lines(
    lines: Sequence[Mapping[str, Any]], items: Mapping[tuple[str, str], Items], made: tuple[str, str]
) -> list[Run]:
    """The runs that lines stand for. made: the id and the start of all of them.

    Raises KeyError, TypeError and ValueError for lines that stand for none.
    """
    environments = {line["environment"]: line for line in lines if "suite" not in line}
    scores: dict[tuple[str, str], list[Score]] = {}
    for line in lines:
        if "metric" in line:
            scores.setdefault((line["suite"], line["embedder"]), []).append(_score(line))
    heads = [line for line in lines if "fingerprint" in line]
    if scores.keys() - {(line["suite"], line["embedder"]) for line in heads}:
        raise ValueError("there are scores of a suite and embedder that have no line of their own")
    return [_run(line, environments, scores, items, made) for line in heads]


def _run_lines(run: Run, environment: int) -> Iterator[str]:
    identity = run.identity
    if identity is None or run.status != "ok":
        raise ValueError(f"{run.embedder} on {run.suite} has no results that a baseline could hold")
    yield json_line(
        {
            "suite": run.suite,
            "embedder": run.embedder,
            "kind": run.kind,
            "fingerprint": run.fingerprint,
            "identity": {
                "backend": identity.backend,
                "name": identity.name,
                "revision": identity.revision,
                "options": dict(identity.options),
                "symmetric": identity.symmetric,
            },
            "vector_bytes": run.vector_bytes,
            "environment": environment,
            "configuration": dict(run.configuration),
        }
    )
    yield from (_score_line(run, score) for score in run.scores)


def _score_line(run: Run, score: Score) -> str:
    line: dict[str, object] = {
        "suite": run.suite,
        "embedder": run.embedder,
        "metric": score.metric,
        "value": score.value,
        "low": score.interval.low,
        "high": score.interval.high,
        "floor": score.floor,
        "items": score.items,
        "higher_is_better": score.higher_is_better,
    }
    seldom = {
        "convention": score.convention,
        "no_interval": score.interval.reason,
        "status": score.status if score.status != "ok" else "",
        "reason": score.reason,
    }
    return json_line(line | {key: text for key, text in seldom.items() if text})


def _score(line: Mapping[str, Any]) -> Score:
    return Score(
        metric=line["metric"],
        value=line["value"],
        interval=Interval(line["low"], line["high"], line.get("no_interval", "")),
        floor=line["floor"],
        items=line["items"],
        higher_is_better=line["higher_is_better"],
        status=line.get("status", "ok"),
        reason=line.get("reason", ""),
        convention=line.get("convention", ""),
    )


def _run(
    line: Mapping[str, Any],
    environments: Mapping[str, Mapping[str, Any]],
    scores: Mapping[tuple[str, str], Sequence[Score]],
    items: Mapping[tuple[str, str], Items],
    made: tuple[str, str],
) -> Run:
    key = (line["suite"], line["embedder"])
    identity, own = line["identity"], items.get(key)
    return Run(
        id=made[0],
        started_at=made[1],
        suite=line["suite"],
        kind=line["kind"],
        fingerprint=line["fingerprint"],
        embedder=line["embedder"],
        identity=Identity(
            identity["backend"],
            identity["name"],
            identity["revision"],
            tuple(sorted(identity["options"].items())),
            identity["symmetric"],
        ),
        status="ok",
        reason="",
        seconds=0.0,
        scores=tuple(scores.get(key, ())),
        items=tuple(own.scores) if own else (),
        vector_bytes=line["vector_bytes"],
        environment=versions(environments[line["environment"]]),
        configuration=line["configuration"],
        answers=own.answers if own else {},
    )
