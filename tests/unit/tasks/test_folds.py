"""Folds keep groups whole and classes in equal shares."""

from __future__ import annotations

import numpy as np
import pytest

from harness.tasks.folds import Fold, class_shares, stratified_folds

LABELS = np.repeat([0, 1, 2], [40, 20, 10])
GROUPS = [f"{label}/{row // 2}" for row, label in enumerate(LABELS)]


def test_every_row_is_judged_once_and_never_beside_its_group() -> None:
    """In each assignment; what is learned from is the rest."""
    for assignment in stratified_folds(LABELS, GROUPS, 5, [1, 2, 3]):
        assert sorted(row for fold in assignment for row in fold.judged) == list(range(70))
        for fold in assignment:
            assert sorted([*fold.learned, *fold.judged]) == list(range(70))
            assert {GROUPS[row] for row in fold.learned}.isdisjoint(GROUPS[row] for row in fold.judged)


def test_classes_are_in_equal_shares() -> None:
    """Of 40, 20 and 10 rows each of five folds judges 8, 4 and 2."""
    (assignment,) = stratified_folds(LABELS, GROUPS, 5, [1])
    assert [np.bincount(LABELS[fold.judged]).tolist() for fold in assignment] == [[8, 4, 2]] * 5


def test_a_seed_stands_for_one_assignment() -> None:
    """The same seed gives the same folds, another one others."""
    one, same, other = stratified_folds(LABELS, GROUPS, 5, [1, 1, 2])
    assert [fold.judged.tolist() for fold in one] == [fold.judged.tolist() for fold in same]
    assert [fold.judged.tolist() for fold in one] != [fold.judged.tolist() for fold in other]


def test_class_shares_by_hand() -> None:
    """Labels 0 0 1 1. Learned from rows 1 and 2, the share of each class is ½; from 0, 1, 2, that of class 1 is ⅓."""
    labels = np.array([0, 0, 1, 1])
    whole = [Fold(np.array([1, 2]), np.array([0, 3])), Fold(np.array([0, 3]), np.array([1, 2]))]
    assert class_shares(labels, [whole], 4) == pytest.approx([0.5, 0.5, 0.5, 0.5])
    last = [Fold(np.array([1, 2]), np.array([0])), Fold(np.array([0, 1, 2]), np.array([3]))]
    assert class_shares(labels, [last], 4)[3] == pytest.approx(1 / 3)
