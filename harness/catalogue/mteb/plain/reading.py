"""Files of rows of every format → tables of raw values, and columns by any of their usual names."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from harness.catalogue.columns import check_columns, listed
from harness.catalogue.headers import normal
from harness.catalogue.tables import jsonl_rows, lines_of, read_table
from harness.interop.mteb import door
from harness.model import Column, Table, TableShape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import IO, Literal

    from harness.catalogue.mteb.plain.files import Source
    from harness.errors import Faults


@dataclass(frozen=True)
class Field:
    """A column that is wanted. name: as mteb's task calls it. others: what else it may be called, each as good.

    reads: as in `Column`, or list, whose items nothing is known of. gaps: rows without a value are left out.
    """

    name: str
    reads: Literal["id", "prose", "label", "number", "list"]
    others: tuple[str, ...] = ()
    required: bool = True
    gaps: bool = False


def read_source(source: Source, faults: Faults) -> Table | None:
    """The rows of a file; of a table that has no lines, the numbers of its rows stand for them."""
    special = _READERS.get(source.suffix)
    if special is None:
        return read_table(source.shown, source.file, source.shown, faults)
    try:
        columns, lines = special(source, faults)
    except (OSError, EOFError, ValueError, RecursionError, zlib.error) as error:  # what pyarrow raises are ValueErrors
        faults.add(source.shown, 0, "", f"cannot be read: {str(error).splitlines()[0]}")
        return None
    if not lines:
        faults.add(source.shown, 0, "", "no rows: the file is empty")
        return None
    return Table(source.shown, source.shown, columns, lines, source.file.parent)


def fields_of(table: Table, fields: Sequence[Field], faults: Faults, remarks: list[str]) -> Table | None:
    """The table with the fields as its columns, under their names, checked. None where one is missing.

    Where the first field holds lists of texts, as in mteb's older data, each item of them becomes a row. remarks: gets
    a sentence where rows are left out.
    """
    found = {field: _column(table, field, faults) for field in fields}
    if any(field.required and found[field] is None for field in fields):
        return None
    there = {field: column for field, column in found.items() if column}
    if fields[0].reads != "list":
        table = _unfolded(table, list(there.values()))
    table = _filled(table, [column for field, column in there.items() if field.gaps], remarks)
    shape = TableShape({c: Column(f.reads) for f, c in there.items() if f.reads != "list"})
    checked = check_columns(table, shape, faults)
    if checked is None or len(checked) < len(table):
        return None
    columns = {field.name: (table if field.reads == "list" else checked).columns[c] for field, c in there.items()}
    return replace(table, columns=columns)


def matching(table: Table, names: Iterable[str]) -> list[str]:
    """The columns of a table that are called by one of the names."""
    wanted = {normal(name) for name in names}
    return [column for column in table.columns if normal(column) in wanted]


def read_list(value: Any) -> list[Any]:
    """A cell as a list: a list itself, one written as JSON, or of the one value."""
    if isinstance(value, str) and value.startswith("["):
        try:
            value = json.loads(value)
        except ValueError:
            return [value]
    return value if isinstance(value, list) else [value]


def _column(table: Table, field: Field, faults: Faults) -> str | None:
    """The column of exactly this name, else the only one with another name of the field's, and with what it reads."""
    if field.name in table.columns:
        return field.name
    found = matching(table, [field.name]) or matching(table, field.others)
    if len(found) > 1 and field.reads == "number":
        found = [column for column in found if _holds_numbers(table.columns[column])] or found
    if len(found) > 1:
        faults.add(table.file, 0, field.name, f"ambiguous column: {listed(found)} may be meant; keep one of them")
        return None
    if field.required and not found:
        known = listed([other for other in field.others if other != field.name], 12)
        hint = f" (or {known})" if known else ""
        faults.add(table.file, 0, field.name, f"missing column{hint}: the file has {listed(table.columns)}")
    return found[0] if found else None


def _holds_numbers(values: Sequence[Any]) -> bool:
    try:
        return all(math.isfinite(float(value)) for value in values if not _is_gap(value))
    except (TypeError, ValueError):
        return False


def _filled(table: Table, columns: Sequence[str], remarks: list[str]) -> Table:
    """The rows that have a value in these columns; all of them where none has: the check of the values reports that."""
    for column in columns:
        kept = [row for row, value in enumerate(table.columns[column]) if not _is_gap(value)]
        if 0 < len(kept) < len(table):
            remarks.append(f"{table.file}: {len(table) - len(kept):,} rows without a value for {column} are left out")
            table = table.take(kept)
    return table


def _is_gap(value: Any) -> bool:
    """Null, a blank, or what pandas writes for either."""
    return value is None or str(value).strip().lower() in {"", "nan"}


def _unfolded(table: Table, columns: Sequence[str]) -> Table:
    """A table whose rows hold lists of rows, as mteb's older ones do, with a row for each of them."""
    first = table.columns[columns[0]]
    if not all(isinstance(value, list) for value in first):
        return table
    lengths = [len(value) for value in first]
    unfolded: dict[str, list[Any]] = {}
    for column in columns:
        values = table.columns[column]
        if any(not isinstance(v, list) or len(v) != n for v, n in zip(values, lengths, strict=True)):
            return table  # of lists that do not fit together; the check of the values reports them
        unfolded[column] = [item for value in values for item in value]
    lines = [line for line, n in zip(table.lines, lengths, strict=True) for _ in range(n)]
    return replace(table, columns=unfolded, lines=lines)


def _parquet(source: Source, faults: Faults) -> tuple[Mapping[str, Sequence[Any]], Sequence[int]]:
    del faults
    return _columns(door.module("pyarrow.parquet").ParquetFile(source.file).read())


def _arrow(source: Source, faults: Faults) -> tuple[Mapping[str, Sequence[Any]], Sequence[int]]:
    del faults
    with source.file.open("rb") as stream:
        return _columns(door.module("pyarrow.ipc").open_stream(stream).read_all())


def _columns(table: Any) -> tuple[Mapping[str, Sequence[Any]], Sequence[int]]:
    return table.to_pydict(), range(1, table.num_rows + 1)


def _json(source: Source, faults: Faults) -> tuple[Mapping[str, Sequence[Any]], Sequence[int]]:
    """An array of objects, or JSON Lines by another name."""
    packed = source.file.name.lower().endswith(".gz")
    with cast("IO[bytes]", gzip.open(source.file) if packed else source.file.open("rb")) as stream:
        if stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            stream.seek(0)
            rows = list(enumerate(json.loads(stream.read().decode("utf-8-sig")), start=1))
        else:
            stream.seek(0)
            rows = list(jsonl_rows(lines_of(stream, source.shown, faults), source.shown, faults))
    if not all(isinstance(row, dict) for _, row in rows):
        raise ValueError("it is not an array of objects")
    names = dict.fromkeys(name for _, row in rows for name in row)
    return {name: [row.get(name) for _, row in rows] for name in names}, [line for line, _ in rows]


_READERS = {".parquet": _parquet, ".arrow": _arrow, ".json": _json}
