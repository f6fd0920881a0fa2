"""Two embedders from the store, compared on every suite that both have been run on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING, Any

from harness.compare.families import corrected
from harness.compare.moved import moved, moved_parts
from harness.compare.pairs import Paired, compare
from harness.compare.refusal import demand_comparable, other_data
from harness.errors import NotComparableError, UsageError
from harness.metrics.named import metric_of
from harness.model import MARGIN, Compared, NotCompared
from harness.store import Store
from harness.workflows.commands import run_command
from harness.workflows.contenders import Contender, contender
from harness.workflows.metrics import metrics_of
from harness.workflows.table import demand_held, demand_metrics, selects, stored_names, suite_names
from harness.workflows.texts import with_texts, without_texts
from harness.workflows.whereabouts import Whereabouts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Comparison, Difference, Metric, Moved, Run
    from harness.workflows.configuration import Configuration


_MOVED, _MOVED_OF_MANY = 5, 1
_MANY = 4
"""Suites, above which a few items of each would be a long list."""


@dataclass(frozen=True)
class CompareRequest:
    """Who is compared, and on what; no suites and no metrics are all of them.

    a, b: labels of the store, names in harness.toml, or ids of runs. margin: within which a difference does not matter.
    items: how many of those that moved most, each way; None is a few, fewer where there are many suites.
    """

    a: str
    b: str
    suites: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    margin: float = MARGIN
    items: int | None = None


def compare_embedders(configuration: Configuration, asked: CompareRequest) -> Compared:
    """The newest run of B against that of A on each suite, whatever the data, and why where that cannot be.

    Raises UsageError for a suite, name or metric that the store does not know, NotComparableError where the data of a
    suite that was named differ, or nothing can be compared, StoreError where there is no store or it cannot be read.
    """
    store = Store(configuration.store)
    where = Whereabouts(configuration, asked.suites)
    a, b = _contenders(store, configuration, asked, where)
    both = _whole(store, [(a.runs[suite], b.runs[suite]) for suite in sorted(a.runs.keys() & b.runs.keys())], where)
    _demand_same_data(both, {name for one in asked.suites for name in _named(one, configuration)}, configuration)
    scored = [run for pair in both for run in pair if run.scores]
    demand_metrics(scored, asked.metrics if scored else ())
    paired, refused = _compared(both, asked, configuration)
    reasons = [*_alone(a, b, where), *_neither(a, b, asked, configuration, where), *refused]
    if not paired:
        lines = [f"  {one.suite}: {one.reason}" for one in reasons]
        raise NotComparableError("\n".join([f"{asked.a} and {asked.b} cannot be compared on any suite:", *lines]))
    found = corrected(paired)
    runs = {one.id: one for pair in both for one in pair}
    few = _MOVED if len(found) <= _MANY else _MOVED_OF_MANY
    most = few if asked.items is None else asked.items
    shown = list(_with_texts(found, runs, most, where))
    return Compared(
        a.name,
        b.name,
        asked.margin,
        tuple(one for one, _ in shown),
        tuple(sorted(reasons, key=lambda one: one.suite)),
        (
            *(*a.notes, *b.notes, *_warnings([runs[side.run] for one in found for side in (one.a, one.b)])),
            *without_texts((one.suite, reason) for one, reason in shown),
        ),
    )


def _contenders(
    store: Store, configuration: Configuration, asked: CompareRequest, where: Whereabouts
) -> tuple[Contender, Contender]:
    """Both sides; where one is a single run, the other only on its suite."""
    suites = stored_names(configuration, asked.suites)
    a, b = (contender(store, configuration, name, suites, where) for name in (asked.a, asked.b))
    for one, other in ((a, b), (b, a)):
        if one.by_id and not other.by_id and other.runs.keys() - one.runs.keys():
            narrowed = contender(store, configuration, asked.b if other is b else asked.a, list(one.runs), where)
            return (a, narrowed) if other is b else (narrowed, b)
    return a, b


def _whole(store: Store, pairs: Sequence[tuple[Run, Run]], where: Whereabouts) -> list[tuple[Run, Run]]:
    """The runs with their items and answers, each read once; their folders as one types them here."""
    runs = {run.id: run for run in store.runs(list({run.id: None for pair in pairs for run in pair}))}
    arguments = where.spelled({run.suite for run in runs.values()})
    runs = {name: replace(run, folder=arguments[run.suite]) for name, run in runs.items()}
    return [(runs[a.id], runs[b.id]) for a, b in pairs]


def _named(selected: str, configuration: Configuration) -> Sequence[str]:
    """The suite that was named; a folder names none of those in it."""
    names = suite_names(selected, configuration.cache)
    return names if len(names) == 1 else ()


def _demand_same_data(both: Sequence[tuple[Run, Run]], named: set[str], configuration: Configuration) -> None:
    for a, b in both:
        ours = not (a.imported or b.imported) and a.fingerprint and b.fingerprint
        if a.suite in named and ours and a.fingerprint != b.fingerprint:
            raise NotComparableError(_whole_advice(other_data(a, b), a, b, configuration))


def _whole_advice(reason: str, a: Run, b: Run, configuration: Configuration) -> str:
    """A reason; where it ends with a command, with what that has to repeat."""
    options = configuration.options if reason == other_data(a, b) else ()
    return " ".join([reason, *map(quote, options)])


def _compared(
    both: Sequence[tuple[Run, Run]], asked: CompareRequest, configuration: Configuration
) -> tuple[list[Paired], list[NotCompared]]:
    found, refused = [], []
    for a, b in both:
        try:
            demand_comparable(a, b)  # first: a run that failed early has a score without a metric
            found.append(compare(a, b, _metrics(a, b, asked.metrics), asked.margin))
        except (NotComparableError, UsageError) as error:  # UsageError: a metric of a plug-in that is gone
            refused.append(NotCompared(a.suite, _whole_advice(str(error), a, b, configuration)))
    return found, refused


def _metrics(a: Run, b: Run, wanted: Sequence[str]) -> list[Metric[Any]]:
    found = [metric for metric in metrics_of(a, b) if not wanted or metric.name in wanted]
    if not found:
        raise NotComparableError(f"it has none of the metrics {', '.join(wanted)}")
    return found


def _alone(a: Contender, b: Contender, where: Whereabouts) -> Iterator[NotCompared]:
    for one, other in ((a, b), (b, a)):
        for suite in one.runs.keys() - other.runs.keys():
            command = run_command(other.name, [suite], where.spelled([suite]))
            yield NotCompared(suite, f"only {one.name} has been run on it: {command}")


def _neither(
    a: Contender, b: Contender, asked: CompareRequest, configuration: Configuration, where: Whereabouts
) -> Iterator[NotCompared]:
    """What was named and only others have been run on. Raises UsageError where nobody has."""
    demand_held(configuration, asked.suites, ())
    for one in asked.suites:
        names = stored_names(configuration, [one])
        if not any(selects(name, suite) for name in names for suite in (*a.runs, *b.runs)):
            yield NotCompared(one, f"neither has been run on it: {_commands(a, b, names, where)}")


def _commands(a: Contender, b: Contender, suites: Sequence[str], where: Whereabouts) -> str:
    return " && ".join(run_command(one.name, suites, where.spelled(suites)) for one in (a, b))


def _with_texts(
    comparisons: Sequence[Comparison], runs: Mapping[str, Run], most: int, where: Whereabouts
) -> Iterator[tuple[Comparison, str]]:
    """The comparisons with the items that moved most by their first metric, their texts, or why there are none."""
    for one in comparisons:
        found = _moved(runs[one.a.run], runs[one.b.run], one.differences[0], most)
        told, reason = with_texts(found, one.suite, one.fingerprint, where)
        yield replace(one, moved=told), reason


def _moved(a: Run, b: Run, difference: Difference, most: int) -> tuple[Moved, ...]:
    if difference.reason or not most:
        return ()
    if difference.tally is None:
        return moved_parts(a, b, metric_of(difference.metric), most)
    return moved(a, b, difference.metric, most)


def _warnings(runs: Sequence[Run]) -> list[str]:
    """What misleads a reader who does not know it, such as that a model was trained on a task."""
    found = (
        f"{run.suite}: {run.embedder}: {finding.note}" for run in runs for finding in run.findings if finding.warning
    )
    return list(dict.fromkeys(found))
