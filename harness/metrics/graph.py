"""Process proximity: does an embedding lay the steps of a process out as the process does?

Three types of judgements, beside the ranking of next steps (`ranking.Ranked`):
`Layouts` per process, `Neighbourhoods` per step, `Claims` per near/not-near judgement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.correlation import correlation, ranks
from harness.metrics.parts import PerItem, averaged, refused, required, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.model import Floats, Index, Metric

SYMMETRY_TOLERANCE = 1e-5
"""Similarities of i→j and j→i that differ by less are the same number, computed twice in float32."""


@dataclass(frozen=True)
class Layout:
    """One process of s steps: what the graph says and what the vectors say, both s × s.

    hops: the length of the shortest path with directions ignored, inf where there is none. edges: true from a step to
    its successor. similarity: cosine of row step as a query and column step as a document. spelling: similarity of
    the labels as strings, 0…1.
    """

    hops: Floats
    edges: NDArray[np.bool_]
    similarity: Floats
    spelling: Floats

    @cached_property
    def symmetric(self) -> bool:
        """Whether the similarity is the same in both directions, and so cannot tell them apart."""
        return bool(np.abs(self.similarity - self.similarity.T).max(initial=0.0) <= SYMMETRY_TOLERANCE)

    @cached_property
    def nearness(self) -> Floats:
        """The mean similarity of both directions, s × s."""
        return (self.similarity + self.similarity.T) / 2

    @cached_property
    def connected(self) -> tuple[Index, Index]:
        """Rows and columns, above the diagonal, of the pairs of steps between which there is a path."""
        rows, columns = np.triu_indices(len(self.hops), 1)
        reached = np.isfinite(self.hops[rows, columns])
        return rows[reached], columns[reached]

    @cached_property
    def pairs(self) -> tuple[Floats, Floats, Floats]:
        """Hops, embedding distance (1 − nearness) and spelling distance of the connected pairs."""
        return self.hops[self.connected], 1 - self.nearness[self.connected], 1 - self.spelling[self.connected]

    @cached_property
    def rank_matrices(self) -> tuple[Floats, Floats]:
        """Hops and embedding distance as matrices of the ranks of their pairs, inf where there is no path; s × s."""
        hops, distance, _ = self.pairs
        return self._matrix(ranks(hops)), self._matrix(ranks(distance))

    @cached_property
    def adjacency_auc(self) -> float:
        """P(an edge is nearer than a pair that is no edge), ties one half."""
        above = np.triu_indices(len(self.hops), 1)
        hops, distance = self.hops[above], 1 - self.nearness[above]
        edge, other = distance[hops == 1], distance[hops > 1]
        if not len(edge) or not len(other):
            return math.nan
        return float((np.sign(other[None, :] - edge[:, None]).mean() + 1) / 2)

    @cached_property
    def correlations(self) -> tuple[float, float]:
        """Spearman's ρ of hops and distance, and the part of it that remains with spelling held constant."""
        hops, distance, spelling = (ranks(values) for values in self.pairs)
        plain = correlation(hops, distance) if len(hops) else math.nan
        if math.isnan(plain) or np.ptp(spelling) == 0.0:
            return plain, plain  # labels without a common bigram leave nothing to hold constant
        with_hops, with_distance = correlation(hops, spelling), correlation(distance, spelling)
        left = (1 - with_hops**2) * (1 - with_distance**2)
        return plain, (plain - with_hops * with_distance) / math.sqrt(left) if left > 0 else math.nan

    @cached_property
    def direction_accuracy(self) -> float:
        """P(s(step → next) > s(next → step)), ties one half; NaN for a symmetric similarity."""
        if self.symmetric or not self.edges.any():
            return math.nan
        forward, backward = self.similarity[self.edges], self.similarity.T[self.edges]
        return float((np.sign(forward - backward).mean() + 1) / 2)

    def _matrix(self, values: Floats) -> Floats:
        matrix = np.where(np.isfinite(self.hops), 0.0, np.inf)
        matrix[self.connected] = matrix.T[self.connected] = values
        return matrix


