"""The texts of a suite that ought to differ from each other, each with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.tasks.staleness import HASH

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.catalogue.suites import Opened
    from harness.model import Table, TableShape

_WORDS = {"analogy", "process"}
"""Kinds whose words come back from row to row: only different spellings of one word are duplicates."""
_REPEATED = {"terms"}
"""Tables whose texts may come back as they like."""
_EMBEDDED = {"text", "prose", "image"}
_IDS = ("_id", "id")


class Units(NamedTuple):
    """Texts of one table. ids, groups: as given, empty where the table has none. near: whether near-duplicates harm."""

    name: str
    table: Table
    texts: Sequence[str]
    rows: Sequence[int]
    ids: Sequence[str]
    groups: Sequence[str]
    near: bool

    def place(self, unit: int) -> str:
        """File and line of a text."""
        return f"{self.table.file}:{self.table.lines[self.rows[unit]]}"


def units(opened: Opened) -> list[Units]:
    """A row is one unit: a document with its title, all sentences of a pair or triplet together."""
    shapes = opened.suite.task.tables
    if opened.suite.kind in _WORDS:
        return list(_words(opened.tables, shapes))
    found = []
    for name, table in opened.tables.items():
        columns = text_columns(table, shapes[name])
        if columns and name not in _REPEATED:
            ids: Sequence[str] = next((table.columns[column] for column in _IDS if column in table.columns), ())
            groups = table.columns.get("group", ())
            found.append(Units(name, table, texts_of(table, columns), range(len(table)), ids, groups, near=True))
    return found


def text_columns(table: Table, shape: TableShape) -> list[str]:
    """The columns of a table that hold what is embedded; a picture as the digest of its bytes."""
    named = [name for name, column in shape.columns.items() if column.reads in _EMBEDDED and name != HASH]
    return [name for name in named if name in table.columns]


def texts_of(table: Table, columns: Sequence[str]) -> list[str]:
    """One text per row: title before text; sentences of a pair in one order, whichever of them comes first."""
    cells = zip(*(table.columns[name] for name in sorted(columns, key=lambda name: name != "title")), strict=True)
    ordered = sorted if columns == ["sentence1", "sentence2"] else tuple
    return ["\n".join(cell for cell in ordered(row) if cell) for row in cells]


def _words(tables: Mapping[str, Table], shapes: Mapping[str, TableShape]) -> Iterator[Units]:
    """The distinct words of all tables, each where it stands first."""
    seen: set[str] = set()
    for name, table in tables.items():
        first: dict[str, int] = {}
        for column in text_columns(table, shapes[name]):
            for row, word in enumerate(table.columns[column]):
                if word not in seen:
                    seen.add(word)
                    first[word] = row
        yield Units(name, table, list(first), list(first.values()), (), (), near=False)
