"""Probes on vectors: votes and ties by hand, a logistic regression that says when it did not converge."""

from __future__ import annotations

import numpy as np
import pytest

from harness.search import COSINE, SIMILARITIES
from harness.tasks import probes
from harness.tasks.folds import Fold
from harness.tasks.probes import LogisticRegression, nearest_neighbours, predictions

KNOWN = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9], [1, 1]], dtype=np.float32)
CLASSES = np.array([0, 0, 1, 1, 2])


def asked(*vector: float) -> np.ndarray:
    """One vector to judge."""
    return np.array([vector], dtype=np.float32)


@pytest.mark.parametrize(
    ("count", "vector", "expected"),
    [
        (1, (1, 1), 2),  # its own copy
        (3, (1, 0), 0),  # two of class 0 against one of class 2
        (4, (1, 0.6), 0),  # two of 0 and one each of 2 and 1
        (2, (1, 0.2), 0),  # both of class 0
        (9, (1, 0.6), 0),  # all five: two of 0 and two of 1, and those of 0 are nearer
        (9, (0.6, 1), 1),  # the same from the other side
        (9, (1, 1), 0),  # two of 0 and two of 1, equally near: the first class
    ],
)
def test_neighbours_vote(count: int, vector: tuple[float, ...], expected: int) -> None:
    """The most frequent class wins, then the nearer, then the first; more neighbours than vectors are all of them."""
    assert nearest_neighbours(count, COSINE)(KNOWN, CLASSES, asked(*vector)).tolist() == [expected]


def test_neighbours_are_those_of_the_similarity() -> None:
    """A long vector has the largest inner product, a near one the smallest distance."""
    known, classes = np.array([[9, 3], [1, 0.5]], dtype=np.float32), np.array([0, 1])
    found = {name: nearest_neighbours(1, near)(known, classes, asked(1, 0.4)) for name, near in SIMILARITIES.items()}
    assert {name: codes.tolist() for name, codes in found.items()} == {"cosine": [0], "dot": [0], "euclidean": [1]}


def test_a_line_is_found() -> None:
    """Two clouds on both sides of a line are told apart, also far from the origin."""
    random = np.random.default_rng(0)
    cloud = random.standard_normal((40, 2)).astype(np.float32)
    known = np.concatenate([cloud, cloud + 6]) + np.float32(100)
    classes = np.repeat([0, 1], 40)
    probe = LogisticRegression()
    assert (probe(known, classes, known) == classes).all()
    assert probe.unconverged == 0


def test_one_class_needs_no_line() -> None:
    """Everything is of the only class that was learned from."""
    assert LogisticRegression()(KNOWN[:2], np.array([3, 3]), KNOWN).tolist() == [3] * 5


def test_a_fit_that_did_not_converge_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With one step allowed."""
    monkeypatch.setattr(probes, "STEPS", 1)
    probe = LogisticRegression()
    probe(KNOWN, CLASSES, KNOWN)
    assert probe.unconverged == 1


def test_each_fold_is_judged_by_what_it_learned() -> None:
    """A column per assignment, rows in their places: here the prediction is the first class learned."""
    folds = [Fold(np.array([4, 0]), np.array([1, 2])), Fold(np.array([3]), np.array([0]))]
    found = predictions(lambda _, classes, rows: np.full(len(rows), classes[0]), KNOWN, CLASSES, [folds, folds], 3)
    assert found.tolist() == [[1, 1], [2, 2], [2, 2]]
