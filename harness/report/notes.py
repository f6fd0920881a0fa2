"""Notes about a suite as a block of text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from harness.diagnostics.notes import EXAMPLES
from harness.report.console import console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnostics.notes import Note

_STYLES = {"warning": "bold yellow", "info": "dim"}
_INDENT = 4


def notes_terminal(notes: Sequence[Note]) -> str:
    """Severity, check, and what was found where, with some examples and what to do; warnings first."""
    if not notes:
        return ""
    table = Table.grid(padding=(0, 2, 0, 0))
    for width in (_INDENT - 2, None, None, None):
        table.add_column(width=width, overflow="fold")
    for note in sorted(notes, key=lambda note: note.severity != "warning"):
        severity = Text(note.severity, style=_STYLES[note.severity])
        table.add_row("", severity, Text(note.check), Text(_told(note)))
    screen = console()
    with screen.capture() as captured:
        screen.print(table)
    return "".join(line.rstrip() + "\n" for line in captured.get().splitlines())


def _told(note: Note) -> str:
    more = len(note.examples) - EXAMPLES
    examples = [f"· {example}" for example in note.examples[:EXAMPLES]]
    rest = [f"· and {more:,} more: --format json has them all"] if more > 0 else []
    advice = [f"→ {note.advice}"] if note.advice else []
    lead = f"{note.subject}: {note.text}" if note.subject else note.text
    return "\n".join([lead, *examples, *rest, *advice])
