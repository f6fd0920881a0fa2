"""From the best set to one embedder: what the user needs, what is cheapest, what nobody beats on quality and cost.

Nothing is weighed against anything, and no number is scaled by what the other candidates have: a bad candidate that
comes or goes changes nothing about the others.
"""

from __future__ import annotations

import math
import shlex
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from harness.model import Facts, Unmet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.model import Field, Limit, Standing

Axis: TypeAlias = Literal["price", "latency", "memory", "index"]
"""What may be had for less: a field of Facts."""

AXES: tuple[Axis, ...] = ("price", "latency", "memory", "index")
"""In the order in which they decide."""

ORDER = (
    "price, then latency p95, memory, index bytes, then score; within 25 % measured costs are level, and latencies "
    "within what the stretches of their profile differ by; what is not known comes last"
)
LEVEL = 1.25
"""Measured costs of which the larger is at most so many times the smaller count as level: the next axis decides.

Latencies also where one is at most as many times the other as the slowest stretch of queries in the profile of one of
the two was that of the quickest: then a busy machine may have made the difference.
"""
UNKNOWN = "not known"


def not_measured(arguments: str) -> str:
    """The note of a fact that `harness profile` would tell with these arguments: those of `Facts.profile`.

    Those of several embedders may stand side by side: an option that they share is said once.
    """
    words = shlex.split(arguments)
    pairs = dict.fromkeys(zip(words[::2], words[1::2], strict=True))
    return f"not measured: harness profile {shlex.join(word for pair in pairs for word in pair)}"


