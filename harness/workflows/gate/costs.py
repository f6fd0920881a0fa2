"""What budgets are held against: what an embedder costs, and what the findings of its runs say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from harness.gate.limits import in_unit
from harness.gate.rules import budget_ruling
from harness.model import Ruling
from harness.statistics.shares import percent
from harness.workflows.costs import percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Finding, Limit, Run
    from harness.workflows.costs import Costs

Found: TypeAlias = "tuple[float | None, str]"
"""A value in the harness's own unit, None where nobody knows, and words."""

_CUT = "cut_texts"
_MOST_NAMED = 3


@dataclass(frozen=True)
class Candidate:
    """Whose costs are asked for. runs: its newest on the suites of the gate, with findings. suites: all of those.

    command: suites → what makes its runs on them.
    """

    label: str
    costs: Costs
    runs: Sequence[Run]
    suites: Sequence[str]
    command: Callable[[Sequence[str]], str]


def held_against(limit: Limit, candidate: Candidate) -> Ruling:
    """The answer to a budget; `failed` where the newest run did: what was measured before is of another embedder."""
    last = max(candidate.runs, key=lambda run: run.started_at, default=None)
    if last and last.status == "failed":
        words = f"{last.reason.rstrip('.')}. Run it again: {candidate.command(candidate.suites)}"
        return Ruling(limit, candidate.label, "failed", words)
    value, words = _MEASURES[limit.measure](candidate, limit)
    return budget_ruling(limit, candidate.label, None if value is None else in_unit(limit, value), words)


def _latency(subject: str) -> Callable[[Candidate, Limit], Found]:
    def read(candidate: Candidate, limit: Limit) -> Found:
        found = percentile(candidate.costs.measured, subject)
        why = found.note if found else candidate.costs.facts.notes.get("latency", candidate.costs.missing)
        return _told(limit, found.value if found else None, found, why)

    return read


def _memory(candidate: Candidate, limit: Limit) -> Found:
    facts, found = candidate.costs.facts, candidate.costs.measured.get(("peak_memory", ""))
    return _told(limit, facts.memory, found, facts.notes.get("memory", ""))


def _dimension(candidate: Candidate, limit: Limit) -> Found:
    facts, found = candidate.costs.facts, candidate.costs.measured.get(("dimension", ""))
    return _told(limit, facts.dimension, found, facts.notes.get("dimension", ""))


def _told(limit: Limit, value: float | None, found: Finding | None, why: str) -> Found:
    """A value with what its finding says of it; or why there is none."""
    if value is None:
        return None, f"{limit.measure} is not known ({why})"
    about = f" ({found.note.partition(': ')[2] or found.note})" if found and found.note else ""
    unit = f" {limit.unit}" if limit.unit else ""
    return value, f"{limit.measure} is {in_unit(limit, value):.4g}{unit}{about}"


def _price(candidate: Candidate, limit: Limit) -> Found:
    facts = candidate.costs.facts
    if facts.price is None and facts.local is False:
        return None, 'its price is not known: write it under [prices] in harness.toml, as in "my-model" = 0.02'
    if facts.price is None:
        return None, f"its price is not known ({facts.notes.get('price', '')})"
    if facts.price == 0:
        return 0.0, "nobody is paid for its tokens"
    if facts.currency != limit.unit:
        return None, f"its price is in {facts.currency}, the budget in {limit.unit}"
    return facts.price, f"a million tokens cost {facts.price:g} {facts.currency}"


def _cut_texts(candidate: Candidate, _: Limit) -> Found:
    shares = {
        run.suite: finding.value
        for run in candidate.runs
        for finding in sorted(run.findings, key=lambda finding: finding.value or 0.0)
        if finding.name == _CUT and finding.value is not None
    }
    unknown = [suite for suite in candidate.suites if suite not in shares]
    if unknown or not shares:
        return None, _cuts_unknown(candidate, unknown)
    worst = max(shares, key=lambda suite: shares[suite])
    words = f"{percent(shares[worst])} of the texts of {worst} are cut, the most of {len(shares)} suite(s)"
    return shares[worst], words


def _cuts_unknown(candidate: Candidate, suites: Sequence[str]) -> str:
    """Of suites without a run, what makes one; where there are runs, another one would not tell either."""
    ran = {run.suite for run in candidate.runs if run.status == "ok"}
    missing = [suite for suite in suites if suite not in ran]
    if missing or not ran:
        of = f" of {_named(missing)}" if missing else ""
        return f"how many texts are cut is not known{of}: no run there. Make one with: {candidate.command(missing)}"
    return (
        f"how many texts are cut is not known of {_named(suites)}: {candidate.label} does not say how it takes texts "
        "apart, or where it ends"
    )


def _named(suites: Sequence[str]) -> str:
    return ", ".join(suites[:_MOST_NAMED]) + (" …" if len(suites) > _MOST_NAMED else "")


_MEASURES: Mapping[str, Callable[[Candidate, Limit], Found]] = {
    "latency p50": _latency("p50"),
    "latency p95": _latency("p95"),
    "latency p99": _latency("p99"),
    "cost per million": _price,
    "cut texts": _cut_texts,
    "memory": _memory,
    "dimension": _dimension,
}
