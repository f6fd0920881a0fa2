"""The runs that a name stands for: a label of the store, a name in harness.toml, or the id of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import UsageError, nearest
from harness.workflows.commands import command, run_command
from harness.workflows.newest import newest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Run
    from harness.store import Store
    from harness.workflows.configuration import Configuration
    from harness.workflows.whereabouts import Whereabouts

_RUN = re.compile(r"[0-9a-f]{6,32}")
"""An id, or a beginning of one that is long enough not to be met by chance."""

_FEW = 5
"""Suites that are named one by one."""


@dataclass(frozen=True)
class Contender:
    """One side of a comparison. runs: the newest of each suite, without items. by_id: one run, named by its id."""

    name: str
    runs: Mapping[str, Run]
    by_id: bool = False
    notes: tuple[str, ...] = ()


def contender(
    store: Store, configuration: Configuration, name: str, suites: Sequence[str], where: Whereabouts
) -> Contender:
    """The newest runs of whom a name stands for, on suites of these names (none: on all).

    Raises UsageError where there are none, with what is there and what would make one.
    """
    for label in _labels(configuration, name):
        runs = store.newest(suites, [label])
        if runs:
            return _of_label(name, runs)
    if _RUN.fullmatch(name):
        return _of_id(store, configuration, name)
    raise UsageError(_absent(store, configuration, name, suites, where))


def _labels(configuration: Configuration, name: str) -> list[str]:
    """The name itself, the spec that harness.toml gives it, and names there of that spec."""
    spec = configuration.embedders.get(name)
    same = [label for label, its in configuration.embedders.items() if its == name]
    return [name, *([spec] if spec else []), *same]


def _of_label(name: str, runs: Sequence[Run]) -> Contender:
    present = newest(runs)
    others = [run for run in runs if present[run.suite, run.embedder] is not run]
    return Contender(
        name,
        {suite: run for (suite, _), run in present.items()},
        notes=tuple(_several(name, present[run.suite, run.embedder], run) for run in others),
    )


def _several(name: str, newest: Run, earlier: Run) -> str:
    return (
        f"{newest.suite}: {name} stands for two embedders in the store: {_who(newest)}, which is compared, and "
        f"{_who(earlier)}: harness compare takes run ids too"
    )


def _who(run: Run) -> str:
    identity = run.identity_key[:6] or "none"
    return f"identity {identity} (run {run.id[:8]} of {run.started_at[:10]})"


def _of_id(store: Store, configuration: Configuration, beginning: str) -> Contender:
    # Only hexadecimal digits come here, so that nothing else can reach the statement.
    columns, where = "id, suite, embedder", f"starts_with(id, '{beginning}') and kind <> 'profile'"
    _, found = store.query(f"select {columns} from run where {where} order by started_at limit 3")  # noqa: S608 # see above
    if not found:
        table = command(configuration, "table", "--format", "json")
        raise UsageError(f"no run's id begins with {beginning}. List them: {table}")
    if len(found) > 1:
        several = "; ".join(f"{name}, {embedder} on {suite}" for name, suite, embedder in found)
        raise UsageError(f"several runs' ids begin with {beginning}: {several}. Write more of the one that is meant.")
    ids = [name for name, *_ in found]
    (run,) = store.runs(ids, items=False)
    return Contender(run.embedder, {run.suite: run}, by_id=True)


def _absent(store: Store, configuration: Configuration, name: str, suites: Sequence[str], where: Whereabouts) -> str:
    few = suites if len(suites) <= _FEW else []
    run = run_command(name, few or ["SUITE"], where.spelled(few))
    elsewhere = {run.suite for label in _labels(configuration, name) for run in store.newest([], [label])}
    if elsewhere:
        asked = ", ".join(few) or f"any of the {len(suites)} suites that were asked for"
        there = ", ".join(sorted(elsewhere))
        return f"{name} has not been run on {asked}, but on {there}. Run it there: {run}"
    known = sorted({run.embedder for run in store.newest([], [])})
    hint = nearest(name, {*known, *configuration.embedders})
    return (
        f"there is no run of {name!r} in {store.path}. {hint}Embedders there: {', '.join(known) or 'none'}. "
        f"Make one: {run}"
    )
