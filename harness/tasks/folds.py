"""Which items are learned from when others are judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.tasks.learning import scikit_learn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Floats, Index


@dataclass(frozen=True)
class Fold:
    """Rows to learn from and rows to judge; no row is in both."""

    learned: Index
    judged: Index


Assignment: TypeAlias = "Sequence[Fold]"
"""Folds that judge every item once."""


def stratified_folds(labels: Index, groups: Sequence[str], count: int, seeds: Sequence[int]) -> Sequence[Assignment]:
    """An assignment per seed: `count` folds with the classes in equal shares, and each group whole in one of them.

    Raises MissingExtraError without scikit-learn.
    """
    dealer_of = scikit_learn("sklearn.model_selection").StratifiedGroupKFold
    rows = np.arange(len(labels))
    numbers = np.unique(np.array(groups, dtype=object), return_inverse=True)[1]
    dealers = (dealer_of(count, shuffle=True, random_state=seed) for seed in seeds)
    return [[Fold(*fold) for fold in dealer.split(rows, labels, numbers)] for dealer in dealers]


def class_shares(labels: Index, assignments: Sequence[Assignment], items: int) -> Floats:
    """Per judged item the share of its own class in what is learned from, mean over assignments: `items` numbers."""
    shares = np.zeros(items)
    for fold in (fold for assignment in assignments for fold in assignment):
        sizes = np.bincount(labels[fold.learned], minlength=int(labels.max()) + 1)
        shares[fold.judged] += sizes[labels[fold.judged]] / len(fold.learned)
    return shares / len(assignments)
