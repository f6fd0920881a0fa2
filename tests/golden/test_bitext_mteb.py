"""Bitext scores equal scikit-learn's, put together as mteb does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from harness.metrics.matched import bitext_accuracy, bitext_f1, bitext_reverse_accuracy
from harness.model import Table
from harness.tasks.bitext import Bitext


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("noise", [0.9, 2.0])
def test_scores_of_random_sentences(seed: int, noise: float) -> None:
    """80 pairs: the nearest by cosine as predicted class, the row's number as the right one; F1 weighted."""
    random = np.random.default_rng(seed)
    one = random.normal(size=(80, 12)).astype(np.float32)
    other = (one + noise * random.normal(size=one.shape)).astype(np.float32)
    columns = {"sentence1": [f"s{n}" for n in range(80)], "sentence2": [f"t{n}" for n in range(80)]}
    task = Bitext.read({"pairs": Table("pairs", "pairs.tsv", columns, range(80))}, {}, 10, None)  # type: ignore[arg-type]  # nothing is faulty
    (judged,) = task.judge({"sentence1": one, "sentence2": other})
    units = [rows.astype(float) / np.linalg.norm(rows.astype(float), axis=1, keepdims=True) for rows in (one, other)]
    similarity = units[0] @ units[1].T
    gold, predicted = np.arange(80), similarity.argmax(axis=1)
    f1 = f1_score(gold, predicted, average="weighted", zero_division=0)
    assert 0 < f1 < 1
    assert bitext_f1(None).score(judged) == pytest.approx(f1, abs=1e-6)
    assert bitext_accuracy(None).score(judged) == pytest.approx(accuracy_score(gold, predicted), abs=1e-6)
    back = accuracy_score(gold, similarity.argmax(axis=0))
    assert bitext_reverse_accuracy(None).score(judged) == pytest.approx(back, abs=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_f1_of_classes_that_are_right_several_times(seed: int) -> None:
    """Pairs drawn with replacement are classes with more support, as in scikit-learn."""
    random = np.random.default_rng(seed)
    columns = {"sentence1": [f"s{n}" for n in range(30)], "sentence2": [f"t{n % 9}" for n in range(30)]}
    task = Bitext.read({"pairs": Table("pairs", "pairs.tsv", columns, range(30))}, {}, 10, None)  # type: ignore[arg-type]  # nothing is faulty
    vectors = {
        name: random.normal(size=(len(texts.texts), 4)).astype(np.float32) for name, texts in task.texts().items()
    }
    (judged,) = task.judge(vectors)
    drawn = judged.take(random.integers(0, 30, 30))
    expected = f1_score(drawn.gold, drawn.predicted, average="weighted", zero_division=0)
    assert bitext_f1(None).score(drawn) == pytest.approx(expected, abs=1e-9)
