"""What "near" means: cosine, inner product, or Euclidean distance. Larger is nearer in all of them.

On vectors of unit length the three order everything alike: ‖a − b‖² = 2 − 2 a·b.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.search.exact import cosines, lengths, unit
from harness.search.ties import Prepared, search, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model import Floats, Index, Ranking, Vectors

_DIGITS = 9
"""After the point, below what float32 vectors can tell: equal similarities are equal numbers."""

_ROWS = 256
"""Rows prepared at a time: small enough for the processor's cache."""

_LARGE = 2.0**60
"""From vectors of this length on, products are taken of vectors scaled down, lest they overflow in float32."""


_OFF = 2.0**-22
"""How far from 1 the length of a vector may be that is taken to be of unit length: what models leave is half of it."""

_DOUBT = 1.0 + _OFF * 2**24 / 8
"""A length to which `harness.search.ties` takes products to be off by as much as those of such vectors may be."""


@dataclass(frozen=True)
class InnerProductSimilarity:
    """A similarity that becomes an inner product once queries and documents are prepared.

    compare: values of the rows of one matrix with the same rows of another, n. cross: of every row of one with every
    row of another, q × n; both in float64, and the same but for 1e-9. prepare: for search.
    """

    name: str
    compare: Callable[[Vectors, Vectors], Floats]
    cross: Callable[[Vectors, Vectors], Floats]
    prepare: Callable[[Vectors, Vectors], Prepared]

    def pairs(self, first: Vectors, second: Vectors) -> Floats:
        """Similarity of the rows of `first` with the same rows of `second`, both n × d: n."""
        return self.compare(first, second)

    def matrix(self, rows: Vectors, columns: Vectors) -> Floats:
        """Similarity of every row of `rows` (q × d) with every row of `columns` (n × d): q × n."""
        return self.cross(rows, columns)

    def search(self, queries: Vectors, documents: Vectors, k: int) -> Ranking:
        """The k most similar documents of each query, in the order of `pairs`; at equal values the earlier one wins.

        See `harness.search.ties` for what is exact, `top_k` for memory. The scores order the documents of one query,
        and are no values of the similarity.
        """
        return search(self, queries, documents, self.prepare(queries, documents), k)


def _cosines_of_all(rows: Vectors, columns: Vectors) -> Floats:
    return _products_of_all(*(v / np.where(size := lengths(v)[:, None], size, 1) for v in (rows, columns)))


def _inner_products(first: Vectors, second: Vectors) -> Floats:
    return np.asarray(np.round(np.vecdot(first.astype(np.float64), second.astype(np.float64)), _DIGITS))


def _products_of_all(rows: Vectors | Floats, columns: Vectors | Floats) -> Floats:
    return np.asarray(np.round(rows.astype(np.float64) @ columns.astype(np.float64).T, _DIGITS))


def _nearness(first: Vectors | Floats, second: Vectors | Floats) -> Floats:
    between = first.astype(np.float64) - second
    return np.asarray(-np.round(np.sqrt(np.vecdot(between, between)), _DIGITS))


def _nearness_of_all(rows: Vectors, columns: Vectors) -> Floats:
    """Out of differences: out of products, near distances would be lost beside large lengths."""
    values = np.empty((len(rows), len(columns)))
    for start in range(0, len(columns), _ROWS):
        block = columns[start : start + _ROWS].astype(np.float64)
        for number, row in enumerate(rows):
            values[number, start : start + _ROWS] = _nearness(row, block)
    return values


def _for_cosine(queries: Vectors, documents: Vectors) -> Prepared:
    """Unit vectors; but where all coordinates of a vector are of one size, signs, whose products are exact.

    Documents that are of unit length already are not copied: they are most of what is in memory.
    """
    if _signs(documents) and _signs(queries):
        dimensions = max(1, documents.shape[1])
        return Prepared(np.sign(queries), np.sign(documents), np.sqrt(dimensions), _same, 1 / dimensions)
    if _unit(documents):
        return Prepared(unit(queries), documents, _DOUBT, _same)
    return Prepared(unit(queries), unit(documents), 1.0, _same)


