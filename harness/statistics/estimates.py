"""What paired differences tell about the true one: bounds and p values, each None where the items do not tell.

A t test on the mean of paired differences is the default: Urbano, Lima and Hanjalic 2019 ("Statistical Significance
Testing in Information Retrieval", SIGIR) find that it keeps its level and its power on simulated IR scores. Where
items come in groups, the standard error is the clustered one of `clustered_error`, with G − 1 degrees of freedom.

Every class here is an `harness.model.Estimate`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Interval
from harness.statistics.few_changes import FewChanges, few_changes, skewness_allowance
from harness.statistics.intervals import FEWEST_GROUPS, LEVEL, RESOLUTION, group_count, too_few
from harness.statistics.power import items_needed
from harness.statistics.student import TINY, student_tail

if TYPE_CHECKING:
    from harness.model import Estimate, Floats, Index


@dataclass(frozen=True)
class Student:
    """A mean with a standard error of `freedom` degrees of freedom."""

    value: float
    error: float
    freedom: float
    groups: int
    method: str = "t"
    reason: str = ""

    def interval(self, level: float = LEVEL) -> Interval:
        """d̄ ± t · SE."""
        reach = self._quantile((1 + level) / 2) * self.error
        return Interval(self.value - reach, self.value + reach)

    def lower(self, alpha: float = 0.05) -> float | None:
        """d̄ − t₁₋ₐ · SE."""
        return self.value - self._quantile(1 - alpha) * self.error

    def upper(self, alpha: float = 0.05) -> float | None:
        """d̄ + t₁₋ₐ · SE."""
        return self.value + self._quantile(1 - alpha) * self.error

    def p(self) -> float | None:
        """2 · P(T > |d̄| / SE)."""
        return min(1.0, 2 * student_tail(abs(self.value) / self.error, self.freedom))

    def p_above(self, null: float) -> float | None:
        """P(T > (d̄ − null) / SE)."""
        return student_tail((self.value - null) / self.error, self.freedom)

    def p_below(self, null: float) -> float | None:
        """P(T > (null − d̄) / SE)."""
        return student_tail((null - self.value) / self.error, self.freedom)

    def _quantile(self, level: float) -> float:
        from scipy.special import stdtrit  # noqa: PLC0415 # 0.25 s, which a table without comparisons must not pay

        return float(stdtrit(self.freedom, level))


@dataclass(frozen=True)
class Constant:
    """The same difference on every group: the sample has no spread, though the truth may have.

    A share q of groups that differ from the others by up to `span` stays unseen among G with probability (1 − q)^G. So
    the true difference lies within span · (1 − α^(1/G)) on either side; for G groups without a change that is about
    3 · span / G (the rule of three; Hanley and Lippman-Hand 1983, JAMA 249).
    """

    value: float
    groups: int
    span: float = 1.0
    error: None = None
    method: str = "constant"

    @property
    def reason(self) -> str:
        """What the bounds rest on."""
        same = "no difference on any" if self.value == 0 else "the same difference on each"
        return f"{same} of {self.groups:,} independent groups of items: the bounds are for what so many may have missed"

    def interval(self, level: float = LEVEL) -> Interval:
        """Both one-sided bounds, at half the error each."""
        reach = self._reach((1 - level) / 2)
        return Interval(self.value - reach, self.value + reach)

    def lower(self, alpha: float = 0.05) -> float | None:
        """See the class."""
        return self.value - self._reach(alpha)

    def upper(self, alpha: float = 0.05) -> float | None:
        """See the class."""
        return self.value + self._reach(alpha)

    def p(self) -> float | None:
        """Twice the smaller of the one-sided ones."""
        return min(1.0, 2 * min(self._missed(self.value), self._missed(-self.value)))

    def p_above(self, null: float) -> float | None:
        """(1 − (value − null) / span)^G."""
        return self._missed(self.value - null)

    def p_below(self, null: float) -> float | None:
        """(1 − (null − value) / span)^G."""
        return self._missed(null - self.value)

    def items_needed(self, items: int, distance: float, alpha: float) -> int | None:
        """How many items, if all go on so, bring a bound at alpha within `distance`; None where no number does.

        items: how many its groups have now.
        """
        if not 0 < distance < self.span:
            return None
        groups = math.log(alpha) / math.log1p(-distance / self.span)
        return math.ceil(groups * items / self.groups)

    def _reach(self, alpha: float) -> float:
        return self.span * -math.expm1(math.log(alpha) / self.groups)

    def _missed(self, distance: float) -> float:
        share = min(max(distance / self.span, 0.0), 1.0)
        return max((1 - share) ** self.groups, TINY)


@dataclass(frozen=True)
class Unknown:
    """An observed difference of which nothing can be said."""

    value: float
    groups: int
    reason: str
    error: None = None
    method: str = "none"

    def interval(self, level: float = LEVEL) -> Interval:
        """None, with the reason."""
        del level
        return Interval(None, None, self.reason)

    def lower(self, alpha: float = 0.05) -> None:
        """None."""
        del alpha

    def upper(self, alpha: float = 0.05) -> None:
        """None."""
        del alpha

    def p(self) -> None:
        """None."""

    def p_above(self, null: float) -> None:
        """None."""
        del null

    def p_below(self, null: float) -> None:
        """None."""
        del null


@dataclass(frozen=True, eq=False)
class Bootstrapped:
    """The difference of two scores that are no means, and the same difference on resamples of whole groups.

    draws: finite, more than one value. Bounds are their quantiles, widened for few groups by √(G / (G − 1)) · t / z, as
    those of `harness.statistics.intervals` are (Hesterberg 2015, The American Statistician 69), but not corrected for
    bias: the correction, itself estimated, cost the difference of two average precisions 2 to 3 points of coverage.

    A p is the level at which a bound meets the null. B draws tell no level below 1 / (B + 1), and no claim among more
    than 25 would be left after Holm's correction. So where the null lies beyond all draws, p is the tail of Student's
    t of G − 1 degrees of freedom at (value − null) / error where that is smaller. It only falls with the distance.
    """

    value: float
    draws: Floats
    groups: int
    method: str = "bootstrap"
    reason: str = "resampling of whole groups of items"

    @cached_property
    def error(self) -> float:
        """The standard deviation of the resampled differences, corrected for few groups."""
        return float(self.draws.std(ddof=1)) * math.sqrt(self.groups / (self.groups - 1))

    def interval(self, level: float = LEVEL) -> Interval:
        """Quantiles of the resampled differences."""
        return Interval(self._at((1 - level) / 2), self._at((1 + level) / 2))

    def lower(self, alpha: float = 0.05) -> float | None:
        """The quantile at alpha."""
        return self._at(alpha)

    def upper(self, alpha: float = 0.05) -> float | None:
        """The quantile at 1 − alpha."""
        return self._at(1 - alpha)

    def p(self) -> float | None:
        """Twice the smaller of the one-sided ones."""
        return min(1.0, 2 * min(self._beyond(0.0, 1), self._beyond(0.0, -1)))

    def p_above(self, null: float) -> float | None:
        """The largest alpha at which the lower bound is not above `null`."""
        return self._beyond(null, 1)

    def p_below(self, null: float) -> float | None:
        """The largest alpha at which the upper bound is not below `null`."""
        return self._beyond(null, -1)

    @cached_property
    def _sorted(self) -> Floats:
        return np.sort(self.draws)

    def _at(self, level: float) -> float:
        """The quantile for a bound at `level`, widened."""
        from scipy.special import ndtr, stdtrit  # noqa: PLC0415 # the same

        z = math.sqrt(self.groups / (self.groups - 1)) * float(stdtrit(self.groups - 1, level))
        places = np.linspace(0, 1, len(self._sorted))
        return float(np.interp(float(ndtr(z)), places, self._sorted))

    def _beyond(self, null: float, side: int) -> float:
        """The level at which the bound on this side meets `null`: the inverse of `_at`."""
        from scipy.special import ndtri, stdtr  # noqa: PLC0415 # the same

        least, freedom = 1 / (len(self.draws) + 1), self.groups - 1
        place = float(np.searchsorted(self._sorted, null, "left") + np.searchsorted(self._sorted, null, "right")) / 2
        share = min(max(place / len(self._sorted), least), 1 - least)
        level = float(stdtr(freedom, side * float(ndtri(share)) / math.sqrt(self.groups / freedom)))
        if place != (0 if side > 0 else len(self._sorted)):
            return level
        return max(min(level, float(stdtr(freedom, side * (null - self.value) / self.error))), TINY)


def estimate(differences: Floats, groups: Index | None = None, span: float = 1.0) -> Estimate:
    """What n paired differences tell about their true mean.

    groups: 0…G−1, one per difference; None where each stands for itself. span: how much one item can change at most.
    That counts where few changed, and where all differ by the same: then for whole groups, as nothing tells how much of
    one changes. Unknown below FEWEST_GROUPS groups.
    """
    value = float(differences.mean()) if len(differences) else math.nan
    group = np.arange(len(differences)) if groups is None else groups
    found = group_count(group)
    if found < FEWEST_GROUPS:
        return Unknown(value, found, too_few(found))
    largest = float(np.abs(differences).max())
    error, freedom = clustered_error(differences, group)
    if error <= RESOLUTION * max(largest, 1.0):
        return Constant(0.0 if largest <= RESOLUTION else value, found, span)
    changes = few_changes(differences, group)
    if changes is not None:
        return FewChanges(value, changes, found, error, span * found / len(differences))
    return Student(value, math.hypot(error, skewness_allowance(differences, group)), freedom, found)


def items_to_reach(estimate: Estimate, items: int, distance: float, alpha: float) -> int | None:
    """How many items like these bring a one-sided bound at alpha within `distance` of the value.

    items: how many there are now. As `power.items_needed` where there is a standard error that falls with √n.
    """
    if isinstance(estimate, Constant | FewChanges):
        return estimate.items_needed(items, distance, alpha)
    return items_needed(items, estimate.error, distance, alpha=alpha, sides=1)


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
