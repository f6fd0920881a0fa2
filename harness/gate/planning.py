"""Before a candidate is seen: can so many items answer, and is the margin above the noise?

Two runs on the same items differ with the standard error √(2 (1 − ρ)) · SE, where SE is that of one score and ρ how far
the items' values of the two go together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.statistics.estimates import Constant, estimate, items_to_reach
from harness.statistics.intervals import FEWEST_GROUPS, group_numbers, interval_error
from harness.statistics.power import ALPHA, items_needed

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from harness.model import Difference, Estimate, Gate, Noise, Run

CORRELATION = 0.7
"""Of the item values of two embedders, where nothing is known: what two versions of one model have at least."""
CLEAR_OF_NOISE = 3
"""How many times the largest difference between runs of one embedder a margin should be."""
MOST_PRIMARY = 3
"""Primary gates that have to pass together without much loss of power."""


@dataclass(frozen=True)
class Plan:
    """What a gate needs. needed: items for a power of 0.8 where nothing has changed, None where nobody can say.

    basis: where the standard error comes from. noise: the largest difference of two runs of one embedder, None where
    that was not measured; runs: of how many. candidate: who is to be judged by it, empty where nobody is yet.
    """

    gate: Gate
    embedder: str
    items: int
    needed: int | None
    basis: str
    noise: float | None = None
    runs: int = 0
    candidate: str = ""

    @property
    def feasible(self) -> bool:
        """Whether the suite has the items."""
        return self.needed is None or self.needed <= self.items


def planned(gate: Gate, reference: Run, differences: Sequence[tuple[str, Difference]] = ()) -> Plan:
    """What a gate on a reference's suite needs.

    differences: of others from that reference, each with a name; the first one with a standard error is planned with.
    """
    scored = reference.score(gate.metric)
    items = scored.items if scored else 0
    groups = _groups(reference)
    if 0 < groups < FEWEST_GROUPS:
        least = math.ceil(items * FEWEST_GROUPS / groups)
        return Plan(gate, reference.embedder, items, least, f"{FEWEST_GROUPS} independent groups at least")
    for name, found in differences:
        if found.estimate.error is not None:
            needed = items_to_reach(found.estimate, found.items, gate.margin, ALPHA)
            return Plan(gate, reference.embedder, found.items, needed, f"differences of {name}")
    own = _estimate(reference, gate.metric)
    if isinstance(own, Constant):
        needed = own.items_needed(items, gate.margin, ALPHA)
        return Plan(gate, reference.embedder, items, needed, "all items have the same score: what so many may miss")
    error = own.error if own else _width(reference, gate.metric)
    shared = None if error is None else error * math.sqrt(2 * (1 - CORRELATION))
    needed = items_needed(items, shared, gate.margin, sides=1)
    basis = f"assumed correlation {CORRELATION}"
    return Plan(gate, reference.embedder, items, needed, basis if needed is not None else "not known")


def with_noise(plan: Plan, noise: Sequence[Noise], fingerprint: str) -> Plan:
    """The plan with the largest noise that was measured on its suite's data and metric."""
    same = [one for one in noise if (one.suite, one.metric) == (plan.gate.suite, plan.gate.metric)]
    measured = [one for one in same if one.fingerprint == fingerprint]
    if not measured:
        return plan
    loudest = max(measured, key=lambda one: one.largest)
    return replace(plan, noise=loudest.largest, runs=loudest.runs)


def cautions(plans: Sequence[Plan], settled: Container[Plan] = ()) -> list[str]:
    """What is to be said about a configuration. settled: those whose gates had items enough, as has been seen."""
    unsettled = [plan for plan in plans if plan not in settled]
    found = [line for plan in _neediest(unsettled) for line in _underpowered(plan)]
    found += [line for plan in _neediest(plans) for line in _noisy(plan)]
    primary = {(plan.gate.suite, plan.gate.metric) for plan in plans if plan.gate.primary}
    if len(primary) > MOST_PRIMARY:
        found.append(
            f"{len(primary)} primary gates: all of them have to pass, so that the chance to pass falls with each. "
            f'Keep at most {MOST_PRIMARY}, and give the others role = "advisory"'
        )
    return found


def _neediest(plans: Sequence[Plan]) -> list[Plan]:
    """Once a gate, however many candidates stand before it: of the one that needs most."""
    by_gate: dict[Gate, list[Plan]] = {}
    for plan in plans:
        by_gate.setdefault(plan.gate, []).append(plan)
    return [max(own, key=lambda plan: (plan.needed or 0) / max(plan.items, 1)) for own in by_gate.values()]


def _underpowered(plan: Plan) -> Iterator[str]:
    if not plan.feasible:
        need = f"needs {plan.needed:,} items, the suite has {plan.items:,}"
        yield f"{_named(plan)}: this gate cannot pass reliably: {need} ({plan.basis})"


def _noisy(plan: Plan) -> Iterator[str]:
    if plan.noise is not None and plan.gate.margin < CLEAR_OF_NOISE * plan.noise:
        seen = f"{plan.runs} runs of one embedder differed by up to {plan.noise:.4g}"
        least = f"{CLEAR_OF_NOISE} times that, {CLEAR_OF_NOISE * plan.noise:.4g}"
        yield f"{_named(plan)}: {seen}; a margin should be {least} at least, or noise decides"


def _named(plan: Plan) -> str:
    return f"{plan.gate.suite} {plan.gate.metric}, margin {plan.gate.margin:g}"


def _estimate(run: Run, metric: str) -> Estimate | None:
    """Of a score that is the mean of its items; None for another."""
    found = next((scores for scores in run.items if scores.measure == metric), None)
    return estimate(found.values, group_numbers(found.groups)) if found else None


def _width(run: Run, metric: str) -> float | None:
    """The standard error of a score, from the width of its interval."""
    score = run.score(metric)
    return interval_error(score.interval) if score else None


def _groups(run: Run) -> int:
    """Of whatever has the most; 0 where a run has no items."""
    return max((len(set(scores.groups)) for scores in run.items), default=0)
