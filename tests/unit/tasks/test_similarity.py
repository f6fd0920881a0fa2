"""Similarity: the cosine of a pair stands beside its score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.metrics.correlation import Graded, pearson, spearman
from harness.tasks.similarity import Similarity

Build: TypeAlias = Callable[..., Similarity]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

ROWS = [
    {"sentence1": "a", "sentence2": "b", "score": 5.0},
    {"sentence1": "a", "sentence2": "c", "score": 1.0},
    {"sentence1": "d", "sentence2": "e", "score": 3.0},
]
VECTORS = {"a": [1.0, 0.0], "b": [2.0, 0.0], "c": [0.0, 1.0], "d": [1.0, 1.0], "e": [3.0, 0.0]}


def test_scores_by_hand(build: Build, judge: Judge) -> None:
    """Three pairs at the angles 0°, 90° and 45°, graded 5, 1 and 3: the order is right, the distances nearly.

    Cosines 1, 0, 0.7071. ρ = 1. r: gold less its mean 2, −2, 0; cosines less theirs 0.4310, −0.5690, 0.1381;
    r = (0.8619 + 1.1381) / √(8 · 0.5286) = 2 / 2.0563 = 0.9726.
    """
    judged = judge(build(Similarity, {"pairs": ROWS}), VECTORS)[Graded]
    assert judged.predicted == pytest.approx([1, 0, np.sqrt(0.5)])
    assert spearman(None).score(judged) == pytest.approx(1)
    assert pearson(None).score(judged) == pytest.approx(0.9726, abs=1e-4)


def test_ids_and_groups(build: Build) -> None:
    """Without ids a pair is called by its row; without groups pairs with the same first sentence are one."""
    task = build(Similarity, {"pairs": ROWS})
    assert (task.ids, task.groups) == (["1", "2", "3"], ["a", "a", "d"])
    named = [row | {"id": f"p{n}", "group": "g"} for n, row in enumerate(ROWS)]
    task = build(Similarity, {"pairs": named})
    assert (task.ids, task.groups) == (["p0", "p1", "p2"], ["g", "g", "g"])


def test_sentences_are_neither_queries_nor_documents(build: Build) -> None:
    """Both sentences are embedded in the same role."""
    texts = build(Similarity, {"pairs": ROWS}).texts()
    assert {name: asked.role for name, asked in texts.items()} == {"sentence1": "either", "sentence2": "either"}
    assert texts["sentence2"].texts == ["b", "c", "e"]


def test_equal_scores_are_refused(build: Build) -> None:
    """Where all scores are equal nothing can follow them."""
    with pytest.raises(SuiteError, match=r"pairs\.tsv \[score\]: all scores are equal"):
        build(Similarity, {"pairs": [row | {"score": 2.0} for row in ROWS]})


@pytest.mark.parametrize("vector", [[0.3, 0.1, 0.7], [0.0, 0.0, 0.0]])
def test_a_constant_embedder_gets_no_score(build: Build, judge: Judge, vector: list[float]) -> None:
    """Cosines that are all equal have no correlation; that is no 1.0, no 0.0 either."""
    judged = judge(build(Similarity, {"pairs": ROWS}), dict.fromkeys(VECTORS, vector))[Graded]
    assert np.isnan(spearman(None).score(judged))
    assert np.isnan(pearson(None).score(judged))
