"""A console to capture text with, as wide as the terminal that will show the text."""

from __future__ import annotations

import shutil
import sys
from io import StringIO

from rich.console import Console

FALLBACK_WIDTH = 120
"""Columns, where the output is no terminal."""


def console() -> Console:
    """A console that draws lines whatever the encoding of stdout; coloured only where stdout is a terminal."""
    width = shutil.get_terminal_size((FALLBACK_WIDTH, 24)).columns
    colour = sys.stdout.isatty()
    # On a file of stdout's encoding, GBK for one, it would draw with + and -.
    return Console(file=StringIO(), width=width, force_terminal=colour, legacy_windows=False, highlight=False)
