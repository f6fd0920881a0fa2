"""Everybody on one suite, or over several: the order, the best set, and who is shown to beat whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.compare.best_set import best_set, letter
from harness.compare.common import Scored
from harness.compare.inference import Average, alike
from harness.model import MARGIN, Field, Interval, Open, Standing
from harness.statistics.estimates import Constant, items_to_reach
from harness.statistics.power import ALPHA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.inference import Inference
    from harness.model import Estimate, Status

_NO_ITEMS = "has no items, so that nothing can be shown about its differences"
_TOLD = 3
"""Suites that are named, with the reason, where somebody lacks many."""
_PLACES = 12
"""Decimals of a difference that are not rounding."""
_LEANS = (
    "makes most of the uncertainty of the average; also where nothing differs, so few items may have missed something. "
    "A lower weight ([weights]), leaving it out (-s), or more items would show smaller differences"
)
_REALISTIC = 100
"""Times the items there are: more would be no advice."""
_DOWN = "means the better the lower, which cannot be averaged with scores that mean the better the higher"


@dataclass(frozen=True)
class Contest:
    """The scores of all embedders on a suite (or averaged) before they are ranked: standings without a place.

    heading: the field without standings. entrants: who can be compared, in the order of the inference. outside: who
    cannot, with the reason.
    """

    heading: Field
    entrants: tuple[Standing, ...]
    outside: tuple[Standing, ...]
    inference: Inference

    @property
    def places(self) -> Mapping[str, int]:
        """Embedder → place in the inference."""
        return {one.embedder: place for place, one in enumerate(self.entrants)}


def field(contest: Contest) -> Field:
    """Everybody in order, ties by name; those without a score last, by name, outside the order."""
    order = _order(contest)
    outside = tuple(sorted(contest.outside, key=lambda one: (one.embedder, one.identity)))
    if not order:
        return replace(contest.heading, standings=outside)
    found = best_set(order, contest.inference)
    letters = {i: letter(place) for place, i in enumerate(order, start=1)}
    standings = tuple(
        replace(
            contest.entrants[i],
            letter=letters[i],
            place=place,
            p=found.p.get(i),
            in_best=i in found.members,
            beats=tuple(letters[j] for j in found.beats[i]),
        )
        for place, i in enumerate(order, start=1)
    )
    told = contest.inference.reason or contest.inference.correction
    correction = told if len(order) > 1 else "nobody to compare with"
    return replace(contest.heading, standings=(*standings, *outside), correction=correction)


def _order(contest: Contest) -> list[int]:
    sign = -1.0 if contest.heading.higher_is_better else 1.0
    return sorted(
        range(len(contest.entrants)),
        key=lambda i: (sign * (contest.entrants[i].value or 0.0), contest.entrants[i].embedder),
    )


def average(contests: Sequence[Contest]) -> tuple[Contest | None, tuple[str, ...]]:
    """The weighted average over the suites that count as a contest of those who have a score on all of them; and notes.

    Which suites count: see `harness.compare.common`. Those that do not are in `left_out` of the heading, and in the
    notes. None where there are not two suites, none that can be averaged, or no two embedders with a score on the same.
    """
    if len(contests) < 2:  # noqa: PLR2004 # an average is of two at least
        return None, ()
    left = {one.heading.suite: why for one in contests if (why := _unfit(one))}
    fit = [one for one in contests if one.heading.suite not in left]
    counted, voices = _scored(fit).in_common()
    if not counted:
        return None, _noted(left)
    left |= {one.heading.suite: _lacked(one, voices) for one in fit if one.heading.suite not in counted}
    usable = [one for one in fit if one.heading.suite in counted]
    if not all(one.inference.reason for one in usable):
        # One suite of four items would leave nothing to be said about the average with all the others.
        left |= {one.heading.suite: one.inference.reason for one in usable if one.inference.reason}
    left = dict(sorted(left.items()))
    return _averaged([one for one in usable if one.heading.suite not in left], left, contests), _noted(left)


def _averaged(usable: Sequence[Contest], left: Mapping[str, str], contests: Sequence[Contest]) -> Contest:
    names = sorted(set.intersection(*(set(one.places) for one in usable)))
    parts = tuple((one.heading.weight, one.inference, tuple(one.places[name] for name in names)) for one in usable)
    inference = Average(parts)
    weight, of = sum(one.heading.weight for one in usable), tuple(one.heading.suite for one in usable)
    heading = Field("", "average", inference.items, True, weight, (), of=of, left_out=left)
    identities = {one.embedder: one.identity for contest in usable for one in contest.entrants}
    entrants = tuple(_entrant(name, identities[name], usable, inference, i) for i, name in enumerate(names))
    outside = tuple(_lacking(name, usable) for name in _all_names(contests) if name not in set(names))
    return Contest(heading, entrants, outside, inference)


def _scored(contests: Sequence[Contest]) -> Scored:
    scores: dict[str, dict[str, float]] = {}
    for contest in contests:
        for one in contest.entrants:
            if one.value is not None:
                scores.setdefault(one.embedder, {})[contest.heading.suite] = one.value
    lacking = ((one, contest.heading.suite) for contest in contests for one in contest.outside)
    failed = {(one.embedder, suite) for one, suite in lacking if one.status == "failed"}
    return Scored(scores, {one.heading.suite: one.heading.weight for one in contests}, failed)


def _lacked(contest: Contest, voices: Sequence[str]) -> str:
    """Why a suite does not count."""
    if not contest.entrants:
        return "nobody has a score"
    lacking = sorted(name for name in voices if name not in contest.places)
    return f"of the {len(voices)} best, {', '.join(lacking)} {'has' if len(lacking) == 1 else 'have'} no score on it"


def _noted(left: Mapping[str, str]) -> tuple[str, ...]:
    """Which suites are not in the average, those of one reason together."""
    suites: dict[str, list[str]] = {}
    for suite, why in left.items():
        suites.setdefault(why, []).append(suite)
    return tuple(
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} not in the average: {why}"
        for why, names in suites.items()
    )


def _unfit(contest: Contest) -> str:
    heading = contest.heading
    if not heading.higher_is_better:
        return f"{heading.metric} {_DOWN}"
    return f"{heading.metric} {_NO_ITEMS}" if contest.entrants and not contest.inference.items else ""


def _all_names(contests: Sequence[Contest]) -> list[str]:
    return sorted({one.embedder for contest in contests for one in (*contest.entrants, *contest.outside)})


def _entrant(name: str, identity: str, contests: Sequence[Contest], inference: Average, place: int) -> Standing:
    """The average of the stored scores, with the interval of the same average of items."""
    total = sum(contest.heading.weight for contest in contests)
    scores = [contest.heading.weight * (contest.entrants[contest.places[name]].value or 0.0) for contest in contests]
    return Standing(name, identity, "", None, sum(scores) / total, inference.own(place).interval())


def _lacking(name: str, contests: Sequence[Contest]) -> Standing:
    """Why an embedder is outside the average: each suite on which it has no score."""
    missing: dict[str, str] = {}
    status: Status = "not_applicable"
    identity = ""
    for contest in contests:
        if name in contest.places:
            continue
        found = next((one for one in contest.outside if one.embedder == name), None)
        missing[contest.heading.suite] = found.reason if found else "not run"
        status = "failed" if found and found.status == "failed" else status
        identity = found.identity if found else identity
    told = [f"{suite}: {why}" for suite, why in missing.items()]
    reason = "; ".join(told if len(told) <= _TOLD + 1 else [*told[:_TOLD], f"and {len(told) - _TOLD} suites more"])
    interval = Interval(None, None, reason)
    return Standing(name, identity, "", None, None, interval, status=status, reason=reason, missing=tuple(missing))


def unsettled(contest: Contest, decided: Field) -> tuple[Open, ...]:
    """The leader against each of the others of the best set, and how many items would show the observed difference.

    None where more than 100 times as many would, or where the 90 % interval lies within ±MARGIN: they are equal. Of two
    with the same values on every item: how far apart they may be for all that, and, of one suite, how many items would
    show that they differ by less than MARGIN.
    """
    leader = decided.leader
    if leader is None or not decided.items:
        return ()
    others = [one for one in decided.best if one is not leader]
    return tuple(_open(contest, decided, leader.embedder, one.embedder) for one in others)


def _open(contest: Contest, decided: Field, leader: str, other: str) -> Open:
    places = contest.places[leader], contest.places[other]
    difference = contest.inference.difference(*places)
    missed = difference.interval().high if alike(contest.inference, *places) else None
    question = Open(leader, other, decided.suite, decided.items, None, missed)
    if _equal(difference):
        return replace(question, verdict="equal")
    needed = _needed(decided.items, difference)
    if needed is not None and needed > _REALISTIC * decided.items:
        return replace(question, verdict="beyond")
    return replace(question, needed=needed)


def _equal(difference: Estimate) -> bool:
    """By two one-sided tests at 0.05, as in `harness compare`."""
    low, high = difference.lower(ALPHA), difference.upper(ALPHA)
    return low is not None and high is not None and low > -MARGIN and high < MARGIN


def leaning(contest: Contest, decided: Field) -> tuple[str, ...]:
    """The suites of an average from which most of its uncertainty comes: which, and what can be done about it.

    Of the variance of the difference between the leader and another one of the best set, more than half, and half as
    much again as the suite's share of the weights: of two suites one always has more than half.
    """
    leader, inference = decided.leader, contest.inference
    if leader is None or inference.reason or not isinstance(inference, Average):
        return ()
    told: dict[str, str] = {}
    for other in (one for one in decided.best if one is not leader):
        shares = inference.shares(contest.places[leader.embedder], contest.places[other.embedder])
        for suite, share, (weight, part, _) in zip(decided.of, shares, inference.parts, strict=True):
            if share > max(1, 3 * weight / decided.weight) / 2:
                told[suite] = f"{suite} ({part.items:,} items) {_LEANS}"
    return tuple(told.values())


def _needed(items: int, difference: Estimate) -> int | None:
    if isinstance(difference, Constant):
        size = abs(difference.value)
        return difference.items_needed(items, size or MARGIN, ALPHA / 2 if size else ALPHA)
    return items_to_reach(difference, items, round(abs(difference.value), _PLACES), ALPHA / 2)
