"""Rows of the store → the cells of the comparison table: an embedder a row, a suite a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.model import Interval, Remarks
from harness.report.numbers import score, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.model import Row

MISSING = "–"
"""An embedder that has not been run on a suite, or a fact that nobody could find out."""

EMPTY = "no results\n"
"""The whole table, where there are no rows."""

NO_REMARKS = Remarks()

_IN_FULL, _LONG = 3, 2
"""Footnotes of more lines than _LONG that are printed whole; a benchmark can have 30 tasks without data."""

_WORDS = {"not_applicable": "n/a", "failed": "failed"}


@dataclass(frozen=True)
class Cell:
    """What stands in one place: a value with its interval, or a word.

    notes: the numbers of its footnotes.
    """

    text: str
    interval: str = ""
    best: bool = False
    notes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Column:
    """One metric of one suite. floor: what a random embedder is expected to get. notes: the numbers of its footnotes.

    items: 0 where nobody knows them: no embedder has a score, or other software judged, which gives none.
    """

    suite: str
    metric: str
    items: int
    floor: str
    notes: tuple[int, ...] = ()

    @property
    def title(self) -> str:
        """The suite's name, its options on a line of their own."""
        return self.suite.replace("?", "\n?", 1)

    @property
    def heading(self) -> str:
        """The line under the suite's name; a suite that could not be read has no metric."""
        counted = f"{self.metric} n={self.items}" if self.items else self.metric
        return " ".join([counted or MISSING, *(f"[{note}]" for note in self.notes)])


@dataclass(frozen=True)
class Grid:
    """The table as text, not laid out yet.

    sizes: embedder → MB that the vectors of a million documents take; none at all where nobody's are known. cells:
    (embedder, column) → cell. notes: what is to be known about a column or a cell. remarks: about the table as a whole.
    """

    columns: Sequence[Column]
    embedders: Sequence[str]
    sizes: Mapping[str, str]
    cells: Mapping[tuple[str, Column], Cell]
    notes: Sequence[str]
    remarks: Sequence[str]


def grid(rows: Sequence[Row], remarks: Remarks = NO_REMARKS) -> Grid:
    """All of the rows as a grid; embedders, suites and metrics in the order in which they come."""
    labels = _labels(rows)
    notes: dict[str, int] = {}
    columns = _columns(rows, remarks.by_suite, notes)
    column_of = {row: column for column, own in columns.items() for row in own}
    best = {row for own in columns.values() for row in _best(own)}
    cells = {(labels[row.embedder, row.identity], column_of[row]): _cell(row, notes, best=row in best) for row in rows}
    return Grid(
        columns=list(columns),
        embedders=list(dict.fromkeys(labels[row.embedder, row.identity] for row in rows)),
        sizes=_sizes({labels[row.embedder, row.identity]: row.vector_bytes for row in rows if row.vector_bytes}),
        cells=cells,
        notes=_brief(notes),
        remarks=remarks.whole,
    )


def _sizes(vector_bytes: Mapping[str, int]) -> dict[str, str]:
    """Bytes of a vector are MB of a million vectors."""
    return {label: f"{size:,}" for label, size in vector_bytes.items()}


def _labels(rows: Sequence[Row]) -> dict[tuple[str, str], str]:
    """(embedder, identity) → label: the name alone where one identity bears it, else with its identity."""
    pairs = dict.fromkeys((row.embedder, row.identity) for row in rows)
    names = [name for name, identity in pairs if identity]
    return {
        (name, identity): f"{name} [{identity[:6]}]" if identity and names.count(name) > 1 else name
        for name, identity in pairs
    }


def _columns(
    rows: Sequence[Row], remarks: Mapping[str, Sequence[str]], notes: dict[str, int]
) -> dict[Column, list[Row]]:
    """The rows of each column; its items and floor from a row that has a value, and items, if any has.

    A run without a metric (its suite could not be read) stands under the first metric of that suite.
    """
    first = {row.suite: row.metric for row in reversed(rows) if row.metric}
    of_metric: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_metric.setdefault((row.suite, row.metric or first.get(row.suite, "")), []).append(row)
    columns = {}
    for suite in dict.fromkeys(row.suite for row in rows):
        about = _numbers([f"{suite}: {'; '.join(remarks[suite])}"] if remarks.get(suite) else [], notes)
        for (_, metric), own in ((key, own) for key, own in of_metric.items() if key[0] == suite):
            row = max(own, key=lambda row: (row.value is not None, row.items > 0))
            floor = MISSING if row.floor is None else score(row.floor)
            columns[Column(suite, metric, row.items, floor, about)] = own
    return columns


def _best(rows: Sequence[Row]) -> list[Row]:
    """The rows with the best value of a column; beside ours, none of those that were made elsewhere, on unseen data."""
    found = [row for row in rows if row.value is not None]
    valued = [row for row in found if not row.imported] or found
    scores = [row.value if row.higher_is_better else -row.value for row in valued if row.value is not None]
    return [row for row, score in zip(valued, scores, strict=True) if score == max(scores)]


def _cell(row: Row, notes: dict[str, int], *, best: bool) -> Cell:
    if row.value is None:
        return Cell(_WORDS[row.status], notes=_numbers((row.reason,), notes))
    warnings = [f"warning: {warning}" for warning in row.warnings]
    if row.low is None or row.high is None:
        reasons = (*warnings, f"no interval: {row.interval_reason}")
        return Cell(score(row.value), best=best, notes=_numbers(reasons, notes))
    return Cell(score(row.value), span(Interval(row.low, row.high)), best, _numbers(warnings, notes))


def _numbers(texts: Sequence[str], notes: dict[str, int]) -> tuple[int, ...]:
    """The number of each footnote; one that is new gets the next."""
    return tuple(notes.setdefault(text, len(notes) + 1) for text in texts)


def _brief(notes: Iterable[str]) -> list[str]:
    """The footnotes, of the long ones only the first in full."""
    shown, long = [], 0
    for note in notes:
        lines = note.splitlines()
        long += len(lines) > _LONG
        if len(lines) > _LONG and long > _IN_FULL:
            shown.append(f"{lines[0]} {lines[1].strip()} … (--format json has all of it)")
        else:
            shown.append(note)
    return shown
