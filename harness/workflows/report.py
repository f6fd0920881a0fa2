"""A report to hand on, gathered from what the store holds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.report.page.content import Content, Data, Model, Surroundings
from harness.store import Store
from harness.workflows.best import NO_NEEDS, decide
from harness.workflows.contests import names
from harness.workflows.environment import environment
from harness.workflows.needs import arguments
from harness.workflows.profile.profiling import PROFILE
from harness.workflows.table import stored_names, table
from harness.workflows.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.compare.choice import Needs
    from harness.model import Run
    from harness.workflows.configuration import Configuration

_LICENCE = "licence"
"""The finding of a profile that names it; one without a value and with these words does not."""
_NOT_KNOWN = "not known"


def report(
    configuration: Configuration, suites: Sequence[str], embedders: Sequence[str], needs: Needs = NO_NEEDS
) -> Content:
    """Everything that a report says. suites, embedders: as for a table; none is all.

    Reads the data of suites that are on disk, for their titles; fetches nothing. Raises as `decide`.
    """
    decision = decide(configuration, suites, embedders, needs)
    shown, remarks = table(configuration, suites, embedders)
    store = Store(configuration.store)
    runs = store.latest(stored_names(configuration, suites), embedders)
    labels = names(runs)
    rows = [replace(row, embedder=labels.get(row.run, row.embedder)) for row in shown.rows if row.headline]
    return Content(
        decision=decision,
        rows=rows,
        data=list(_data(runs, Whereabouts(configuration, suites))),
        models=list(_models(runs, labels, _licences(store))),
        surroundings=_surroundings(runs, labels),
        version=environment()["packages"].get("embedding-harness", ""),
        remarks=remarks,
        hidden=shown.hidden,
        needs=tuple(arguments(needs)),
    )


def _data(runs: Sequence[Run], where: Whereabouts) -> Iterator[Data]:
    """A suite each, by name, as the run with the most items had it."""
    for name in sorted({run.suite for run in runs}):
        own = [run for run in runs if run.suite == name]
        run = max(own, key=lambda run: (run.fingerprint != "" and not run.imported, _items(run), run.started_at))
        suite = where.suite(name, run.fingerprint)
        again = "" if run.imported else where.argument(name)
        if again == name and not where.is_known(name):
            again = f"./{name}"
        title, licence, notes = (suite.title, suite.licence, suite.notes) if suite else ("", "", ())
        yield Data(name, run.kind, run.fingerprint, _items(run), again, title, licence, notes)


def _items(run: Run) -> int:
    """Of the headline."""
    return run.scores[0].items if run.scores else 0


def _models(runs: Sequence[Run], labels: Mapping[str, str], licences: Mapping[str, str]) -> Iterator[Model]:
    """An embedder each, by name, as its newest run had it."""
    newest = {labels[run.id]: run for run in sorted(runs, key=lambda run: (run.started_at, run.id))}
    for name, run in sorted(newest.items()):
        spec = "" if run.imported else str(run.configuration.get("spec", ""))
        about = (str(run.identity), run.identity.revision) if run.identity else ("", "")
        yield Model(name, run.embedder, spec, *about, licences.get(run.embedder, ""))


def _licences(store: Store) -> dict[str, str]:
    """By label, where a profile found one."""
    found = ((label, note) for _, suite, label, name, _, _, note in store.findings([PROFILE]) if name == _LICENCE)
    return {label: note for label, note in found if not note.startswith(_NOT_KNOWN)}


def _surroundings(runs: Sequence[Run], labels: Mapping[str, str]) -> list[Surroundings]:
    """The runs by where they were made, the most runs first; of what was judged elsewhere nothing is known."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        if not run.imported and run.environment:
            found.setdefault(json.dumps(run.environment, sort_keys=True), []).append(run)
    ordered = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    return [
        Surroundings(own[0].environment, [(labels[run.id], run.suite, run.started_at) for run in own])
        for _, own in ordered
    ]
