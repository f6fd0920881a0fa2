"""Rows of the store → the cells of the comparison table: an embedder a row, a suite a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Row

MISSING = "–"
"""An embedder that has not been run on a suite, or a fact that nobody could find out."""

EMPTY = "no results\n"
"""The whole table, where there are no rows."""

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
    """One metric of one suite. floor: what a random embedder is expected to get."""

    suite: str
    metric: str
    items: int
    floor: str

    @property
    def heading(self) -> str:
        """The line under the suite's name; a suite that could not be read has no metric."""
        return f"{self.metric} n={self.items}" if self.metric else MISSING


@dataclass(frozen=True)
class Grid:
    """The table as text, not laid out yet.

    sizes: embedder → MB that the vectors of a million documents take; none at all where nobody's are known. cells:
    (embedder, column) → cell. notes: what is to be known about a cell.
    """

    columns: Sequence[Column]
    embedders: Sequence[str]
    sizes: Mapping[str, str]
    cells: Mapping[tuple[str, Column], Cell]
    notes: Sequence[str]


def grid(rows: Sequence[Row]) -> Grid:
    """All of the rows as a grid; embedders, suites and metrics in the order in which they come."""
    labels = _labels(rows)
    columns = _columns(rows)
    notes: dict[str, int] = {}
    column_of = {row: column for column, own in columns.items() for row in own}
    best = {row for own in columns.values() for row in _best(own)}
    cells = {(labels[row.embedder, row.identity], column_of[row]): _cell(row, notes, best=row in best) for row in rows}
    return Grid(
        columns=list(columns),
        embedders=list(dict.fromkeys(labels[row.embedder, row.identity] for row in rows)),
        sizes=_sizes({labels[row.embedder, row.identity]: row.vector_bytes for row in rows if row.vector_bytes}),
        cells=cells,
        notes=list(notes),
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


def _columns(rows: Sequence[Row]) -> dict[Column, list[Row]]:
    """The rows of each column; its items and floor from a row that has a value, if any has.

    A run without a metric (its suite could not be read) stands under the first metric of that suite.
    """
    first = {row.suite: row.metric for row in reversed(rows) if row.metric}
    of_metric: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_metric.setdefault((row.suite, row.metric or first.get(row.suite, "")), []).append(row)
    columns = {}
    for suite in dict.fromkeys(row.suite for row in rows):
        for (_, metric), own in ((key, own) for key, own in of_metric.items() if key[0] == suite):
            row = next((row for row in own if row.value is not None), own[0])
            floor = MISSING if row.floor is None else _number(row.floor)
            columns[Column(suite, metric, row.items, floor)] = own
    return columns


def _best(rows: Sequence[Row]) -> list[Row]:
    """The rows with the best value of a column."""
    valued = [row for row in rows if row.value is not None]
    scores = [row.value if row.higher_is_better else -row.value for row in valued if row.value is not None]
    return [row for row, score in zip(valued, scores, strict=True) if score == max(scores)]


def _cell(row: Row, notes: dict[str, int], *, best: bool) -> Cell:
    if row.value is None:
        return Cell(_WORDS[row.status], notes=_numbers((row.reason,), notes))
    warnings = [f"warning: {warning}" for warning in row.warnings]
    if row.low is None or row.high is None:
        reasons = (*warnings, f"no interval: {row.interval_reason}")
        return Cell(_number(row.value), best=best, notes=_numbers(reasons, notes))
    return Cell(_number(row.value), _interval(row.low, row.high), best, _numbers(warnings, notes))


def _numbers(texts: Sequence[str], notes: dict[str, int]) -> tuple[int, ...]:
    """The number of each footnote; one that is new gets the next."""
    return tuple(notes.setdefault(text, len(notes) + 1) for text in texts)


def _interval(low: float, high: float) -> str:
    """A dash between two numbers, but not beside a minus sign."""
    between = "–" if low >= 0 else " to "
    return f"{_number(low)}{between}{_number(high)}"


def _number(value: float) -> str:
    """Three decimals; what rounds to zero has no sign."""
    return f"{value:z.3f}"
