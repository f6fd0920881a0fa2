"""Runs made by hand, to compare."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.model import Identity, Interval, ItemScores, Run, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NONE = Interval(None, None, "not computed here")


def run_of(
    columns: Mapping[str, Sequence[float]],
    *,
    name: str = "bm25:",
    groups: Sequence[str] | None = None,
    evidence: Mapping[str, Sequence[float]] | None = None,
    **changed: Any,
) -> Run:
    """A run on items 0, 1, …, with these values of each metric; a metric of `evidence` alone has the score 0.5.

    groups: an own one for every item, where none are given.
    """
    ids = [f"q{number:05}" for number in range(max(map(len, [*columns.values(), *(evidence or {}).values(), []])))]
    own = groups or ids

    def items(measure: str, values: Sequence[float]) -> ItemScores:
        return ItemScores(measure, ids[: len(values)], own[: len(values)], np.array(values, np.float64))

    fields = {
        "id": f"{name}-run",
        "started_at": "2026-01-02T03:04:05.000006+00:00",
        "suite": "zh/lexical-gap",
        "kind": "retrieval",
        "fingerprint": "f1",
        "embedder": name,
        "identity": Identity(name.partition(":")[0], name, "1"),
        "status": "ok",
        "reason": "",
        "seconds": 1.0,
        "scores": tuple(scored(metric, values) for metric, values in columns.items()),
        "items": tuple(items(measure, values) for measure, values in {**columns, **(evidence or {})}.items()),
    }
    return Run(**(fields | changed))


def scored(metric: str, values: Sequence[float] = (0.5,)) -> Score:
    """A score as the mean of its values."""
    return Score(metric, float(np.mean(values)), NONE, None, len(values))


def of_evidence(metric: str, evidence: Mapping[str, Sequence[float]], **changed: Any) -> Run:
    """A run with one metric that is no mean."""
    made = run_of({}, evidence=evidence, **changed)
    return replace(made, scores=(scored(metric),))
