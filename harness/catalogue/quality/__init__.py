"""What a suite that can be run should still be told about: duplicates, leaks, labels that can be guessed, stale gold.

Read from the tables alone. What an embedder has to be asked for is in `harness.workflows.quality`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.quality.duplicates import duplicates
from harness.catalogue.quality.judged import coverage, order, stale
from harness.catalogue.quality.labels import classes, telling_words
from harness.catalogue.quality.leaks import leaks
from harness.catalogue.quality.lengths import lengths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.catalogue.suites import Opened
    from harness.diagnostics.notes import Note

CHECKS = (stale, duplicates, leaks, coverage, order, classes, telling_words, lengths)

__all__ = ["notes"]


def notes(opened: Opened) -> Iterator[Note]:
    """Everything that the tables of a suite show, what misleads most first."""
    for check in CHECKS:
        yield from check(opened)
