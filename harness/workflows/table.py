"""What the store holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue import find_places
from harness.errors import UsageError
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.store import Shown
    from harness.workflows.configuration import Configuration


def table(configuration: Configuration, suites: Sequence[str], embedders: Sequence[str]) -> Shown:
    """The latest run of each embedder on each suite; none named is all of them.

    Raises StoreError when there is no store or it cannot be read, UsageError when it holds nothing of what was named.
    """
    store = Store(configuration.store)
    names = [name for selected in suites for name in suite_names(selected)]
    shown = store.rows(names, embedders)
    if not shown.rows and (suites or embedders):
        held = store.rows().rows
        suites_held, embedders_held = ({getattr(row, what) for row in held} for what in ("suite", "embedder"))
        raise UsageError(
            f"{configuration.store} holds nothing for {', '.join((*suites, *embedders))}. "
            f"Suites there: {', '.join(sorted(suites_held)) or 'none'}. "
            f"Embedders: {', '.join(sorted(embedders_held)) or 'none'}."
        )
    return shown


def suite_names(selected: str) -> list[str]:
    """What a suite on disk or built in goes by in the store; a name that is neither may still be in the store."""
    try:
        return [place.name for place in find_places(selected)]
    except UsageError:
        return [selected]
