"""What is said about two embedders on the same items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

if TYPE_CHECKING:
    from harness.model.results import Interval

Word: TypeAlias = Literal["better", "worse", "equal", "undecided"]
"""What is claimed of B against A: equal is within the margin, undecided says how many items would settle it."""


class Estimate(Protocol):
    """The true difference behind an observed one, as far as the items tell.

    Every answer is None where the items do not tell.
    """

    @property
    def value(self) -> float:
        """Observed, b − a."""
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
        """Two-sided."""
        ...

    def lower(self, alpha: float = 0.05) -> float | None:
        """The one-sided bound below which the true difference lies with probability alpha at most."""
        ...

    def upper(self, alpha: float = 0.05) -> float | None:
        """The one-sided bound above which the true difference lies with probability alpha at most."""
        ...

    def p(self) -> float | None:
        """Two-sided, of no difference. Never 0."""
        ...

    def p_above(self, null: float) -> float | None:
        """One-sided, of a true difference ≤ null: small where it is above. Never 0."""
        ...

    def p_below(self, null: float) -> float | None:
        """One-sided, of a true difference ≥ null: small where it is below. Never 0."""
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
    that is no mean. p: of `test` (`t`, `mcnemar`, `bootstrap`, `constant`); cross: of the sign-flip permutation, None
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
