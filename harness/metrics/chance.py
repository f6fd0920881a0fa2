"""What chance is expected to score, and the counting behind it.

A random order: exact means over all orders of a query's pool, each equally likely. Arguments are arrays with one entry
per query: `pool` documents of which `relevant` ≤ `pool` are relevant, cut after `cutoff`; None is no cutoff. Each
function gives one expectation per query, 0 where nothing is relevant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from harness.model import Floats, Index


def log_factorials(n: int) -> Floats:
    """The natural logarithms of 0!, 1!, …, n!."""
    return _running(np.log(np.arange(1, n + 1)))


def binomial(n: int, p: float) -> Floats:
    """The probabilities of 0, 1, …, n successes in n trials that succeed with probability p; NaN where p is."""
    k = np.arange(n + 1)
    if p <= 0 or p >= 1:
        return np.asarray(k == n * p, np.float64)
    factorial = log_factorials(n)
    ways = factorial[-1] - factorial - factorial[::-1]
    return np.asarray(np.exp(ways + k * np.log(p) + (n - k) * np.log1p(-p)))


def depth(pool: Index, cutoff: int | None) -> Index:
    """How many documents of the pool are looked at."""
    return pool if cutoff is None else np.minimum(pool, cutoff)


def recall(pool: Index, relevant: Index, cutoff: int | None) -> Floats:
    """Every document is among the first m of N with probability m/N."""
    return np.where(relevant > 0, depth(pool, cutoff) / np.maximum(pool, 1), 0.0)


def hit(pool: Index, relevant: Index, cutoff: int | None) -> Floats:
    """1 − C(N−R, m) / C(N, m): one minus the hypergeometric probability of no relevant document among m."""
    m = depth(pool, cutoff)
    factorial = log_factorials(int(pool.max(initial=0)))
    rest = np.maximum(pool - relevant - m, 0)
    none = factorial[pool - relevant] - factorial[rest] - factorial[pool] + factorial[pool - m]
    return np.where(pool - relevant >= m, -np.expm1(none), 1.0)


def reciprocal_rank(pool: Index, relevant: Index, cutoff: int | None) -> Floats:
    """Σ over r ≤ m of 1/r · C(N−r, R−1) / C(N, R), the probability that the first relevant document is at r."""
    shapes, which = np.unique(np.stack([pool, relevant]), axis=1, return_inverse=True)
    factorial = log_factorials(int(pool.max(initial=0)))
    expected = [_reciprocal_rank(factorial, int(n), int(r), cutoff) for n, r in shapes.T]
    return np.array(expected)[which]


def _reciprocal_rank(factorial: Floats, pool: int, relevant: int, cutoff: int | None) -> float:
    if not relevant:
        return 0.0
    last = pool - relevant + 1
    rank = np.arange(1, 1 + (last if cutoff is None else min(last, cutoff)))
    first = factorial[pool - rank] - factorial[pool - rank - relevant + 1] - factorial[relevant - 1]
    every = factorial[pool] - factorial[relevant] - factorial[pool - relevant]
    return float(np.sum(np.exp(first - every) / rank))


def average_precision(pool: Index, relevant: Index, cutoff: int | None) -> Floats:
    """(H(m) + (R−1)/(N−1) · (m − H(m))) / N, where H(m) = 1 + 1/2 + … + 1/m.

    A relevant document stands at rank r with probability R/N; then each of the r−1 before it is relevant with
    probability (R−1)/(N−1). The sum of precisions is divided by R, as trec_eval does.
    """
    m = depth(pool, cutoff)
    harmonic = _running(1 / np.arange(1, 1 + m.max(initial=0)))[m]
    others = (relevant - 1) / np.maximum(pool - 1, 1)
    return np.where(relevant > 0, (harmonic + others * (m - harmonic)) / np.maximum(pool, 1), 0.0)


def discounted_gain(pool: Index, gain: Floats, cutoff: int | None) -> Floats:
    """The pool's mean gain at each of the first m ranks, discounted. `gain`: the sum of a query's gains."""
    m = depth(pool, cutoff)
    discounts = _running(1 / np.log2(np.arange(2, 2 + m.max(initial=0))))
    return gain / np.maximum(pool, 1) * discounts[m]


def _running(values: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(values)])
