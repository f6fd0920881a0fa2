"""A document as markdown: the same sections, drawings as tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.report.markdown import line, prose
from harness.report.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.report.page.blocks import Cell, Code, Document, Figures, Grid, Notes, Paragraph, Points

_QUOTED = {"lead", "warning"}


def markdown(document: Document) -> str:
    """GitHub-flavoured markdown."""
    parts = [f"# {_safe(document.title)}", _safe(document.summary)]
    for section in document.sections:
        parts.append(f"## {_safe(section.title)}")
        parts += [_BLOCKS[block.kind](block) for block in section.blocks]
    return printable("\n\n".join(parts) + "\n")


def _paragraph(block: Paragraph) -> str:
    return f"> {_safe(block.text)}" if block.tone in _QUOTED else _safe(block.text)


def _points(block: Points) -> str:
    return "\n".join(f"- {f'**{_safe(title)}** ' if title else ''}{_safe(text)}" for title, text in block.points)


def _grid(block: Grid) -> str:
    heads = [_cell(head) for head in block.heads]
    rule = ["---:" if head.number else "---" for head in block.heads]
    rows = [line([_cell(cell) for cell in row]) for row in block.rows]
    return "\n".join([f"*{_safe(block.caption)}*", "", line(heads), line(rule), *rows])


def _cell(cell: Cell) -> str:
    text = _safe(cell.text)
    parts = [f"**{text}**" if cell.strong and text else text, _safe(cell.mark)]
    parts += [f"\\[{note}]" for note in cell.notes]
    shown = " ".join(filter(None, parts))
    return f"{shown}<br>{_safe(cell.small)}" if cell.small else shown


def _notes(block: Notes) -> str:
    return "\n".join(f"{number}. {_safe(note)}" for number, note in enumerate(block.notes, start=1))


def _figures(block: Figures) -> str:
    return "\n\n".join(_grid(table) for _, table in block.figures)


def _code(block: Code) -> str:
    longest = max(map(len, re.findall("`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{block.language}\n{block.text}\n{fence}"


def _safe(text: str) -> str:
    """Words of anybody, without markup of their own, a line of theirs below the other."""
    return "<br>".join(map(prose, text.splitlines()))


_BLOCKS: Mapping[str, Callable[..., str]] = {
    "paragraph": _paragraph,
    "points": _points,
    "grid": _grid,
    "notes": _notes,
    "figures": _figures,
    "code": _code,
}
"""Kind of a block → how it is written."""
