"""Translations found by nearest neighbour: accuracy in both directions, and F1 as mteb has it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.chance import binomial
from harness.metrics.parts import PerItem, averaged, in_blocks, refused, resampled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Floats, Index, Metric


@dataclass(frozen=True)
class Matched(PerItem):
    """Per pair of translations which sentence was found for the other, by number among the distinct sentences.

    gold, predicted: the right second sentence and the one found. Where several are right, gold is the one found if that
    is right. candidates: how many distinct sentences were searched; the same number for every pair. right: how many of
    them are right for the first sentence. back_…: the same with the second sentence looking for the first.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    gold: Index
    predicted: Index
    candidates: Index
    right: Index
    back_gold: Index
    back_predicted: Index
    back_candidates: Index
    back_right: Index

    def evidence(self) -> Mapping[str, Floats]:
        """What F1 is computed from."""
        return {"gold": self.gold.astype(np.float64), "predicted": self.predicted.astype(np.float64)}


def bitext_accuracy(cutoff: int | None) -> Metric[Matched]:
    """Share of first sentences whose nearest second sentence is their translation. Raises UsageError for a cutoff."""

    def items(judged: Matched) -> Floats:
        return np.asarray(judged.gold == judged.predicted, np.float64)

    def floor(judged: Matched) -> float:
        return float((judged.right / judged.candidates).mean())

    return averaged(refused("bitext_accuracy", cutoff), Matched, items, floor, convention="ties=wrong")


def bitext_reverse_accuracy(cutoff: int | None) -> Metric[Matched]:
    """Share of second sentences whose nearest first sentence is their translation. Raises UsageError for a cutoff."""

    def items(judged: Matched) -> Floats:
        return np.asarray(judged.back_gold == judged.back_predicted, np.float64)

    def floor(judged: Matched) -> float:
        return float((judged.back_right / judged.back_candidates).mean())

    return averaged(refused("bitext_reverse_accuracy", cutoff), Matched, items, floor, convention="ties=wrong")


def bitext_f1(cutoff: int | None) -> Metric[Matched]:
    """F1 of every second sentence as a class, weighted by how often it is right. Raises UsageError for a cutoff.

    With s the times it is right, p the times it is found and t the times it is both: 2t / (s + p). This is mteb's F1
    for bitext mining, scikit-learn's f1_score(gold, predicted, average="weighted"). No floor where a first sentence has
    several translations: its pairs share one guess, and which class they count for depends on that guess.
    """

    def resample(judged: Matched, counts: Floats) -> Floats:
        return in_blocks(lambda block: _weighted_f1(judged, block), counts)

    name, undefined = refused("bitext_f1", cutoff), "there are no pairs"
    metric = resampled(name, Matched, resample, _expected_f1, undefined=undefined)
    return replace(metric, convention="classes weighted by support; ties=wrong")


def _weighted_f1(judged: Matched, counts: Floats) -> Floats:
    """Per row of counts, b × n."""
    classes, gold = np.unique(judged.gold, return_inverse=True)
    place = np.minimum(np.searchsorted(classes, judged.predicted), len(classes) - 1)
    known = classes[place] == judged.predicted
    support = _sums(counts, gold, len(classes))
    found = _sums(counts * known, place, len(classes))
    right = _sums(counts * (judged.gold == judged.predicted), gold, len(classes))
    f1 = 2 * right / np.maximum(support + found, 1)
    return np.asarray(np.vecdot(support, f1) / support.sum(axis=1))


def _sums(counts: Floats, classes: Index, size: int) -> Floats:
    """Counts b × n summed by class: b × size."""
    cells = np.arange(len(counts))[:, None] * size + classes
    sums = np.bincount(cells.ravel(), counts.ravel(), len(counts) * size)
    return sums.reshape(len(counts), size).astype(np.float64)


def _expected_f1(judged: Matched) -> float | None:
    """Of n guesses, each one of m candidates with p = 1/m; None where they are not n guesses.

    For a class that is right s times E[2t / (s + p̂)] = 2 s p · E[1 / (s + 1 + X)] with X ~ Binomial(n − 1, p), because
    E[t f(t)] = s p · E[f(1 + t′)] for t ~ Binomial(s, p) and t′ ~ Binomial(s − 1, p).
    """
    if (judged.right > 1).any():
        return None
    n, p = len(judged.ids), 1 / float(judged.candidates[0])
    chance = binomial(n - 1, p)
    support, classes = np.unique(np.bincount(judged.gold), return_counts=True)
    expected = [2 * s * p * float((chance / (s + 1 + np.arange(n))).sum()) for s in support]
    return float((support / n * expected * classes).sum())
