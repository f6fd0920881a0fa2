"""Whether the runs that are judged are those that somebody means to have judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.workflows.commands import run_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from harness.gate.rules import Case
    from harness.model import Run
    from harness.workflows.gate.setup import Setup

_NAMED = 3
_DAY, _MINUTE = len("2026-01-01"), len("2026-01-01T00:00")


def about_runs(setup: Setup, runs: Mapping[tuple[str, str], Run], cases: Sequence[Case]) -> Iterator[str]:
    """What is to be said about each candidate's runs, by suite and label. cases: all that were made."""
    for label in dict.fromkeys(pair.candidate for pair in setup.pairs):
        own = [run for (_, embedder), run in runs.items() if embedder == label]
        yield from _several(label, own)
        yield from _nothing_new(setup, own, [one for one in cases if one.embedder == label])


def about_anchor(setup: Setup, today: date) -> list[str]:
    """How old the anchor is, where there is one."""
    kept = [one.baseline for one in setup.anchors]
    return [f"the anchor {one.name} was saved {one.saved}, {one.age(today)} day(s) ago" for one in kept]


def present(runs: Sequence[Run]) -> list[Run]:
    """The runs of the embedder that was run last, where a label stood for several."""
    newest = max(runs, key=lambda run: run.started_at, default=None)
    return [run for run in runs if newest and run.identity == newest.identity]


def _several(label: str, runs: Sequence[Run]) -> Iterator[str]:
    """That a label stands for one embedder here and for another there: neither is judged whole."""
    suites: dict[str, list[str]] = {}
    for run in runs:
        if run.identity:
            suites.setdefault(f"{run.identity} {run.identity.revision}", []).append(run.suite)
    if len({run.identity.key for run in runs if run.identity}) > 1:
        which = "; ".join(f"{who} on {_some(own)}" for who, own in suites.items())
        yield f"{label} is not one embedder in these runs: {which}. Run the present one on all of them"


def _nothing_new(setup: Setup, runs: Sequence[Run], cases: Sequence[Case]) -> Iterator[str]:
    """That the baseline may have been made of the very runs that are held against it.

    A baseline keeps no clock but its day, so that saving it again changes nothing: of runs of that day nobody can say.
    """
    first, newest = setup.baseline, max((run.started_at for run in runs), default="")
    if not (first and newest):
        return
    made = [one for one in cases if one.reference == first.title]
    if not made or not all(one.same for one in made) or newest[:_DAY] > first.baseline.saved.isoformat():
        return
    began, label = newest[:_MINUTE].replace("T", " "), runs[0].embedder
    yield (
        f"{label}: its newest run began {began} UTC, the {first.title} was saved {first.baseline.saved}, and both have "
        f"the same scores. What was changed since is judged after: "
        f"{run_command(label, setup.unnamed, setup.spelled)}"
    )


def _some(suites: Sequence[str]) -> str:
    return ", ".join(suites[:_NAMED]) + (f" and {len(suites) - _NAMED} more" if len(suites) > _NAMED else "")
