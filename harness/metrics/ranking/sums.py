"""Sums over the relevant documents of a query: what the metrics of rankings are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.parts import mean_of, titled
from harness.metrics.ranking.ranks import UNREACHABLE, Ranked
from harness.model import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from harness.model import Floats, Index

DEEPEST = 1000
"""How many ranks a metric without a cutoff looks at, as trec_eval's runs do: its number must not depend on the
cutoffs of the metrics beside it."""

CONVENTION = "gain=linear; ties=document id descending; unanswered=0"
"""Ties are the ranking's: callers put documents in descending order of their ids, and the first wins a tie."""


def ranking_metric(
    name: str,
    cutoff: int | None,
    items: Callable[[Ranked], Floats],
    floor: Callable[[Ranked], Floats] | None,
    convention: str = CONVENTION,
) -> Metric[Ranked]:
    """The mean of a number per query. floor: what a random order of its pool is expected to get, None where unknown."""
    depth = f"; depth={DEEPEST}" if cutoff is None else ""
    return Metric(
        titled(name, cutoff),
        Ranked,
        mean_of(items),
        items=items,
        floor=mean_of(floor) if floor else lambda _: None,
        cutoff=cutoff or DEEPEST,
        convention=convention + depth,
    )


def within(rank: Index, cutoff: int) -> NDArray[np.bool_]:
    """Which ranks are above the cut."""
    return rank < cutoff


def discounted(rank: Index, gain: Floats, cutoff: int) -> Floats:
    """gain / log2(rank + 2) above the cut, rank from 0, and 0 below it."""
    return np.where(within(rank, cutoff), gain / np.log2(rank + 2.0), 0.0)


def ideal(judged: Ranked, gain: Floats, cutoff: int) -> Floats:
    """The discounted sum of each query's gains, best first (Järvelin & Kekäläinen 2002, as in trec_eval), n."""
    best = gain[np.lexsort((-gain, judged.query))]
    return per_query(judged, discounted(places(judged), best, cutoff))


def places(judged: Ranked) -> Index:
    """0, 1, … for the relevant documents of each query."""
    return np.arange(len(judged.rank)) - np.repeat(judged.indptr[:-1], judged.relevant)


def found(judged: Ranked, cutoff: int) -> Floats:
    """How many relevant documents each query has above the cut, n."""
    return per_query(judged, within(judged.rank, cutoff).astype(np.float64))


def findable(judged: Ranked) -> Index:
    """How many relevant documents of each query are in its pool, n."""
    return np.asarray(per_query(judged, reachable(judged)), np.intp)


def reachable(judged: Ranked) -> Floats:
    """1 for each relevant document that is in the pool of its query, else 0."""
    return (judged.rank < UNREACHABLE).astype(np.float64)


def per_query(judged: Ranked, values: Floats) -> Floats:
    """The sum of a number per relevant document over each query, n."""
    return np.bincount(judged.query, weights=values, minlength=len(judged.ids)).astype(np.float64)


def ratio(part: Floats | Index, whole: Floats | Index) -> Floats:
    """part / whole, 0 where the whole is 0."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), 0.0)
