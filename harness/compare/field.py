"""Everybody on one suite, or over several: the order, the best set, and who is shown to beat whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.compare.best_set import letter, settled
from harness.compare.evidence import Average
from harness.model import MARGIN, Field, Interval, Open, Standing
from harness.statistics.estimates import Constant
from harness.statistics.power import ALPHA, items_needed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.evidence import Evidence
    from harness.model import Status

NO_AVERAGE = "no average"
"""How the note begins that says why there is none, though scores could be averaged."""
_NO_ITEMS = "has no items, so that nothing can be shown about its differences"
_TOLD = 3
"""Suites that are named, with the reason, where somebody lacks many."""
_DOWN = "means the better the lower, which cannot be averaged with scores that mean the better the higher"


@dataclass(frozen=True)
class Contest:
    """A suite with everybody's score, nobody compared yet. Each is a standing without place.

    heading: the field without standings. entrants: who can be compared, in the order of the evidence. outside: who
    cannot, with the reason.
    """

    heading: Field
    entrants: tuple[Standing, ...]
    outside: tuple[Standing, ...]
    evidence: Evidence

    @property
    def places(self) -> Mapping[str, int]:
        """Embedder → place in the evidence."""
        return {one.embedder: place for place, one in enumerate(self.entrants)}


def field(contest: Contest) -> Field:
    """Everybody in order, ties by name; those without a score last, by name, outside the order."""
    order = _order(contest)
    outside = tuple(sorted(contest.outside, key=lambda one: (one.embedder, one.identity)))
    if not order:
        return replace(contest.heading, standings=outside)
    found = settled(order, contest.evidence)
    letters = {i: letter(place) for place, i in enumerate(order, start=1)}
    standings = tuple(
        replace(
            contest.entrants[i],
            letter=letters[i],
            place=place,
            p=found.p.get(i),
            in_best=i in found.left,
            beats=tuple(letters[j] for j in found.beats[i]),
        )
        for place, i in enumerate(order, start=1)
    )
    told = contest.evidence.reason or contest.evidence.correction
    correction = told if len(order) > 1 else "nobody to compare with"
    return replace(contest.heading, standings=(*standings, *outside), correction=correction)


def _order(contest: Contest) -> list[int]:
    sign = -1.0 if contest.heading.higher_is_better else 1.0
    return sorted(
        range(len(contest.entrants)),
        key=lambda i: (sign * (contest.entrants[i].value or 0.0), contest.entrants[i].embedder),
    )


def average(contests: Sequence[Contest]) -> tuple[Contest | None, tuple[str, ...]]:
    """The weighted average over suites as a contest of those who have a score on all of them; and what was left out.

    None where there are not two suites, and where nobody has a score on all that can be averaged.
    """
    usable, notes = _averaged(contests)
    if len(contests) < 2 or not usable:  # noqa: PLR2004 # an average is of two at least
        return None, notes if len(contests) > 1 else ()
    names = _everywhere(usable)
    if not names:
        return None, (*notes, f"{NO_AVERAGE}: nobody has a score on all {len(usable)} suites. {_in_the_way(usable)}")
    parts = tuple((one.heading.weight, one.evidence, tuple(one.places[name] for name in names)) for one in usable)
    evidence = Average(parts)
    weight, of = sum(one.heading.weight for one in usable), tuple(one.heading.suite for one in usable)
    heading = Field("", "average", evidence.items, True, weight, (), of=of)
    identities = {one.embedder: one.identity for contest in usable for one in contest.entrants}
    entrants = tuple(_entrant(name, identities[name], usable, evidence, i) for i, name in enumerate(names))
    outside = tuple(_lacking(name, usable) for name in _all_names(usable) if name not in set(names))
    if outside and len(names) == 1:
        notes = (*notes, f"only {names[0]} has a score on all {len(usable)} suites. {_in_the_way(usable)}")
    return Contest(heading, entrants, outside, evidence), notes


def _averaged(contests: Sequence[Contest]) -> tuple[list[Contest], tuple[str, ...]]:
    """Those that can be averaged, and why the others cannot."""
    why = {one.heading.suite: _unfit(one) for one in contests}
    unsure = {one.heading.suite: one.evidence.reason for one in contests if one.entrants}
    if any(not why[name] and not reason for name, reason in unsure.items()):
        # One suite of four items would leave nothing to be said about the average with all the others.
        why = {name: reason or unsure.get(name, "") for name, reason in why.items()}
    notes = tuple(f"{suite} is not in the average: {reason}" for suite, reason in why.items() if reason)
    return [one for one in contests if not why[one.heading.suite]], notes


def _unfit(contest: Contest) -> str:
    heading = contest.heading
    if not heading.higher_is_better:
        return f"{heading.metric} {_DOWN}"
    return f"{heading.metric} {_NO_ITEMS}" if contest.entrants and not contest.evidence.items else ""


def _all_names(contests: Sequence[Contest]) -> list[str]:
    return sorted({one.embedder for contest in contests for one in (*contest.entrants, *contest.outside)})


def _everywhere(contests: Sequence[Contest]) -> list[str]:
    return sorted(set.intersection(*(set(contest.places) for contest in contests)))


def _entrant(name: str, identity: str, contests: Sequence[Contest], evidence: Average, place: int) -> Standing:
    """The average of the stored scores, with the interval of the same average of items."""
    total = sum(contest.heading.weight for contest in contests)
    scores = [contest.heading.weight * (contest.entrants[contest.places[name]].value or 0.0) for contest in contests]
    return Standing(name, identity, "", None, sum(scores) / total, evidence.own(place).interval())


def _lacking(name: str, contests: Sequence[Contest]) -> Standing:
    """Why somebody is outside the average: each suite that he lacks."""
    missing: list[str] = []
    status: Status = "not_applicable"
    identity = ""
    for contest in contests:
        if name in contest.places:
            continue
        found = next((one for one in contest.outside if one.embedder == name), None)
        missing.append(f"{contest.heading.suite}: {found.reason if found else 'not run'}")
        status = "failed" if found and found.status == "failed" else status
        identity = found.identity if found else identity
    more = [f"and {len(missing) - _TOLD} suites more"] if len(missing) > _TOLD + 1 else []
    reason = "; ".join([*missing[:_TOLD], *more] if more else missing)
    return Standing(name, identity, "", None, None, Interval(None, None, reason), status=status, reason=reason)


def _in_the_way(contests: Sequence[Contest]) -> str:
    """Which suites keep everybody out: how many lack each."""
    names = _all_names(contests)
    lacking = {one.heading.suite: sum(name not in one.places for name in names) for one in contests}
    told = ", ".join(f"{suite} ({number} of {len(names)} lack it)" for suite, number in lacking.items() if number)
    return f"In the way: {told}"


def unsettled(contest: Contest, decided: Field) -> tuple[Open, ...]:
    """The leader against each of the others of the best set, and how many items would show the observed difference.

    Of two with the same values on every item: how many would show that they differ by less than MARGIN.
    """
    leader = decided.leader
    if leader is None or not decided.items:
        return ()
    return tuple(
        Open(leader.embedder, one.embedder, decided.suite, decided.items, _needed(contest, leader, one))
        for one in decided.best
        if one is not leader
    )


def _needed(contest: Contest, leader: Standing, other: Standing) -> int | None:
    difference = contest.evidence.difference(contest.places[leader.embedder], contest.places[other.embedder])
    if isinstance(difference, Constant):
        size = abs(difference.value)
        return difference.items_needed(contest.evidence.items, size or MARGIN, ALPHA / 2 if size else ALPHA)
    return items_needed(contest.evidence.items, difference.error, abs(difference.value))


def shared(fields: Sequence[Field]) -> tuple[str, ...]:
    """Suites over which there is an average, though not over all: at least half of those with a score have all of them.

    Two embedders at least; where half share nothing, two do. Those that most have come first; empty where nothing is
    shared.
    """
    usable = [one for one in fields if one.higher_is_better and one.items]
    having = {one.suite: {each.embedder for each in one.standings if each.place is not None} for one in usable}
    half = (len(set().union(*having.values())) + 1) // 2
    return _kept(having, max(half, 2)) or _kept(having, 2)


def _kept(having: Mapping[str, set[str]], fewest: int) -> tuple[str, ...]:
    kept: list[str] = []
    left: set[str] = set().union(*having.values())
    for suite in sorted(having, key=lambda name: (-len(having[name]), name)):
        if len(left & having[suite]) >= fewest:
            left &= having[suite]
            kept.append(suite)
    return tuple(kept)