@dataclass(frozen=True)
class Needs:
    """What the user cannot do without; None is no need. latency: p95 of a query, ms. memory: MB.

    cost: of a million tokens, in `currency`. dimension: at most. local: texts must stay on the machine. floors: scores
    that it must have, `zh/lexical-gap ndcg@10 > 0.7`.
    """

    latency: float | None = None
    cost: float | None = None
    currency: str = "USD"
    memory: float | None = None
    dimension: int | None = None
    local: bool = False
    floors: tuple[Limit, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Each as people write it."""
        return (*(limit.text for limit in _limits(self)), *(floor.text for floor in self.floors))


@dataclass(frozen=True)
class _Need:
    """A need that a fact answers. answer: whether it is met, and what was found; None where it is not known."""

    text: str
    about: str
    answer: Callable[[Facts], tuple[bool, str] | None]


def _limits(needs: Needs) -> list[_Need]:
    found = []
    if needs.latency is not None:
        found.append(_at_most("latency p95", "latency", needs.latency, "ms"))
    if needs.cost is not None:
        found.append(_priced(needs.cost, needs.currency))
    if needs.memory is not None:
        found.append(_at_most("memory", "memory", needs.memory, "MB"))
    if needs.local:
        found.append(_Need("local only", "local", lambda facts: _local(facts.local)))
    if needs.dimension is not None:
        found.append(_at_most("dimension", "dimension", needs.dimension, ""))
    return found


def _at_most(name: str, about: str, bound: float, unit: str) -> _Need:
    def answer(facts: Facts) -> tuple[bool, str] | None:
        value = getattr(facts, about)
        return None if value is None else (value <= bound, f"{value:.4g} {unit}".rstrip())

    return _Need(f"{name} <= {bound:g} {unit}".rstrip(), about, answer)


def _priced(bound: float, currency: str) -> _Need:
    def answer(facts: Facts) -> tuple[bool, str] | None:
        if facts.price is None or (facts.price > 0 and facts.currency != currency):
            return None
        return facts.price <= bound, f"{facts.price:g} {facts.currency}".rstrip()

    return _Need(f"price of 1M tokens <= {bound:g} {currency}", "price", answer)


def _local(local: bool | None) -> tuple[bool, str] | None:  # noqa: FBT001 # the answer itself
    return None if local is None else (local, "texts stay here" if local else "texts leave the machine")


def unmet(needs: Needs, facts: Facts, scores: Mapping[tuple[str, str], Standing]) -> tuple[Unmet, ...]:
    """The needs that an embedder misses, or of which nobody knows. scores: its own, by suite and metric."""
    limits = [_missed(limit, needs, facts) for limit in _limits(needs)]
    floors = [_too_low(floor, scores.get((floor.suite, floor.measure))) for floor in needs.floors]
    return tuple(one for one in (*limits, *floors) if one is not None)


def _missed(limit: _Need, needs: Needs, facts: Facts) -> Unmet | None:
    answer = limit.answer(facts)
    if answer is None:
        why = facts.notes.get(limit.about, UNKNOWN)
        if limit.about == "price" and facts.price is not None:
            why = f"{facts.price:g} {facts.currency}, which is not in {needs.currency}"
        return Unmet(limit.text, why, known=False)
    met, found = answer
    return None if met else Unmet(limit.text, found)


def _too_low(floor: Limit, found: Standing | None) -> Unmet | None:
    if found is None or found.value is None:
        return Unmet(floor.text, found.reason if found else "not run", known=False)
    return None if floor.met(found.value) else Unmet(floor.text, shown(found))


def unsure(floor: Limit, found: Standing | None) -> str:
    """A caution where a floor is met by the score but not by all of its interval, or there is no interval; else empty.

    found: None where the embedder was not run on that suite.
    """
    if found is None or found.value is None or not floor.met(found.value):
        return ""
    if found.interval.low is None or found.interval.high is None:
        return f"{found.embedder} has {shown(found)}, without an interval ({found.interval.reason})"
    if floor.is_least:
        return "" if floor.met(found.interval.low) else f"{found.embedder} has {shown(found)}, which reaches below"
    return "" if floor.met(found.interval.high) else f"{found.embedder} has {shown(found)}, which reaches above"


def shown(found: Standing) -> str:
    """A score with its interval, three decimals; what rounds to zero has no sign."""
    if found.value is None:
        return found.reason
    low, high = found.interval.low, found.interval.high
    return f"{found.value:z.3f}" + (f" ({low:z.3f} to {high:z.3f})" if low is not None and high is not None else "")


def admitted(field: Field, facts: Mapping[str, Facts], missed: Mapping[str, Sequence[Unmet]]) -> tuple[str, ...]:
    """Those of the best set that meet all needs, cheapest first: see ORDER. The first is taken, then of the others."""
    left = [one.embedder for one in field.best if not missed.get(one.embedder)]
    found: list[str] = []
    while left:
        steps = narrowed(left, facts)
        found.append(steps[-1].left[0] if steps else left[0])
        left.remove(found[-1])
    return tuple(found)


@dataclass(frozen=True)
class Step:
    """An axis on which some are put behind. left: who is not, in the order given.

    behind: the others, the cheapest first, with what they cost; None where that is not known.
    """

    axis: Axis
    left: tuple[str, ...]
    behind: Mapping[str, float | None]


def narrowed(names: Sequence[str], facts: Mapping[str, Facts]) -> tuple[Step, ...]:
    """What leaves fewer and fewer of `names`, at least one: on each of AXES the cheapest, and who is level with it.

    See LEVEL. An axis that nobody is known on, or on which all are level, is no step.
    """
    owned = {name: facts.get(name, Facts()) for name in names}
    known = comparable(owned)
    left, steps = tuple(names), []
    for at, axis in enumerate(AXES):
        step = _step(axis, {name: known[name][at] for name in left}, owned)
        if step.behind:
            steps.append(step)
            left = step.left
    return tuple(steps)


def _step(axis: Axis, costs: Mapping[str, float], facts: Mapping[str, Facts]) -> Step:
    ordered = sorted(costs, key=lambda name: costs[name])
    first = ordered[0]
    left = tuple(name for name in costs if costs[name] <= costs[first] * _tolerance(axis, facts[first], facts[name]))
    behind = {name: costs[name] if math.isfinite(costs[name]) else None for name in ordered if name not in left}
    return Step(axis, left, behind)


def _tolerance(axis: Axis, one: Facts, other: Facts) -> float:
    """The ratio up to which their costs are level."""
    if axis == "latency":
        return max(LEVEL, one.swing or LEVEL, other.swing or LEVEL)
    return LEVEL if axis == "memory" else 1.0


def comparable(facts: Mapping[str, Facts]) -> dict[str, tuple[float, ...]]:
    """By embedder what it costs on each of AXES; infinite where that is not known, or in another currency."""
    currency = currency_of(facts.values())
    return {
        name: tuple(math.inf if (cost := cost_on(axis, one, currency)) is None else cost for axis in AXES)
        for name, one in facts.items()
    }


def cost_on(axis: Axis, facts: Facts, currency: str) -> float | None:
    """What an embedder costs on an axis; None where that is not known, or paid in another currency."""
    if axis == "price" and facts.price and facts.currency != currency:
        return None
    value: float | None = getattr(facts, axis)
    return value


def currency_of(facts: Iterable[Facts]) -> str:
    """In which most are paid; the first by name of several."""
    counted = Counter(one.currency for one in facts if one.price)
    return min(counted, key=lambda name: (-counted[name], name), default="")


def front(field: Field, facts: Mapping[str, Facts]) -> dict[str, tuple[str, ...]]:
    """By axis, the embedders that no other one is at least as good as for at most as much, and better or cheaper.

    Of all that have a score, not only the best set; in the order of the field. Who is not measured on an axis is in
    nobody's way there.
    """
    placed = [one for one in field.standings if one.place is not None]
    currency = currency_of([facts[one.embedder] for one in placed if one.embedder in facts])
    return {axis: _front(_points(field, axis, facts, currency)) for axis in AXES}


def _points(field: Field, axis: Axis, facts: Mapping[str, Facts], currency: str) -> dict[str, tuple[float, float]]:
    """By embedder: quality, the better the higher, and cost."""
    sign = 1.0 if field.higher_is_better else -1.0
    costs = {one.embedder: cost_on(axis, facts.get(one.embedder, Facts()), currency) for one in field.standings}
    return {
        one.embedder: (sign * one.value, cost)
        for one in field.standings
        if one.value is not None and (cost := costs[one.embedder]) is not None
    }


def _front(points: Mapping[str, tuple[float, float]]) -> tuple[str, ...]:
    def beaten(quality: float, cost: float) -> bool:
        return any(q >= quality and c <= cost and (q, c) != (quality, cost) for q, c in points.values())

    return tuple(name for name, point in points.items() if not beaten(*point))
