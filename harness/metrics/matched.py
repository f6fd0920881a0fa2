"""Translations found by nearest neighbour: accuracy in both directions, and F1 as mteb has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.chance import binomial
from harness.metrics.parts import PerItem, averaged, refused
from harness.model import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index


UNKNOWN = -1
"""Where evidence does not tell a number."""


@dataclass(frozen=True)
class Matched(PerItem):
    """Per pair of translations which sentence was found for the other, by number among the distinct sentences.

    gold, predicted: the right second sentence and the one found. Where several are right, gold is the one found if that
    is right. candidates: how many distinct sentences were searched; the same number for every pair. right: how many of
    them are right for the first sentence. back_…: the same with the second sentence looking for the first. UNKNOWN
    where that is not known.
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

    @classmethod
    def restored(cls, ids: Sequence[str], groups: Sequence[str], evidence: Mapping[str, Floats]) -> Self:
        """See `Restorable`. How many sentences there were and what was found for the second ones is lost."""
        found = (evidence[name].astype(np.intp) for name in ("gold", "predicted"))
        return cls(ids, groups, *found, *[np.full(len(ids), UNKNOWN)] * 6)


def bitext_accuracy(cutoff: int | None) -> Metric[Matched]:
    """Share of first sentences whose nearest second sentence is their translation. Raises UsageError for a cutoff."""

    def items(judged: Matched) -> Floats:
        return np.asarray(judged.gold == judged.predicted, np.float64)

    def floor(judged: Matched) -> float:
        return _guessed(judged.right, judged.candidates)

    return averaged(refused("bitext_accuracy", cutoff), Matched, items, floor, convention="ties=wrong")


def bitext_reverse_accuracy(cutoff: int | None) -> Metric[Matched]:
    """Share of second sentences whose nearest first sentence is their translation. Raises UsageError for a cutoff."""

    def items(judged: Matched) -> Floats:
        same = judged.back_gold == judged.back_predicted
        return np.where(judged.back_predicted == UNKNOWN, np.nan, same)

    def floor(judged: Matched) -> float:
        return _guessed(judged.back_right, judged.back_candidates)

    return averaged(refused("bitext_reverse_accuracy", cutoff), Matched, items, floor, convention="ties=wrong")


def bitext_f1(cutoff: int | None) -> Metric[Matched]:
    """F1 of every second sentence as a class, weighted by how often it is right. Raises UsageError for a cutoff.

    With s the times it is right, p the times it is found and t the times it is both: 2t / (s + p). This is mteb's F1
    for bitext mining, scikit-learn's f1_score(gold, predicted, average="weighted"). No floor where a first sentence has
    several translations: its pairs share one guess, and which class they count for depends on that guess.

    Most classes have one pair, and one drawn twice outweighs whoever took it for another: drawn pairs gain F1 by that,
    however many there are. So it is resampled to first order, by jackknife, as AMI is (see `harness.metrics.clusters`).
    """

    def score(judged: Matched) -> float:
        right, found, both = _counted(judged)
        return float(right @ _f1(right, found, both) / len(judged.ids))

    def resample(judged: Matched, counts: Floats) -> Floats:
        moved = counts @ _influence(judged) / counts.sum(axis=1)
        return np.asarray(np.clip(score(judged) + moved, 0.0, 1.0))

    return Metric(
        refused("bitext_f1", cutoff),
        Matched,
        score,
        resample=resample,
        floor=_expected_f1,
        undefined="there are no pairs",
        convention="classes weighted by support; ties=wrong",
    )


def _guessed(right: Index, candidates: Index) -> float:
    """How often a guess is right; NaN where it is not known how many candidates there are."""
    return float(np.where(candidates == UNKNOWN, np.nan, right / candidates).mean())


def _coded(judged: Matched) -> tuple[Index, Index]:
    """The class that is right and the one found, per pair, as numbers from 0 of which none is without a pair."""
    codes = np.unique(np.concatenate([judged.gold, judged.predicted]), return_inverse=True)[1]
    return codes[: len(judged.ids)], codes[len(judged.ids) :]


def _counted(judged: Matched) -> tuple[Index, Index, Index]:
    """How often each class is right, how often it is found, and how often it is both."""
    gold, found = _coded(judged)
    size = int(max(gold.max(initial=-1), found.max(initial=-1))) + 1
    right, taken, both = (np.bincount(codes, minlength=size) for codes in (gold, found, gold[gold == found]))
    return right, taken, both


def _f1(right: Index, found: Index, both: Index) -> Floats:
    """Of classes, 2t / (s + p)."""
    return np.asarray(2 * both / np.maximum(right + found, 1))


def _influence(judged: Matched) -> Floats:
    """How much each pair moves F1, n, with mean 0: (n − 1) times what is lost without it, which two classes feel."""
    gold, predicted = _coded(judged)
    right, found, both = _counted(judged)
    same, whole = gold == predicted, right * _f1(right, found, both)
    own = whole[gold] - (right[gold] - 1) * _f1(right[gold] - 1, found[gold] - same, both[gold] - same)
    other = whole[predicted] - right[predicted] * _f1(right[predicted], found[predicted] - 1, both[predicted])
    lost = own + np.where(same, 0.0, other)
    return np.asarray(lost - lost.mean())


def _expected_f1(judged: Matched) -> float | None:
    """Of n guesses, each one of m candidates with p = 1/m; None where they are not n guesses, or m is not known.

    For a class that is right s times E[2t / (s + p̂)] = 2 s p · E[1 / (s + 1 + X)] with X ~ Binomial(n − 1, p), because
    E[t f(t)] = s p · E[f(1 + t′)] for t ~ Binomial(s, p) and t′ ~ Binomial(s − 1, p).
    """
    if (judged.right > 1).any() or (judged.candidates == UNKNOWN).any():
        return None
    n, p = len(judged.ids), 1 / float(judged.candidates[0])
    chance = binomial(n - 1, p)
    support, classes = np.unique(np.bincount(judged.gold), return_counts=True)
    expected = [2 * s * p * float((chance / (s + 1 + np.arange(n))).sum()) for s in support]
    return float((support / n * expected * classes).sum())
