"""Bounds of a mean difference where few of many groups of items changed, whatever the sizes of the changes.

A standard error is made of the changes that were seen. Where they are few, it knows nothing of those that were missed,
and the interval around the mean is too narrow. So another group is imagined that changed as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Interval
from harness.statistics.intervals import LEVEL, RESOLUTION, group_count
from harness.statistics.power import POWER
from harness.statistics.student import TINY, student_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness.model import Floats, Index

FEW_CHANGES = 25
"""So few groups with a difference do not show how far the others may differ."""
SOME_CHANGES = 100
"""So few of them may be skewed enough to make a t interval too narrow."""
AMONG = 0.3
"""The largest share of all groups for either to be few: where half of them change, a t interval needs no help."""
UNSEEN = 2 / 3
"""How much the imagined group counts. At 1 bounds are exact and wide; below 0.6 some hold in less than 93 %."""
_STEP = 0.05
_NODES = np.exp(np.arange(-24.0, 18.0, _STEP))
"""Where `_tail` takes its integral, in units of its spread: to four digits and more."""
_CLOSE = 1e-9
"""How near a bound is found: in normal quantiles, or as a share of the span."""
_NORMAL = NormalDist()


@dataclass(frozen=True)
class FewChanges:
    """The mean of G groups, of which few changed.

    changes: what each changed group differs by, as a share of a group of mean size, so that Σ / G is the value. spread:
    the standard error that they show. span: how much one item can change at most, as a share of such a group; what was
    missed is taken for the largest change that was seen, or for one item if that is more.

    The lower bound at alpha is the alpha quantile of Σ w z, where z are the G groups and what was missed, a loss, and w
    is uniform on the simplex (Gaffke 2005, Mathematical Methods of Statistics 14; Learned-Miller and Thomas 2019, arXiv
    1905.06208, who conjecture that it holds for sizes of any distribution within the span). That makes it Clopper and
    Pearson's bound of hits that are only lost, which is wider than nominal, so the other group counts as UNSEEN of one.
    Counted half it would be about the mid-p test (Fagerland, Lydersen and Laake 2013, BMC Medical Research Methodology
    13), whose interval held lost hits in only 92 % at some rates.
    """

    value: float
    changes: tuple[float, ...]
    groups: int
    spread: float
    span: float = 1.0
    method: str = "t"

    @property
    def reason(self) -> str:
        """What the bounds rest on."""
        changed = f"{len(self.changes)} of {self.groups:,} independent groups of items changed"
        return f"{changed}: the bounds allow for another that was missed"

    @property
    def error(self) -> float:
        """The standard deviation of Σ w z, close to it."""
        missed = max(self.span, *map(abs, self.changes)) / self.groups
        return math.hypot(self.spread, math.sqrt(UNSEEN) * missed)

    def interval(self, level: float = LEVEL) -> Interval:
        """Both one-sided bounds, at half the error each."""
        return Interval(self._lower((1 - level) / 2), self._upper((1 - level) / 2))

    def lower(self, alpha: float = 0.05) -> float | None:
        """See the class."""
        return self._lower(alpha)

    def upper(self, alpha: float = 0.05) -> float | None:
        """The lower bound of what is gained is the upper one of what is lost."""
        return self._upper(alpha)

    def p(self) -> float | None:
        """2 · P(T > |Σ / G| / spread), of G − 1 degrees of freedom: where nothing differs, what was missed cancels out.

        It can be small where the interval holds 0: many small losses are no chance, but one large gain may be missing.
        """
        return min(1.0, 2 * student_tail(abs(self.value) / self.spread, self.groups - 1))

    def p_above(self, null: float) -> float | None:
        """P(Σ w z ≤ null), with what was missed a loss."""
        return self._missed(-null, -1)

    def p_below(self, null: float) -> float | None:
        """P(Σ w z ≥ null), with what was missed a gain."""
        return self._missed(null, 1)

    def items_needed(self, items: int, distance: float, alpha: float) -> int | None:
        """How many items, if they change as these do, bring a bound at alpha within `distance` with power 0.8.

        The reach of a bound has a part of the unseen group, which falls with G, and one of those seen, which falls with
        √G. items: how many its groups have now. None for a distance of 0 or less.
        """
        if distance <= 0:
            return None
        unseen = -math.log(alpha) * UNSEEN * self.span / self.groups
        seen = (_NORMAL.inv_cdf(1 - alpha) + _NORMAL.inv_cdf(POWER)) * self.spread
        root = (seen + math.sqrt(seen * seen + 4 * unseen * distance)) / (2 * distance)
        needed = items * root * root
        return math.ceil(needed) if math.isfinite(needed) else None

    def _lower(self, alpha: float) -> float:
        return -_bound(self._signed(-1), self.groups, self.span, alpha)

    def _upper(self, alpha: float) -> float:
        return _bound(self.changes, self.groups, self.span, alpha)

    def _missed(self, null: float, sign: int) -> float:
        return max(_above(self._signed(sign), self.groups, self.span, null), TINY)

    def _signed(self, sign: int) -> tuple[float, ...]:
        return tuple(sign * change for change in self.changes)


def few_changes(differences: Floats, groups: Index) -> tuple[float, ...] | None:
    """The changes of `FewChanges`, sorted; None where not few groups have one. groups: 0…G−1, one per difference."""
    found, changed = group_count(groups), _changed(differences, groups)
    if np.count_nonzero(changed) > min(FEW_CHANGES, int(AMONG * found)):
        return None
    return tuple(np.sort(np.bincount(groups, differences)[changed] * found / len(differences)).tolist())


def skewness_allowance(differences: Floats, groups: Index) -> float:
    """What a standard error lacks where not many groups changed, 0 elsewhere: as if one more had, like the largest.

    Changes of all sizes, most of them one way, are skewed, and a t interval of their mean ends too soon on one side.
    """
    if np.count_nonzero(_changed(differences, groups)) > min(SOME_CHANGES, int(AMONG * group_count(groups))):
        return 0.0
    return float(np.abs(np.bincount(groups, differences)).max()) / len(differences)


def _changed(differences: Floats, groups: Index) -> NDArray[np.bool_]:
    return np.bincount(groups, np.abs(differences) > RESOLUTION) > 0


def _bound(changes: tuple[float, ...], groups: int, span: float, alpha: float) -> float:
    """Where `_above` falls to alpha: regula falsi (Illinois) on the normal scale, on which it is nearly straight."""

    def height(at: float) -> float:
        return _NORMAL.inv_cdf(min(max(_above(changes, groups, span, at), TINY), 1 - 1e-16)) - goal

    goal = _NORMAL.inv_cdf(alpha)
    values = np.array([*changes, span])
    step = max(1.0, abs(goal)) * math.sqrt(float(values @ values)) / groups
    low = high = float(values.sum()) / groups
    while (above := height(low := low - step)) < 0:
        pass
    while (below := height(high := high + step)) > 0:
        pass
    at, found, was = low, above, 0.0
    while abs(found) > _CLOSE and high - low > _CLOSE * span:
        at = (low * below - high * above) / (below - above)
        found = height(at)
        if found > 0:
            low, above, below = at, found, below / 2 if was > 0 else below
        else:
            high, below, above = at, found, above / 2 if was < 0 else above
        was = found
    return at


@lru_cache(maxsize=4096)  # a report asks for the same bounds several times, and hits are few numbers
def _above(changes: tuple[float, ...], groups: int, span: float, at: float) -> float:
    """P(Σ w z > at) for z the changes, zeros for the other groups, and one more at span or the largest change.

    w are exponentials over their sum, so it is P(Σ E · (z − at) > 0), which needs no sum.
    """
    off = np.array([*changes, max(span, *map(abs, changes)), 0.0]) - at
    weights = np.array([1.0] * len(changes) + [UNSEEN, groups - len(changes)])
    if off.max() <= 0 or off.min() >= 0:
        return float(off.max() > 0)
    return 1 - _tail(-off, weights) if weights @ off > 0 else _tail(off, weights)


def _tail(off: Floats, weights: Floats) -> float:
    """P(Q > 0) for Q = Σ off · Γ(weight), of mean 0 or less; all weights but the last two are 1.

    The integral of exp(K(s)) / s parallel to the imaginary axis, K(s) = −Σ weight · ln(1 − s · off) the cumulant
    generating function, close to its saddle, where the integrand does not oscillate (Daniels 1954, Annals of
    Mathematical Statistics 25). For an analytic integrand a plain sum over steps of ln y is nearly exact.
    """
    off = off / off.max()
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if weights @ (off / (1 - middle * off)) > 0 else (middle, high)
    scale = 1 / math.sqrt(weights @ (off / (1 - low * off)) ** 2)
    line = low + scale / 2 + 1j * scale * _NODES
    factors = 1 - np.outer(off, line)
    terms = np.exp(-(weights[-2:] @ np.log(factors[-2:]))) / factors[:-2].prod(axis=0) / line
    return _STEP / math.pi * float((terms.real * scale * _NODES).sum())
