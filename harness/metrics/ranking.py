"""Rankings of documents, judged: nDCG, recall, precision, hit rate, MRR and MAP with trec_eval's conventions.

A judgement keeps the ranks of the relevant documents and nothing else, so that a metric costs as much as there
are relevant documents, however long the rankings are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics import chance
from harness.metrics.parts import averaged, mean_of, picked, required, titled
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index, Metric

UNRANKED = int(np.iinfo(np.intp).max)
"""The rank of a document that the ranking does not hold."""

DEEPEST = 1000
"""How many ranks a metric without a cutoff looks at, as trec_eval's runs do: its number must not depend on the
cutoffs of the metrics beside it."""

CONVENTION = "gain=linear; ties=document id descending; unanswered=0"
"""Ties are the ranking's: callers put documents in descending order of their ids, and the first wins a tie."""

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
class Ranked:
    """Where each query's relevant documents were found.

    indptr: n + 1; query i has the entries from indptr[i] to indptr[i + 1], ascending by rank. rank: from 0,
    UNRANKED where the document was not retrieved. gain: above 0. pool: n, how many documents each query was
    ranked against. answers: n, how many its ranking holds.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    indptr: Index
    rank: Index
    gain: Floats
    pool: Index
    answers: Index

    @property
    def relevant(self) -> Index:
        """How many documents are relevant to each query, n."""
        return np.diff(self.indptr)

    @property
    def findable(self) -> Index:
        """How many of them a ranking can hold, n: a relevant document that is excluded cannot be found."""
        return np.minimum(self.relevant, self.pool)

    def take(self, index: Index) -> Self:
        """The queries at `index`, in that order; a position may be repeated."""
        indptr = _running(self.relevant[index])
        entries = np.arange(indptr[-1]) + np.repeat(self.indptr[index] - indptr[:-1], np.diff(indptr))
        return type(self)(
            picked(self.ids, index),
            picked(self.groups, index),
            indptr,
            self.rank[entries],
            self.gain[entries],
            self.pool[index],
            self.answers[index],
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
    """Find the relevant documents in a ranking of q queries by k documents.

    queries: their ids and their groups. pool: how many documents each was ranked against, q. excluded: q, the
    document that is taken out of its ranking (see `without`), −1 for none; the judgements stay as they are.
    """
    ids, groups = queries
    kept = relevant.gain > 0
    query = np.repeat(np.arange(len(ids)), np.diff(relevant.indptr))[kept]
    document, gain = relevant.document[kept], relevant.gain[kept]
    indptr = _running(np.bincount(query, minlength=len(ids)))
    indices = without(ranking, excluded).indices
    rank = _ranks(indices, indptr, document)
    order = np.lexsort((rank, query))
    return Ranked(ids, groups, indptr, rank[order], gain[order], pool, np.count_nonzero(indices >= 0, axis=1))


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


def ndcg(cutoff: int | None) -> Metric[Ranked]:
    """Normalised discounted cumulative gain, linear gain over log2(rank + 1).

    The ideal takes all judged gains, best first, cut likewise (Järvelin & Kekäläinen 2002, as in trec_eval).
    """
    k = DEEPEST if cutoff is None else cutoff

    def items(judged: Ranked) -> Floats:
        return _ratio(_per_query(judged, _discounted(judged.rank, judged.gain, k)), _ideal(judged, k))

    def floor(judged: Ranked) -> Floats:
        gain = chance.discounted_gain(judged.pool, _per_query(judged, judged.gain), k)
        return _ratio(gain, _ideal(judged, k))

    return _metric("ndcg", cutoff, items, floor)


def recall(cutoff: int | None) -> Metric[Ranked]:
    """Share of a query's relevant documents among the first `cutoff`."""
    k = required("recall", cutoff)

    def items(judged: Ranked) -> Floats:
        return _ratio(_found(judged, k), judged.relevant)

    return _metric("recall", k, items, lambda judged: chance.recall(judged.pool, judged.relevant, k))


