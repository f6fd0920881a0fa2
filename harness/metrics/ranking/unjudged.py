"""How much of a ranking was judged, and how good it could be at most.

A usual score counts a document without a judgement as not relevant, which for precision, hit rate and MRR is the least
that it could be. The upper bounds are the most that a score could be, were the gain of each unjudged document 0 or 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.metrics import chance
from harness.metrics.parts import required
from harness.metrics.ranking.ranks import UNREACHABLE, Ranked
from harness.metrics.ranking.sums import (
    CONVENTION,
    discounted,
    findable,
    found,
    per_query,
    places,
    ranking_metric,
    ratio,
    within,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.model import Floats, Index, Metric

UPPER = f"{CONVENTION}; unjudged=gain 1 where that raises the score"
"""The convention of the upper bounds."""

JUDGED = "ties=document id descending; unanswered=left out"
"""The convention of `judged`."""


def judged(cutoff: int | None) -> Metric[Ranked]:
    """Share of the first `cutoff` retrieved documents that have a judgement at all; fewer where fewer were retrieved.

    ir_measures' Judged@k. A low value says that the bounds of the other metrics are far apart.
    """
    k = required("judged", cutoff)

    def items(ranked: Ranked) -> Floats:
        shown = np.minimum(ranked.answers, k)
        return np.where(shown > 0, 1 - _unjudged(ranked, k).sum(axis=1) / np.maximum(shown, 1), np.nan)

    def floor(ranked: Ranked) -> Floats:
        share = 1 - ratio(_right(ranked) - findable(ranked), ranked.pool)
        return np.where(ranked.answers > 0, share, np.nan)

    return ranking_metric("judged", k, items, floor, JUDGED)


def precision_upper(cutoff: int | None) -> Metric[Ranked]:
    """Precision, were every unjudged document relevant."""
    k = required("precision_upper", cutoff)

    def items(ranked: Ranked) -> Floats:
        extra: Index = _unjudged(ranked, k).sum(axis=1)
        return (found(ranked, k) + extra) / k

    def floor(ranked: Ranked) -> Floats:
        right = _right(ranked)
        return chance.recall(ranked.pool, right, k) * right / k

    return ranking_metric("precision_upper", k, items, floor, UPPER)


def recall_upper(cutoff: int | None) -> Metric[Ranked]:
    """Recall, were the unjudged documents above the cut relevant, and those below it not.

    They count among the found and among all relevant ones. No floor: the mean of a ratio of two random numbers.
    """
    k = required("recall_upper", cutoff)

    def items(ranked: Ranked) -> Floats:
        extra = _unjudged(ranked, k).sum(axis=1)
        return ratio(found(ranked, k) + extra, ranked.relevant + extra)

    return ranking_metric("recall_upper", k, items, None, UPPER)


def hit_upper(cutoff: int | None) -> Metric[Ranked]:
    """1 for a query with a document above the cut that is not judged irrelevant, else 0."""
    k = required("hit_upper", cutoff)

    def items(ranked: Ranked) -> Floats:
        return ((found(ranked, k) > 0) | _unjudged(ranked, k).any(axis=1)).astype(np.float64)

    return ranking_metric("hit_upper", k, items, lambda ranked: chance.hit(ranked.pool, _right(ranked), k), UPPER)


def mrr_upper(cutoff: int | None) -> Metric[Ranked]:
    """1 / rank of the first document that is not judged irrelevant, 0 where there is none above the cut."""
    k = required("mrr_upper", cutoff)

    def items(ranked: Ranked) -> Floats:
        right = _unjudged(ranked, k)
        above = within(ranked.rank, k)
        right[ranked.query[above], ranked.rank[above]] = True
        return np.where(right.any(axis=1), 1 / (right.argmax(axis=1) + 1.0), 0.0)

    def floor(ranked: Ranked) -> Floats:
        return chance.reciprocal_rank(ranked.pool, _right(ranked), k)

    return ranking_metric("mrr_upper", k, items, floor, UPPER)


def ndcg_upper(cutoff: int | None) -> Metric[Ranked]:
    """The highest nDCG (linear gain) that gains of 0 or 1 for the unjudged documents above the cut could give.

    A document that counts as relevant is in the ideal too, which may cost more than it brings: so of the unjudged
    documents the first s have the gain 1, for the best s from 0. No other choice of as many brings more, and the ideal
    depends on their number only; gains below the cut only make the ideal larger. Never below `ndcg`, never above 1.
    No floor: the mean of a maximum of ratios.
    """
    k = required("ndcg_upper", cutoff)

    def items(ranked: Ranked) -> Floats:
        unjudged = _unjudged(ranked, k)
        gain = per_query(ranked, discounted(ranked.rank, ranked.gain, k))
        extra = np.zeros(len(ranked.ids), np.intp)
        best = ratio(gain, _ideal(ranked, extra, k))
        for rank in np.flatnonzero(unjudged.any(axis=0)):
            extra += unjudged[:, rank]
            gain += unjudged[:, rank] / np.log2(rank + 2.0)
            best = np.maximum(best, ratio(gain, _ideal(ranked, extra, k)))
        return best

    return ranking_metric("ndcg_upper", k, items, None, UPPER)


def _ideal(ranked: Ranked, extra: Index, cutoff: int) -> Floats:
    """The discounted sum of each query's gains and of as many gains of 1 as `extra` says, best first."""
    best = ranked.gain[np.lexsort((-ranked.gain, ranked.query))]
    place = places(ranked) + np.where(best < 1, extra[ranked.query], 0)
    ahead = per_query(ranked, (ranked.gain >= 1).astype(np.float64)).astype(np.intp)
    sums = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, 2 + cutoff)))])
    ones: Floats = sums[np.minimum(ahead + extra, cutoff)] - sums[np.minimum(ahead, cutoff)]
    return per_query(ranked, discounted(place, best, cutoff)) + ones


def _unjudged(ranked: Ranked, cutoff: int) -> NDArray[np.bool_]:
    """Which of the first `cutoff` ranks hold a document without a judgement, n × at most cutoff."""
    width = min(cutoff, int(ranked.answers.max(initial=0)))
    unjudged = np.arange(max(1, width)) < ranked.answers[:, None]
    nonrelevant = ranked.nonrelevant
    owner = np.repeat(np.arange(len(ranked.ids)), nonrelevant.sizes)
    for query, rank in ((ranked.query, ranked.rank), (owner, nonrelevant.values)):
        above = within(rank, width)
        unjudged[query[above], rank[above]] = False
    return unjudged


def _right(ranked: Ranked) -> Index:
    """How many documents of each query's pool are not judged irrelevant, n."""
    nonrelevant = ranked.nonrelevant
    owner = np.repeat(np.arange(len(ranked.ids)), nonrelevant.sizes)
    return ranked.pool - np.bincount(owner[nonrelevant.values < UNREACHABLE], minlength=len(ranked.ids))
