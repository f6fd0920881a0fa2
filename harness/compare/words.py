"""What may be claimed of a difference: better, worse, equal within the margin, or undecided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.statistics.estimates import Constant, items_to_reach
from harness.statistics.few_changes import FewChanges
from harness.statistics.power import ALPHA, detectable, items_to_show_equal

if TYPE_CHECKING:
    from harness.model import Difference, Word

_PLACES = 12


def settled(difference: Difference, *, level: float = ALPHA, same: bool = False) -> Difference:
    """The difference with its word; an undecided one with what these items show, and how many would settle it.

    difference: with its adjusted p. level: which the uncorrected p would have to fall below. same: both sides are the
    same embedder: then equal scores on every item are no coincidence, and mean "equal" however few the items.
    """
    found = replace(difference, word=_word(difference, same=same))
    if found.word != "undecided":
        return found
    return replace(found, needed=needed(found, level), detectable=detectable(found.estimate, alpha=level))


def disagree(difference: Difference) -> bool:
    """Whether the test and its cross-check, a permutation, fall on two sides of 0.05."""
    p, cross = difference.p, difference.cross
    return p is not None and cross is not None and (p < ALPHA) != (cross < ALPHA)


def negligible(difference: Difference) -> bool:
    """Whether the true difference lies within the margin: the 90 % interval does (two one-sided tests at 0.05)."""
    low, high = difference.estimate.lower(ALPHA), difference.estimate.upper(ALPHA)
    return low is not None and high is not None and -difference.margin < low and high < difference.margin


def needed(difference: Difference, level: float = ALPHA) -> int | None:
    """How many items like these would settle it with power 0.8: show the difference, or that there is none.

    A difference as large as the margin is assumed to be there, a smaller one not. level: which p must fall below. None
    where nobody can say.
    """
    if isinstance(difference.estimate, Constant):
        return _needed_unchanged(difference, difference.estimate)
    room = _room(difference)
    if room <= 0:
        return _to_show_it(difference, level)
    equal = _to_show_equal(difference)
    if equal is None or equal > difference.items:
        return equal
    # There are as many already, and they did not show it: the observed difference is then the better guess.
    settles = (_to_show_it(difference, level), items_to_reach(difference.estimate, difference.items, room, ALPHA))
    return min((found for found in settles if found is not None), default=None)


def _word(difference: Difference, *, same: bool) -> Word:
    if difference.reason:
        return "undecided"
    if difference.adjusted is not None and difference.adjusted < ALPHA:
        return "better" if difference.gain > 0 else "worse"
    unchanged = isinstance(difference.estimate, Constant) and difference.value == 0
    return "equal" if negligible(difference) or (same and unchanged) else "undecided"


def _to_show_equal(difference: Difference) -> int | None:
    if isinstance(difference.estimate, FewChanges):
        return items_to_reach(difference.estimate, difference.items, difference.margin, ALPHA)
    return items_to_show_equal(difference.items, difference.estimate.error, difference.margin)


def _to_show_it(difference: Difference, level: float) -> int | None:
    """None where it were no more than there are: with few groups t is far from the normal that this is planned by."""
    found = items_to_reach(difference.estimate, difference.items, abs(difference.value), level / 2)
    return found if found is not None and found > difference.items else None


def _needed_unchanged(difference: Difference, estimate: Constant) -> int | None:
    """Where all items changed alike: until a change that they missed could no longer tip the balance."""
    room = _room(difference)
    distance, alpha = (room, ALPHA) if room > 0 else (abs(difference.value), ALPHA / 2)
    return estimate.items_needed(difference.items, distance, alpha)


def _room(difference: Difference) -> float:
    """How far the difference is from the margin, 0 or less where it is as large; rounding alone is no distance."""
    return round(difference.margin - abs(difference.value), _PLACES)
