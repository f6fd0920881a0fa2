"""Triplets: how much nearer the positive is than the negative."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from harness.errors import SuiteError
from harness.metrics.triplets import TripletMargins, triplet_accuracy, triplet_margin
from harness.tasks.triplets import Triplets

Build: TypeAlias = Callable[..., Triplets]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

ROWS = [
    {"anchor": "a", "positive": "same", "negative": "right angle"},
    {"anchor": "a", "positive": "right angle", "negative": "same"},
    {"anchor": "b", "positive": "right angle", "negative": "opposite"},
    {"anchor": "b", "positive": "same", "negative": "longer"},
]
VECTORS = {
    "a": [1.0, 0.0],
    "b": [1.0, 0.0],
    "same": [1.0, 0.0],
    "longer": [9.0, 0.0],
    "right angle": [0.0, 2.0],
    "opposite": [-1.0, 0.0],
}


def test_scores_by_hand(build: Build, judge: Judge) -> None:
    """Margins 1 − 0, 0 − 1, 0 − (−1) and 1 − 1: two of four are above 0, a tie is not; their mean is 1/4."""
    judged = judge(build(Triplets, {"triplets": ROWS}), VECTORS)[TripletMargins]
    assert judged.margin == pytest.approx([1, -1, 1, 0])
    assert triplet_accuracy(None).score(judged) == 0.5
    assert triplet_margin(None).score(judged) == pytest.approx(0.25)


def test_groups(build: Build) -> None:
    """Triplets with the same anchor are one group."""
    assert build(Triplets, {"triplets": ROWS}).groups == ["a", "a", "b", "b"]


def test_a_positive_that_is_its_negative(build: Build) -> None:
    """Such a triplet can only be a tie, and is refused with its line."""
    rows = [*ROWS, {"anchor": "a", "positive": "x", "negative": "x"}]
    with pytest.raises(SuiteError, match=r"triplets\.tsv:6 \[negative\]: same text"):
        build(Triplets, {"triplets": rows})


@pytest.mark.parametrize("vector", [[0.3, 0.1, 0.7], [0.0, 0.0, 0.0]])
def test_a_constant_embedder_gets_nothing(build: Build, judge: Judge, vector: list[float]) -> None:
    """All triplets are ties, and a tie is wrong."""
    judged = judge(build(Triplets, {"triplets": ROWS}), dict.fromkeys(VECTORS, vector))[TripletMargins]
    assert triplet_accuracy(None).score(judged) == 0.0
    assert triplet_margin(None).score(judged) == 0.0
