"""A console that records instead of printing, as wide as the terminal that will show the text."""

from __future__ import annotations

import io
import shutil
import sys

from rich.console import Console

FALLBACK_WIDTH = 120
"""Columns, where the output is no terminal."""


def recording() -> Console:
    """A console whose text `text_of` returns; coloured only where stdout is a terminal."""
    width = shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
    colour = sys.stdout.isatty()
    return Console(file=io.StringIO(), width=width, force_terminal=colour, legacy_windows=False, highlight=False)


def text_of(console: Console) -> str:
    """What was printed on a `recording` console."""
    assert isinstance(console.file, io.StringIO)  # noqa: S101 # for the type checker: `recording` made it
    return console.file.getvalue()
