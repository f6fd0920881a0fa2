"""Is the class that a probe reads off a vector the right one? Accuracy and macro-averaged F1."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from harness.metrics.chance import binomial
from harness.metrics.parts import averaged, numbered, picked, refused, resampled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index, Metric


@dataclass(frozen=True)
class Classified:
    """Per item its class and the classes predicted for it, as places in `classes`: n and n × s.

    s: assignments of items to folds, or 1 where the items to learn from are given. chance: the share of the items
    learned from that have the item's class, n: with this probability a class drawn from them is right.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    classes: Sequence[str]
    gold: Index
    predicted: Index
    chance: Floats

    probe: ClassVar[str] = "probe"

    def take(self, index: Index) -> Self:
        """The items at `index`, in that order; a position may be repeated."""
        return replace(
            self,
            ids=picked(self.ids, index),
            groups=picked(self.groups, index),
            gold=self.gold[index],
            predicted=self.predicted[index],
            chance=self.chance[index],
        )

    def evidence(self) -> Mapping[str, Floats]:
        """The codes: `class`, and what the probe predicted under each assignment, as `linear_1`."""
        columns = {f"{self.probe}_{number}": codes for number, codes in enumerate(self.predicted.T, start=1)}
        return {name: codes.astype(np.float64) for name, codes in {"class": self.gold, **columns}.items()}

    @classmethod
    def restored(cls, ids: Sequence[str], groups: Sequence[str], evidence: Mapping[str, Floats]) -> Self:
        """See `Restorable`. The chances are lost, and the names of the classes: their codes stand for them."""
        gold, predicted = evidence["class"].astype(np.intp), numbered(cls.probe, evidence)
        count = 1 + max(gold.max(initial=-1), predicted.max(initial=-1))
        return cls(ids, groups, [str(code) for code in range(count)], gold, predicted, np.full(len(ids), np.nan))


@dataclass(frozen=True)
class LinearProbe(Classified):
    """What a logistic regression predicts. unconverged: how many of its fits stopped before they had converged."""

    unconverged: int = 0

    probe: ClassVar[str] = "linear"


@dataclass(frozen=True)
class NearestNeighbours(Classified):
    """What the majority of the nearest neighbours predicts."""

    probe: ClassVar[str] = "knn"


C = TypeVar("C", bound=Classified)


def accuracy(cutoff: int | None) -> Metric[LinearProbe]:
    """`accuracy_of` the linear probe. Raises UsageError for a cutoff."""
    return accuracy_of(refused("accuracy", cutoff), LinearProbe)


def macro_f1(cutoff: int | None) -> Metric[LinearProbe]:
    """`macro_f1_of` the linear probe. Raises UsageError for a cutoff."""
    return macro_f1_of(refused("macro_f1", cutoff), LinearProbe)


def knn_accuracy(cutoff: int | None) -> Metric[NearestNeighbours]:
    """`accuracy_of` the nearest neighbours. Raises UsageError for a cutoff."""
    return accuracy_of(refused("knn_accuracy", cutoff), NearestNeighbours)


def knn_macro_f1(cutoff: int | None) -> Metric[NearestNeighbours]:
    """`macro_f1_of` the nearest neighbours. Raises UsageError for a cutoff."""
    return macro_f1_of(refused("knn_macro_f1", cutoff), NearestNeighbours)


def accuracy_of(name: str, reads: type[C]) -> Metric[C]:
    """Share of items whose predicted class is right; an item's value is its mean over the assignments.

    The floor is the accuracy of classes drawn at random from the items learned from, whatever the text: the sum over
    classes of their share there times their share here. Always saying the largest class gets more where classes differ
    in size.
    """

    def items(judged: C) -> Floats:
        return np.asarray((judged.predicted == judged.gold[:, None]).mean(axis=1))

    def floor(judged: C) -> float:
        return float(judged.chance.mean())

    return averaged(name, reads, items, floor, convention="mean over assignments to folds")


def macro_f1_of(name: str, reads: type[C]) -> Metric[C]:
    """The mean over classes of 2 TP / (items of the class + predictions of the class), then over the assignments.

    The classes are those of the items: one that is predicted only has no recall. That is scikit-learn's f1_score with
    average="macro" and those labels. The floor is for predictions as in `accuracy_of`: exact for each number of
    predictions m, whose TP are m times the share of the class, and averaged over m by the binomial distribution.
    """

    def resample(judged: C, counts: Floats) -> Floats:
        one_hot = np.eye(len(judged.classes))
        gold = one_hot[judged.gold]
        each = [_macro_f1(counts, gold, one_hot[codes]) for codes in judged.predicted.T]
        return np.asarray(np.mean(each, axis=0))

    metric = resampled(name, reads, resample, _random_macro_f1, undefined="no items")
    return replace(metric, convention="mean over the classes of the items")


def _macro_f1(counts: Floats, gold: Floats, predicted: Floats) -> Floats:
    """Per row of `counts` (B × n); gold and predicted are n × classes, 1 where the class is."""
    items = counts @ gold
    f1 = 2 * (counts @ (gold * predicted)) / np.maximum(items + counts @ predicted, 1)
    present = items > 0
    return np.asarray(np.where(present, f1, 0.0).sum(axis=1) / present.sum(axis=1))


def _random_macro_f1(judged: Classified) -> float:
    n = len(judged.gold)
    sizes = np.bincount(judged.gold, minlength=len(judged.classes))
    present = sizes > 0
    share = np.bincount(judged.gold, judged.chance, minlength=len(sizes))[present] / sizes[present]
    return float(np.mean([_random_f1(n, int(size), p) for size, p in zip(sizes[present], share, strict=True)]))


def _random_f1(items: int, size: int, share: float) -> float:
    """The expected F1 of a class of `size` items that is predicted with probability `share` for every item."""
    predictions = np.arange(items + 1)
    return float(binomial(items, share) @ (2 * predictions * size / items / (predictions + size)))
