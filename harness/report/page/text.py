"""A document as markdown: the same sections, drawings as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.markdown import escaped, line
from harness.report.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.report.page.blocks import Cell, Code, Document, Figures, Grid, Notes, Paragraph, Points

_QUOTED = {"lead", "warning"}


def markdown(document: Document) -> str:
    """GitHub-flavoured markdown."""
    parts = [f"# {escaped(document.title)}", escaped(document.summary)]
    for section in document.sections:
        parts.append(f"## {escaped(section.title)}")
        parts += [_BLOCKS[block.kind](block) for block in section.blocks]
    return printable("\n\n".join(parts) + "\n")


def _paragraph(block: Paragraph) -> str:
    return f"> {escaped(block.text)}" if block.tone in _QUOTED else escaped(block.text)


def _points(block: Points) -> str:
    return "\n".join(f"- {f'**{escaped(title)}** ' if title else ''}{escaped(text)}" for title, text in block.points)


def _grid(block: Grid) -> str:
    heads = [_cell(head) for head in block.heads]
    rule = ["---:" if head.number else "---" for head in block.heads]
    rows = [line([_cell(cell) for cell in row]) for row in block.rows]
    return "\n".join([f"*{escaped(block.caption)}*", "", line(heads), line(rule), *rows])


def _cell(cell: Cell) -> str:
    text = escaped(cell.text)
    parts = [f"**{text}**" if cell.strong and text else text, escaped(cell.mark)]
    parts += [f"\\[{note}]" for note in cell.notes]
    shown = " ".join(filter(None, parts))
    return f"{shown}<br>{escaped(cell.small)}" if cell.small else shown


def _notes(block: Notes) -> str:
    return "\n".join(f"{number}. {escaped(note)}" for number, note in enumerate(block.notes, start=1))


def _figures(block: Figures) -> str:
    return "\n\n".join(_grid(table) for _, table in block.figures)


def _code(block: Code) -> str:
    longest = max((len(run) for run in _fences(block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{block.language}\n{block.text}\n{fence}"


def _fences(text: str) -> list[str]:
    return ["`" * len(part) for part in "".join(one if one == "`" else " " for one in text).split()]


_BLOCKS: Mapping[str, Callable[..., str]] = {
    "paragraph": _paragraph,
    "points": _points,
    "grid": _grid,
    "notes": _notes,
    "figures": _figures,
    "code": _code,
}
"""Kind of a block → how it is written."""
