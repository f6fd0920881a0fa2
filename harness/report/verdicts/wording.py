"""What all forms of a verdict say alike: the cells of a ruling, how much it weighs, one sentence about all of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from harness.model import Limit
from harness.report.grid import MISSING
from harness.report.numbers import change, interval, score
from harness.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Answer, Moved, Ruling, Verdict

Weight: TypeAlias = Literal["pass", "warning", "failure", "error"]
"""What a ruling does to a build. failure: the embedder is at fault. error: nobody can tell."""

LEGEND = (
    "The difference has its 90 % interval. A gate passes where even the worse end of it loses less than the margin."
)

BUDGET = "budget"
"""Stands for the suite where a limit is about none."""

_OLD_COMMAND = re.compile(r"##(?=\[)")
"""Begins a command to a GitHub runner wherever it stands in a line of its log."""
_VERDICTS: Mapping[int, str] = {0: "Passed", 1: "Regression", 2: "Inconclusive", 3: "Not comparable", 4: "Failed"}
_ANSWERS: Sequence[Answer] = ("failed", "incomparable", "regression", "probable loss", "inconclusive", "pass")
_UNSETTLED = frozenset({"probable loss", "inconclusive"})


class Names(NamedTuple):
    """Of a ruling: the suite, the metric or measure, and what it was held against."""

    suite: str
    metric: str
    against: str


@dataclass(frozen=True)
class Cells:
    """The numbers of a ruling as text, MISSING where there are none. now: with its unit, for a limit."""

    before: str = MISSING
    now: str = MISSING
    difference: str = MISSING
    interval: str = ""
    margin: str = MISSING

    @property
    def scores(self) -> str:
        """Before and now; a limit has no before."""
        return self.now if self.before == MISSING else f"{self.before} → {self.now}"

    @property
    def told(self) -> str:
        """The difference, with its interval if there is one."""
        return f"{self.difference} ({self.interval})" if self.interval else self.difference


def names(ruling: Ruling) -> Names:
    """What the ruling is about."""
    asked = ruling.asked
    if isinstance(asked, Limit):
        bound = " ".join(filter(None, (asked.comparator, f"{asked.bound:g}", asked.unit)))
        return Names(plain(asked.suite) or BUDGET, plain(asked.measure), plain(bound))
    metric = asked.metric or (ruling.difference.metric if ruling.difference else "")
    return Names(plain(asked.suite), plain(metric), plain(ruling.reference))


def title(ruling: Ruling) -> str:
    """All of its names in one line."""
    of = names(ruling)
    held = of.against if isinstance(ruling.asked, Limit) else f"against {of.against}" if of.against else ""
    return " ".join(filter(None, (of.suite, of.metric, held)))


def cells(ruling: Ruling) -> Cells:
    """Its numbers, to three decimals."""
    asked, found = ruling.asked, ruling.difference
    if isinstance(asked, Limit):
        value = None if ruling.value is None or not math.isfinite(ruling.value) else ruling.value
        return Cells() if value is None else Cells(now=plain(f"{value:.4g} {asked.unit}".strip()))
    margin = f"{asked.margin:g}"
    if found is None or found.reason or not math.isfinite(found.value):
        return Cells(margin=margin)
    ends = interval(found.bounds, change)
    return Cells(score(found.a), score(found.b), change(found.value), ends, margin)


def answer(ruling: Ruling) -> str:
    """The answer, and whether it counts."""
    return ruling.answer if ruling.asked.primary else f"{ruling.answer}, advisory"


def weight(ruling: Ruling, verdict: Verdict) -> Weight:
    """What it does to the build; what is only advisory never breaks one."""
    if ruling.answer == "pass":
        return "pass"
    if not ruling.asked.primary:
        return "warning"
    if ruling.answer in {"failed", "incomparable"}:
        return "error"
    return "warning" if ruling.answer in _UNSETTLED and verdict.policy == "warn" else "failure"


def sentence(verdict: Verdict) -> str:
    """In a line, as in "Regression. Gates: 3 pass, 1 regression. Advisory: 1 pass."."""
    if not verdict.rulings:
        return "Nothing was asked: there are no gates and no limits."
    word = _VERDICTS[verdict.exit_code]
    if not verdict.exit_code and any(weight(one, verdict) == "warning" for one in verdict.rulings if one.asked.primary):
        word = "Passed with warnings"
    parts = [("Gates", True), ("Advisory", False)]
    tallies = [(name, _tally(one for one in verdict.rulings if one.asked.primary is role)) for name, role in parts]
    return " ".join([f"{word}.", *(f"{name}: {tally}." for name, tally in tallies if tally)])


def age(verdict: Verdict) -> str:
    """How old the baseline is, without how to make it anew; empty where there is none."""
    if not verdict.baseline:
        return ""
    if verdict.age is None:
        return "is of an unknown age"
    days = max(verdict.age, 0)  # below 0 where a clock was wrong
    return _AGES.get(days, f"is {days:,} days old")


_AGES = {0: "is from today", 1: "is 1 day old"}


def troubled(verdict: Verdict) -> list[Ruling]:
    """What did not pass, the gravest first."""
    order: Sequence[Weight] = ("error", "failure", "warning")
    found = [one for one in verdict.rulings if one.answer != "pass"]
    return sorted(found, key=lambda one: order.index(weight(one, verdict)))


def embedders(verdict: Verdict) -> list[str]:
    """The candidates, in their order."""
    return list(dict.fromkeys(one.embedder for one in verdict.rulings))


def moved(item: Moved) -> str:
    """The item's scores before and now."""
    return f"{score(item.a)} → {score(item.b)}"


def plain(text: str) -> str:
    """One line of text in which nothing but its words is left."""
    return _OLD_COMMAND.sub("## ", one_line(text))


def _tally(rulings: Iterable[Ruling]) -> str:
    found = Counter(one.answer for one in rulings)
    return ", ".join(f"{found[answer]} {answer}" for answer in _ANSWERS if found[answer])
