"""Rows → text: terminal table, markdown, JSON, CSV. Computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.grid import NO_REMARKS, Grid, grid
from harness.report.markdown import markdown
from harness.report.notes import notes_terminal
from harness.report.plain import as_csv, as_json, document, query_csv, query_json
from harness.report.query import query_markdown, query_terminal
from harness.report.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Remarks, Row

_TABLES: Mapping[str, Callable[[Grid], str]] = {"table": terminal, "markdown": markdown}
_ROWS: Mapping[str, Callable[[Sequence[Row]], str]] = {"json": as_json, "csv": as_csv}

_LISTINGS: Mapping[str, Callable[[Sequence[str], Sequence[Sequence[object]]], str]] = {
    "table": query_terminal,
    "markdown": query_markdown,
    "json": query_json,
    "csv": query_csv,
}

__all__ = ["comparison", "document", "listing", "notes_terminal"]


def comparison(rows: Sequence[Row], layout: str, remarks: Remarks = NO_REMARKS, *, every: bool = False) -> str:
    """The comparison table, in the layout that --format names.

    remarks: json and csv leave them to the findings. every: all metrics, not only the headline of each suite; json and
    csv always hold them all.
    """
    if layout in _ROWS:
        return _ROWS[layout](rows)
    return _TABLES[layout](grid([row for row in rows if every or row.headline], remarks))


def listing(columns: Sequence[str], rows: Sequence[Sequence[object]], layout: str, *, by_folder: bool = False) -> str:
    """Any other table, from the names of its columns and its rows, in the layout that --format names.

    by_folder: in a terminal, a line between rows whose first cells (a/b, a/c) do not begin with the same folder.

    Raises UsageError for json when two columns share a name.
    """
    if by_folder and layout == "table":
        return query_terminal(columns, rows, by_folder=True)
    return _LISTINGS[layout](columns, rows)
