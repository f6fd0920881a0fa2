"""How well a partition agrees with another one: V-measure, adjusted mutual information, adjusted Rand index.

All three are functions of the contingency table, the number n_ij of items of class i in cluster j, with the sums a_i
and b_j. Natural logarithms. Sources: Rosenberg and Hirschberg 2007 (V); Vinh, Epps and Bailey 2010, JMLR 11 (AMI, with
the arithmetic mean of both entropies, as scikit-learn's default); Hubert and Arabie 1985 (ARI).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.metrics.chance import log_factorials

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Floats, Index

_RESOLUTION = 1e-12
"""A spread of entropy or of pairs that is smaller is rounding: both partitions are trivial in the same way."""


@dataclass(frozen=True)
class Sums:
    """What the measures are computed from, for one table (numbers) or for many (arrays of one shape).

    joint, classes, clusters: Σ x ln x over n_ij, a_i and b_j. *_pairs: Σ x (x − 1) / 2 over the same. expected: the
    mutual information expected of two random partitions with these a_i and b_j.
    """

    items: Floats
    joint: Floats
    classes: Floats
    clusters: Floats
    joint_pairs: Floats
    class_pairs: Floats
    cluster_pairs: Floats
    expected: Floats

    @property
    def information(self) -> Floats:
        """Mutual information of classes and clusters."""
        return np.asarray((self.joint - self.classes - self.clusters) / self.items + np.log(self.items))

    @property
    def entropy(self) -> Floats:
        """The mean of the entropies of classes and clusters."""
        return np.asarray(np.log(self.items) - (self.classes + self.clusters) / self.items / 2)


Measure: TypeAlias = "Callable[[Sums], Floats]"
"""An agreement per table; 1 where both partitions are the same, trivial ones too."""


def v_measure(sums: Sums) -> Floats:
    """The harmonic mean of homogeneity and completeness: mutual information over the mean entropy."""
    return _ratio(sums.information, sums.entropy)


def random_v_measure(sums: Sums) -> Floats:
    """The V-measure expected of clusters of the same sizes with random members; exact."""
    return _ratio(sums.expected, sums.entropy)


def adjusted_mutual_information(sums: Sums) -> Floats:
    """(MI − E[MI]) / (mean entropy − E[MI]): 0 is expected of random clusters."""
    return _ratio(sums.information - sums.expected, sums.entropy - sums.expected)


def adjusted_rand_index(sums: Sums) -> Floats:
    """(index − E[index]) / (maximum − E[index]), the index being the pairs together in both partitions."""
    pairs = np.maximum(sums.items * (sums.items - 1) / 2, 1)
    expected = sums.class_pairs * sums.cluster_pairs / pairs
    return _ratio(sums.joint_pairs - expected, (sums.class_pairs + sums.cluster_pairs) / 2 - expected)


@dataclass(frozen=True)
class Contingency:
    """A class and a cluster per item, n each, as numbers from 0 of which none is without an item."""

    classes: Index
    clusters: Index

    @classmethod
    def of(cls, gold: Index, assigned: Index) -> Contingency:
        """The table of any two columns of codes."""
        return cls(np.unique(gold, return_inverse=True)[1], np.unique(assigned, return_inverse=True)[1])

    @cached_property
    def counts(self) -> Floats:
        """n_ij, classes × clusters."""
        shape = int(self.classes.max()) + 1, int(self.clusters.max()) + 1
        cells = np.bincount(self.classes * shape[1] + self.clusters, minlength=shape[0] * shape[1])
        return cells.reshape(shape).astype(np.float64)

    def value(self, measure: Measure) -> float:
        """The measure of this table."""
        return float(measure(self._whole))

    def influence(self, measure: Measure) -> Floats:
        """How much each item moves the measure, n, with mean 0: (n − 1) times what is lost without it (the jackknife).

        An item's influence depends on its cell alone, so that tables without one item are as many as there are cells.
        """
        moved = (len(self.classes) - 1) * (self.value(measure) - measure(self._without_one))
        each = moved[self.classes, self.clusters]
        return np.asarray(each - each.mean())

    @cached_property
    def _whole(self) -> Sums:
        a, b = self.counts.sum(axis=1), self.counts.sum(axis=0)
        return Sums(
            items=a.sum(),
            joint=_x_ln_x(self.counts).sum(),
            classes=_x_ln_x(a).sum(),
            clusters=_x_ln_x(b).sum(),
            joint_pairs=_pairs(self.counts).sum(),
            class_pairs=_pairs(a).sum(),
            cluster_pairs=_pairs(b).sum(),
            expected=_expected_terms(a, b, int(a.sum())).sum(),
        )

    @cached_property
    def _without_one(self) -> Sums:
        """Of the table without one item of each cell; what stands for an empty cell means nothing."""
        whole, left = self._whole, np.maximum(self.counts - 1, 0)
        a, b = self.counts.sum(axis=1, keepdims=True), self.counts.sum(axis=0, keepdims=True)
        every = np.ones_like(left)
        return Sums(
            items=np.maximum(whole.items - 1, 1) * every,
            joint=whole.joint - _x_ln_x(self.counts) + _x_ln_x(left),
            classes=(whole.classes - _x_ln_x(a) + _x_ln_x(a - 1)) * every,
            clusters=(whole.clusters - _x_ln_x(b) + _x_ln_x(b - 1)) * every,
            joint_pairs=whole.joint_pairs - left,
            class_pairs=(whole.class_pairs - (a - 1)) * every,
            cluster_pairs=(whole.cluster_pairs - (b - 1)) * every,
            expected=_expected_without_one(a[:, 0], b[0]),
        )


def _x_ln_x(counts: Floats) -> Floats:
    return np.asarray(counts * np.log(np.maximum(counts, 1)))


def _pairs(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2


def _ratio(part: Floats, whole: Floats) -> Floats:
    spread = np.asarray(whole) > _RESOLUTION
    return np.where(spread, part / np.where(spread, whole, 1.0), 1.0)


def _expected_without_one(a: Floats, b: Floats) -> Floats:
    """E[MI] of the tables whose sums are `a` less one in row i and `b` less one in column j: |a| × |b|."""
    items = int(a.sum()) - 1
    same, row = _expected_terms(a, b, items), _expected_terms(a - 1, b, items)
    column, both = _expected_terms(a, b - 1, items), _expected_terms(a - 1, b - 1, items)
    rest = same.sum() - same.sum(axis=1, keepdims=True) - same.sum(axis=0, keepdims=True) + same
    of_row, of_column = row.sum(axis=1, keepdims=True) - row, column.sum(axis=0, keepdims=True) - column
    return np.asarray(rest + of_row + of_column + both)


def _expected_terms(a: Floats, b: Floats, items: int) -> Floats:
    """What each cell adds to E[MI]: Σ_x x/N ln(N x / (a_i b_j)) P(x), P hypergeometric; |a| × |b|."""
    factorial = log_factorials(items + 1)
    widths, height = b.astype(np.intp), int(b.max())
    return np.array([_row_of_terms(int(size), widths, min(int(size), height), factorial) for size in a])


def _row_of_terms(size: int, widths: Index, most: int, factorial: Floats) -> Floats:
    """The terms of one class of `size` items with every cluster; `factorial`: ln 0!, ln 1!, …, ln (N + 1)!."""
    items = len(factorial) - 2
    x, b = np.arange(1, most + 1), widths[:, None]
    possible = (x <= b) & (x >= size + b - items)

    def log_factorial(numbers: Index) -> Floats:
        return factorial[np.maximum(numbers, 0)]

    ways = log_factorial(b) + log_factorial(items - b) - log_factorial(x) - log_factorial(b - x)
    ways = ways + factorial[size] + log_factorial(np.asarray(items - size)) - log_factorial(size - x)
    chance = np.where(possible, np.exp(ways - factorial[items] - log_factorial(items - size - b + x)), 0.0)
    gain = np.log(np.maximum(items, 1) * x / (max(size, 1) * np.maximum(b, 1)))
    return np.asarray((x / max(items, 1) * gain * chance).sum(axis=1))
