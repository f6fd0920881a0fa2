"""What is said about two embedders on the same items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

from harness.model.results import Interval

Word: TypeAlias = Literal["better", "worse", "equal", "undecided"]
"""What is claimed of B against A: equal is within the margin, undecided says how many items would settle it."""


class Estimate(Protocol):
    """What a sample of items tells about a true value: a difference, B − A, or one score.

    Bounds and p values are None where the sample is too small to give any; `reason` says why.
    """

    @property
    def value(self) -> float:
        """The observed difference or score."""
        ...

    @property
    def error(self) -> float | None:
        """Its standard error, None where the items do not tell it."""
        ...

    @property
    def method(self) -> str:
        """`t`, `bootstrap`, `constant` or `none`."""
        ...

    @property
    def groups(self) -> int:
        """How many independent groups of items it rests on."""
        ...

    @property
    def reason(self) -> str:
        """What it rests on, or why it tells nothing."""
        ...

    def interval(self, level: float = 0.95) -> Interval:
        """The two-sided confidence interval of this level."""
        ...

    def lower(self, alpha: float = 0.05) -> float | None:
        """The one-sided lower confidence bound, of level 1 − alpha."""
        ...

    def upper(self, alpha: float = 0.05) -> float | None:
        """The one-sided upper confidence bound, of level 1 − alpha."""
        ...

    def p(self) -> float | None:
        """The two-sided p value of the null hypothesis that the true value is 0. Never 0."""
        ...

    def p_above(self, null: float) -> float | None:
        """The one-sided p value of the null hypothesis that the true value is at most `null`. Never 0."""
        ...

    def p_below(self, null: float) -> float | None:
        """The one-sided p value of the null hypothesis that the true value is at least `null`. Never 0."""
        ...


@dataclass(frozen=True)
class Tally:
    """On how many items B does better, as well, and worse."""

    wins: int
    ties: int
    losses: int


@dataclass(frozen=True)
class Moved:
    """An item on which two embedders differ. text: of the item. answer_…: what each put first; empty where unknown."""

    id: str
    group: str
    metric: str
    a: float
    b: float
    text: str = ""
    answer_a: str = ""
    answer_b: str = ""


@dataclass(frozen=True)
class Difference:
    """One metric of one suite, B against A on the same items.

    a, b: the scores on those items. tally, effect (mean over standard deviation of the differences): None for a metric
    that is no mean. p: of `test` (`mcnemar`, or the estimate's method); cross: of the sign-flip permutation, None
    where there is none. adjusted: p, corrected for the claims of `family`, a text that names method and number.
    detectable: the smallest true difference that these items show with power 0.8. margin: within which a difference
    does not matter. needed: how many items would settle an undecided one, None where nobody can say. reason: why this
    metric could not be compared; then the numbers are None or 0.
    """

    suite: str
    metric: str
    headline: bool
    higher_is_better: bool
    a: float
    b: float
    estimate: Estimate
    items: int
    groups: int
    tally: Tally | None = None
    effect: float | None = None
    test: str = ""
    p: float | None = None
    cross: float | None = None
    adjusted: float | None = None
    family: str = ""
    detectable: float | None = None
    margin: float = 0.0
    word: Word = "undecided"
    needed: int | None = None
    reason: str = ""

    @property
    def value(self) -> float:
        """b − a."""
        return self.estimate.value

    @property
    def interval(self) -> Interval:
        """Of the true difference, 95 %."""
        return self.estimate.interval()

    @property
    def bounds(self) -> Interval:
        """The one-sided 5 % bounds of it, which are the ends of a 90 % interval: a gate goes by them."""
        return Interval(self.estimate.lower(), self.estimate.upper(), self.estimate.reason)

    @property
    def error(self) -> float | None:
        """The standard error of the difference, None where the items do not tell it."""
        return self.estimate.error

    @property
    def ground(self) -> str:
        """What the estimate rests on, or why it tells nothing."""
        return self.estimate.reason

    @property
    def unchanged(self) -> bool:
        """Whether no item differs."""
        return self.value == 0 and self.estimate.method == "constant"

    @property
    def clustered(self) -> bool:
        """Whether items come in groups."""
        return self.groups < self.items

    @property
    def gain(self) -> float:
        """The difference as an improvement of B: above 0 where B does better."""
        return self.value if self.higher_is_better else -self.value


@dataclass(frozen=True)
class Side:
    """Who is compared: the label, the run (or `baseline NAME`), the identity key, when it was made."""

    label: str
    run: str
    identity: str
    started_at: str


@dataclass(frozen=True)
class Comparison:
    """Two embedders on one suite. differences: a line per metric, the headline first. moved: largest change first."""

    suite: str
    kind: str
    fingerprint: str
    a: Side
    b: Side
    differences: tuple[Difference, ...]
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class NotCompared:
    """A suite on which the two could not be compared, and why."""

    suite: str
    reason: str


@dataclass(frozen=True)
class Compared:
    """Two embedders on all suites where they can be compared, and the others with their reasons.

    a, b: as the user named them. notes: what else a reader has to know.
    """

    a: str
    b: str
    margin: float
    comparisons: tuple[Comparison, ...]
    not_compared: tuple[NotCompared, ...] = ()
    notes: tuple[str, ...] = ()
