"""Do scores tell pairs that match from pairs that do not? Average precision, best F1, best accuracy, AUC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics import chance
from harness.metrics.parts import PerItem, in_blocks, once, refused, resampled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self, TypeAlias

    from numpy.typing import NDArray

    from harness.model import Floats, Metric

    Counts: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True)
class Separated(PerItem):
    """Per pair whether it matches and how it scored, n each; a higher score says that it matches."""

    ids: Sequence[str]
    groups: Sequence[str]
    label: NDArray[np.bool_]
    score: Floats

    def evidence(self) -> Mapping[str, Floats]:
        """Both columns, under their names; the label as 0 and 1."""
        return {"label": self.label.astype(np.float64), "score": np.asarray(self.score, np.float64)}

    @classmethod
    def restored(cls, ids: Sequence[str], groups: Sequence[str], evidence: Mapping[str, Floats]) -> Self:
        """See `Restorable`. Nothing is lost."""
        return cls(ids, groups, evidence["label"] == 1, evidence["score"])


def average_precision(cutoff: int | None) -> Metric[Separated]:
    """Σ (R_i − R_{i−1}) P_i over the distinct scores, highest first, as scikit-learn's average_precision_score.

    Raises UsageError for a cutoff.
    """

    def floor(judged: Separated) -> float:
        pool, relevant = np.array([len(judged.ids)]), np.array([np.count_nonzero(judged.label)])
        return float(chance.average_precision(pool, relevant, None)[0])

    return _metric(refused("ap", cutoff), _average_precision, floor, "ties=one threshold")


def best_f1(cutoff: int | None) -> Metric[Separated]:
    """The largest F1 of any threshold; chosen on these very pairs, it is optimistic for others.

    The floor is the F1 of calling every pair a match, 2π / (1 + π) at a share π of matches.
    Raises UsageError for a cutoff.
    """

    def floor(judged: Separated) -> float:
        matches = float(np.mean(judged.label))
        return 2 * matches / (1 + matches)

    return _metric(refused("best_f1", cutoff), _best_f1, floor, "threshold=best on these pairs")


def best_accuracy(cutoff: int | None) -> Metric[Separated]:
    """The largest share of pairs that any threshold puts on the right side; optimistic for other pairs.

    A threshold above every score, which calls nothing a match, is one of them. The floor is the larger class's share.
    Raises UsageError for a cutoff.
    """

    def floor(judged: Separated) -> float:
        matches = float(np.mean(judged.label))
        return max(matches, 1 - matches)

    return _metric(refused("best_accuracy", cutoff), _best_accuracy, floor, "threshold=best on these pairs")


def auc(cutoff: int | None) -> Metric[Separated]:
    """P(a match scores above a pair that is none), ties one half: the area under the ROC curve.

    Raises UsageError for a cutoff.
    """
    return _metric(refused("auc", cutoff), _auc, lambda _: 0.5, "ties=one half")


def best_f1_threshold(judged: Separated) -> float:
    """The threshold of `best_f1`: half-way from the lowest score that it calls a match to the next one below.

    sentence-transformers and mteb choose it so. It is the lowest score where every pair is called a match; the
    highest threshold where several reach the same F1.
    """
    scores = np.unique(judged.score)[::-1]
    best = int(_f1(_Sorted(judged).cumulated(once(len(judged.ids))))[0].argmax())
    return float((scores[best] + scores[min(best + 1, len(scores) - 1)]) / 2)


@dataclass(frozen=True)
class _Cumulated:
    """Matches and all pairs at each of t distinct scores, highest first, and at or above it, in b resamples: b × t."""

    fresh_matches: Counts
    fresh_pairs: Counts
    matches: Counts
    pairs: Counts

    def where(self, rows: NDArray[np.bool_]) -> _Cumulated:
        """These resamples alone."""
        if rows.all():
            return self
        return _Cumulated(self.fresh_matches[rows], self.fresh_pairs[rows], self.matches[rows], self.pairs[rows])


class _Sorted:
    """Sorts once what every resample is cut in."""

    def __init__(self, judged: Separated) -> None:
        self._order = np.argsort(-judged.score, kind="stable")
        ordered = judged.score[self._order]
        self._ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(ordered) - 1)
        self._label = judged.label[self._order]

    def cumulated(self, counts: Floats) -> _Cumulated:
        """Counts b × n of the pairs, summed from the top."""
        whole = counts.astype(np.int32, order="C")  # whole numbers are summed several times faster
        pairs = whole.take(self._order, axis=1)
        fresh, sums = zip(*map(self._summed, (pairs * self._label, pairs)), strict=True)
        return _Cumulated(*fresh, *sums)

    def _summed(self, counts: Counts) -> tuple[Counts, Counts]:
        """At each distinct score, and at or above it."""
        sums = counts.cumsum(axis=1, dtype=np.int32)
        if len(self._ends) == counts.shape[1]:
            return counts, sums
        sums = sums.take(self._ends, axis=1)
        return np.diff(sums, prepend=np.int32(0), axis=1), sums


def _metric(
    name: str, measure: Callable[[_Cumulated], Floats], floor: Callable[[Separated], float], convention: str
) -> Metric[Separated]:
    def resample(judged: Separated, counts: Floats) -> Floats:
        pairs = _Sorted(judged)
        return in_blocks(lambda block: _where_both(measure, pairs.cumulated(block)), counts)

    metric = resampled(name, Separated, resample, floor, undefined="all pairs match, or none does")
    return replace(metric, convention=convention)


def _where_both(measure: Callable[[_Cumulated], Floats], cumulated: _Cumulated) -> Floats:
    matches, pairs = cumulated.matches[:, -1], cumulated.pairs[:, -1]
    both = (matches > 0) & (matches < pairs)
    values = np.full(len(both), np.nan)
    values[both] = measure(cumulated.where(both))
    return values


def _average_precision(cumulated: _Cumulated) -> Floats:
    precision = cumulated.matches / np.maximum(cumulated.pairs, 1)
    value: Floats = np.vecdot(cumulated.fresh_matches.astype(np.float64), precision) / cumulated.matches[:, -1]
    return value


def _f1(cumulated: _Cumulated) -> Floats:
    value: Floats = 2 * cumulated.matches / (cumulated.pairs + cumulated.matches[:, -1:])
    return value


def _best_f1(cumulated: _Cumulated) -> Floats:
    value: Floats = _f1(cumulated).max(axis=1)
    return value


def _best_accuracy(cumulated: _Cumulated) -> Floats:
    others = cumulated.pairs - cumulated.matches
    right = cumulated.matches + others[:, -1:] - others
    value: Floats = np.maximum(right.max(axis=1), others[:, -1]) / cumulated.pairs[:, -1]
    return value


def _auc(cumulated: _Cumulated) -> Floats:
    others = (cumulated.fresh_pairs - cumulated.fresh_matches).astype(np.float64)
    twice_above = (2 * cumulated.matches - cumulated.fresh_matches).astype(np.float64)
    matches = cumulated.matches[:, -1]
    value: Floats = np.vecdot(others, twice_above) / 2 / matches / (cumulated.pairs[:, -1] - matches)
    return value
