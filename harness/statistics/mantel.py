"""The Mantel test: is a distance matrix related to another one of the same objects?

The pairs of s objects are not s(s−1)/2 independent observations, so the objects are permuted, not the pairs (Mantel
1967; Legendre and Legendre 2012, §10.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Floats

PERMUTATIONS = 999
_BLOCK = 2_000_000
"""Permuted pairs held at a time: 16 MB."""


@dataclass(frozen=True)
class Mantel:
    """One-sided p values, (1 + #{r* ≥ r}) / (permutations + 1), never 0.

    overall: of the sum of all correlations. each: of every pair of matrices, None where one of the two does not vary.
    """

    overall: float | None
    each: Sequence[float | None]


def mantel(pairs: Sequence[tuple[Floats, Floats]], random: np.random.Generator) -> Mantel:
    """Test Pearson's r of pairs of symmetric s × s matrices (Spearman's ρ: give ranks) by permuting their objects.

    Objects are permuted within each pair of matrices, which may differ in size.
    """
    correlations = [_correlations(x, y, random) for x, y in pairs]
    usable = [found for found in correlations if found is not None]
    return Mantel(
        overall=_p(np.sum(usable, axis=0)) if usable else None,
        each=[None if found is None else _p(found) for found in correlations],
    )


def _p(correlations: Floats) -> float:
    """The first one is observed, the others are permuted."""
    return float(1 + np.sum(correlations[1:] >= correlations[0] - 1e-12)) / len(correlations)


def _correlations(x: Floats, y: Floats, random: np.random.Generator) -> Floats | None:
    """The observed correlation over the pairs of objects, then those under PERMUTATIONS relabellings of y's objects."""
    rows, columns = np.triu_indices(len(x), 1)
    if not (_varies(x[rows, columns]) and _varies(y[rows, columns])):
        return None
    weights, values = _standard(x[rows, columns]), y.ravel()
    centre, scale = y[rows, columns].mean(), _length(y[rows, columns])
    orders = np.vstack([np.arange(len(y)), random.permuted(np.tile(np.arange(len(y)), (PERMUTATIONS, 1)), axis=1)])
    step = max(1, _BLOCK // len(rows))
    found = [
        (values[block[:, rows] * len(y) + block[:, columns]] - centre) @ weights / scale
        for block in (orders[start : start + step] for start in range(0, len(orders), step))
    ]
    return np.concatenate(found)


def _varies(values: Floats) -> bool:
    return len(values) > 1 and bool(np.isfinite(values).all()) and float(np.ptp(values)) > 0.0


def _standard(values: Floats) -> Floats:
    return np.asarray((values - values.mean()) / _length(values))


def _length(values: Floats) -> float:
    return float(np.sqrt(((values - values.mean()) ** 2).sum()))
