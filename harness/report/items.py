"""A table whose first column names things at length, as a list of them where the terminal is too narrow for a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.padding import Padding
from rich.text import Text

from harness.report.console import console
from harness.report.query import query_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAME = 20
"""Cells of a name on a line: with less than that, it is folded beyond recognition."""

_FRAME = 3
"""Cells around each column of a table."""


def table_width(columns: Iterable[Sequence[str]]) -> int:
    """Cells that a table with lines takes, if none of its texts is folded."""
    return sum(max(map(cell_len, texts)) + _FRAME for texts in columns) + 1


def table_or_items(columns: Sequence[str], rows: Sequence[Sequence[str]], *, whole: bool = False) -> str:
    """The table; or each name on lines of its own, and what is to be said of it below, blank cells left out.

    whole: no name is folded, because names are there to be copied.
    """
    named, *others = zip(columns, *rows, strict=True)
    screen, widest = console(), max(map(cell_len, named))
    if table_width([[" " * (widest if whole else min(widest, _NAME))], *others]) <= screen.width:
        return query_terminal(columns, rows)
    with screen.capture() as captured:
        for name, *cells in rows:
            said = [f"{column} {cell}" for column, cell in zip(columns[1:], cells, strict=True) if cell]
            screen.print(Text(name), soft_wrap=True)
            screen.print(Padding(Text(" · ".join(said)), (0, 0, 0, 4)))
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())
