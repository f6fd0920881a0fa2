"""Which embedder to take, from what the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.compare import choice
from harness.compare.choice import ORDER, Needs
from harness.compare.field import average, field, leaning, unsettled
from harness.errors import UsageError, nearest
from harness.model import Decision
from harness.model.decisions import deciding
from harness.store import Store
from harness.workflows.commands import command
from harness.workflows.contests import behind, contests, named_alike, names, standing
from harness.workflows.costs import facts_of
from harness.workflows.table import demand_held, selects, stored_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.compare.field import Contest
    from harness.model import Field, Limit, Open, Run, Standing
    from harness.workflows.configuration import Configuration

NO_NEEDS = Needs()
COLUMNS = (
    *("suite", "metric", "embedder", "identity", "place", "value", "low", "high", "p", "in_best", "letter", "beats"),
    *("status", "reason", "chosen"),
)


def decide(
    configuration: Configuration, suites: Sequence[str], embedders: Sequence[str], needs: Needs = NO_NEEDS
) -> Decision:
    """The best set per suite and over all, and the choice inside it. suites, embedders: as for a table; none is all.

    Raises StoreError when there is no store or it cannot be read; UsageError when it holds nothing of a suite, an
    embedder, or a metric that was named.
    """
    store = Store(configuration.store)
    runs, older = _held(configuration, store, (suites, embedders))
    elsewhere = store.latest(None, embedders) if needs.floors else []
    labels = names([*runs, *elsewhere])
    labels |= named_alike(runs, labels, older)
    held = contests(store, runs, labels, configuration.weights, older)
    together, notes = average(held)
    fields = [field(one) for one in held]
    overall = field(together) if together else None
    leans = leaning(together, overall) if together and overall else ()
    facts = facts_of(configuration, store, _by_name([*older, *runs], labels))
    asked = _asked(needs.floors, elsewhere, labels)
    missed = {name: choice.unmet(needs, facts[name], asked.get(name, {})) for name in facts}
    decider = deciding(fields, overall)
    admitted = choice.admitted(decider, facts, missed) if decider else ()
    return Decision(
        fields=tuple(fields),
        overall=overall,
        facts=facts,
        needs=needs.texts,
        unmet={name: unmet for name, unmet in missed.items() if unmet},
        admitted=admitted,
        order=ORDER,
        front=choice.front(decider, facts) if decider else dict.fromkeys(choice.AXES, ()),
        chosen=admitted[0] if admitted else None,
        open=_open([together] if together else held, [overall] if overall else fields),
        notes=(*notes, *leans, *_weighed(store, configuration), *_cautions(needs.floors, admitted, asked)),
    )


def _held(
    configuration: Configuration, store: Store, asked: tuple[Sequence[str], Sequence[str]]
) -> tuple[list[Run], list[Run]]:
    """The latest runs of what was asked for, and those of `behind`. Raises UsageError where there is nothing of it."""
    demand_held(configuration, *asked)
    chosen = (stored_names(configuration, asked[0]), asked[1])
    runs = store.latest(*chosen)
    older = behind(store, runs, chosen)
    if not (runs or older):
        raise UsageError(f"{configuration.store} holds no scores yet. Make some with: {command(configuration, 'run')}")
    return runs, older


def rows(decision: Decision) -> list[list[object]]:
    """Rows of `COLUMNS`: everybody's standing on each suite, then on the average over them, whose suite is empty."""
    fields = (*decision.fields, *([decision.overall] if decision.overall else []))
    return [
        [
            *(one.suite, one.metric, standing.embedder, standing.identity, standing.place, standing.value),
            *(standing.interval.low, standing.interval.high, standing.p, standing.in_best, standing.letter),
            *(" ".join(standing.beats), standing.status, standing.reason, standing.embedder == decision.chosen),
        ]
        for one in fields
        for standing in one.standings
    ]


def _by_name(runs: Sequence[Run], labels: Mapping[str, str]) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(labels[run.id], []).append(run)
    return found


def _asked(
    floors: Sequence[Limit], runs: Sequence[Run], labels: Mapping[str, str]
) -> dict[str, dict[tuple[str, str], Standing]]:
    """By embedder, what it has under the metrics that floors name. Raises UsageError for one that nobody has."""
    for floor in floors:
        _demand_metric(floor, runs)
    found: dict[str, dict[tuple[str, str], Standing]] = {}
    for floor in floors:
        for run in runs:
            if run.suite == floor.suite:
                score = run.score(floor.measure)
                own = found.setdefault(labels[run.id], {})
                own[floor.suite, floor.measure] = standing(run, labels[run.id], score)
    return found


def _demand_metric(floor: Limit, runs: Sequence[Run]) -> None:
    held: dict[str, dict[str, None]] = {}
    for run in runs:
        held.setdefault(run.suite, {}).update(dict.fromkeys(score.metric for score in run.scores))
    if floor.suite not in held:
        raise UsageError(
            f'--min "{floor.text}": nobody was run on {floor.suite}. {nearest(floor.suite, held)}'
            f"Suites there: {', '.join(sorted(held))}."
        )
    metrics = held[floor.suite]
    if floor.measure not in metrics:
        raise UsageError(
            f'--min "{floor.text}": nobody has a {floor.measure} on {floor.suite}. {nearest(floor.measure, metrics)}'
            f"Metrics there: {', '.join(metrics) or 'none'}."
        )


def _open(held: Iterable[Contest], fields: Iterable[Field]) -> tuple[Open, ...]:
    return tuple(one for contest, decided in zip(held, fields, strict=True) for one in unsettled(contest, decided))


def _weighed(store: Store, configuration: Configuration) -> Iterator[str]:
    """Weights of suites that nobody was run on."""
    known = store.suite_names("") if configuration.weights else []
    for name in configuration.weights:
        if not any(selects(name, suite) for suite in known):
            hint = nearest(name, known)
            yield f"[weights] of {configuration.gate.file}: nobody was run on {name}. {hint}".rstrip()


def _cautions(
    floors: Sequence[Limit], admitted: Sequence[str], asked: Mapping[str, Mapping[tuple[str, str], Standing]]
) -> Iterator[str]:
    """Limits that an admitted embedder meets only as far as its items tell."""
    for floor in floors:
        for name in admitted:
            caution = choice.unsure(floor, asked.get(name, {}).get((floor.suite, floor.measure)))
            if caution:
                yield f"{floor.text}: {caution}"
