"""Differences of scores that are no means, from the same resamples of the same items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import NotComparableError
from harness.statistics.estimates import Bootstrapped, Constant, Unknown
from harness.statistics.intervals import (
    FEWEST_GROUPS,
    RESOLUTION,
    group_count,
    group_numbers,
    often_undefined,
    resampled_scores,
    too_few,
)

if TYPE_CHECKING:
    from harness.model import Estimate, Floats, Judgements, Metric
    from harness.statistics.intervals import Draws


def resampled_difference(metric: Metric[Any], a: Judgements, b: Judgements, draws: Draws) -> Estimate:
    """What two embedders' judgements of the same items tell about the true difference of their scores, b − a.

    For a metric without item values; one that has them has its mean difference, `estimates.estimate`. Both are scored
    on the same draws of whole groups, so that what makes items hard or easy cancels out (Efron and Tibshirani 1993,
    §16.4). Unknown below FEWEST_GROUPS groups, and where too many draws have no score; Constant where all draws
    give one difference. Raises NotComparableError where the items, their order or their groups differ.
    """
    if list(a.ids) != list(b.ids) or list(a.groups) != list(b.groups):
        raise NotComparableError(f"{metric.name}: the two runs judge other items, or in another order.")
    value = metric.score(b) - metric.score(a)
    group = group_numbers(a.groups)
    groups = group_count(group)
    if groups < FEWEST_GROUPS:
        return Unknown(value, groups, too_few(groups))
    first, second = (resampled_scores(metric, side, group, draws) for side in (a, b))
    return drawn_difference(metric, value, (second, first), groups)


def drawn_difference(metric: Metric[Any], value: float, sides: tuple[Floats, Floats], groups: int) -> Estimate:
    """`resampled_difference` from scores that were resampled before. value: the observed difference.

    sides: minuend and subtrahend, both on the same draws of at least FEWEST_GROUPS groups; NaN where a draw has no
    score. A subtrahend of zeros gives the estimate of one score.
    """
    drawn, against = sides
    found = drawn - against
    defined = found[np.isfinite(found)]
    if reason := often_undefined(len(found), len(defined), metric):
        return Unknown(value, groups, reason)
    rounding = RESOLUTION * max(float(np.nanmax(np.abs(side))) for side in (drawn, against))
    if float(np.ptp(defined)) <= rounding:
        return Constant(0.0 if abs(value) <= rounding else value, groups)
    return Bootstrapped(value, defined, groups)


def max_t_of_draws(values: Floats, draws: Floats, groups: int) -> Floats:
    """The p of no difference for each of m scores' differences, adjusted for all m: m values in (0, 1].

    values: observed, m. draws: the same on B resamples of whole groups of items, B × m, none constant; NaN where a
    resample has no score, which counts against every claim. Step-down maxT (Westfall and Young 1993, algorithm 2.8):
    the resamples, centred, stand for what is seen where nothing differs. The observed ones are compared as standard
    normal ones with the tail of Student's t of groups − 1 degrees of freedom, as in `estimates.Bootstrapped`.
    """
    from scipy.special import ndtri, stdtr  # noqa: PLC0415 # 0.25 s, which a table without comparisons must not pay

    spread = np.nanstd(draws, axis=0, ddof=1)
    centred = np.abs(draws - np.nanmean(draws, axis=0)) / spread
    centred[np.isnan(centred)] = np.inf
    tail = stdtr(groups - 1, -np.abs(values) / (spread * np.sqrt(groups / (groups - 1))))
    observed = -ndtri(tail)
    order = np.argsort(-observed, kind="stable")
    largest = np.maximum.accumulate(centred[:, order[::-1]], axis=1)[:, ::-1]
    reached = 1 + np.count_nonzero(largest >= observed[order], axis=0)
    adjusted = np.empty(len(values))
    adjusted[order] = np.maximum.accumulate(reached / (len(draws) + 1))
    return adjusted
