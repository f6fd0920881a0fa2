"""What budgets are held against: what an embedder costs, and what the findings of its runs say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from harness.gate.limits import in_unit
from harness.gate.rules import budget_ruling
from harness.model import Ruling
from harness.workflows.costs import percentile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from harness.model import Finding, Limit, Run
    from harness.workflows.costs import Costs

Reading: TypeAlias = "tuple[float | None, str]"
"""A value in the harness's own unit, None where nobody knows, and words."""

CUT_TEXTS = "cut texts"
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


def _latency(subject: str) -> Callable[[Candidate, Limit], Reading]:
    def read(candidate: Candidate, limit: Limit) -> Reading:
        found = percentile(candidate.costs.measured, subject)
        why = found.note if found else candidate.costs.facts.notes.get("latency", candidate.costs.missing)
        return _told(limit, found.value if found else None, found, why)

    return read


def _memory(candidate: Candidate, limit: Limit) -> Reading:
    facts, found = candidate.costs.facts, candidate.costs.measured.get(("peak_memory", ""))
    return _told(limit, facts.memory, found, facts.notes.get("memory", ""))


def _dimension(candidate: Candidate, limit: Limit) -> Reading:
    facts, found = candidate.costs.facts, candidate.costs.measured.get(("dimension", ""))
    return _told(limit, facts.dimension, found, facts.notes.get("dimension", ""))


def _told(limit: Limit, value: float | None, found: Finding | None, why: str) -> Reading:
    """A value with what its finding says of it; or why there is none."""
    if value is None:
        return None, f"{limit.measure} is not known ({why})"
    about = f" ({found.note.partition(': ')[2] or found.note})" if found and found.note else ""
    unit = f" {limit.unit}" if limit.unit else ""
    return value, f"{limit.measure} is {in_unit(limit, value):.4g}{unit}{about}"


def _price(candidate: Candidate, limit: Limit) -> Reading:
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


def never_counted(runs: Iterable[Run]) -> bool:
    """Whether there are results, and none of them says how many texts were cut: then no others will."""
    ran = [run for run in runs if run.status == "ok"]
    return bool(ran) and not any(finding.name == _CUT for run in ran for finding in run.findings)


def cannot_be_counted(label: str) -> str:
    """What a budget of cut texts comes to where an embedder does not say what it needs."""
    return (
        f"this budget cannot be measured for {label}, which does not say how it takes texts apart, or where it ends. "
        f'Take "{CUT_TEXTS} …" out of [gate] budgets, or judge an embedder that does'
    )


def _cut_texts(candidate: Candidate, _: Limit) -> Reading:
    """Of the suite with the largest share, as its finding says it: by the tokenizer, or only estimated."""
    shares = [
        (finding.value, run.suite, f"{finding.subject}: {finding.note}" if finding.subject else finding.note)
        for run in candidate.runs
        for finding in run.findings
        if finding.name == _CUT and finding.value is not None
    ]
    counted = {suite for _, suite, _ in shares}
    unread = {run.suite for run in candidate.runs if run.status == "not_applicable"}
    unknown = [suite for suite in candidate.suites if suite not in counted | unread]
    if unknown or not shares:
        return None, _cuts_unknown(candidate, unknown)
    value, worst, note = max(shares, key=lambda share: share[0])
    of = f", the worst of {len(counted)} suites" if len(counted) > 1 else ""
    return value, f"{worst}{of}: {note}"


def _cuts_unknown(candidate: Candidate, suites: Sequence[str]) -> str:
    """Of suites without results, what makes some; where there are some, more would not tell either."""
    ran = {run.suite for run in candidate.runs if run.status == "ok"}
    missing = [suite for suite in suites if suite not in ran]
    if missing or not ran:
        of = f" of {_named(missing)}" if missing else ""
        return (
            f"how many texts are cut is not known{of}: no results there. Make some with: {candidate.command(missing)}"
        )
    return f"how many texts are cut is not known of {_named(suites)}: {cannot_be_counted(candidate.label)}"


def _named(suites: Sequence[str]) -> str:
    return ", ".join(suites[:_MOST_NAMED]) + (" …" if len(suites) > _MOST_NAMED else "")


_MEASURES: Mapping[str, Callable[[Candidate, Limit], Reading]] = {
    "latency p50": _latency("p50"),
    "latency p95": _latency("p95"),
    "latency p99": _latency("p99"),
    "cost per million": _price,
    CUT_TEXTS: _cut_texts,
    "memory": _memory,
    "dimension": _dimension,
}
