"""The courses of scores over all runs that the store holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from harness.compare.course import course, points_of
from harness.compare.pairs import difference
from harness.errors import NotComparableError, UsageError
from harness.metrics.named import metric_of
from harness.store import Store
from harness.workflows.table import demand_held, demand_metrics, stored_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.compare.course import Course, Pairing
    from harness.model import Difference, Run
    from harness.workflows.configuration import Configuration

Selected: TypeAlias = "tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]"
"""Suites, embedders, metrics; none of a kind is all suites, all embedders, the headline of each suite."""

_AT_ONCE = 16
"""Runs whose items are read together."""


def history(configuration: Configuration, selected: Selected) -> list[Course]:
    """A course for each suite, label of an embedder and metric, in the order of their names.

    Raises StoreError when there is no store or it cannot be read, UsageError when it holds nothing of what was named.
    """
    suites, embedders, metrics = selected
    store = Store(configuration.store)
    demand_held(configuration, suites, embedders)
    runs = store.history(stored_names(configuration, suites), embedders)
    demand_metrics(runs, metrics)
    found: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        found.setdefault((run.suite, run.embedder), []).append(run)
    return [one for _, own in sorted(found.items()) for one in _courses(store, own, metrics)]


@dataclass
class _Shelf:
    """Whole runs, read some at a time in the order in which they will be asked for; no more are held."""

    store: Store
    ids: Sequence[str]
    held: dict[str, Run] = field(default_factory=dict)

    def take(self, name: str) -> Run:
        """The run, which from now on is the one that was used last."""
        if name not in self.held:
            place = self.ids.index(name)
            for run in self.store.runs(self.ids[place : place + _AT_ONCE]):
                self.held.setdefault(run.id, run)
        self.held[name] = self.held.pop(name)
        for old in list(self.held)[: -2 * _AT_ONCE]:
            del self.held[old]
        return self.held[name]


def _courses(store: Store, runs: Sequence[Run], metrics: Sequence[str]) -> Iterator[Course]:
    """Of one embedder on one suite."""
    scored = {score.metric for run in runs for score in run.scores if score.value is not None}
    names = [name for name in metrics or _headline(runs) if name in scored]
    compared = {point.run.id for name in names for point in points_of(runs, name)}
    shelf = _Shelf(store, [run.id for run in runs if run.id in compared])
    for name in names:
        made = course(runs, name, _pairing(shelf, name))
        if made is not None:
            yield made


def _headline(runs: Sequence[Run]) -> list[str]:
    """What the newest run that has a score begins with."""
    return next(([run.scores[0].metric] for run in reversed(runs) if run.status == "ok" and run.scores), [])


def _pairing(shelf: _Shelf, name: str) -> Pairing:
    def paired(earlier: Run, later: Run) -> Difference:
        try:
            metric = metric_of(name)
        except UsageError as error:
            raise NotComparableError(str(error)) from error
        return difference(shelf.take(earlier.id), shelf.take(later.id), metric, crossed=False)

    return paired
