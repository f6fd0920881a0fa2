"""Rows as JSON and as CSV: every metric, full precision, one object or line per row."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from decimal import Decimal

from harness.errors import UsageError
from harness.model import Row


def as_json(rows: Sequence[Row]) -> str:
    """A list of objects with the fields of `Row`; absent numbers are null."""
    return _dumped([asdict(row) for row in rows])


def as_csv(rows: Sequence[Row]) -> str:
    """A header and a line per row; absent numbers are empty, warnings one text."""
    lines = [asdict(row) | {"warnings": "; ".join(row.warnings)} for row in rows]
    return query_csv([field.name for field in fields(Row)], [list(line.values()) for line in lines])


def query_json(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Any table as a list of objects; what JSON has no form for (times, NaN) is text.

    Raises UsageError when two columns have one name: an object can hold only one of them.
    """
    if len(set(columns)) < len(columns):
        raise UsageError(f"columns share a name: {', '.join(columns)}. Give each its own with `as`, or print csv.")
    return _dumped([dict(zip(columns, map(_plain, row), strict=True)) for row in rows])


def query_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Any table as RFC 4180 has it, but for the line ends: those are the shell's."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def document(content: Mapping[str, object]) -> str:
    """One object, of values that JSON knows. Raises ValueError for NaN and infinity."""
    return _dumped(content)


def _dumped(objects: Sequence[Mapping[str, object]] | Mapping[str, object]) -> str:
    return json.dumps(objects, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    """A value of any type of SQL as JSON knows it."""
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)
