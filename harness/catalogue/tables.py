"""Files of rows → tables of raw values, each row with the line that it begins in.

JSON Lines (.jsonl), tab-separated (.tsv, no quoting) and comma-separated (.csv, quoted as in RFC 4180), all in
UTF-8 with or without a byte-order mark, all also gzipped (.gz). A line ends at a newline, and a carriage return
before it belongs to the end: U+2028 and its like are text.
"""

from __future__ import annotations

import csv
import errno
import gzip
import json
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

from harness.catalogue.rowfaults import row_fault
from harness.model import Table

if TYPE_CHECKING:
    from harness.errors import Faults

LONGEST_LINE = 8 * 1024 * 1024
"""Bytes. A longer line is a broken file, or a document that no embedder reads whole."""
MOST_COLUMNS = 256
"""A file with more has values where names belong; every one of them would cost memory on every row."""

Rows: TypeAlias = Iterator[tuple[int, Mapping[str, Any]]]
"""Rows as mappings from column to value, each after its 1-based line number."""


def read_table(name: str, file: Path, shown: str, faults: Faults) -> Table | None:
    """Read `file`; faults are reported under the name `shown`. None when nothing of it can be used."""
    reader = _READERS.get(Path(file.name.lower().removesuffix(".gz")).suffix)
    if reader is None:
        faults.add(shown, 0, "", f"unknown file type: tables are {', '.join(_READERS)}, each also with .gz")
        return None
    before = len(faults.found)
    try:
        with _open(file) as stream:
            rows = list(reader(lines_of(stream, shown, faults), shown, faults))
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"broken gzip file, {error}"
        faults.add(shown, 0, "", f"cannot be read: {reason}")
        return None
    if not rows:
        if len(faults.found) == before:
            faults.add(shown, 0, "", "no rows: the file is empty, or holds a header only")
        return None
    columns = dict.fromkeys(column for _, row in rows for column in row)
    if len(columns) > MOST_COLUMNS:
        faults.add(shown, 0, "", f"too many columns: {len(columns)}; at most {MOST_COLUMNS} are read")
        return None
    return Table(
        name=name,
        file=shown,
        columns={column: [row.get(column) for _, row in rows] for column in columns},
        lines=[line for line, _ in rows],
        folder=file.parent,
    )


def _open(file: Path) -> IO[bytes]:
    mode = file.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # to open a pipe waits for whoever writes to it
        raise OSError(errno.EINVAL, "not a regular file")
    packed = file.suffix.lower() == ".gz"
    return gzip.open(file) if packed else file.open("rb")  # type: ignore[return-value]  # GzipFile is one


def lines_of(stream: IO[bytes], shown: str, faults: Faults) -> Iterator[tuple[int, str]]:
    """Decoded lines without their newline, in bounded memory per line."""
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            limit = f"more than {LONGEST_LINE // 2**20} MiB"
            row_fault(faults, shown, number, "", f"line too long: {limit}; split the document")
            while raw and not raw.endswith(b"\n"):
                raw = stream.readline(LONGEST_LINE)
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            where = f"byte {error.start + 1} of the line"
            faults.add(shown, number, "", f"not UTF-8: {where}; convert the file to UTF-8")
            continue
        yield number, text.removesuffix("\n").removesuffix("\r")


def jsonl_rows(lines: Iterator[tuple[int, str]], shown: str, faults: Faults) -> Rows:
    """One object a line, under the names of its keys."""
    for number, line in lines:
        if not line.strip():
            continue
        try:
            row = json.loads(line, object_pairs_hook=_object)
        except (ValueError, RecursionError) as error:
            row_fault(faults, shown, number, "", f"not JSON: {_json_problem(error)}")
            continue
        if isinstance(row, dict):
            yield number, row
        else:
            row_fault(faults, shown, number, "", f"not an object: each line is one {{…}}, not {_JSON[type(row)]}")


_JSON = {
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "a boolean",
    type(None): "null",
}


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key is given twice in one object")
    return values


def _json_problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.colno}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error).partition(";")[0]


def tsv_rows(lines: Iterator[tuple[int, str]], shown: str, faults: Faults) -> Rows:
    """Cells between tabs, under the names of the first line; nothing is quoted."""
    return _delimited(((number, line.split("\t")) for number, line in lines), shown, faults)


def csv_rows(lines: Iterator[tuple[int, str]], shown: str, faults: Faults, delimiter: str = ",") -> Rows:
    """Cells between delimiters, quoted as in RFC 4180, under the names of the first line."""
    csv.field_size_limit(LONGEST_LINE)
    taken: list[int] = []  # the lines of the row that is being read: a quoted cell may span several

    def feed() -> Iterator[str]:
        for number, line in lines:
            taken.append(number)
            yield line + "\n"

    def cells() -> Iterator[tuple[int, list[str]]]:
        try:
            for row in csv.reader(feed(), delimiter=delimiter, strict=True):
                yield taken[0], row
                taken.clear()
        except csv.Error as error:
            faults.add(shown, taken[0], "", f"not CSV: {error}; the rows after it are not read")

    return _delimited(cells(), shown, faults)


def _delimited(cells: Iterator[tuple[int, list[str]]], shown: str, faults: Faults) -> Rows:
    header: list[str] | None = None
    width = 0
    for number, row in cells:
        if not any(cell.strip() for cell in row):
            continue
        if header is None:
            width, header = len(row), _named([name.strip() for name in row])
            for repeated in (name for name, times in Counter(header).items() if times > 1):
                faults.add(shown, number, repeated, "column given twice: the header names it more than once")
        elif len(row) == width:
            yield number, dict(zip(header, row, strict=False))
        else:
            row_fault(faults, shown, number, "", f"wrong number of cells: {len(row)}, the header has {width}")


def _named(header: list[str]) -> list[str]:
    """Without the nameless columns at the end, which spreadsheets leave behind; nobody can ask for them."""
    while len(header) > 1 and not header[-1]:
        header.pop()
    return header


_READERS: dict[str, Callable[[Iterator[tuple[int, str]], str, Faults], Rows]] = {
    ".jsonl": jsonl_rows,
    ".tsv": tsv_rows,
    ".csv": csv_rows,
}
