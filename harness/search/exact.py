"""Exact search: the best k documents of each query, and nothing larger than a block in memory.

A block of scores is one matrix product. Only the scores above the worst of a query's best k so far are looked
at again, so that the matrix product is most of the cost (tests/bench/bench_search.py).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Ranking

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.model import Floats, Index, Vectors

_DOCUMENTS = 4096
"""Documents scored at a time, or k where k is larger."""

_SCORES = 1 << 21
"""Scores held at a time, 8 MiB: they are filtered before they have left the processor's cache."""

_ROWS = 256
"""Rows whose lengths are taken at a time: small enough for the cache as well."""

_SORTED = 1024
"""Columns of a matrix whose rows are sorted whole: a row at a time would cost more in Python than it saves."""

_POSITION = 0xFFFF_FFFF
"""The lower half of a key is this less the position: at equal scores the earlier document is the larger."""

_NOTHING = np.iinfo(np.int64).min
"""Smaller than the key of any document."""


def unit(vectors: Vectors) -> Vectors:
    """Rows scaled to length 1, n × d; a row of zeros stays zeros. Inner products of the result are cosines."""
    sizes = lengths(vectors)[:, None]
    if sizes.max(initial=0) > np.finfo(np.float32).max:
        return unit(vectors * np.float32(2.0**-32))
    sizes[sizes == 0] = 1
    return np.asarray(vectors / sizes.astype(np.float32), np.float32)


def lengths(vectors: Vectors) -> Floats:
    """Euclidean lengths of the rows, n × d: n."""
    sizes = np.empty(len(vectors))
    for start in range(0, len(vectors), _ROWS):
        # The squares of finite float32 numbers may be infinite or zero in float32.
        block = vectors[start : start + _ROWS].astype(np.float64)
        sizes[start : start + _ROWS] = np.sqrt(np.vecdot(block, block))
    return sizes


def cosines(first: Vectors, second: Vectors) -> Floats:
    """Cosines of the rows of `first` with the same rows of `second`, both n × d: n; 0 where either is zeros.

    Rounded to 1e-9, below what float32 vectors can tell, so that equal cosines are equal numbers.
    """
    values = np.empty(len(first))
    for start in range(0, len(first), _ROWS):
        a, b = (rows[start : start + _ROWS].astype(np.float64) for rows in (first, second))
        sizes = np.sqrt(np.vecdot(a, a)) * np.sqrt(np.vecdot(b, b))
        values[start : start + _ROWS] = np.vecdot(a, b) / np.where(sizes > 0, sizes, 1)
    return np.round(values, 9)


