"""Sign-flip permutation tests of paired differences.

If two embedders do equally well, the difference on each item could as well have had the other sign (Fisher 1935, "The
Design of Experiments", §21). So signs are flipped at random, whole groups of items at a time, and p is the share of
flips that give a statistic as large as the observed one: (1 + #) / (B + 1), which is never 0 (Phipson and Smyth 2010,
Statistical Applications in Genetics and Molecular Biology 9). Where there are no more than `permutations` patterns of
signs, all are tried, and p is exact.

To flip all signs at once changes nothing, so A against B has the p of B against A.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from harness.model import Floats, Index

PERMUTATIONS = 10_000
_BLOCK = 1 << 20
"""Numbers in a block, 8 MB; fewer than eight such blocks are held at any time."""
_ROUNDING = 1e-12
"""Sums that differ by less, relative to what was summed, are the same sum in another order."""


@dataclass(frozen=True)
class PairwiseFlips:
    """Two-sided p values of all pairs of K embedders, K × K, symmetric, 1 on the diagonal.

    p: of each pair by itself. adjusted: for all K (K − 1) / 2 pairs, step-down maxT, never below p.
    """

    p: Floats
    adjusted: Floats


def sign_flips(
    columns: Floats, groups: Index | None, random: np.random.Generator, permutations: int = PERMUTATIONS
) -> Floats:
    """The two-sided p of no difference for each of m columns of differences, n × m, n ≥ 1, finite: m values in (0, 1].

    groups: 0…G−1, one per item, whose signs flip together; None where each item stands for itself. The statistic is
    |Σ ±S| over the groups' sums S. A column without differences has p = 1. All columns see the same flips, and the
    same ones for the same `random`.
    """
    sums = _Sums.of(columns, groups)
    flips = _Flips(len(sums.values), random, permutations)
    hits = np.zeros(len(sums.squares))
    for bits in flips.blocks(len(hits)):
        hits += sums.reached(sums.totals(bits))
    return flips.p(hits)


def max_t(
    columns: Floats, groups: Index | None, random: np.random.Generator, permutations: int = PERMUTATIONS
) -> Floats:
    """The p of each column, adjusted for all m that are tested on the same items: step-down maxT, m values in (0, 1].

    Keeps the chance of any false claim at α and, unlike Holm, gains from columns that go together (Westfall and Young
    1993, "Resampling-Based Multiple Testing", algorithm 4.1). The statistic is |t| with the standard error of
    `estimates.clustered_error`, computed anew in each flip. See `sign_flips` for the rest.
    """
    sums = _Sums.of(columns, groups)
    flips = _Flips(len(sums.values), random, permutations)
    steps = _StepDown(sums)
    for bits in flips.blocks(len(sums.squares)):
        steps.count(sums.ratios(bits, sums.totals(bits)))
    return steps.adjusted(flips)


def flips_of_pairs(
    values: Floats, groups: Index | None, random: np.random.Generator, permutations: int = PERMUTATIONS
) -> PairwiseFlips:
    """Every pair of K embedders on the same n items, K × n: `sign_flips` and `max_t` of the K (K − 1) / 2 differences.

    A flipped sum of y − x is that of y less that of x, so K columns are multiplied, not K (K − 1) / 2.
    """
    pairs = np.triu_indices(len(values), 1)
    # Without what all embedders have in common the sums are small, and so is what their differences lose to rounding.
    sums = _Sums.of((values - values.mean(axis=0)).T, groups, pairs)
    flips = _Flips(len(sums.values), random, permutations)
    steps, hits = _StepDown(sums), np.zeros(len(sums.squares))
    for bits in flips.blocks(len(hits)):
        totals = sums.totals(bits)
        hits += sums.reached(totals)
        steps.count(sums.ratios(bits, totals))
    p, adjusted = np.ones((2, len(values), len(values)))
    p[pairs] = p[pairs[::-1]] = flips.p(hits)
    adjusted[pairs] = adjusted[pairs[::-1]] = np.maximum(steps.adjusted(flips), p[pairs])
    return PairwiseFlips(p, adjusted)


@dataclass(frozen=True)
class _Flips:
    """All patterns of signs of G groups, or as many random ones as asked for."""

    groups: int
    random: np.random.Generator
    permutations: int

    @property
    def exact(self) -> bool:
        """Whether all patterns are tried."""
        return self.groups < self.permutations.bit_length()

    def blocks(self, width: int) -> Iterator[Floats]:
        """Patterns, b × G, 1 where the sign stays and 0 where it flips; a caller widens them to `width` columns."""
        patterns = 2**self.groups if self.exact else self.permutations
        rows = max(1, _BLOCK // max(self.groups, width, 1))
        for start in range(0, patterns, rows):
            size = min(rows, patterns - start)
            yield self._counted(start, size) if self.exact else self._drawn(size)

    def p(self, hits: Floats) -> Floats:
        """The share of patterns that reached the observed value; the observed one counts as one of them."""
        return hits / 2**self.groups if self.exact else (1 + hits) / (1 + self.permutations)

    def _counted(self, start: int, size: int) -> Floats:
        return ((np.arange(start, start + size)[:, None] >> np.arange(self.groups)) & 1).astype(np.float64)

    def _drawn(self, size: int) -> Floats:
        # Whole words of 64 bits a row, so that the patterns do not depend on how many rows a block has.
        width = 8 * -(-self.groups // 64)
        packed = np.frombuffer(self.random.bytes(size * width), np.uint8).reshape(size, width)
        return np.unpackbits(packed, axis=1, count=self.groups).astype(np.float64)


@dataclass(frozen=True)
class _Sums:
    """Sums of k columns over each of G groups, and what is tested: the columns themselves, or differences of pairs.

    values: G × k. sizes: items of each group. squares: Σ S² of what is tested, which no flip changes. scale: √Σ S² of
    what it was computed from. pairs: columns of the first and of the second side.
    """

    values: Floats
    sizes: Floats
    squares: Floats
    scale: Floats
    pairs: tuple[Index, Index] | None

    @classmethod
    def of(cls, columns: Floats, groups: Index | None, pairs: tuple[Index, Index] | None = None) -> _Sums:
        """From items, n × k."""
        values, sizes = columns, np.ones(len(columns))
        if groups is not None:
            sizes = np.bincount(groups).astype(np.float64)
            values = np.stack([np.bincount(groups, column) for column in values.T], axis=1)
        squares = (values**2).sum(axis=0)
        if pairs is None:
            return cls(values, sizes, squares, np.sqrt(squares), None)
        scale = np.sqrt(squares[pairs[0]]) + np.sqrt(squares[pairs[1]])
        # From the differences themselves: a small one would be lost between the squares of the two sides.
        apart = [np.sum((values[:, i + 1 :] - values[:, i : i + 1]) ** 2, axis=0) for i in range(values.shape[1])]
        return cls(values, sizes, np.concatenate(apart), scale, pairs)

    def totals(self, bits: Floats) -> Floats:
        """Σ ±S in each pattern, b × tested."""
        return self._flipped(bits, self.values)

    def reached(self, totals: Floats) -> Floats:
        """In how many patterns the sum is as large as the observed one."""
        observed = np.where(self.varies, np.abs(self.totals(self.unflipped)[0]), 0.0)
        rounding = self.rounding * np.sqrt(len(self.values) * self.squares)
        reached: Floats = np.sum(np.abs(totals) >= observed - rounding, axis=0, dtype=np.float64)
        return reached

    def ratios(self, bits: Floats, totals: Floats) -> Floats:
        """|t| / √(t² + G − 1) in each pattern, b × tested: it rises with |t| and is 1 where |t| is infinite.

        With T = Σ ±S that is |T| / √(T² + G Σ u²), and Σ u² = Σ S² − 2 d̄ Σ ±m S + d̄² Σ m² for d̄ = T / Σ m.
        """
        even = self.sizes.min() == self.sizes.max()
        weighted = self.sizes[:1] * totals if even else self._flipped(bits, self.values * self.sizes[:, None])
        mean = totals / self.sizes.sum()
        off = np.maximum(self.squares - 2 * mean * weighted + mean**2 * (self.sizes @ self.sizes), 0.0)
        whole = np.sqrt(totals**2 + len(self.values) * off)
        ratio: Floats = np.divide(np.abs(totals), whole, out=np.zeros_like(totals), where=self.varies & (whole > 0))
        return ratio

    @cached_property
    def unflipped(self) -> Floats:
        """The observed pattern, 1 × G."""
        return np.ones((1, len(self.values)))

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Which of the tested have differences that are more than rounding."""
        smallest = _ROUNDING * (np.sqrt(len(self.values)) + self.scale)
        return np.asarray(np.sqrt(self.squares) > smallest)

    @cached_property
    def rounding(self) -> Floats:
        """Up to which difference ratios of the tested are equal."""
        longer = np.divide(self.scale, np.sqrt(self.squares), out=np.ones_like(self.scale), where=self.varies)
        return np.asarray(_ROUNDING * (1 + longer))

    def _flipped(self, bits: Floats, values: Floats) -> Floats:
        flipped: Floats = 2 * (bits @ values) - values.sum(axis=0)
        return flipped if self.pairs is None else flipped[:, self.pairs[1]] - flipped[:, self.pairs[0]]


class _StepDown:
    """Counts, for each of the tested, the patterns in which it or one with a smaller |t| reaches its observed |t|."""

    def __init__(self, sums: _Sums) -> None:
        observed = sums.ratios(sums.unflipped, sums.totals(sums.unflipped))[0]
        self._order = np.argsort(-observed, kind="stable")
        self._least = (observed - sums.rounding)[self._order]
        self._hits = np.zeros(len(observed))

    def count(self, ratios: Floats) -> None:
        """Add a block of patterns, b × tested."""
        rising = ratios[:, self._order[::-1]]
        largest = np.maximum.accumulate(rising, axis=1, out=rising)[:, ::-1]
        self._hits += np.count_nonzero(largest >= self._least, axis=0)

    def adjusted(self, flips: _Flips) -> Floats:
        """The p of each, never below that of one with a larger |t|."""
        adjusted = np.empty_like(self._hits)
        adjusted[self._order] = np.maximum.accumulate(flips.p(self._hits))
        return adjusted