def precision(cutoff: int | None) -> Metric[Ranked]:
    """Share of the first `cutoff` ranks that hold a relevant document, however short the ranking is."""
    k = required("precision", cutoff)

    def items(judged: Ranked) -> Floats:
        return _found(judged, k) / k

    def floor(judged: Ranked) -> Floats:
        return chance.recall(judged.pool, judged.relevant, k) * judged.relevant / k

    return _metric("precision", k, items, floor)


def hit(cutoff: int | None) -> Metric[Ranked]:
    """1 for a query with a relevant document among the first `cutoff`, else 0."""
    k = required("hit", cutoff)

    def items(judged: Ranked) -> Floats:
        return (_found(judged, k) > 0).astype(np.float64)

    return _metric("hit", k, items, lambda judged: chance.hit(judged.pool, judged.findable, k))


def mrr(cutoff: int | None) -> Metric[Ranked]:
    """1 / rank of the first relevant document, 0 where there is none up to the cutoff."""
    k = DEEPEST if cutoff is None else cutoff

    def items(judged: Ranked) -> Floats:
        values = np.zeros(len(judged.ids))
        some = judged.relevant > 0
        first = judged.rank[judged.indptr[:-1][some]]
        values[some] = np.where(_within(first, k), 1 / (first + 1.0), 0.0)
        return values

    def floor(judged: Ranked) -> Floats:
        return chance.reciprocal_rank(judged.pool, judged.findable, k)

    return _metric("mrr", cutoff, items, floor)


def mean_average_precision(cutoff: int | None) -> Metric[Ranked]:
    """Sum of the precisions at the relevant documents found up to the cutoff, over the number of relevant ones.

    This is trec_eval's map, and its map_cut with a cutoff.
    """
    k = DEEPEST if cutoff is None else cutoff

    def items(judged: Ranked) -> Floats:
        nth = np.arange(1, 1 + len(judged.rank)) - np.repeat(judged.indptr[:-1], judged.relevant)
        precisions = np.where(_within(judged.rank, k), nth / (judged.rank + 1.0), 0.0)
        return _ratio(_per_query(judged, precisions), judged.relevant)

    def floor(judged: Ranked) -> Floats:
        return chance.average_precision(judged.pool, judged.relevant, k)

    return _metric("map", cutoff, items, floor)


def _metric(
    name: str, cutoff: int | None, items: Callable[[Ranked], Floats], floor: Callable[[Ranked], Floats]
) -> Metric[Ranked]:
    depth = f"; depth={DEEPEST}" if cutoff is None else ""
    metric = averaged(titled(name, cutoff), Ranked, items, mean_of(floor), convention=CONVENTION + depth)
    return replace(metric, cutoff=cutoff or DEEPEST)


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


def _within(rank: Index, cutoff: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    return rank < cutoff


def _discounted(rank: Index, gain: Floats, cutoff: int) -> Floats:
    return np.where(_within(rank, cutoff), gain / np.log2(rank + 2.0), 0.0)


def _ideal(judged: Ranked, cutoff: int) -> Floats:
    query = np.repeat(np.arange(len(judged.ids)), judged.relevant)
    best = judged.gain[np.lexsort((-judged.gain, query))]
    rank = np.arange(len(best)) - np.repeat(judged.indptr[:-1], judged.relevant)
    return _per_query(judged, _discounted(rank, best, cutoff))


def _found(judged: Ranked, cutoff: int) -> Floats:
    return _per_query(judged, _within(judged.rank, cutoff).astype(np.float64))


def _per_query(judged: Ranked, values: Floats) -> Floats:
    query = np.repeat(np.arange(len(judged.ids)), judged.relevant)
    return np.bincount(query, weights=values, minlength=len(judged.ids)).astype(np.float64)


def _ratio(part: Floats, whole: Floats | Index) -> Floats:
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), 0.0)


def _running(sizes: Index) -> Index:
    return np.concatenate([np.zeros(1, np.intp), np.cumsum(sizes, dtype=np.intp)])
