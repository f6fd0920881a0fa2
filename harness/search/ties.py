"""Which document is ahead where float32 cannot tell: the head of a ranking, put in order by exact values.

A matrix product in float32 is off by some 1e-7, so that it decides what ties by its rounding. Scores further apart
than `_doubt` stand. Those that are nearer to each other are taken again, pair by pair, in float64 and to nine digits,
where ties are ties and the earlier document wins. Where all products are whole numbers that float32 holds, as those of
binary vectors are, nothing has to be taken again.

An inner product s of d terms is taken to be off by less than 2⁻²⁴ (8 ‖q‖ ‖d‖ + √d |s|): the first term is for the
coordinates, the second for the sums on the way, which grow to s. Of 8 to 4096 dimensions, around the origin, far from
it, sparse and with one coordinate that outweighs the others, at most 0.8 of that was seen. It is no bound for numbers
made to break it: that is d · 2⁻²⁴ ‖q‖ ‖d‖ (Higham, Accuracy and Stability of Numerical Algorithms, 3.1), and would
have most of a ranking taken again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Ranking
from harness.search.exact import as_float32, best_of, lengths, top_k

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from harness.model import Floats, Index, Similarity, Vectors

SPARE = 16
"""Documents fetched beyond k: a query is searched once more only where the tie at its end is longer."""

_PAIRS = 4096
"""Pairs whose vectors are gathered at a time."""

_VALUES = 1 << 23
"""Values held at a time where a query is searched once more, 64 MiB."""

_DOCUMENTS = 4096
"""Documents whose values are taken at a time there."""

_ROWS = 256
"""Rows looked at at a time: one block tells most vectors that are no whole numbers."""

_EXACT = float(1 << 24)
"""Whole numbers below this, and all sums of them on the way, are exact in float32."""


@dataclass(frozen=True)
class Prepared:
    """Queries and documents whose inner products, finite, order documents as a similarity does.

    longest: an upper bound of the documents' lengths, without a last column that shows in the score itself. score:
    (values of the similarity, the row of the queries that each belongs to) → inner products. worth: the score of an
    inner product of 1.
    """

    queries: Vectors
    documents: Vectors
    longest: float
    score: Callable[[Floats, Index], Floats]
    worth: float = 1.0


@dataclass(frozen=True)
class _Exact:
    """The values of a similarity between queries and documents as they are, as scores."""

    similarity: Similarity
    queries: Vectors
    documents: Vectors
    score: Callable[[Floats, Index], Floats]

    def of_pairs(self, rows: Index, places: Index) -> Floats:
        """Of each query with one document, both by position: p."""
        values = np.empty(len(rows))
        for start in range(0, len(rows), _PAIRS):
            asked, found = (positions[start : start + _PAIRS] for positions in (rows, places))
            values[start : start + _PAIRS] = self.similarity.pairs(self.queries[asked], self.documents[found])
        return self.score(values, rows)

    def best(self, rows: Index, k: int) -> Ranking:
        """The k best of all documents for each of the queries at `rows`."""
        values = np.empty((len(rows), len(self.documents)))
        for start in range(0, len(self.documents), _DOCUMENTS):
            block = self.documents[start : start + _DOCUMENTS]
            values[:, start : start + _DOCUMENTS] = self.similarity.matrix(self.queries[rows], block)
        ranking = best_of(values, k)
        scores = self.score(np.take_along_axis(values, ranking.indices, axis=1), rows[:, None])
        return Ranking(ranking.indices, as_float32(scores))


def search(similarity: Similarity, queries: Vectors, documents: Vectors, prepared: Prepared, k: int) -> Ranking:
    """The k most similar documents of each query, in the order of the values that `similarity.pairs` gives.

    queries, documents: as they are, q × d and n × d; their values decide what is near to a tie. The scores are the
    inner products of `prepared` times its worth, and equal where the values are.
    """
    found = top_k(prepared.queries, prepared.documents, k + SPARE)
    if found.indices.size and (doubt := _doubt(prepared, found)).any():
        exact = _Exact(similarity, queries, documents, prepared.score)
        open_ended = _open_ended(found, doubt, k, len(documents))
        _order_again(found, np.where(open_ended, np.float32(0), doubt), exact)
        _search_again(found, np.flatnonzero(open_ended), exact)
    return Ranking(found.indices[:, :k], found.scores[:, :k] * np.float32(prepared.worth))


def whole(vectors: Vectors) -> bool:
    """Whether all coordinates are whole numbers."""
    blocks = (vectors[start : start + _ROWS] for start in range(0, len(vectors), _ROWS))
    return all(bool((block == np.rint(block)).all()) for block in blocks)


def _doubt(prepared: Prepared, found: Ranking) -> NDArray[np.float32]:
    """How far apart two scores of each query must be to stand, q; 0 where they are exact."""
    asked = lengths(prepared.queries)
    both = prepared.queries, prepared.documents
    if all(map(whole, both)) and asked.max() * lengths(prepared.documents).max() < _EXACT:
        return np.zeros(len(asked), np.float32)
    reach = asked * prepared.longest
    largest = np.maximum(np.abs(found.scores[:, 0]), np.abs(found.scores[:, -1]))
    return as_float32(2 * 2.0**-24 * (8 * reach + np.sqrt(prepared.queries.shape[1]) * largest))


def _open_ended(found: Ranking, doubt: NDArray[np.float32], k: int, documents: int) -> NDArray[np.bool_]:
    """Whether a document that was not fetched may be among the k best, q."""
    if found.indices.shape[1] == documents:
        return np.zeros(len(doubt), np.bool_)
    return (found.scores[:, k - 1] - found.scores[:, -1] <= doubt) & (doubt > 0)


def _order_again(found: Ranking, doubt: NDArray[np.float32], exact: _Exact) -> None:
    """Put the runs of scores that do not stand, each within `doubt` of the one before, in exact order."""
    near = found.scores[:, :-1] - found.scores[:, 1:] <= doubt[:, None]
    near &= (doubt > 0)[:, None]
    inside = np.zeros(found.indices.shape, np.bool_)
    inside[:, :-1] = near
    inside[:, 1:] |= near
    rows, columns = np.nonzero(inside)
    begins = np.ones(inside.shape, np.bool_)
    begins[:, 1:] = ~near
    places = found.indices[rows, columns]
    scores = exact.of_pairs(rows, places)
    order = np.lexsort((places, -scores, np.cumsum(begins[rows, columns])))
    found.indices[rows, columns] = places[order]
    found.scores[rows, columns] = as_float32(scores[order])


def _search_again(found: Ranking, rows: Index, exact: _Exact) -> None:
    """Replace the rows of `found` by what the values of all documents say."""
    height = max(1, _VALUES // len(exact.documents))
    for start in range(0, len(rows), height):
        some = rows[start : start + height]
        best = exact.best(some, found.indices.shape[1])
        found.indices[some], found.scores[some] = best.indices, best.scores
