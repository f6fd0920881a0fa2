"""Rows → text: terminal table, markdown, JSON, CSV. Computes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.grid import grid
from harness.report.markdown import markdown
from harness.report.plain import as_csv, as_json, query_csv, query_json
from harness.report.query import query_markdown, query_terminal
from harness.report.terminal import terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Row

FORMATS: Mapping[str, Callable[[Sequence[Row]], str]] = {
    "table": lambda rows: terminal(grid(rows)),
    "markdown": lambda rows: markdown(grid(rows)),
    "json": as_json,
    "csv": as_csv,
}
"""Ways to show the comparison table, by the name that --format takes. json and csv hold every metric."""

QUERY_FORMATS: Mapping[str, Callable[[Sequence[str], Sequence[Sequence[object]]], str]] = {
    "table": query_terminal,
    "markdown": query_markdown,
    "json": query_json,
    "csv": query_csv,
}
"""Ways to show any other table: column names and rows."""

__all__ = ["FORMATS", "QUERY_FORMATS"]
