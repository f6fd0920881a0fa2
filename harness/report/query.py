"""Any table, as a terminal table or as markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from harness.report.console import console
from harness.report.markdown import escaped, line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGE = 1_000
"""From here on, four digits are all before the point."""


def query_terminal(columns: Sequence[str], rows: Sequence[Sequence[object]], *, by_folder: bool = False) -> str:
    """Columns as wide as they need, folded where the terminal is too narrow.

    by_folder: a line between rows whose first cells (a/b, a/c) do not begin with the same folder.
    """
    table = Table(header_style="")
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    folders = [str(row[0]).partition("/")[0] if by_folder else "" for row in rows]
    for row, folder, below in zip(rows, folders, [*folders[1:], ""], strict=False):
        table.add_row(*(Text(_shown(value)) for value in row), end_section=folder != below)
    screen = console()
    with screen.capture() as captured:
        screen.print(table)
    return captured.get()


def query_markdown(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A GitHub-flavoured table."""
    body = [[escaped(_shown(value)) for value in row] for row in rows]
    return "".join(line(cells) + "\n" for cells in [list(map(escaped, columns)), ["---"] * len(columns), *body])


def _shown(value: object) -> str:
    """A number to four digits, nothing for NULL; json and csv have full precision."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < _LARGE else f"{value:.0f}"
    return str(value)
