"""The grid as a markdown table, and what every markdown table is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.report.grid import EMPTY, MISSING, Cell, Grid
from harness.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~&$#!])")
_CONTACT = re.compile(r"@(?!\d+\b)|(?<!\w)@|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=#)(?=\d)|(?<=GH-)(?=\d)", re.IGNORECASE)
"""Where a person, a page or an issue would be linked; not in `ndcg@10`."""
_BREAK = "\u200b"


def markdown(grid: Grid) -> str:
    """A GitHub-flavoured table, the best of a column in bold, the floor as its last row; then the notes."""
    if not grid.columns:
        return EMPTY
    heads = [f"{escaped(column.suite)}<br>{escaped(column.heading)}" for column in grid.columns]
    size = ["MB per<br>1M docs"] if grid.sizes else []
    lines = [line(["embedder", *size, *heads]), line(["---", *["---:"] * len([*size, *heads])])]
    for name in grid.embedders:
        cells = [grid.cells.get((name, column), Cell(MISSING)) for column in grid.columns]
        lines.append(line([escaped(name), *(grid.sizes.get(name, MISSING) for _ in size), *map(_shown, cells)]))
    lines.append(line(["*random floor*", *("" for _ in size), *(f"*{column.floor}*" for column in grid.columns)]))
    notes = [f"{number}. {escaped(note)}" for number, note in enumerate(grid.notes, start=1)]
    below = ["\n".join(notes)] if notes else []
    return "\n\n".join(["\n".join(lines), *below, *map(escaped, grid.remarks)]) + "\n"


def line(cells: Sequence[str]) -> str:
    """One line of a markdown table."""
    return f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """Text that cannot end a cell, nor be taken for an HTML tag or a link."""
    for character in "\\|<[":
        text = text.replace(character, f"\\{character}")
    return "<br>".join(text.splitlines())


def prose(text: str) -> str:
    """A line that repeats words of anybody: without markup, and without people, pages and issues to be linked."""
    return _MARKUP.sub(r"\\\1", _CONTACT.sub(lambda found: found[0] + _BREAK, one_line(text)))


def _shown(cell: Cell) -> str:
    text = f"**{cell.text}**" if cell.best else cell.text
    return text + (f" ({cell.interval})" if cell.interval else "") + "".join(f" \\[{note}]" for note in cell.notes)
