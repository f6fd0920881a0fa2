"""Which of several runs is the present one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.model import Run

Place: TypeAlias = "tuple[str, str]"
"""A suite and the label of an embedder."""


def newest(runs: Iterable[Run]) -> dict[Place, Run]:
    """The newest run of each label on each suite, in the order in which they were made.

    One that was made elsewhere stands only where none was made here: it goes by the same names, and takes no place.
    """
    return {(run.suite, run.embedder): run for run in sorted(runs, key=recency)}


def recency(run: Run) -> tuple[bool, str, str]:
    """By which the run that counts is the last: made here after made elsewhere, then by time."""
    return not run.imported, run.started_at, run.id
