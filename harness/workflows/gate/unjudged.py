"""Suites that somebody asked for by name, and that no gate and no floor is on: what is not judged has not passed."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from harness.model import MARGIN, Gate, Ruling
from harness.workflows.commands import run_command
from harness.workflows.gate.choosing import selected
from harness.workflows.table import suite_names

if TYPE_CHECKING:
    from datetime import date

    from harness.workflows.gate.choosing import Pair
    from harness.workflows.gate.setup import Setup


def unjudged(setup: Setup, today: date) -> list[Ruling]:
    """An answer for each of them and every candidate: why, and what to do."""
    title = setup.baseline.title if setup.baseline else ""
    return [
        Ruling(
            Gate(_named(one, setup), "", MARGIN), pair.candidate, "incomparable", _why(one, pair, setup, today), title
        )
        for pair in setup.pairs
        for one in setup.unjudged
    ]


def _named(one: str, setup: Setup) -> str:
    """What results go by; a folder of several suites as it was typed."""
    names = suite_names(one, setup.configuration.cache)
    return names[0] if len(names) == 1 else one


def _why(one: str, pair: Pair, setup: Setup, today: date) -> str:
    baseline, policy = setup.baseline, setup.configuration.gate
    option = f"-s {shlex.quote(one)}"
    if baseline and not selected(one, {run.suite for run in baseline.baseline.runs}, setup.configuration.cache):
        name = _named(one, setup)
        run = run_command(pair.reference, [name], setup.where.spelled([name]))
        how = f"{run}, then {baseline.refresh(today)} {option}"
        return f"the {baseline.title} has no results there. Put some there: {how}; or leave out {option}"
    if baseline and not policy.quality:
        floor = f"write a floor into {policy.file}"
        return f"the {baseline.title} has no items there to compare: {floor}, or leave out {option}"
    what = "no [[gate.quality]] and no floor" if baseline else "no floor"
    return f"{policy.file} has {what} there: write one, or leave out {option}"
