"""Which installed packages an embedder needs, from what it has loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def loaded_packages(modules: Iterable[str], before: Iterable[str]) -> tuple[str, ...]:
    """The distributions of modules, by their dotted names, without those of the modules that were there before."""
    # Reads the metadata of everything that is installed: 0.1 to 1 s.
    from importlib.metadata import packages_distributions

    owners = packages_distributions()
    new, old = (
        {owner.lower() for name in names for owner in owners.get(name.partition(".")[0], ())}
        for names in (modules, before)
    )
    return tuple(sorted(new - old))
