"""95 % intervals by resampling groups of judgements.

Items that came from one source (questions about one document, steps of one process) are not independent:
treating them so makes intervals too narrow. So whole groups are drawn with replacement (the cluster bootstrap;
Davison and Hinkley 1997, §3.8), and a score is computed on each draw.

The ends are quantiles of those scores. For a metric that is not a mean they are first bias-corrected (BC; Efron
1981). With few groups a bootstrap is too narrow by about √((G−1)/G) and by its use of normal instead of t
quantiles; the levels are widened accordingly (the expanded percentile interval; Hesterberg 2015, The American
Statistician 69). tests/unit/statistics/test_intervals.py says what this covers.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.model import Interval
from harness.statistics.shares import percent
from harness.statistics.student import student_quantile

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from harness.model import Floats, Index, Judgements, Metric

LEVEL = 0.95
RESAMPLES = 1000
FEWEST_GROUPS = 5
"""With fewer groups than this, resampling says next to nothing about the spread."""
UNDEFINED_SHARE = 0.01
"""A larger share of resamples without a defined score makes the interval undefined."""
_NORMAL_95 = 1.959964
"""Half the width of a 95 % interval, in standard errors."""
RESOLUTION = 1e-12
"""Scores that differ by less, relative to the largest, are one number summed in different orders."""
_BLOCK = 4_000_000
"""Entries of a block of counts: 32 MB."""
_KEPT = 16_000_000
"""Entries of counts that are kept for the next asker, 16 MB: drawing them takes longer than most scores of them."""

_NORMAL = NormalDist()


def interval(metric: Metric[Any], judgements: Judgements, draws: Draws) -> Interval:
    """The 95 % interval of `metric` on `judgements`, or the reason why it has none.

    draws: shared by the metrics of a suite, which need not draw the same groups again each.
    """
    judgements = _defined(metric, judgements)
    group = group_numbers(judgements.groups)
    groups = group_count(group)
    if groups < FEWEST_GROUPS:
        return Interval(None, None, too_few(groups))
    scores = resampled_scores(metric, judgements, group, draws)
    defined = scores[np.isfinite(scores)]
    if reason := often_undefined(len(scores), len(defined), metric):
        return Interval(None, None, reason)
    if np.ptp(defined) <= RESOLUTION * np.abs(defined).max():
        return Interval(None, None, "every resample gives the same score, so resampling cannot show the spread")
    shift = 0.0 if metric.items is not None else _bias(defined, metric.score(judgements))
    low, high = np.interp(_levels(groups, shift), np.linspace(0, 1, len(defined)), np.sort(defined))
    return Interval(float(low), float(high))


def too_few(groups: int) -> str:
    """Why so few groups give no interval."""
    return f"{groups} independent groups of items: at least {FEWEST_GROUPS} are needed"


def often_undefined(resamples: int, defined: int, metric: Metric[Any]) -> str:
    """Why these resamples give no interval: too few of them have a score. Empty where enough do."""
    if defined >= (1 - UNDEFINED_SHARE) * resamples:
        return ""
    share = percent(1 - defined / resamples)
    return f"the score is undefined on {share} of the resamples: {metric.undefined}"


def interval_error(found: Interval) -> float | None:
    """The standard error of which a 95 % interval has this width, by the normal distribution; None without one."""
    if found.low is None or found.high is None:
        return None
    return (found.high - found.low) / 2 / _NORMAL_95


def _defined(metric: Metric[Any], judgements: Judgements) -> Judgements:
    """The items on which the metric is a number: only they, and their groups, are drawn."""
    values = metric.items(judgements) if metric.items is not None else None
    if values is None or np.isfinite(values).all():
        return judgements
    return judgements.take(np.flatnonzero(np.isfinite(values)))


def group_numbers(groups: Sequence[str]) -> Index:
    """The groups as numbers 0…G−1, one per item."""
    numbers: dict[str, int] = {}
    return np.fromiter((numbers.setdefault(group, len(numbers)) for group in groups), dtype=np.intp)


def group_count(groups: Index) -> int:
    """How many groups there are, of `group_numbers`."""
    return int(groups.max(initial=-1)) + 1


class Draws:
    """How often each of G groups is drawn, in RESAMPLES draws of G groups each with replacement.

    The same for every asker with as many groups; kept from one to the next unless they are very many.
    """

    def __init__(self, random: np.random.Generator) -> None:
        self._seed = int(random.integers(2**63))
        self._kept: dict[int, NDArray[np.uint8]] = {}

    def blocks(self, groups: int, width: int) -> Iterator[Floats]:
        """Counts in blocks of rows, each b × groups, that a caller may widen to `width` columns."""
        rows = max(1, _BLOCK // width)
        if groups * RESAMPLES > _KEPT:
            yield from (block.astype(np.float64) for block in self._drawn(groups, rows))
            return
        if groups not in self._kept:
            if RESAMPLES * (groups + sum(self._kept)) > _KEPT:
                self._kept.clear()
            self._kept[groups] = np.concatenate(list(self._drawn(groups, rows)))
        for start in range(0, RESAMPLES, rows):
            yield self._kept[groups][start : start + rows].astype(np.float64)

    def _drawn(self, groups: int, rows: int) -> Iterator[NDArray[np.uint8]]:
        random = np.random.default_rng([self._seed, groups])
        for start in range(0, RESAMPLES, rows):
            size = min(rows, RESAMPLES - start)
            picked = random.integers(0, groups, (size, groups)) + groups * np.arange(size)[:, None]
            # Of G draws, 256 of one group is a chance of 10⁻⁵⁰⁷.
            yield np.bincount(picked.ravel(), minlength=size * groups).reshape(size, groups).astype(np.uint8)


def resampled_scores(metric: Metric[Any], judgements: Judgements, group: Index, draws: Draws) -> Floats:
    """The scores of RESAMPLES draws of whole groups: of the same ones, in the same order, for the same `draws`.

    group: 0…G−1, one per item. NaN where a resample has no score.
    """
    groups = group_count(group)
    values = metric.items(judgements) if metric.items is not None else None
    if values is not None:
        defined = np.isfinite(values)
        totals = np.bincount(group[defined], values[defined], minlength=groups)
        sizes = np.bincount(group[defined], minlength=groups)
        drawn = (_ratio(counts @ totals, counts @ sizes) for counts in draws.blocks(groups, groups))
    elif metric.resample is not None:
        resample = metric.resample
        drawn = (resample(judgements, counts[:, group]) for counts in draws.blocks(groups, len(group)))
    else:
        drawn = (_one_by_one(metric, judgements, counts[:, group]) for counts in draws.blocks(groups, len(group)))
    return np.concatenate(list(drawn))


def _ratio(totals: Floats, sizes: Floats) -> Floats:
    ratio: Floats = np.divide(totals, sizes, out=np.full(len(totals), np.nan), where=sizes > 0)
    return ratio


def _one_by_one(metric: Metric[Any], judgements: Judgements, counts: Floats) -> Floats:
    every = np.arange(counts.shape[1])
    return np.array([metric.score(judgements.take(np.repeat(every, row.astype(np.intp)))) for row in counts])


def _bias(scores: Floats, value: float) -> float:
    """z₀ of the BC interval: where the score stands among its resamples, as a normal quantile."""
    below = float(np.mean(scores < value) + np.mean(scores == value) / 2)
    edge = 0.5 / len(scores)
    return _NORMAL.inv_cdf(min(max(below, edge), 1 - edge))


def _levels(groups: int, shift: float) -> tuple[float, float]:
    """The two quantile levels: widened for few groups, moved by twice the bias."""
    z = np.sqrt(groups / (groups - 1)) * student_quantile((1 + LEVEL) / 2, groups - 1)
    return _NORMAL.cdf(2 * shift - z), _NORMAL.cdf(2 * shift + z)
