"""How small a difference between two embedders so many items can show.

Cohen 1988, "Statistical Power Analysis", §2; Sakai 2016, "Topic set size design", for test collections; Kish 1965,
"Survey Sampling", §5.4 and §8.2, for items that come in groups.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from harness.statistics.student import student_quantile

if TYPE_CHECKING:
    from harness.model import Estimate, Index

POWER = 0.8
"""The chance to see a difference that is there."""
ALPHA = 0.05
"""The chance to see one that is not there."""
_FEW = 3
"""Degrees of freedom below which the series of `student_quantile` is too far off."""
_NORMAL = NormalDist()


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


def detectable(estimate: Estimate, power: float = POWER, alpha: float = ALPHA, sides: int = 2) -> float | None:
    """The smallest true difference that items like these show with this power, None where they show none.

    As `effect_of`, with exact quantiles: a corrected alpha is beyond the levels of `student_quantile`.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 # 0.25 s, which a table without comparisons must not pay

    freedom = estimate.groups - 1
    if estimate.error is None or freedom < _FEW + 1:
        return None
    return float(stdtrit(freedom, 1 - alpha / sides) + stdtrit(freedom, power)) * estimate.error


def items_needed(items: int, error: float | None, distance: float, alpha: float = ALPHA, sides: int = 2) -> int | None:
    """How many items show a true difference of `distance` with power 0.8, if they are like these.

    n · ((z₁₋ₐ + z₀.₈) · SE / Δ)². error: the standard error on `items` items, clustered where they come in groups: then
    the answer counts items in groups of the same size. sides=1 and distance=margin: to show "not worse by more than the
    margin" where nothing changed. None without an error, and for a distance of 0 or less: no number shows that.
    """
    return _items(items, error, distance, _NORMAL.inv_cdf(1 - alpha / sides) + _NORMAL.inv_cdf(POWER))


def items_to_show_equal(items: int, error: float | None, margin: float, alpha: float = ALPHA) -> int | None:
    """How many items show with power 0.8 that two embedders which are alike differ by less than the margin.

    Both one-sided tests must succeed (Schuirmann 1987, Journal of Pharmacokinetics and Biopharmaceutics 15), so each
    has half of the 0.2 that may go wrong. See `items_needed`.
    """
    return _items(items, error, margin, _NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(1 - (1 - POWER) / 2))


def _items(items: int, error: float | None, distance: float, quantiles: float) -> int | None:
    if error is None or distance <= 0:
        return None
    errors = quantiles * error / distance
    needed = items * errors * errors
    return max(1, math.ceil(needed)) if math.isfinite(needed) else None