@dataclass(frozen=True)
class Layouts(PerItem):
    """A layout per process; each process is its own group."""

    ids: Sequence[str]
    layouts: Sequence[Layout]

    @property
    def groups(self) -> Sequence[str]:
        """The processes themselves."""
        return self.ids


@dataclass(frozen=True)
class Neighbourhoods(PerItem):
    """Per step, whether each of its nearest neighbours belongs to its process: n × k, nearest first.

    chance: the share of all other steps that belong to it, n.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    same: NDArray[np.bool_]
    chance: Floats


@dataclass(frozen=True)
class Claims(PerItem):
    """Per near/not-near judgement, 1 where it holds, 0 where it does not, NaN where nothing can tell: n."""

    ids: Sequence[str]
    groups: Sequence[str]
    held: Floats


def adjacency_auc(cutoff: int | None) -> Metric[Layouts]:
    """P(an edge is nearer than a pair that is no edge), within each process, ties one half; mean over processes."""
    return _per_process(
        refused("adjacency_auc", cutoff), lambda layout: layout.adjacency_auc, 0.5, "every pair of steps is adjacent"
    )


def hop_spearman(cutoff: int | None) -> Metric[Layouts]:
    """Spearman's ρ of hop distance and embedding distance within each process; mean over processes.

    The pairs of a process are not independent: whether the graph is seen at all is told by the Mantel p in the
    findings (`statistics.mantel`), not by the number of pairs.
    """
    return _per_process(
        refused("hop_spearman", cutoff), lambda layout: layout.correlations[0], 0.0, "all steps are equally far apart"
    )


def hop_partial_spearman(cutoff: int | None) -> Metric[Layouts]:
    """The part of `hop_spearman` that remains when spelling distance (character bigrams) is held constant.

    r_hd·s = (r_hd − r_hs r_ds) / √((1 − r_hs²)(1 − r_ds²)), with Spearman's ρ throughout (Kendall 1942).
    """
    return _per_process(
        refused("hop_partial_spearman", cutoff),
        lambda layout: layout.correlations[1],
        0.0,
        "all steps are equally far apart",
    )


def direction_accuracy(cutoff: int | None) -> Metric[Layouts]:
    """P(s(step → next) > s(next → step)) over the edges of each process, ties one half; mean over processes.

    Undefined for a symmetric similarity, which gives every edge the same number in both directions.
    """
    return _per_process(
        refused("direction_accuracy", cutoff),
        lambda layout: layout.direction_accuracy,
        0.5,
        "symmetric: it cannot tell direction",
    )


def knn_purity(cutoff: int | None) -> Metric[Neighbourhoods]:
    """Mean share of a step's k nearest steps that belong to its process (kNN purity)."""
    k = required("knn_purity", cutoff)

    def items(judged: Neighbourhoods) -> Floats:
        return np.asarray(judged.same[:, :k].mean(axis=1, dtype=np.float64))

    def floor(judged: Neighbourhoods) -> float:
        return float(judged.chance.mean())

    return replace(averaged(titled("knn_purity", k), Neighbourhoods, items, floor, convention="cosine"), cutoff=k)


def judgements_held(cutoff: int | None) -> Metric[Claims]:
    """Share of near/not-near judgements that hold (`tasks.process` says when one does)."""

    def items(judged: Claims) -> Floats:
        return judged.held

    name = refused("judgements_held", cutoff)
    metric = averaged(name, Claims, items, lambda _: 0.5, convention="a tie does not hold")
    return replace(metric, undefined="the suite has no near/not-near judgements that can be decided")


def _per_process(name: str, measure: Callable[[Layout], float], floor: float, undefined: str) -> Metric[Layouts]:
    def items(judged: Layouts) -> Floats:
        return np.array([measure(layout) for layout in judged.layouts])

    metric = averaged(name, Layouts, items, lambda _: floor, convention="mean over processes; cosine")
    return replace(metric, undefined=undefined)
