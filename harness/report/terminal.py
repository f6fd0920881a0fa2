"""The grid as a table for a terminal. Widths are counted in cells, so Chinese text lines up."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from harness.report.console import console
from harness.report.grid import EMPTY, MISSING, Cell, Column, Grid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FLOOR = "random floor"
SIZE = ("MB per", "1M docs")
"""Over the column that says what an index of the vectors weighs."""
LEGEND = "Second line: 95 % interval. Best of a column: *. Random floor: what random vectors are expected to score."
_PADDING = 3
_SHORTEST, _SHARE = 30, 0.4
"""Of the names' column: what it always gets, and how much of the width it gets at most beyond that."""


def terminal(grid: Grid) -> str:
    """One table, or several below each other where the terminal is too narrow; then the footnotes."""
    if not grid.columns:
        return EMPTY
    screen = console()
    with screen.capture() as captured:
        for columns in _pages(grid, screen.width):
            screen.print(_table(grid, columns, _named(grid, screen.width)))
        for line in (LEGEND, *grid.remarks):
            screen.print(Text(line, style="dim"), soft_wrap=True)
        for number, note in enumerate(grid.notes, start=1):
            screen.print(Text(f"[{number}] {note}"), soft_wrap=True)
    return captured.get()


def _pages(grid: Grid, width: int) -> Iterator[Sequence[Column]]:
    """The columns in runs that fit beside the embedders' names; those of one folder (zh, en) stay together."""
    sizes = max(map(cell_len, (*SIZE, *grid.sizes.values()))) + _PADDING if grid.sizes else 0
    room = width - _named(grid, width) - _PADDING - 1 - sizes
    page: list[Column] = []
    for _, together in groupby(grid.columns, key=lambda column: column.suite.partition("/")[0]):
        folder = list(together)
        parts = [folder] if _needed(grid, folder) <= room else [[column] for column in folder]
        for part in parts:
            if page and _needed(grid, page + part) > room:
                yield page
                page = []
            page += part
    yield page


def _named(grid: Grid, width: int) -> int:
    """The column of the embedders' names: a long name goes on in the next line, and leaves room for numbers."""
    longest = max(map(cell_len, (*grid.embedders, FLOOR)))
    return min(longest, max(_SHORTEST, round(width * _SHARE)))


def _needed(grid: Grid, columns: Sequence[Column]) -> int:
    return sum(_width(grid, column) + _PADDING for column in columns)


def _width(grid: Grid, column: Column) -> int:
    """Of the widest line in a column."""
    shown = [_shown(cell).plain for (_, where), cell in grid.cells.items() if where == column]
    return max(cell_len(line) for text in (column.title, column.heading, *shown) for line in text.split("\n"))


def _table(grid: Grid, columns: Sequence[Column], named: int) -> Table:
    table = Table(header_style="", pad_edge=True, show_lines=False)
    table.add_column("embedder", overflow="fold", width=named)
    if grid.sizes:
        table.add_column(Text("\n".join(SIZE)), justify="right", no_wrap=True)
    for column in columns:
        table.add_column(Text(f"{column.title}\n{column.heading}"), justify="right", no_wrap=True)
    for name in grid.embedders:
        cells = [grid.cells.get((name, column), Cell(MISSING)) for column in columns]
        size = [Text(grid.sizes.get(name, MISSING))] if grid.sizes else []
        table.add_row(Text(name), *size, *map(_shown, cells))
    table.add_section()
    blank = [Text("")] if grid.sizes else []
    table.add_row(Text(FLOOR, style="dim"), *blank, *(Text(column.floor, style="dim") for column in columns))
    return table


def _shown(cell: Cell) -> Text:
    text = Text(f"*{cell.text}" if cell.best else cell.text, style="bold" if cell.best else "")
    for note in cell.notes:
        text.append(f" [{note}]", style="not bold dim")
    if cell.interval:
        text.append(f"\n{cell.interval}", style="not bold dim")
    return text
