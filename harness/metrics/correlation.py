"""Does a score follow graded human judgement? Spearman's ρ and Pearson's r."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.parts import PerItem, in_blocks, refused, resampled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self, TypeAlias

    from numpy.typing import NDArray

    from harness.model import Floats, Metric

    Counts: TypeAlias = NDArray[np.int32]

_RESOLUTION = 4 * np.finfo(np.float64).eps
"""Spread, relative to the largest value, below which values differ by rounding only."""


@dataclass(frozen=True)
class Graded(PerItem):
    """Per item the grade that people gave and the score that was predicted, n each."""

    ids: Sequence[str]
    groups: Sequence[str]
    gold: Floats
    predicted: Floats

    def evidence(self) -> Mapping[str, Floats]:
        """Both columns, under their names."""
        return {"gold": self.gold, "predicted": self.predicted}

    @classmethod
    def restored(cls, ids: Sequence[str], groups: Sequence[str], evidence: Mapping[str, Floats]) -> Self:
        """See `Restorable`. Nothing is lost."""
        return cls(ids, groups, evidence["gold"], evidence["predicted"])


def spearman(cutoff: int | None) -> Metric[Graded]:
    """Spearman's ρ: Pearson's r of the ranks, ties at the mean of theirs. Raises UsageError for a cutoff."""

    def resample(judged: Graded, counts: Floats) -> Floats:
        gold, predicted = _Ranks(judged.gold), _Ranks(judged.predicted)
        return in_blocks(lambda block: _rank_correlation(block.astype(np.int32, order="C"), gold, predicted), counts)

    metric = resampled(refused("spearman", cutoff), Graded, resample, lambda _: 0.0, undefined="all values are equal")
    return replace(metric, convention="ties=mean rank")


def pearson(cutoff: int | None) -> Metric[Graded]:
    """Pearson's r. Raises UsageError for a cutoff."""

    def resample(judged: Graded, counts: Floats) -> Floats:
        return in_blocks(lambda block: _pearson(block, judged.gold, judged.predicted), counts)

    return resampled(refused("pearson", cutoff), Graded, resample, lambda _: 0.0, undefined="all values are equal")


def correlation(x: Floats, y: Floats) -> float:
    """Pearson's r, NaN where either side does not vary."""
    x, y = x - x.mean(), y - y.mean()
    norm = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / norm if norm > 0 else math.nan


def ranks(values: Floats) -> Floats:
    """Ranks from 1, ties at their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]


def probability_above(above: Floats, below: Floats) -> float:
    """P(a member of `above` is larger than one of `below`), ties one half: the area under the ROC curve.

    Mann and Whitney 1947. Neither may be empty.
    """
    ordered = np.sort(above)
    passed = np.searchsorted(ordered, below, "left") + np.searchsorted(ordered, below, "right")
    return 1 - float(passed.mean()) / (2 * len(ordered))


class _Ranks:
    """Sorts once what every resample is ranked by."""

    def __init__(self, values: Floats) -> None:
        self.order = np.argsort(values, kind="stable")
        ordered = values[self.order]
        changes = np.flatnonzero(ordered[1:] != ordered[:-1])
        self._ends = np.append(changes, len(values) - 1)
        self.tie = np.searchsorted(ordered[self._ends], values)

    def of(self, ordered: Counts) -> tuple[Counts, Counts]:
        """How often each of t distinct values is drawn, and twice its mean rank, b × t.

        All below it, and half of what it is tied with. ordered: how often each item is drawn, b × n, lowest first.
        """
        below_or_tied, tied = ordered.cumsum(axis=1, dtype=np.int32), ordered
        if len(self._ends) < ordered.shape[1]:
            below_or_tied = below_or_tied.take(self._ends, axis=1)
            tied = np.diff(below_or_tied, prepend=np.int32(0), axis=1)
        return tied, 2 * below_or_tied - tied + 1


def _rank_correlation(counts: Counts, gold: _Ranks, predicted: _Ranks) -> Floats:
    """Pearson's r of the ranks per row of `counts` (b × n). NaN where either does not vary.

    Ranks have the mean (N + 1) / 2 and the sum of squares (N³ − Σt³) / 12, less that mean, for N draws with ties of t
    (Kendall 1948, "Rank Correlation Methods", chapter 3). All are whole numbers, so that no rounding adds up.
    """
    ordered = counts.take(predicted.order, axis=1)
    tied, ranks = predicted.of(ordered)
    gold_tied, gold_ranks = gold.of(counts.take(gold.order, axis=1))
    if ranks.shape != ordered.shape:
        ranks = ranks.take(predicted.tie[predicted.order], axis=1)
    paired = gold_ranks.astype(np.float64).take(gold.tie[predicted.order], axis=1)
    total = ordered.sum(axis=1).astype(np.float64)
    product = np.vecdot((ordered * ranks).astype(np.float64), paired) / 4 - total * ((total + 1) / 2) ** 2
    r = product / np.sqrt(_rank_squares(total, gold_tied)) / np.sqrt(_rank_squares(total, tied))
    clipped: Floats = np.clip(r, -1, 1)
    return clipped


def _rank_squares(total: Floats, tied: Counts) -> Floats:
    """Of the ranks less their mean, NaN where they do not vary."""
    times = tied.astype(np.float64)
    squares = (total**3 - np.vecdot(times * times, times)) / 12
    return np.where(squares > 0, squares, np.nan)


def _pearson(counts: Floats, x: Floats, y: Floats) -> Floats:
    """Weighted r per row of `counts` (b × n); x and y are n or b × n. NaN where either does not vary."""
    x, x_square = _standing(counts, x)
    y, y_square = _standing(counts, y)
    r = np.vecdot(counts * x, y) / np.sqrt(x_square) / np.sqrt(y_square)
    clipped: Floats = np.clip(r, -1, 1)
    return clipped


def _standing(counts: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Values less their weighted mean, b × n, and the weighted sum of squares, NaN where that is rounding."""
    total = counts.sum(axis=1)
    centred = values - (np.vecdot(counts, values) / total)[:, None]
    squares = np.vecdot(counts * centred, centred)
    rounding = total * (_RESOLUTION * np.abs(values).max(initial=0)) ** 2
    return centred, np.where(squares > rounding, squares, np.nan)
