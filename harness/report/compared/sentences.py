"""What is claimed of a difference, in plain words with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.compare.words import disagree, negligible
from harness.report.numbers import change, interval, p_value, score
from harness.statistics.power import ALPHA

if TYPE_CHECKING:
    from harness.model import Comparison, Difference

TESTS = {
    "t": "t",
    "mcnemar": "McNemar",
    "bootstrap": "bootstrap",
    "constant": "the chance to miss a change",
    "none": "none",
}
"""How tests are named to people."""


def sentence(comparison: Comparison, difference: Difference) -> str:
    """One paragraph: the verdict, the numbers it rests on, and what limits it."""
    if difference.reason:
        return f"{difference.metric} on {comparison.suite} is not compared: {difference.reason}."
    if same := _identical(comparison, difference):
        found = f"{difference.metric} {score(difference.a)} on {counted(difference)}"
        return f"A and B are identical on {comparison.suite}, the same {same} with the same scores: {found}."
    said = f"{_claim(difference)} on {difference.suite}: {_numbers(difference)}."
    return " ".join([said, *_basis(difference), *_limits(difference)])


def counted(difference: Difference) -> str:
    """`259 items in 87 groups`."""
    items = "1 item" if difference.items == 1 else f"{difference.items:,} items"
    return f"{items} in {difference.groups:,} groups" if difference.clustered else items


def _identical(comparison: Comparison, difference: Difference) -> str:
    """`run` or `embedder` where both sides are one and no item differs, else nothing."""
    if not (difference.unchanged and comparison.a.identity and comparison.a.identity == comparison.b.identity):
        return ""
    return "run" if comparison.a.run == comparison.b.run else "embedder"


def _claim(difference: Difference) -> str:
    if difference.word in {"better", "worse"}:
        return f"B is {difference.word}{' by less than the margin' if negligible(difference) else ''}"
    if difference.word == "equal":
        return f"A and B are equal within {difference.margin:g}"
    return "A and B are undecided"


def _numbers(difference: Difference) -> str:
    told = f"{difference.metric} {score(difference.b)} against {score(difference.a)}, {change(difference.value)}"
    if ends := interval(difference.interval, change):
        told += f" ({ends})"
    return f"{told}, p {_p(difference)}" if difference.p is not None else told


def _p(difference: Difference) -> str:
    p, adjusted = p_value(difference.p), p_value(difference.adjusted)
    return p if adjusted in {p, ""} else f"{p}, corrected {adjusted}"


def _basis(difference: Difference) -> list[str]:
    """The items, and who does better on how many of them."""
    if difference.tally is None:
        return [f"{counted(difference)}."]
    tally = difference.tally
    size = "" if difference.effect is None else f"; effect size d {difference.effect:+.2f}"
    return [f"{counted(difference)}: B does better on {tally.wins:,}, worse on {tally.losses:,}{size}."]


def _limits(difference: Difference) -> list[str]:
    """Why the verdict is no stronger, and what stands against it."""
    said = []
    if difference.error is None and difference.word not in {"better", "worse"}:
        said.append(f"{difference.ground[:1].upper()}{difference.ground[1:]}.")
    if difference.word in {"better", "worse"} and _holds_0(difference):
        said.append(f"The interval holds 0 all the same ({difference.ground}).")
    if difference.detectable is not None:
        said.append(f"These items show a difference of {score(difference.detectable)} or more.")
    if difference.word == "undecided" and difference.needed is not None:
        said.append(f"About {difference.needed:,} like these would settle it.")
    if disagree(difference):
        said.append(
            f"The tests disagree at {ALPHA:g}: {TESTS[difference.test]} has p {p_value(difference.p)}, the sign-flip "
            f"permutation {p_value(difference.cross)}."
        )
    return said


def _holds_0(difference: Difference) -> bool:
    low, high = difference.interval.low, difference.interval.high
    return low is not None and high is not None and low <= 0 <= high
