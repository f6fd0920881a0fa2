"""What a gate asks, and what it answers."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model.comparisons import Difference, Moved

Answer: TypeAlias = Literal["pass", "regression", "probable loss", "inconclusive", "failed", "incomparable"]
"""Of one gate. failed: there is no score. incomparable: other data, missing items, nothing measured."""
Comparator: TypeAlias = Literal[">=", ">", "<=", "<"]
Policy: TypeAlias = Literal["warn", "fail"]
MARGIN = 0.02
"""The difference of a score that does not matter, where nothing is said."""
_HOLDS: Mapping[Comparator, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


@dataclass(frozen=True)
class Gate:
    """B must not be worse than the reference by more than the margin, on one metric of one suite."""

    suite: str
    metric: str
    margin: float
    primary: bool = True


@dataclass(frozen=True)
class Limit:
    """A floor (`ndcg@10 >= 0.6` on a suite) or a budget (`latency p95 <= 80 ms`, without a suite).

    For a metric that is better when lower, a floor is an upper bound (`<=`).
    """

    suite: str
    measure: str
    comparator: Comparator
    bound: float
    unit: str = ""
    primary: bool = True

    @property
    def text(self) -> str:
        """As people write it."""
        return " ".join(filter(None, (self.suite, self.measure, self.comparator, f"{self.bound:g}", self.unit)))

    @property
    def is_least(self) -> bool:
        """Whether what is better is above the bound, not below it."""
        return self.comparator.startswith(">")

    def met(self, value: float) -> bool:
        """Whether a value, in the unit of the limit, is within it."""
        return _HOLDS[self.comparator](value, self.bound)


@dataclass(frozen=True)
class Ruling:
    """The answer to one gate or limit. reference: `baseline main`, `anchor 2026-q3`, empty for a limit.

    difference: what the answer rests on, None for a limit and where nothing could be compared. value: of a limit.
    needed: items that would settle it. words: one sentence that says why, with the numbers. moved: the items that lost
    most.
    """

    asked: Gate | Limit
    embedder: str
    answer: Answer
    words: str
    reference: str = ""
    difference: Difference | None = None
    value: float | None = None
    needed: int | None = None
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All rulings. policy: what inconclusive and probable losses do. notes: warnings about the configuration.

    age: of the baseline in days; None without one. refresh: the command that makes it anew.
    """

    rulings: tuple[Ruling, ...]
    policy: Policy
    notes: tuple[str, ...] = ()
    baseline: str = ""
    age: int | None = None
    refresh: str = ""

    @property
    def exit_code(self) -> int:
        """0 passed · 1 regression · 2 inconclusive where the policy is `fail` · 3 incomparable · 4 failed.

        The worst of the primary rulings: failed before incomparable before regression before inconclusive.
        """
        answers = {ruling.answer for ruling in self.rulings if ruling.asked.primary}
        for answer, code in (("failed", 4), ("incomparable", 3), ("regression", 1)):
            if answer in answers:
                return code
        return 2 if self.policy == "fail" and answers & {"probable loss", "inconclusive"} else 0
