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

    Raises StoreError when there is no store or it cannot be read.
    """
    names = [name for selected in suites for name in _names(selected)]
    return Store(configuration.store).rows(names, embedders)


def _names(selected: str) -> list[str]:
    """What a suite on disk or built in goes by in the store; a name that is neither may still be in the store."""
    try:
        return [place.name for place in find_places(selected)]
    except UsageError:
        return [selected]
