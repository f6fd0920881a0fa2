"""Do clusters of vectors follow the labels? V-measure, AMI, ARI, purity; and the silhouette of the labels themselves.

Each number is the mean over the starts of the clustering. V-measure and purity reward chance: random vectors get far
more than 0 where clusters are small, so their floors are those of random clusters of the same sizes.

An item drawn twice falls into one class and one cluster twice, which looks like agreement: on 500 random vectors with
20 random labels, resampled tables score AMI 0.1 and more where the table scores 0. So V-measure, AMI and ARI are
resampled to first order, θ + Σ w_i l_i / Σ w_i, with l_i the jackknife influence of item i and w_i how often it was
drawn (Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans, §6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics import contingency
from harness.metrics.contingency import Contingency, Measure
from harness.metrics.parts import PerItem, averaged, mean_of, numbered, refused
from harness.model import Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index

PURITY_DRAWS = 200
"""Random clusterings behind the floor of purity; its standard error is below 0.002 from 100 items on."""

_CONVENTION = "k-means, k=labels; mean over starts"


@dataclass(frozen=True)
class Clustered(PerItem):
    """Per item its label and its cluster in each of s starts, as codes: n and n × s.

    silhouette: how much nearer the item is to its own label than to the next one, −1…1, n.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    gold: Index
    assigned: Index
    silhouette: Floats

    @cached_property
    def tables(self) -> Sequence[Contingency]:
        """Labels against clusters, a table per start."""
        return [Contingency.of(self.gold, clusters) for clusters in self.assigned.T]

    def evidence(self) -> Mapping[str, Floats]:
        """The codes: `label`, and `cluster_1`, `cluster_2`, … of each start."""
        columns = {f"cluster_{start}": codes for start, codes in enumerate(self.assigned.T, start=1)}
        return {name: codes.astype(np.float64) for name, codes in {"label": self.gold, **columns}.items()}

    @classmethod
    def restored(cls, ids: Sequence[str], groups: Sequence[str], evidence: Mapping[str, Floats]) -> Self:
        """See `Restorable`. The silhouette is lost."""
        assigned = numbered("cluster", evidence)
        return cls(ids, groups, evidence["label"].astype(np.intp), assigned, np.full(len(ids), np.nan))


def v_measure(cutoff: int | None) -> Metric[Clustered]:
    """The harmonic mean of homogeneity and completeness. Raises UsageError for a cutoff.

    The floor is exact: the mean over all clusterings with clusters of the same sizes.
    """

    def floor(judged: Clustered) -> float:
        return _mean_value(judged, contingency.random_v_measure)

    return _agreement(refused("v_measure", cutoff), contingency.v_measure, floor, lowest=0.0)


def ami(cutoff: int | None) -> Metric[Clustered]:
    """Mutual information adjusted for chance, over the arithmetic mean entropy. Raises UsageError for a cutoff."""
    return _agreement(refused("ami", cutoff), contingency.adjusted_mutual_information, lambda _: 0.0)


def ari(cutoff: int | None) -> Metric[Clustered]:
    """The Rand index adjusted for chance. Raises UsageError for a cutoff."""
    return _agreement(refused("ari", cutoff), contingency.adjusted_rand_index, lambda _: 0.0)


def purity(cutoff: int | None) -> Metric[Clustered]:
    """Share of items that have the most frequent label of their cluster. Raises UsageError for a cutoff.

    An item's value is the share of starts in which it has. The floor is that of random clusters of the same sizes,
    estimated from PURITY_DRAWS of them.
    """

    def items(judged: Clustered) -> Floats:
        return np.asarray(np.mean([_has_most_frequent_label(table) for table in judged.tables], axis=0))

    def floor(judged: Clustered) -> float:
        return float(np.mean([_random_purity(table) for table in judged.tables]))

    return averaged(refused("purity", cutoff), Clustered, items, floor, convention=_CONVENTION)


def silhouette(cutoff: int | None) -> Metric[Clustered]:
    """The mean silhouette of the items under their own labels; no clustering is involved.

    Without a floor: random vectors get somewhat less than 0, since the next label is the nearest of all others, and how
    much less depends on their distribution. Raises UsageError for a cutoff.
    """

    def items(judged: Clustered) -> Floats:
        return judged.silhouette

    name = refused("silhouette", cutoff)
    return Metric(name, Clustered, mean_of(items), items=items, convention="cosine distance; labels as clusters")


def _agreement(
    name: str, measure: Measure, floor: Callable[[Clustered], float], *, lowest: float = -1.0
) -> Metric[Clustered]:
    def score(judged: Clustered) -> float:
        return _mean_value(judged, measure)

    def resample(judged: Clustered, counts: Floats) -> Floats:
        influence = np.mean([table.influence(measure) for table in judged.tables], axis=0)
        return np.asarray(np.clip(score(judged) + counts @ influence / counts.sum(axis=1), lowest, 1.0))

    return Metric(name, Clustered, score, resample=resample, floor=floor, convention=_CONVENTION)


def _mean_value(judged: Clustered, measure: Measure) -> float:
    return float(np.mean([table.value(measure) for table in judged.tables]))


def _has_most_frequent_label(table: Contingency) -> Floats:
    most_frequent = table.counts.argmax(axis=0)
    return np.asarray(most_frequent[table.clusters] == table.classes, dtype=np.float64)


def _random_purity(table: Contingency) -> float:
    """The mean over random clusterings; each cluster is a draw without replacement from all items."""
    labels, clusters = (table.counts.sum(axis=axis).astype(np.int64) for axis in (1, 0))
    random = np.random.default_rng([*labels.tolist(), *clusters.tolist()])  # the same for the same sizes
    draws = (random.multivariate_hypergeometric(labels, size, PURITY_DRAWS, "marginals") for size in clusters.tolist())
    return float(sum(drawn.max(axis=1).mean() for drawn in draws) / labels.sum())
