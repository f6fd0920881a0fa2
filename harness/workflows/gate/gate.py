"""Judge candidates: their newest stored runs against a baseline's, their values against floors and budgets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from harness.compare.moved import moved
from harness.errors import NotComparableError
from harness.gate.planning import Plan, cautions
from harness.gate.rules import Case, floor_ruling, rulings
from harness.gate.sameness import same_results
from harness.model import Ruling, Verdict
from harness.store import Store
from harness.store.baselines import rounded
from harness.workflows.commands import run_command
from harness.workflows.costs import costs_of
from harness.workflows.gate.costs import CUT_TEXTS, Candidate, cannot_be_counted, held_against, never_counted
from harness.workflows.gate.freshness import about_anchor, about_runs, present
from harness.workflows.gate.pairing import case_of
from harness.workflows.gate.plans import noise_of, plans_of
from harness.workflows.gate.setup import GateRequest, prepared
from harness.workflows.gate.unjudged import unjudged
from harness.workflows.newest import newest
from harness.workflows.texts import with_texts, without_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from harness.model import Difference, Gate, Limit, Moved, Run
    from harness.workflows.configuration import Configuration
    from harness.workflows.gate.choosing import Pair
    from harness.workflows.gate.setup import Against, Setup

__all__ = ["GateRequest", "checked", "gate"]

WORST = 5
"""Items that lost most, of each ruling."""


@dataclass(frozen=True)
class _Pairing:
    """One gate on one candidate against one baseline: the two runs, and what they say."""

    pair: Pair
    against: Against
    a: Run | None
    b: Run | None
    case: Case

    @property
    def idle(self) -> bool:
        """Whether neither side can have results: the candidate does not apply, and its reference has none."""
        return self.a is None and self.b is not None and self.b.status == "not_applicable"


def gate(configuration: Configuration, asked: GateRequest, today: date) -> Verdict:
    """The verdict on the candidates. Raises UsageError as `prepared`, StoreError without results."""
    setup = prepared(configuration, asked)
    store = Store(configuration.store)
    runs = _newest(store, setup)
    pairings, idle = _without_idle(_pairings(setup, runs, today))
    noise, unmeasured = noise_of(setup)
    plans = plans_of(setup, _seen(pairings), noise)
    judged = rulings([replace(pairing.case, planned=_needed(pairing.case, plans)) for pairing in pairings])
    found = [_with_worst(ruling, pairing, setup) for ruling, pairing in zip(judged, pairings, strict=True)]
    silent = [(pairing.case.asked.suite, reason) for pairing, (_, reason) in zip(pairings, found, strict=True)]
    first = setup.baseline
    return Verdict(
        rulings=(*(ruling for ruling, _ in found), *unjudged(setup, today), *_limits(setup, store, runs)),
        policy=asked.inconclusive or configuration.gate.inconclusive,
        notes=(
            *(*setup.notes, *idle, *about_runs(setup, runs, [pairing.case for pairing in pairings])),
            *(*cautions(plans, _settled(plans, judged)), *unmeasured),
            *about_anchor(setup, today),
            *without_texts(silent),
        ),
        baseline=first.baseline.name if first else "",
        age=first.baseline.age(today) if first else None,
        refresh=first.refresh(today) if first else "",
    )


def checked(configuration: Configuration, asked: GateRequest, today: date) -> tuple[list[Plan], list[str]]:
    """What every gate needs, and what is to be said about them, before there is a candidate. Raises as `prepared`."""
    setup = prepared(configuration, asked)
    noise, unmeasured = noise_of(setup)
    plans = plans_of(setup, {}, noise)
    open_ends = dict.fromkeys(f"{one.asked.suite}: {one.words}" for one in unjudged(setup, today))
    return plans, [*setup.notes, *open_ends, *cautions(plans), *unmeasured, *_uncounted(setup)]


def _newest(store: Store, setup: Setup) -> dict[tuple[str, str], Run]:
    """The newest run of each candidate on each suite, whole; the last one where a label had several identities."""
    found = store.newest(setup.suites, [pair.candidate for pair in setup.pairs])
    ours = newest(run for run in found if not run.imported)
    spelled = setup.where.spelled({run.suite for run in ours.values()})
    whole = (replace(run, folder=spelled[run.suite]) for run in store.runs([run.id for run in ours.values()]))
    return {(run.suite, run.embedder): rounded(run) for run in whole}


def _pairings(setup: Setup, runs: Mapping[tuple[str, str], Run], today: date) -> list[_Pairing]:
    found: list[_Pairing] = []
    for pair in setup.pairs:
        for asked in setup.gates:
            b, own = runs.get((asked.suite, pair.candidate)), list[_Pairing]()
            for against in setup.against:
                if against.part == "anchor" and not against.has(asked.suite):  # it is older than some suites
                    continue
                a = against.run(asked.suite, pair)
                said = _said_before(own, a, against) or case_of(
                    asked, pair, against.reference(today, setup.spelled), a, b
                )
                own.append(_Pairing(pair, against, a, b, said))
            found += own
    return found


def _said_before(pairings: Sequence[_Pairing], a: Run | None, against: Against) -> Case | None:
    """The case against another reference with the same results, under the name of this one."""
    for pairing in pairings:
        case = pairing.case
        if case.difference and a and pairing.a and same_results(pairing.a, a, case.asked.metric):
            return replace(case, reference=against.title)
    return None


def _without_idle(pairings: Sequence[_Pairing]) -> tuple[list[_Pairing], list[str]]:
    """The pairings without those of suites that are not for a candidate, and never were; and notes that name them.

    What is never judged at all has not passed: a candidate that has nothing else keeps them.
    """
    busy = {pairing.pair for pairing in pairings if not pairing.idle}
    left = [pairing for pairing in pairings if pairing.idle and pairing.pair in busy]
    suites: dict[str, dict[str, None]] = {}
    for pairing in left:
        suites.setdefault(pairing.pair.candidate, {})[pairing.case.asked.suite] = None
    kept = [pairing for pairing in pairings if not (pairing.idle and pairing.pair in busy)]
    return kept, [
        f"{label} is not held to anything on {', '.join(own)}: it does not apply there, and had no results before"
        for label, own in suites.items()
    ]


def _seen(pairings: Sequence[_Pairing]) -> dict[tuple[Gate, Pair], Difference]:
    """The differences of the candidates from the baseline."""
    return {
        (pairing.case.asked, pairing.pair): pairing.case.difference
        for pairing in pairings
        if pairing.against.part == "baseline" and pairing.case.difference is not None
    }


def _needed(one: Case, plans: Sequence[Plan]) -> int | None:
    return next((plan.needed for plan in plans if plan.gate == one.asked), None)


def _settled(plans: Sequence[Plan], judged: Sequence[Ruling]) -> list[Plan]:
    """The plans of gates that had an answer: more items would not change it."""
    left = {(one.asked, one.embedder) for one in judged if one.answer in {"inconclusive", "probable loss"}}
    return [plan for plan in plans if (plan.gate, plan.candidate) not in left]


def _with_worst(ruling: Ruling, pairing: _Pairing, setup: Setup) -> tuple[Ruling, str]:
    """The items that lost most, where something was lost; and why they have no texts, or nothing."""
    found = ruling.difference
    if ruling.answer == "pass" or found is None or pairing.a is None or pairing.b is None:
        return ruling, ""
    lost = _lost(pairing.a, pairing.b, found.metric, higher_is_better=found.higher_is_better)
    told, reason = with_texts(lost, found.suite, pairing.b.fingerprint, setup.where)
    return replace(ruling, moved=told), reason


def _lost(a: Run, b: Run, metric: str, *, higher_is_better: bool) -> tuple[Moved, ...]:
    try:
        changed = moved(a, b, metric, WORST)
    except NotComparableError:  # a metric that is no mean has no items
        return ()
    return tuple(one for one in changed if (one.b < one.a) == higher_is_better)


def _uncounted(setup: Setup) -> list[str]:
    """The budgets that no run will measure, as those of the store do not."""
    store, budgets = Store(setup.configuration.store), setup.configuration.gate.budgets
    wanted = [limit for limit in budgets if limit.measure == CUT_TEXTS]
    if not (wanted and store.exists()):
        return []
    runs = list(_newest(store, setup).values())
    labels = dict.fromkeys(pair.candidate for pair in setup.pairs)
    counts_none = [label for label in labels if never_counted(run for run in runs if run.embedder == label)]
    return [f"{limit.text}: {cannot_be_counted(label)}" for limit in wanted for label in counts_none]


def _limits(setup: Setup, store: Store, runs: Mapping[tuple[str, str], Run]) -> list[Ruling]:
    budgets, labels = setup.configuration.gate.budgets, dict.fromkeys(pair.candidate for pair in setup.pairs)
    own = {label: [run for (_, embedder), run in runs.items() if embedder == label] for label in labels}
    costs = costs_of(setup.configuration, store, {label: present(its) for label, its in own.items()}) if budgets else {}
    found: list[Ruling] = []
    for label in labels:
        suites = setup.suites or [run.suite for run in own[label]]
        command = partial(run_command, label, spelled=setup.where.spelled(suites))
        found += [_floor(limit, label, runs.get((limit.suite, label)), command) for limit in setup.floors]
        if budgets:
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
