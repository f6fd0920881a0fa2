"""What may be claimed of a difference: better, worse, equal within the margin, or undecided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.statistics.estimates import Constant
from harness.statistics.power import ALPHA, detectable, items_needed, items_to_show_equal

if TYPE_CHECKING:
    from harness.model import Difference, Word


def settled(difference: Difference, *, level: float = ALPHA, same: bool = False) -> Difference:
    """The difference with its word; an undecided one with what these items show, and how many would settle it.

    Its p must be adjusted already. level: which its p must fall below for that. same: both sides are the same embedder,
    so that the same scores are no coincidence.
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
    if abs(difference.value) >= difference.margin:
        return _to_show_it(difference, level)
    error, margin = difference.estimate.error, difference.margin
    equal = items_to_show_equal(difference.items, error, margin)
    if equal is None or equal > difference.items:
        return equal
    # There are as many already, and they did not show it: the observed difference is then the better guess.
    room = items_needed(difference.items, error, margin - abs(difference.value), sides=1)
    return min((found for found in (_to_show_it(difference, level), room) if found is not None), default=None)


def _word(difference: Difference, *, same: bool) -> Word:
    if difference.reason:
        return "undecided"
    if difference.adjusted is not None and difference.adjusted < ALPHA:
        return "better" if difference.gain > 0 else "worse"
    unchanged = isinstance(difference.estimate, Constant) and difference.value == 0
    return "equal" if negligible(difference) or (same and unchanged) else "undecided"


def _to_show_it(difference: Difference, level: float) -> int | None:
    """None where it were no more than there are: with few groups t is far from the normal that this is planned by."""
    found = items_needed(difference.items, difference.estimate.error, abs(difference.value), alpha=level)
    return found if found is not None and found > difference.items else None


def _needed_unchanged(difference: Difference, estimate: Constant) -> int | None:
    """Where all items changed alike: until a change that they missed could no longer tip the balance."""
    size, margin = abs(difference.value), difference.margin
    room, alpha = (size, ALPHA / 2) if size >= margin else (margin - size, ALPHA)
    return estimate.items_needed(difference.items, room, alpha)
