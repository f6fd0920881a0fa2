"""nDCG, recall, precision, hit rate, MRR and MAP with trec_eval's conventions, and nDCG with exponential gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.metrics import chance
from harness.metrics.parts import required
from harness.metrics.ranking.sums import (
    CONVENTION,
    DEEPEST,
    discounted,
    findable,
    found,
    ideal,
    per_query,
    places,
    ranking_metric,
    ratio,
    reachable,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.metrics.ranking.ranks import Ranked
    from harness.model import Floats, Metric

EXPONENTIAL = CONVENTION.replace("linear", "2^relevance-1")
"""The convention of `ndcg_exp`."""


def ndcg(cutoff: int | None) -> Metric[Ranked]:
    """Normalised discounted cumulative gain, linear gain over log2(rank + 1).

    The ideal takes all judged gains, best first, cut likewise (Järvelin & Kekäläinen 2002, as in trec_eval).
    """
    return _ndcg("ndcg", cutoff, lambda judged: judged.gain, CONVENTION)


def ndcg_exp(cutoff: int | None) -> Metric[Ranked]:
    """nDCG with the gain 2^relevance − 1 (Burges et al. 2005), else as `ndcg`.

    ir_measures calls it nDCG(dcg='exp-log2'). Where relevance is 0 or 1 it equals `ndcg`.
    """
    return _ndcg("ndcg_exp", cutoff, _exponential, EXPONENTIAL)


def _exponential(judged: Ranked) -> Floats:
    """2^relevance − 1 over 2^(highest relevance of the query), which cancels in the ratio and cannot overflow."""
    top = np.zeros(len(judged.ids))
    np.maximum.at(top, judged.query, judged.gain)
    top = top[judged.query]
    return np.asarray(np.exp2(judged.gain - top) - np.exp2(-top))


def _ndcg(name: str, cutoff: int | None, gain: Callable[[Ranked], Floats], convention: str) -> Metric[Ranked]:
    k = DEEPEST if cutoff is None else cutoff

    def items(judged: Ranked) -> Floats:
        gains = gain(judged)
        return ratio(per_query(judged, discounted(judged.rank, gains, k)), ideal(judged, gains, k))

    def floor(judged: Ranked) -> Floats:
        gains = gain(judged)
        expected = chance.discounted_gain(judged.pool, per_query(judged, gains * reachable(judged)), k)
        return ratio(expected, ideal(judged, gains, k))

    return ranking_metric(name, cutoff, items, floor, convention)


def recall(cutoff: int | None) -> Metric[Ranked]:
    """Share of a query's relevant documents among the first `cutoff`."""
    k = required("recall", cutoff)

    def items(judged: Ranked) -> Floats:
        return ratio(found(judged, k), judged.relevant)

    return ranking_metric("recall", k, items, lambda judged: ratio(_expected(judged, k), judged.relevant))


def precision(cutoff: int | None) -> Metric[Ranked]:
    """Share of the first `cutoff` ranks that hold a relevant document, however short the ranking is."""
    k = required("precision", cutoff)

    def items(judged: Ranked) -> Floats:
        return found(judged, k) / k

    return ranking_metric("precision", k, items, lambda judged: _expected(judged, k) / k)


def _expected(judged: Ranked, cutoff: int) -> Floats:
    """How many relevant documents a random order has above the cut."""
    inside = findable(judged)
    return chance.recall(judged.pool, inside, cutoff) * inside


def hit(cutoff: int | None) -> Metric[Ranked]:
    """1 for a query with a relevant document among the first `cutoff`, else 0."""
    k = required("hit", cutoff)

    def items(judged: Ranked) -> Floats:
        return (found(judged, k) > 0).astype(np.float64)

    return ranking_metric("hit", k, items, lambda judged: chance.hit(judged.pool, findable(judged), k))


def mrr(cutoff: int | None) -> Metric[Ranked]:
    """1 / rank of the first relevant document, 0 where there is none up to the cutoff."""
    k = DEEPEST if cutoff is None else cutoff

    def items(judged: Ranked) -> Floats:
        values = np.zeros(len(judged.ids))
        some = judged.relevant > 0
        first = judged.rank[judged.indptr[:-1][some]]
        values[some] = np.where(within(first, k), 1 / (first + 1.0), 0.0)
        return values

    def floor(judged: Ranked) -> Floats:
        return chance.reciprocal_rank(judged.pool, findable(judged), k)

    return ranking_metric("mrr", cutoff, items, floor)


def mean_average_precision(cutoff: int | None) -> Metric[Ranked]:
    """Sum of the precisions at the relevant documents found up to the cutoff, over the number of relevant ones.

    This is trec_eval's map, and its map_cut with a cutoff.
    """
    k = DEEPEST if cutoff is None else cutoff

    def items(judged: Ranked) -> Floats:
        precisions = np.where(within(judged.rank, k), (places(judged) + 1) / (judged.rank + 1.0), 0.0)
        return ratio(per_query(judged, precisions), judged.relevant)

    def floor(judged: Ranked) -> Floats:
        inside = findable(judged)
        expected: Floats = chance.average_precision(judged.pool, inside, k) * ratio(inside, judged.relevant)
        return expected

    return ranking_metric("map", cutoff, items, floor)
