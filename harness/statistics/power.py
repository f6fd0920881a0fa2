"""How small a difference between two embedders so many items can show.

Cohen 1988, "Statistical Power Analysis", §2; Sakai 2016, "Topic set size design", for test collections; Kish 1965,
"Survey Sampling", §5.4 and §8.2, for items that come in groups.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from harness.statistics.student import student_quantile

if TYPE_CHECKING:
    from harness.model import Floats, Index

POWER = 0.8
"""The chance to see a difference that is there."""
ALPHA = 0.05
"""The chance to see one that is not there."""
_FEW = 3
"""Degrees of freedom below which the series of `student_quantile` is too far off."""


def minimum_detectable_effect(n: int, sd: float, power: float = POWER, alpha: float = ALPHA, sides: int = 2) -> float:
    """The mean of n paired differences that a t test finds with this power: (t₁₋ₐ + t₁₋ᵦ) · sd / √n.

    sd: of the differences, item by item. Both quantiles have n − 1 degrees of freedom, which is within 1 % of the
    noncentral t from n = 5 on. Infinite below n = 5: nothing can be shown. sides: 2, or 1 for "not worse than".
    """
    if n < _FEW + 2:
        return math.inf
    return effect_of(sd / math.sqrt(n), n - 1, power, alpha, sides)


def effect_of(error: float, freedom: int, power: float = POWER, alpha: float = ALPHA, sides: int = 2) -> float:
    """The difference that is found with this power, from its standard error and the degrees of freedom of that."""
    if freedom < _FEW + 1:
        return math.inf
    return (student_quantile(1 - alpha / sides, freedom) + student_quantile(power, freedom)) * error


def design_effect(sizes: Index, icc: float) -> float:
    """By how much groups of these sizes widen the variance of a mean: 1 + (Σm² / Σm − 1) · ρ (Kish).

    icc: ρ, how alike the differences of one group are, 0 (not at all) to 1 (all the same).
    """
    return 1 + (float((sizes**2).sum() / sizes.sum()) - 1) * icc


def clustered_error(differences: Floats, groups: Index) -> tuple[float, int]:
    """The standard error of the mean of differences that come in groups, and its degrees of freedom, G − 1.

    √(G / (G − 1) · Σ u²) / M with u = S − m · d̄ of each group (Cameron and Miller 2015, "A Practitioner's Guide to
    Cluster-Robust Inference"). groups: 0…G−1, one per difference. Infinite for one group.
    """
    sums, sizes = np.bincount(groups, differences), np.bincount(groups)
    if len(sizes) == 1:
        return math.inf, 0
    off = sums - sizes * differences.mean()
    error = math.sqrt(len(sizes) / (len(sizes) - 1) * float(off @ off)) / len(differences)
    return error, len(sizes) - 1
