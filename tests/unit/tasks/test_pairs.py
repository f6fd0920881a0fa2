"""Pairs: the cosine of a pair stands beside its label."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.metrics.separation import Separated, auc, average_precision, best_f1
from harness.tasks.pairs import Pairs

Build: TypeAlias = Callable[..., Pairs]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

ROWS = [
    {"sentence1": "a", "sentence2": "same", "label": "1"},
    {"sentence1": "a", "sentence2": "right angle", "label": "0"},
    {"sentence1": "a", "sentence2": "opposite", "label": "true"},
    {"sentence1": "b", "sentence2": "half", "label": "false"},
]
VECTORS = {
    "a": [1.0, 0.0],
    "same": [2.0, 0.0],
    "right angle": [0.0, 1.0],
    "opposite": [-1.0, 0.0],
    "b": [1.0, 0.0],
    "half": [1.0, 1.0],
}


def test_scores_by_hand(build: Build, judge: Judge) -> None:
    """Cosines 1, 0, −1, 0.7 with the labels yes, no, yes, no.

    AUC: of the 2 × 2 comparisons the first match wins both, the second loses both: 0.5. Average precision: matches at
    ranks 1 and 4: (1/1 + 2/4)/2 = 0.75. F1: cut after rank 1: 2·1·0.5/1.5 = 0.667, after rank 4: the same, so the best
    is 0.667, and its highest threshold lies half-way between 1 and 0.7071.
    """
    task = build(Pairs, {"pairs": ROWS})
    judged = judge(task, VECTORS)
    assert judged[Separated].score == pytest.approx([1, 0, -1, np.sqrt(0.5)])
    assert judged[Separated].label.tolist() == [True, False, True, False]
    assert auc(None).score(judged[Separated]) == pytest.approx(0.5)
    assert average_precision(None).score(judged[Separated]) == pytest.approx(0.75)
    assert best_f1(None).score(judged[Separated]) == pytest.approx(2 / 3)
    (finding,) = task.findings(judged, np.random.default_rng(0))
    assert finding.name == "best_f1_threshold"
    assert finding.value == pytest.approx((1 + np.sqrt(0.5)) / 2)
    assert "optimistic" in finding.note


def test_groups(build: Build) -> None:
    """Pairs with the same first sentence are one group."""
    assert build(Pairs, {"pairs": ROWS}).groups == ["a", "a", "a", "b"]


@pytest.mark.parametrize("label", ["0", "1"])
def test_one_label_only(build: Build, label: str) -> None:
    """Without both labels there is nothing to tell apart."""
    with pytest.raises(SuiteError, match=r"pairs\.tsv \[label\]: one label only"):
        build(Pairs, {"pairs": [row | {"label": label} for row in ROWS]})


@pytest.mark.parametrize("vector", [[0.3, 0.1, 0.7], [0.0, 0.0, 0.0]])
def test_a_constant_embedder_gets_chance(build: Build, judge: Judge, vector: list[float]) -> None:
    """With all cosines equal the AUC is one half and the precision the share of matches."""
    judged = judge(build(Pairs, {"pairs": ROWS}), dict.fromkeys(VECTORS, vector))[Separated]
    assert auc(None).score(judged) == 0.5
    assert average_precision(None).score(judged) == pytest.approx(0.5)
