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

    note: the number of its footnote, 0 for none.
    """

    text: str
    interval: str = ""
    best: bool = False
    note: int = 0


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
    """The table as text, not laid out yet. cells: (embedder, column) → cell. notes: why a cell has no value."""

    columns: Sequence[Column]
    embedders: Sequence[str]
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
        cells=cells,
        notes=list(notes),
    )


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
        return Cell(_WORDS[row.status], note=notes.setdefault(row.reason, len(notes) + 1))
    if row.low is None or row.high is None:
        reason = f"no interval: {row.interval_reason}"
        return Cell(_number(row.value), best=best, note=notes.setdefault(reason, len(notes) + 1))
    return Cell(_number(row.value), _interval(row.low, row.high), best=best)


def _interval(low: float, high: float) -> str:
    """A dash between two numbers, but not beside a minus sign."""
    between = "–" if low >= 0 else " to "
    return f"{_number(low)}{between}{_number(high)}"


def _number(value: float) -> str:
    """Three decimals; what rounds to zero has no sign."""
    return f"{value:z.3f}"
