"""Two runs → what there is to answer a gate with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from harness.compare.pairs import difference
from harness.errors import NotComparableError, UsageError
from harness.gate.rules import Case
from harness.gate.sameness import same_values
from harness.metrics.named import metric_of
from harness.workflows.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import Gate, Run
    from harness.workflows.gate.choosing import Pair


@dataclass(frozen=True)
class Reference:
    """What candidates stand against. title: `baseline main`. refresh: the command that makes it anew.

    spelled: suite → what `-s` has to say for it, where that is not its name.
    """

    title: str
    refresh: str
    spelled: Mapping[str, str] = field(default_factory=dict)


def case_of(gate: Gate, pair: Pair, against: Reference, a: Run | None, b: Run | None) -> Case:
    """The case of a gate: the difference of the candidate's run, B, from the reference's, A, or why there is none.

    Both runs are rounded.
    """
    blank = Case(gate, pair.candidate, against.title)
    if a is None:
        who = pair.reference or pair.candidate
        return replace(blank, words=f"the {against.title} has no results of {who} on {gate.suite}. {_again(against)}")
    if b is None or b.status != "ok":
        return _without_scores(blank, b, against.spelled)
    try:
        found = difference(a, b, metric_of(gate.metric), gate.margin)
    except (NotComparableError, UsageError) as error:  # UsageError: a metric that only other software knows
        return replace(blank, words=f"{_sides(str(error), against)}. {_again(against)}")
    if found.reason:
        return replace(blank, words=f"{_sides(found.reason, against)}. {_again(against)}")
    return replace(blank, difference=found, same=_is_same(a, b, gate.metric))


def _without_scores(blank: Case, run: Run | None, spelled: Mapping[str, str]) -> Case:
    command = run_command(blank.embedder, [blank.asked.suite], spelled)
    if run is None:
        return replace(blank, words=f"there is no run. Make one with: {command}")
    if run.status == "failed":
        return replace(blank, answer="failed", words=f"{run.reason.rstrip('.')}. Run it again: {command}")
    return replace(blank, words=f"not applicable: {run.reason}")


def _is_same(a: Run, b: Run, metric: str) -> bool:
    """Whether two runs are of one embedder and have the same value on every item."""
    return a.identity_key == b.identity_key != "" and same_values(a, b, metric)


def _sides(reason: str, against: Reference) -> str:
    return f"{reason.rstrip('.')} (A is the {against.title}, B the candidate)"


def _again(against: Reference) -> str:
    return f"To make the {against.title} anew: {against.refresh}"
