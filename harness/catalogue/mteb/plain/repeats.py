"""Rows that stand in several files of one folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Table


def without_parts(tables: Sequence[Table], remarks: list[str]) -> Sequence[Table]:
    """The table that holds the rows of all the others, where there is one; else all of them.

    tables: with the same columns, a file each. remarks: gets a sentence for that, or for rows that are there twice.
    """
    if len(tables) == 1:
        return tables
    each = [_rows(table) for table in tables]
    every = set().union(*each)
    whole = next((table for table, rows in zip(tables, each, strict=True) if len(rows) == len(every)), None)
    if whole is not None:
        rest = ", ".join(table.file for table in tables if table is not whole)
        remarks.append(f"{whole.file} alone is read: it holds the rows of {rest}")
        return [whole]
    twice = sum(map(len, each)) - len(every)
    if twice:
        remarks.append(f"{twice:,} rows stand in several of the files {', '.join(table.file for table in tables)}")
    return tables


def _rows(table: Table) -> set[str]:
    """Each row as a text: a cell may be a list."""
    return set(map(repr, zip(*table.columns.values(), strict=True)))
