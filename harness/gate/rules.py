"""From differences and values to answers.

Non-inferiority: a candidate passes where the lower bound of its gain, 95 % one-sided, lies above minus the margin. All
primary gates have to pass, each at 5 %: an intersection–union test, which needs no correction (Berger 1982,
Technometrics 24). A harm is a claim, and claims of many gates are corrected by Holm's method: a regression says that
the true loss is beyond the margin, a probable loss that there is one, of unsettled size.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from harness.model import Ruling
from harness.statistics.corrections import holm
from harness.statistics.estimates import Constant, items_to_reach
from harness.statistics.intervals import interval_error
from harness.statistics.power import ALPHA, items_needed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.model import Answer, Difference, Gate, Limit, Score

SAME = "the same embedder, the same scores"
_PLACES = 12
"""Decimals of a distance from the margin: what is left of it by rounding is none."""


@dataclass(frozen=True)
class Case:
    """One gate on one candidate, to be ruled on: the difference of the candidate, B, from the reference, A; or why not.

    difference: one object for references that hold the same results: what is claimed of both is one claim. same: both
    are one embedder with one value on every item. answer, words: where there is no difference. planned: the
    items that were thought necessary beforehand.
    """

    asked: Gate
    embedder: str
    reference: str
    difference: Difference | None = None
    same: bool = False
    answer: Answer = "incomparable"
    words: str = ""
    planned: int | None = None


@dataclass(frozen=True)
class _Harm:
    """Two p values, each corrected for all claims of the family: of a loss beyond the margin, of any loss.

    tested: how many claims of the family could be tested.
    """

    beyond: float | None
    any: float | None
    tested: int


def rulings(cases: Sequence[Case]) -> tuple[Ruling, ...]:
    """The answers, in the order of the cases. Primary and advisory gates are corrected as two families."""
    harms: dict[int, _Harm] = {}
    numbered = sorted(enumerate(cases), key=lambda one: one[1].asked.primary)
    for _, family in groupby(numbered, key=lambda one: one[1].asked.primary):
        harms |= _corrected(family)
    return tuple(_ruling(case, harms[place]) for place, case in enumerate(cases))


def floor_ruling(limit: Limit, embedder: str, score: Score) -> Ruling:
    """The answer to a floor. score: one that has a value."""
    value, best = score.value or 0.0, score.interval.high if limit.is_least else score.interval.low
    ruling = Ruling(limit, embedder, "pass", f"{score.metric} is {value:.4f}", value=value)
    if limit.met(value):
        return ruling
    if best is None or not limit.met(best):
        why = "it has no interval" if best is None else f"its 95 % interval ends at {best:.4f}"
        return replace(ruling, answer="regression", words=f"{ruling.words}: {why}")
    needed = items_needed(score.items, interval_error(score.interval), abs(value - limit.bound), sides=1)
    words = f"{ruling.words}, but its 95 % interval reaches to {best:.4f}: {_items(score.items)} not tell"
    return replace(ruling, answer="inconclusive", words=words + _would(needed), needed=needed)


def budget_ruling(limit: Limit, embedder: str, value: float | None, words: str) -> Ruling:
    """The answer to a budget. value: in its unit, None where it was not measured. words: what was measured, or not."""
    if value is None:
        return Ruling(limit, embedder, "incomparable", words)
    return Ruling(limit, embedder, "pass" if limit.met(value) else "regression", words, value=value)


def _corrected(family: Iterable[tuple[int, Case]]) -> dict[int, _Harm]:
    numbered = list(family)
    claims = {_claim(case): case for _, case in numbered}
    beyond, loss = [], []
    for case in claims.values():
        found, comparable = case.difference, case.difference is not None and not case.difference.reason
        beyond.append(_p_loss(found, case.asked.margin) if found and comparable else None)
        loss.append(_p_loss(found, 0.0) if found and comparable else None)
    count = sum(p is not None for p in loss)
    harms = {claim: _Harm(a, b, count) for claim, a, b in zip(claims, holm(beyond), holm(loss), strict=True)}
    return {place: harms[_claim(case)] for place, case in numbered}


def _claim(case: Case) -> tuple[Gate, str, int]:
    """What a case claims, whichever of several references with the same results it names."""
    return case.asked, case.embedder, id(case.difference)


def _ruling(case: Case, harm: _Harm) -> Ruling:
    found = case.difference
    ruling = Ruling(case.asked, case.embedder, case.answer, case.words, case.reference, found)
    if found is None:
        return ruling
    if found.reason:
        return replace(ruling, answer="incomparable", words=found.reason)
    if case.same:
        return replace(ruling, answer="pass", words=SAME)
    return _judged(ruling, case, found, harm)


def _judged(ruling: Ruling, case: Case, found: Difference, harm: _Harm) -> Ruling:
    margin = case.asked.margin
    if _settled(found, margin):
        return replace(ruling, answer="pass", words=_passed(found, margin))
    if harm.beyond is not None and harm.beyond < ALPHA:
        words = f"{_at_most(found)}: a loss of more than {margin:g} ({_p(harm.beyond, harm)})"
        decided = _decided(found, harm.beyond, f"a loss of more than {margin:g}", harm)
        return replace(ruling, answer="regression", words=words, difference=decided)
    needed = _needed(case, found, harm.tested)
    if harm.any is not None and harm.any < ALPHA:
        open_part = f"{_items(found.items)} not tell whether it is more than {margin:g}"
        words = f"{_at_most(found)}: a loss ({_p(harm.any, harm)}); {open_part}"
        decided = _decided(found, harm.any, "a loss", harm)
        return replace(ruling, answer="probable loss", words=words + _would(needed), needed=needed, difference=decided)
    words = f"{_between(found)}: {_items(found.items)} not tell whether the loss is more than {margin:g}"
    return replace(ruling, answer="inconclusive", words=words + _would(needed), needed=needed)


def _decided(found: Difference, p: float, claim: str, harm: _Harm) -> Difference:
    """The difference with the p value that the answer rests on: of a claim of harm, not of any difference."""
    return replace(found, adjusted=p, family=f"{claim}, one-sided, Holm over {harm.tested}")


def _settled(difference: Difference, margin: float) -> bool:
    lower = _lower(difference)
    return lower is not None and lower > -margin


def _needed(case: Case, found: Difference, tested: int) -> int | None:
    """The items that settle it if the two are equal; where so many do not, if the difference stays what it is."""
    margin, error = case.asked.margin, found.estimate.error
    short = round(found.gain + margin, _PLACES)
    alpha = ALPHA if short > 0 else ALPHA / max(tested, 1)
    if isinstance(found.estimate, Constant):
        return items_to_reach(found.estimate, found.items, abs(short), alpha)
    if error is None:
        return case.planned
    if_equal = items_to_reach(found.estimate, found.items, margin, ALPHA)
    if if_equal is None or if_equal > found.items:
        return if_equal
    if_the_same = items_to_reach(found.estimate, found.items, abs(short), alpha)
    # A normal quantile stands for that of t: with few items it can come out below what there are.
    return None if if_the_same is None else max(if_the_same, found.items + 1)


def _lower(found: Difference) -> float | None:
    """The bound below which the true gain lies with 5 % at most."""
    if found.higher_is_better:
        return found.estimate.lower(ALPHA)
    upper = found.estimate.upper(ALPHA)
    return None if upper is None else -upper


def _upper(found: Difference) -> float | None:
    """The bound above which the true gain lies with 5 % at most."""
    if found.higher_is_better:
        return found.estimate.upper(ALPHA)
    lower = found.estimate.lower(ALPHA)
    return None if lower is None else -lower


def _p_loss(found: Difference, margin: float) -> float | None:
    """Of a true gain of −margin or more: small where the loss is larger."""
    return found.estimate.p_below(-margin) if found.higher_is_better else found.estimate.p_above(margin)


def _passed(found: Difference, margin: float) -> str:
    return f"gain {found.gain:+.4f}, at least {_shown(_lower(found))}: no loss of more than {margin:g}"


def _at_most(found: Difference) -> str:
    return f"gain {found.gain:+.4f}, at most {_shown(_upper(found))}"


def _between(found: Difference) -> str:
    if _lower(found) is None:
        return f"gain {found.gain:+.4f}, {found.estimate.reason}"
    return f"gain {found.gain:+.4f}, between {_shown(_lower(found))} and {_shown(_upper(found))}"


def _shown(bound: float | None) -> str:
    return "unknown" if bound is None else f"{bound:+.4f}"


def _p(value: float, harm: _Harm) -> str:
    p = f"p {value:.2g}"
    return f"{p}, Holm over {harm.tested}" if harm.tested > 1 else p


def _items(count: int) -> str:
    return "1 item does" if count == 1 else f"{count:,} items do"


def _would(needed: int | None) -> str:
    return "" if needed is None else f"; about {needed:,} would"