def top_k(queries: Vectors, documents: Vectors, k: int) -> Ranking:
    """The k documents with the largest inner product for each query, all of them where there are fewer than k.

    queries: q × d, documents: n × d, k ≥ 1; inner products must be finite in float32, in which they are taken: exact
    but for its rounding, see `harness.search.ties`. At equal scores the document that comes first in `documents` wins,
    and identical documents have equal scores. Memory does not grow with q × n.
    """
    k = min(k, len(documents))
    indices = np.empty((len(queries), k), np.intp)
    scores = np.empty((len(queries), k), np.float32)
    if not k or not len(queries):
        return Ranking(indices, scores)
    twins = _twins(documents)
    width = min(len(documents), max(_DOCUMENTS, k))
    height = min(len(queries), max(16, _SCORES // (width + len(twins.firsts))))
    shortlist = _Shortlist(height, k, width)
    for start in range(0, len(queries), height):
        rows = slice(start, start + height)
        shortlist.clear(len(queries[rows]))
        _score_all(queries[rows], documents, twins, shortlist)
        indices[rows], scores[rows] = shortlist.best()
    return Ranking(indices, scores)


def best_of(scores: Floats, k: int) -> Ranking:
    """The k highest of each row of a matrix of scores, q × n; at equal scores the earlier column wins.

    Scores beyond the largest float32 number come back as that.
    """
    k = min(k, scores.shape[1])
    if scores.shape[1] <= _SORTED:
        indices = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    else:
        indices = np.array([_head(row, k) for row in scores], np.intp).reshape(len(scores), k)
    return Ranking(indices, as_float32(np.take_along_axis(scores, indices, axis=1)))


def _head(scores: Floats, k: int) -> Index:
    """The k highest, best first, at equal scores the earlier; without sorting the others."""
    if not k:
        return np.empty(0, np.intp)
    bar = np.partition(scores, len(scores) - k)[len(scores) - k]
    better = np.flatnonzero(scores > bar)
    ordered = better[np.argsort(-scores[better], kind="stable")]
    return np.concatenate([ordered, np.flatnonzero(scores == bar)[: k - len(better)]])


def as_float32(scores: Floats | NDArray[np.float32]) -> NDArray[np.float32]:
    """The nearest float32 numbers, the largest for what is beyond it; infinity stays."""
    largest = np.finfo(np.float32).max
    return np.where(np.isinf(scores), scores, np.clip(scores, -largest, largest)).astype(np.float32)


@dataclass(frozen=True)
class _Twins:
    """Documents that are identical to another one.

    A matrix product rounds differently at different columns: identical documents come out some 1e-7 apart, and
    the order of equals would be the order of the processor's registers. They get one score per group instead.

    members: their positions, ascending. groups: the group of each. firsts: the first position of each group.
    """

    members: Index
    groups: Index
    firsts: Index

    def equalise(self, scores: NDArray[np.float32], start: int, group_scores: NDArray[np.float32]) -> None:
        """Write the score of the group over those of its members in a block that starts at document `start`."""
        low, high = np.searchsorted(self.members, (start, start + scores.shape[1]))
        if low < high:
            scores[:, self.members[low:high] - start] = group_scores[:, self.groups[low:high]]


def _twins(documents: Vectors) -> _Twins:
    # Adding 0 makes −0 and 0 the same bits.
    head = np.ascontiguousarray(documents[:, :8]) + np.float32(0)
    weights = np.random.default_rng(8).integers(2**63, size=head.shape[1], dtype=np.uint64) | np.uint64(1)
    keys = (head.view(np.uint32) * weights).sum(axis=1)
    ordered = np.sort(keys)
    suspects = np.flatnonzero(np.isin(keys, ordered[1:][ordered[1:] == ordered[:-1]]))
    seen: dict[bytes, int] = {}
    numbers = np.array([seen.setdefault(_digest(documents[i]), len(seen)) for i in suspects], np.intp)
    shared = np.bincount(numbers)[numbers] > 1 if suspects.size else numbers.astype(bool)
    _, firsts, groups = np.unique(numbers[shared], return_index=True, return_inverse=True)
    members = suspects[shared]
    return _Twins(members, groups, members[firsts])


def _digest(vector: NDArray[np.float32]) -> bytes:
    return hashlib.blake2b((vector + np.float32(0)).tobytes(), digest_size=16).digest()


class _Shortlist:
    """The best k documents of each query of a block so far, and some that were better when they came.

    A document is one integer: its score in the upper half, its position in the lower. Comparing two such keys
    compares scores, then positions; no two are equal, so that a partition is exact whatever is tied.
    """

    def __init__(self, height: int, k: int, width: int) -> None:
        self.k = k
        self.width = width
        self._scores = np.empty(height * width, np.float32)
        self._above = np.empty(height * width, np.bool_)
        self._keys = np.full((height, k + width), _NOTHING)

    def clear(self, height: int) -> None:
        """Forget the last queries and expect `height` others."""
        self._keys = self._keys[:height]
        self._keys[:] = _NOTHING
        self._filled = np.zeros(height, np.intp)
        self._bar: NDArray[np.float32] | None = None

    def room(self, width: int) -> NDArray[np.float32]:
        """Where to put the scores of the next `width` documents, height × width, contiguous."""
        height = len(self._filled)
        return self._scores[: height * width].reshape(height, width)

    def offer(self, scores: NDArray[np.float32], start: int) -> None:
        """Consider the documents from position `start` on, later ones each time; scores: height × width."""
        if self._bar is None:
            self._bar = _first_bar(scores, self.k)
        above = np.greater(scores, self._bar, out=self._above[: scores.size].reshape(scores.shape))
        found = np.flatnonzero(above)
        row, column = np.divmod(found, scores.shape[1])
        arrived = np.bincount(row, minlength=len(self._filled))
        slot = np.arange(len(found)) + np.repeat(self._filled - np.cumsum(arrived) + arrived, arrived)
        self._keys[row, slot] = _encode(scores.ravel()[found], column + start)
        self._filled += arrived
        self._trim()

    def best(self) -> tuple[Index, NDArray[np.float32]]:
        """Positions and scores of the best k, height × k each, best first."""
        return _decode(np.sort(self._keys[:, : self.k])[:, ::-1])

    def _trim(self) -> None:
        used = self._filled.max()
        if used <= self.k:
            return
        kept = np.partition(self._keys[:, :used], used - self.k)[:, used - self.k :]
        self._keys[:, : self.k] = kept
        self._keys[:, self.k : used] = _NOTHING
        self._filled[:] = self.k
        # What comes later at the same score loses by its position, so only more will do.
        self._bar = _decode(kept[:, :1])[1]


def _score_all(queries: Vectors, documents: Vectors, twins: _Twins, shortlist: _Shortlist) -> None:
    group_scores = queries @ documents[twins.firsts].T
    for start in range(0, len(documents), shortlist.width):
        block = documents[start : start + shortlist.width]
        scores = np.matmul(queries, block.T, out=shortlist.room(len(block)))
        twins.equalise(scores, start, group_scores)
        shortlist.offer(scores, start)


def _first_bar(scores: NDArray[np.float32], k: int) -> NDArray[np.float32]:
    sample = scores[:, : max(1024, 4 * k)]
    reached = np.partition(sample, sample.shape[1] - k)[:, sample.shape[1] - k, None]
    return np.nextafter(reached, np.float32(-np.inf))


def _encode(scores: NDArray[np.float32], positions: Index) -> NDArray[np.int64]:
    bits = (scores + np.float32(0)).view(np.int32).astype(np.int64)
    # The bits of negative floats grow as the number falls.
    bits ^= (bits >> 31) & 0x7FFF_FFFF
    return (bits << 32) | (_POSITION - positions)


def _decode(keys: NDArray[np.int64]) -> tuple[Index, NDArray[np.float32]]:
    bits = keys >> 32
    bits ^= (bits >> 31) & 0x7FFF_FFFF
    return _POSITION - (keys & _POSITION), bits.astype(np.int32).view(np.float32)
