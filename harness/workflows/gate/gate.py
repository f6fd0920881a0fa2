"""Judge candidates: their newest stored runs against a baseline's, their values against floors and budgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from harness.compare.moved import moved
from harness.errors import NotComparableError
from harness.gate.planning import Plan, cautions
from harness.gate.rules import Claim, floor_ruling, rulings
from harness.model import Gate, Ruling, Verdict
from harness.store import Store
from harness.store.baselines import rounded
from harness.workflows.commands import run_command
from harness.workflows.costs import costs_of
from harness.workflows.gate.costs import Candidate, held_against
from harness.workflows.gate.freshness import about_anchor, about_runs, present
from harness.workflows.gate.pairing import claim
from harness.workflows.gate.plans import plans_of
from harness.workflows.gate.setup import GateRequest, prepared
from harness.workflows.newest import newest
from harness.workflows.texts import with_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from harness.model import Difference, Limit, Moved, Run
    from harness.workflows.configuration import Configuration
    from harness.workflows.gate.choosing import Pair
    from harness.workflows.gate.setup import Against, Setup

__all__ = ["GateRequest", "checked", "gate"]

WORST = 5
"""Items that lost most, of each ruling."""


@dataclass(frozen=True)
class _Case:
    """One gate on one candidate against one baseline: the two runs, and what they say."""

    pair: Pair
    against: Against
    a: Run | None
    b: Run | None
    claim: Claim

    @property
    def idle(self) -> bool:
        """Whether neither side can have results: the candidate does not apply, and its reference has none."""
        return self.a is None and self.b is not None and self.b.status == "not_applicable"


def gate(configuration: Configuration, asked: GateRequest, today: date) -> Verdict:
    """The verdict on the candidates. Raises UsageError as `prepared`, StoreError without results."""
    setup = prepared(configuration, asked)
    store = Store(configuration.store)
    runs = _newest(store, setup)
    cases, idle = _without_idle(_cases(setup, runs, today))
    plans = plans_of(setup, _seen(setup, cases))
    judged = rulings([replace(case.claim, planned=_needed(case.claim, plans)) for case in cases])
    found = [_with_worst(ruling, case, setup) for ruling, case in zip(judged, cases, strict=True)]
    first = setup.against[0] if setup.against else None
    return Verdict(
        rulings=(*found, *_limits(setup, store, runs)),
        policy=asked.inconclusive or configuration.gate.inconclusive,
        notes=(
            *(*setup.notes, *idle, *about_runs(setup, runs, [case.claim for case in cases])),
            *cautions(plans, _passed(judged)),
            *about_anchor(setup, today),
        ),
        baseline=first.baseline.name if first else "",
        age=first.baseline.age(today) if first else None,
        refresh=first.refresh(today) if first else "",
    )


def checked(configuration: Configuration, asked: GateRequest) -> tuple[list[Plan], list[str]]:
    """What every gate needs, and what is to be said about them, before there is a candidate. Raises as `prepared`."""
    setup = prepared(configuration, asked)
    plans = plans_of(setup, {})
    return plans, [*setup.notes, *cautions(plans)]


def _newest(store: Store, setup: Setup) -> dict[tuple[str, str], Run]:
    """The newest run of each candidate on each suite, whole; the last one where a label had several identities."""
    found = store.newest(setup.suites, [pair.candidate for pair in setup.pairs])
    ours = newest(run for run in found if not run.imported)
    return {(run.suite, run.embedder): rounded(run) for run in store.runs([run.id for run in ours.values()])}


def _cases(setup: Setup, runs: Mapping[tuple[str, str], Run], today: date) -> list[_Case]:
    found: list[_Case] = []
    for pair in setup.pairs:
        for asked in setup.gates:
            b = runs.get((asked.suite, pair.candidate))
            for place, against in enumerate(setup.against):
                if place and not against.has(asked.suite):  # an anchor is older than some suites
                    continue
                a = against.run(asked.suite, pair)
                said = claim(asked, pair, against.reference(today, setup.spelled), a, b)
                found.append(_Case(pair, against, a, b, said))
    return found


def _without_idle(cases: Sequence[_Case]) -> tuple[list[_Case], list[str]]:
    """The cases without those of suites that are not for a candidate, and never were; and notes that name them.

    What is never judged at all has not passed: a candidate that has nothing else keeps them.
    """
    busy = {case.pair for case in cases if not case.idle}
    left = [case for case in cases if case.idle and case.pair in busy]
    suites: dict[str, dict[str, None]] = {}
    for case in left:
        suites.setdefault(case.pair.candidate, {})[case.claim.asked.suite] = None
    kept = [case for case in cases if not (case.idle and case.pair in busy)]
    return kept, [
        f"{label} is not held to anything on {', '.join(own)}: it does not apply there, and had no results before"
        for label, own in suites.items()
    ]


def _seen(setup: Setup, cases: Sequence[_Case]) -> dict[tuple[Gate, Pair], Difference]:
    """The differences of the candidates from the baseline."""
    return {
        (case.claim.asked, case.pair): case.claim.difference
        for case in cases
        if case.against is setup.against[0] and case.claim.difference is not None
    }


def _needed(one: Claim, plans: Sequence[Plan]) -> int | None:
    return next((plan.needed for plan in plans if plan.gate == one.asked), None)


def _passed(judged: Sequence[Ruling]) -> set[Gate]:
    """The gates that everybody passed."""
    gates = {ruling.asked for ruling in judged if isinstance(ruling.asked, Gate)}
    return gates - {ruling.asked for ruling in judged if ruling.answer != "pass"}


def _with_worst(ruling: Ruling, case: _Case, setup: Setup) -> Ruling:
    """The items that lost most, where something was lost."""
    found = ruling.difference
    if ruling.answer == "pass" or found is None or case.a is None or case.b is None:
        return ruling
    lost = _lost(case.a, case.b, found.metric, higher_is_better=found.higher_is_better)
    where = str(setup.on_disk[found.suite][1].folder) if found.suite in setup.on_disk else found.suite
    return replace(ruling, moved=with_texts(lost, where, case.b.fingerprint, setup.configuration.cache))


def _lost(a: Run, b: Run, metric: str, *, higher_is_better: bool) -> tuple[Moved, ...]:
    try:
        changed = moved(a, b, metric, WORST)
    except NotComparableError:  # a metric that is no mean has no items
        return ()
    return tuple(one for one in changed if (one.b < one.a) == higher_is_better)


def _limits(setup: Setup, store: Store, runs: Mapping[tuple[str, str], Run]) -> list[Ruling]:
    budgets, labels = setup.configuration.gate.budgets, [pair.candidate for pair in setup.pairs]
    own = {label: [run for (_, embedder), run in runs.items() if embedder == label] for label in labels}
    costs = costs_of(setup.configuration, store, {name: present(runs) for name, runs in own.items()}) if budgets else {}
    found: list[Ruling] = []
    for label in labels:
        command = partial(run_command, label, spelled=setup.spelled)
        found += [_floor(limit, label, runs.get((limit.suite, label)), command) for limit in setup.floors]
        if budgets:
            suites = setup.suites or [run.suite for run in own[label]]
            candidate = Candidate(label, costs[label], own[label], suites, command)
            found += [held_against(limit, candidate) for limit in budgets]
    return found


def _floor(limit: Limit, label: str, run: Run | None, command: Callable[[Sequence[str]], str]) -> Ruling:
    if run is None:
        words = f"there is no run. Make one with: {command([limit.suite])}"
        return Ruling(limit, label, "incomparable", words)
    score = run.score(limit.measure)
    if run.status == "failed" or (score is not None and score.status == "failed"):
        return Ruling(limit, label, "failed", run.reason or (score.reason if score else ""))
    if score is None:
        known = ", ".join(filter(None, (score.metric for score in run.scores))) or "none"
        return Ruling(limit, label, "incomparable", f"it has no score of {limit.measure} there. Metrics there: {known}")
    if score.value is None:
        return Ruling(limit, label, "incomparable", f"{score.metric} has no value: {score.reason}")
    return floor_ruling(limit, label, score)