def _for_inner_product(queries: Vectors, documents: Vectors) -> Prepared:
    down = [_scale(lengths(vectors).max(initial=0)) for vectors in (queries, documents)]
    asked, stored = (v if by == 1 else v * np.float32(by) for v, by in zip((queries, documents), down, strict=True))
    return Prepared(asked, stored, lengths(stored).max(initial=0), lambda values, _: values * down[0] * down[1])


def _for_distance(queries: Vectors, documents: Vectors) -> Prepared:
    """2 q·d − ‖d‖² = ‖q‖² − ‖q − d‖² as one inner product: it falls as the distance grows.

    Distances do not change when the origin is put into the middle, where lengths, and with them the rounding, are
    small. Of whole numbers a whole one is the middle, which leaves them whole.
    """
    middle = documents.mean(axis=0, dtype=np.float64) if len(documents) else np.zeros(documents.shape[1])
    if whole(documents) and whole(queries):
        middle = np.rint(middle)
    sizes = [_lengths_from(vectors, middle) for vectors in (queries, documents)]
    down = _scale(max(size.max(initial=0) for size in sizes))
    asked = _augmented(queries, middle, 2 * down, np.full(len(queries), -1.0))
    longest = sizes[1].max(initial=0) * down
    stored = _augmented(documents, middle, down, (sizes[1] * down) ** 2)
    own = (sizes[0] * down) ** 2
    return Prepared(asked, stored, longest, lambda values, rows: own[rows] - (values * down) ** 2)


def _lengths_from(vectors: Vectors, middle: Floats) -> Floats:
    blocks = (vectors[start : start + _ROWS] - middle for start in range(0, len(vectors), _ROWS))
    return np.concatenate([np.zeros(0), *(np.sqrt(np.vecdot(block, block)) for block in blocks)])


def _augmented(vectors: Vectors, middle: Floats, factor: float, last: Floats) -> Vectors:
    """(vectors − middle) · factor with one more column, n × (d + 1)."""
    wide = np.empty((len(vectors), vectors.shape[1] + 1), np.float32)
    for start in range(0, len(vectors), _ROWS):
        wide[start : start + _ROWS, :-1] = (vectors[start : start + _ROWS] - middle) * factor
    wide[:, -1] = last
    return wide


def _scale(longest: float) -> float:
    """A power of two, which rounds nothing, that brings vectors to lengths below 1 where they are too large; else 1."""
    return 1.0 if longest < _LARGE else 2.0 ** -float(np.frexp(longest)[1])


def _unit(vectors: Vectors) -> bool:
    """Whether every vector is of unit length, but for rounding."""
    blocks = (lengths(vectors[start : start + _ROWS]) for start in range(0, len(vectors), _ROWS))
    return all(bool((np.abs(block - 1) <= _OFF).all()) for block in blocks)


def _signs(vectors: Vectors) -> bool:
    """Whether the coordinates of each vector are of one size, as binary vectors' are, or all zero."""
    blocks = (np.abs(vectors[start : start + _ROWS]) for start in range(0, len(vectors), _ROWS))
    return all(bool((block == block[:, :1]).all()) for block in blocks)


def _same(values: Floats, rows: Index) -> Floats:
    del rows
    return values


COSINE = InnerProductSimilarity("cosine", cosines, _cosines_of_all, _for_cosine)
"""The default. 0 where a vector is zeros."""

SIMILARITIES: Mapping[str, InnerProductSimilarity] = {
    "cosine": COSINE,
    "dot": InnerProductSimilarity("dot", _inner_products, _products_of_all, _for_inner_product),
    "euclidean": InnerProductSimilarity("euclidean", _nearness, _nearness_of_all, _for_distance),
}
"""By name. euclidean: the distance with a minus sign."""
