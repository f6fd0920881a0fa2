"""Which of several runs is the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model import Run

RunKey: TypeAlias = "tuple[str, str]"
"""A suite and the label of an embedder."""


def newest(runs: Iterable[Run]) -> dict[RunKey, Run]:
    """The newest run of each label on each suite, in the order in which they were made.

    One that was made elsewhere stands only where none was made here: it goes by the same names, and takes no place.
    """
    return {(run.suite, run.embedder): run for run in sorted(runs, key=recency)}


def recency(run: Run) -> tuple[bool, str, str]:
    """A sort key: the run that counts comes last. Made here beats imported, then the later one, then the id."""
    return not run.imported, run.started_at, run.id
