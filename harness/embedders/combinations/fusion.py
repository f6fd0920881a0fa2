"""Several rankings of the same documents into one.

Each ranking gives each of its documents a contribution, a document that it does not hold gets 0 from it, and the
documents are put in the order of the sums of their contributions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.search import ordered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Floats, Index, Ranking

Contribution: TypeAlias = "Callable[[Ranking], Floats]"
"""A ranking (q × n) → what it gives each of its documents, q × n; 0 where it has no document."""

_DIGITS = 12
"""Sums are compared to so many decimals: added in another order they may differ in the last."""


def reciprocal_ranks(k: int) -> Contribution:
    """1 / (k + rank), rank from 1: reciprocal rank fusion (Cormack, Clarke & Büttcher 2009)."""

    def contribution(ranking: Ranking) -> Floats:
        ranks = np.arange(1, 1 + ranking.indices.shape[1])
        return np.where(ranking.indices >= 0, 1 / (k + ranks), 0.0)

    return contribution


def min_max(ranking: Ranking) -> Floats:
    """(score − lowest) / (highest − lowest) of a query's ranking; 1 where all its scores are equal."""
    return _above_the_lowest(ranking, lambda above, _: above.max(axis=1, initial=0.0))


def z_score(ranking: Ranking) -> Floats:
    """(score − mean) / standard deviation, moved up so that the lowest is 0; 1 where all scores are equal.

    The move is the same for every document, so that one which the ranking does not hold gets the ranking's lowest.
    """
    return _above_the_lowest(ranking, _deviation)


NORMALISATIONS: Mapping[str, Contribution] = {"minmax": min_max, "zscore": z_score}
"""By name."""


def weighted(contribution: Contribution, weight: float) -> Contribution:
    """The same contribution times a weight."""
    return lambda ranking: weight * contribution(ranking)


def fuse(rankings: Sequence[Ranking], contributions: Sequence[Contribution], width: int) -> Ranking:
    """The documents of all rankings by the sum of their contributions, at most `width` of each query.

    At equal sums the document that comes first wins.
    """
    given = [contribution(ranking) for contribution, ranking in zip(contributions, rankings, strict=True)]
    places: list[Index] = []
    sums: list[Floats] = []
    indices = np.concatenate([ranking.indices for ranking in rankings], axis=1)
    for row, parts in zip(indices, np.concatenate(given, axis=1), strict=True):
        held = row >= 0
        documents, which = np.unique(row[held], return_inverse=True)
        places.append(documents)
        sums.append(np.round(np.bincount(which, weights=parts[held], minlength=len(documents)), _DIGITS))
    return ordered(places, sums, width)


def _above_the_lowest(ranking: Ranking, scale: Callable[[Floats, Index], Floats]) -> Floats:
    """Scores above the lowest of their query, over a scale of (scores above the lowest, documents held)."""
    held = ranking.indices >= 0
    scores = np.where(held, ranking.scores, np.inf).astype(np.float64)
    lowest = scores.min(axis=1, initial=np.inf, keepdims=True)
    above = np.where(held, scores - np.where(np.isfinite(lowest), lowest, 0), 0.0)
    size = scale(above, held.sum(axis=1))[:, None]
    return np.where(held, np.where(size > 0, above / np.where(size > 0, size, 1), 1.0), 0.0)


def _deviation(above: Floats, held: Index) -> Floats:
    """The standard deviation of the scores of each query, from those above 0 (the others are 0, held or not)."""
    count = np.maximum(held, 1)
    mean = above.sum(axis=1) / count
    return np.asarray(np.sqrt(np.maximum((above**2).sum(axis=1) / count - mean**2, 0)))
