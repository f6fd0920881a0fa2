"""Runs that a baseline can hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.model import Identity, Interval, ItemScores, Run, Score
from harness.store.baselines import Baseline

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2026, 7, 1)
NO_INTERVAL = Interval(None, None, "no positives")
SCORES = (
    Score("ndcg@10", 0.5, Interval(0.4, 0.6), 0.1, 3, convention="gain=linear"),
    Score("ap", None, NO_INTERVAL, None, 3, True, "not_applicable", "no positives"),
    Score("distance", 12.25, Interval(None, None, "same"), 0.0, 3, higher_is_better=False),
)
ITEMS = (
    ItemScores("ndcg@10", ["q1", "q2", "q3"], ["甲", "甲", "乙"], np.array([0.25, 0.5, 0.75])),
    ItemScores("cosine", ["q1", "q3"], ["甲", "乙"], np.array([-0.5, 1 / 3])),
)


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """A function from the fields that matter to a whole run."""

    def make(embedder: str = "one", **fields: Any) -> Run:
        given: dict[str, Any] = {
            "id": "a",
            "started_at": "2026-06-30T12:34:56.000000+00:00",
            "suite": "zh/a",
            "kind": "retrieval",
            "fingerprint": "f0",
            "embedder": embedder,
            "identity": Identity("fake", embedder, "1", (("dimensions", "64"), ("词", "值")), symmetric=True),
            "status": "ok",
            "reason": "",
            "seconds": 1.5,
            "scores": SCORES,
            "items": ITEMS,
            "texts": 7,
            "vector_bytes": 256,
            "environment": {"python": "3.11.7", "threads": 4, "packages": {"numpy": "2.0"}},
            "configuration": {"spec": f"fake:{embedder}", "parameters": {"k": 10, "share": 0.1}},
            "answers": {"q1": "d7", "q3": "答"},
        }
        return Run(**given | fields)

    return make


@pytest.fixture
def make_baseline(make_run: Callable[..., Run]) -> Callable[..., Baseline]:
    """A function from runs, and what else is given, to the baseline `main`."""

    def make(*runs: Run, **fields: Any) -> Baseline:
        return Baseline(**{"name": "main", "saved": DAY, "runs": runs or (make_run(),)} | fields)

    return make
