"""What the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.mteb.names import PREFIX, is_mteb
from harness.errors import MissingExtraError, UsageError, nearest
from harness.evaluate import SUITE_NOTE
from harness.model import Remarks
from harness.store import Store
from harness.workflows.contamination import CAUTION
from harness.workflows.shelf import find_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from harness.model import Run
    from harness.store import Shown
    from harness.workflows.configuration import Configuration


def table(configuration: Configuration, suites: Sequence[str], embedders: Sequence[str]) -> tuple[Shown, Remarks]:
    """The latest run of each embedder on each suite, and what is to be known about them; none named is all of them.

    Raises StoreError when there is no store or it cannot be read, UsageError when it holds nothing of what was named.
    """
    store = Store(configuration.store)
    names = stored_names(configuration, suites)
    shown = store.rows(names, embedders)
    demand_held(configuration, suites, embedders)
    found = ((suite, name, note) for _, suite, _, name, _, _, note in store.findings(names, embedders))
    return shown, _remarks((row.suite for row in shown.rows), found)


def remarks_of(runs: Sequence[Run]) -> Remarks:
    """What is to be known about a table of runs that were just made."""
    found = ((made.suite, finding.name, finding.note) for made in runs for finding in made.findings)
    return _remarks((made.suite for made in runs), found)


def stored_names(configuration: Configuration, selected: Sequence[str]) -> list[str]:
    """What suites on disk, built in or of mteb's go by in the store; a name of none of them may still be in there.

    A task of mteb's stands for all that the store holds of it, whoever judged it: mteb:SciFact?protocol=mteb too.
    """
    names = [name for one in selected for name in suite_names(one, configuration.cache)]
    if not any(map(is_mteb, names)):
        return names
    held = Store(configuration.store).suite_names(PREFIX)
    return [*names, *(suite for suite in held if any(selects(name, suite) for name in names))]


def selects(name: str, suite: str) -> bool:
    """Whether a name stands for a suite of the store: its own, that of a folder it is in, or of the task that it is.

    A task of mteb's is of a name with some of its options: a?x=1&y=2 is of a?x=1, which is of a.
    """
    (asked, _, demanded), (own, _, options) = name.partition("?"), suite.partition("?")
    if own == asked:
        return not demanded or set(demanded.split("&")) <= set(options.split("&"))
    return not demanded and own.startswith(f"{asked.rstrip('/')}/")


def demand_held(configuration: Configuration, suites: Sequence[str], embedders: Sequence[str]) -> None:
    """Raise UsageError where the store has no run of a suite, a folder of suites or an embedder that was named.

    Of a folder one of its suites is enough. With what is there. Raises StoreError as `table`.
    """
    if not (suites or embedders):
        return
    store = Store(configuration.store)
    wanted = {one: stored_names(configuration, [one]) for one in suites}
    runs = store.newest([name for names in wanted.values() for name in names], embedders)
    held = {run.suite for run in runs}
    lacking = [
        one for one, names in wanted.items() if not any(selects(name, suite) for name in names for suite in held)
    ]
    lacking += sorted(set(embedders) - {run.embedder for run in runs})
    if not lacking:
        return
    there = store.newest()
    known = [sorted({getattr(run, what) for run in there}) for what in ("suite", "embedder")]
    hint = "".join(nearest(name, {*known[0], *known[1]}) for name in lacking)
    raise UsageError(
        f"{configuration.store} holds nothing for {', '.join(lacking)}. {hint}"
        f"Suites there: {', '.join(known[0]) or 'none'}. Embedders: {', '.join(known[1]) or 'none'}."
    )


def demand_metrics(runs: Iterable[Run], wanted: Iterable[str]) -> None:
    """Raise UsageError where none of the runs was scored with a metric that was named."""
    known = {score.metric for run in runs for score in run.scores if score.metric}
    for name in wanted:
        if name not in known:
            among = ", ".join(sorted(known)) or "none"
            raise UsageError(f"no run has the metric {name!r}. {nearest(name, known)}Metrics there: {among}")


def suite_names(selected: str, cache: Path | None = None) -> list[str]:
    """What suites on disk, built in or of mteb's are called; a name that is none of them is left as it is."""
    try:
        return [place.name for place in find_places(selected, cache)]
    except (MissingExtraError, UsageError):
        return [selected]


def _remarks(suites: Iterable[str], findings: Iterable[tuple[str, str, str]]) -> Remarks:
    """Each note of a suite once, and a caution where one of them is mteb's. findings: suite, name, note."""
    by_suite: dict[str, dict[str, None]] = {}
    for suite, name, note in findings:
        if name == SUITE_NOTE:
            by_suite.setdefault(suite, {})[note] = None
    whole = (CAUTION,) if any(map(is_mteb, suites)) else ()
    return Remarks({suite: list(own) for suite, own in by_suite.items()}, whole)
