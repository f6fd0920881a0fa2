"""What the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.mteb.names import PREFIX, is_mteb
from harness.errors import MissingExtraError, UsageError
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
    if not shown.rows and (suites or embedders):
        held = store.rows().rows
        suites_held, embedders_held = ({getattr(row, what) for row in held} for what in ("suite", "embedder"))
        raise UsageError(
            f"{configuration.store} holds nothing for {', '.join((*suites, *embedders))}. "
            f"Suites there: {', '.join(sorted(suites_held)) or 'none'}. "
            f"Embedders: {', '.join(sorted(embedders_held)) or 'none'}."
        )
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
    return [*names, *(suite for suite in held if any(_is_of(suite, name) for name in names))]


def suite_names(selected: str, cache: Path | None = None) -> list[str]:
    """What suites on disk, built in or of mteb's are called; a name that is none of them is left as it is."""
    try:
        return [place.name for place in find_places(selected, cache)]
    except (MissingExtraError, UsageError):
        return [selected]


def _is_of(suite: str, name: str) -> bool:
    """Whether a suite has the task and all the options of a name: a?x=1&y=2 is of a?x=1, which is of a."""
    (task, _, options), (asked, _, demanded) = suite.partition("?"), name.partition("?")
    return task == asked and (not demanded or set(demanded.split("&")) <= set(options.split("&")))


def _remarks(suites: Iterable[str], findings: Iterable[tuple[str, str, str]]) -> Remarks:
    """Each note of a suite once, and a caution where one of them is mteb's. findings: suite, name, note."""
    by_suite: dict[str, dict[str, None]] = {}
    for suite, name, note in findings:
        if name == SUITE_NOTE:
            by_suite.setdefault(suite, {})[note] = None
    whole = (CAUTION,) if any(map(is_mteb, suites)) else ()
    return Remarks({suite: list(own) for suite, own in by_suite.items()}, whole)
