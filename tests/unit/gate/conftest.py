"""Runs made of a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.model import Identity, Interval, ItemScores, Run, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@pytest.fixture
def run() -> Callable[..., Run]:
    """A run on the suite `s` with these values of ndcg@10, an item each."""

    def make(values: Sequence[float], groups: Sequence[str] = (), name: str = "m", fingerprint: str = "f") -> Run:
        ids = [f"q{place:05}" for place in range(len(values))]
        numbers = np.asarray(values, dtype=np.float64)
        score = Score("ndcg@10", float(numbers.mean()), Interval(None, None, "not asked for"), None, len(ids))
        items = ItemScores("ndcg@10", ids, list(groups) or ids, numbers)
        return Run(
            id=name,
            started_at="2026-01-01T00:00:00.000000+00:00",
            suite="s",
            kind="retrieval",
            fingerprint=fingerprint,
            embedder=name,
            identity=Identity("fake", name, "1"),
            status="ok",
            reason="",
            seconds=0.0,
            scores=(score,),
            items=(items,),
        )

    return make
