"""What a document is made of, whatever it is written in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from harness.report.page.alike import gist, merged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.page.alike import Gist
    from harness.report.page.shapes import Drawing


@dataclass(frozen=True)
class Cell:
    """A place of a table. small: a second line. mark: letters behind the text. notes: numbers of footnotes.

    number: stands on the right. whole: is never broken. long: a sentence, which wants room.
    """

    text: str
    small: str = ""
    mark: str = ""
    strong: bool = False
    number: bool = False
    whole: bool = False
    long: bool = False
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """tone: `lead`, `plain`, `quiet` or `warning`."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Points:
    """A list; each with a title, which may be empty."""

    kind: ClassVar[str] = "points"
    points: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Grid:
    """A table. heads: of the columns; the first cell of a row names it. last: whether the last row stands apart."""

    kind: ClassVar[str] = "grid"
    caption: str
    heads: Sequence[Cell]
    rows: Sequence[Sequence[Cell]]
    last: bool = False

    @property
    def marked(self) -> list[bool]:
        """Of each column, whether its numbers have letters or notes: these get a place of their own behind them."""
        columns = zip(*self.rows, strict=True) if self.rows else [()] * len(self.heads)
        return [any(cell.number and (cell.mark or cell.notes) for cell in column) for column in columns]


@dataclass(frozen=True)
class Notes:
    """Footnotes, numbered from 1."""

    kind: ClassVar[str] = "notes"
    notes: Sequence[str]


@dataclass(frozen=True)
class Figures:
    """Drawings side by side, each with the same as a table. about: how to read a drawing."""

    kind: ClassVar[str] = "figures"
    about: str
    figures: Sequence[tuple[Drawing, Grid]]

    @property
    def key(self) -> list[tuple[str, str]]:
        """Letters that stand for names in the drawings, once for all of them."""
        found = {pair for drawing, _ in self.figures for pair in drawing.key}
        return sorted(found, key=lambda pair: (len(pair[0]), pair))


@dataclass(frozen=True)
class Code:
    """Text to copy. language: of a fenced block."""

    kind: ClassVar[str] = "code"
    text: str
    language: str = "sh"


Block: TypeAlias = Paragraph | Points | Grid | Notes | Figures | Code


@dataclass(frozen=True)
class Section:
    """A chapter. name: its anchor."""

    name: str
    title: str
    blocks: Sequence[Block]

    @property
    def brief(self) -> bool:
        """Whether it is a line, which may stand beside its title."""
        return len(self.blocks) == 1 and isinstance(self.blocks[0], Paragraph) and self.blocks[0].tone == "plain"


@dataclass(frozen=True)
class Document:
    """The whole. summary: a line below the title. labels: words that the templates need."""

    title: str
    summary: str
    sections: Sequence[Section]
    labels: Mapping[str, str]


class Footnotes:
    """Texts with numbers, each once, in the order in which they were first asked for; each names whom it is about.

    Texts that are alike are one. comma: stands between names. to: between the ends of a range. Where names are many,
    none is told: the numbers in the table tell.
    """

    _MOST = 3

    def __init__(self, comma: str, to: str) -> None:
        self._comma, self._to = comma, to
        self._texts: dict[Gist, dict[str, None]] = {}
        self._names: dict[Gist, dict[str, None]] = {}

    def of(self, *texts: str, about: str = "") -> tuple[int, ...]:
        """The numbers of some texts; empty ones have none. about: named unless the text begins with that name."""
        asked = {gist(text): text for text in texts if text}
        for key, text in asked.items():
            self._texts.setdefault(key, {})[text] = None
            self._names.setdefault(key, {}).update({} if text.startswith(about) else {about: None})
        order = list(self._texts)
        return tuple(order.index(key) + 1 for key in asked)

    @property
    def blocks(self) -> list[Block]:
        """The notes as a block, nothing where there are none."""
        notes = [self._told(names, merged(self._texts[key], self._to)) for key, names in self._names.items()]
        return [Notes(notes)] if notes else []

    def _told(self, names: Mapping[str, None], text: str) -> str:
        return f"{self._comma.join(names)} · {text}" if 0 < len(names) <= self._MOST else text
