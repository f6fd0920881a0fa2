"""Where the judged documents of each query were found, and nothing else of a ranking.

So a metric costs as much as there are judged documents, however long the rankings are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.parts import picked
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index

UNREACHABLE = int(np.iinfo(np.intp).max)
"""The rank of a document that no ranking can hold: it is taken out of the query's pool, or never was in it."""

UNRANKED = UNREACHABLE - 1
"""The rank of a document that the ranking does not hold, though it could."""

_CELLS = 1 << 21
"""Entries of the table from document to judgement, 16 MiB."""


@dataclass(frozen=True)
class Relevant:
    """Judged documents of q queries, as a sparse matrix by rows; no document twice in a query.

    indptr: q + 1; query i has the entries from indptr[i] to indptr[i + 1]. document: positions among the
    documents. gain: relevance; a document with gain ≤ 0 is judged, and not relevant.
    """

    indptr: Index
    document: Index
    gain: Floats

    @classmethod
    def of(cls, judged: Sequence[Mapping[int, float]]) -> Self:
        """From a mapping per query: position of the document → gain."""
        return cls(
            _running(np.array([len(gains) for gains in judged], np.intp)),
            np.array([document for gains in judged for document in gains], np.intp),
            np.array([gain for gains in judged for gain in gains.values()], np.float64),
        )


@dataclass(frozen=True)
class Ragged:
    """Some numbers per item. indptr: n + 1; item i has the values from indptr[i] to indptr[i + 1]."""

    indptr: Index
    values: Index

    @property
    def sizes(self) -> Index:
        """How many values each item has, n."""
        return np.diff(self.indptr)

    def take(self, index: Index) -> Self:
        """The items at `index`, in that order; a position may be repeated."""
        indptr, entries = _entries(self.indptr, index)
        return type(self)(indptr, self.values[entries])


@dataclass(frozen=True)
class Ranked:
    """Where each query's judged documents were found.

    indptr: n + 1; query i has the relevant documents from indptr[i] to indptr[i + 1], ascending by rank. rank: from 0,
    UNRANKED where the document was not retrieved, UNREACHABLE where it could not be. gain: above 0. pool: n, how many
    documents each query was ranked against. answers: n, how many its ranking holds. nonrelevant: ranks of the
    documents that are judged and not relevant, ascending. first: n, the document that was put first, −1 for none.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    indptr: Index
    rank: Index
    gain: Floats
    pool: Index
    answers: Index
    nonrelevant: Ragged
    first: Index

    @property
    def relevant(self) -> Index:
        """How many documents are relevant to each query, n."""
        return np.diff(self.indptr)

    @property
    def query(self) -> Index:
        """Which query each relevant document belongs to."""
        return np.repeat(np.arange(len(self.ids)), self.relevant)

    def take(self, index: Index) -> Self:
        """The queries at `index`, in that order; a position may be repeated."""
        indptr, entries = _entries(self.indptr, index)
        return type(self)(
            picked(self.ids, index),
            picked(self.groups, index),
            indptr,
            self.rank[entries],
            self.gain[entries],
            self.pool[index],
            self.answers[index],
            self.nonrelevant.take(index),
            self.first[index],
        )

    def evidence(self) -> Mapping[str, Floats]:
        """None: every metric of rankings has item values."""
        return {}


def ranked(
    queries: tuple[Sequence[str], Sequence[str]],
    ranking: Ranking,
    relevant: Relevant,
    pool: Index,
    excluded: Index,
) -> Ranked:
    """Find the judged documents in a ranking of q queries by k documents.

    queries: their ids and their groups. pool: how many documents each was ranked against, q. excluded: q, the
    document that is taken out of its ranking (see `without`), −1 for none; the judgements stay as they are.
    """
    ids, groups = queries
    query = np.repeat(np.arange(len(ids)), np.diff(relevant.indptr))
    indices = without(ranking, excluded).indices
    rank = _ranks(indices, relevant.indptr, relevant.document)
    rank[relevant.document == excluded[query]] = UNREACHABLE
    order = np.lexsort((rank, query))
    query, rank, gain = query[order], rank[order], relevant.gain[order]
    good = gain > 0
    answers = np.count_nonzero(indices >= 0, axis=1)
    nonrelevant = Ragged(_starts(query[~good], len(ids)), rank[~good])
    starts = _starts(query[good], len(ids))
    return Ranked(ids, groups, starts, rank[good], gain[good], pool, answers, nonrelevant, _first(indices))


def without(ranking: Ranking, excluded: Index) -> Ranking:
    """The ranking with one document taken out of each query's row; what stood below it moves up by one.

    excluded: q positions, −1 for none. A row that lost a document ends with −1, so ask for one document more
    than is needed. mteb and BEIR take out a document whose id is the query's.
    """
    own = (ranking.indices == excluded[:, None]) & (excluded >= 0)[:, None]
    rows = np.flatnonzero(own.any(axis=1))
    if not rows.size:
        return ranking
    order = np.argsort(own[rows], axis=1, kind="stable")
    indices, scores = ranking.indices.copy(), ranking.scores.copy()
    indices[rows] = np.take_along_axis(indices[rows], order, axis=1)
    scores[rows] = np.take_along_axis(scores[rows], order, axis=1)
    indices[rows, -1], scores[rows, -1] = -1, -np.inf
    return Ranking(indices, scores)


def _first(indices: Index) -> Index:
    """The document in the first column; a ranking may be none deep."""
    return indices[:, 0].copy() if indices.shape[1] else np.full(len(indices), -1)


def _ranks(indices: Index, indptr: Index, document: Index) -> Index:
    """The rank of each judged document in its query's row of `indices`, UNRANKED where it is not there."""
    rank = np.full(len(document), UNRANKED)
    width = 1 + max(indices.max(initial=-1), document.max(initial=-1))
    height = max(1, _CELLS // max(1, width))
    # A table per block of queries from document to judgement; the last column, −1, stands for no answer.
    table = np.full((min(height, len(indices)), width + 1), -1)
    for start in range(0, len(indices), height):
        rows = indices[start : start + height]
        judged = np.arange(indptr[start], indptr[start + len(rows)])
        row = np.repeat(np.arange(len(rows)), np.diff(indptr[start : start + len(rows) + 1]))
        table[row, document[judged]] = judged
        found = table[np.arange(len(rows))[:, None], rows]
        at = np.flatnonzero(found >= 0)
        rank[found.ravel()[at]] = at % max(1, rows.shape[1])
        table[row, document[judged]] = -1
    return rank


def _entries(indptr: Index, index: Index) -> tuple[Index, Index]:
    """Where the items at `index` begin once they stand one after another, and which entries they have now."""
    sizes = np.diff(indptr)[index]
    taken = _running(sizes)
    return taken, np.arange(taken[-1]) + np.repeat(indptr[index] - taken[:-1], sizes)


def _starts(query: Index, queries: int) -> Index:
    return _running(np.bincount(query, minlength=queries))


def _running(sizes: Index) -> Index:
    return np.concatenate([np.zeros(1, np.intp), np.cumsum(sizes, dtype=np.intp)])
