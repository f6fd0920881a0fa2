"""Lines → rows, once their first one has been looked at: what is laid out otherwise is one fault, not one a row."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from harness.catalogue.tables import csv_rows, jsonl_rows, tsv_rows
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.catalogue.importers.request import Rows
    from harness.errors import Faults

TAB = "\t"
_NAMES = {"tab": TAB, "\\t": TAB}
_OTHERS = (";", TAB, "|")
"""What else is written between cells, where there is no comma."""
_EXCEL = "sep="
"""Excel's own first line: sep=; says what is between cells."""


def delimiter_of(given: str) -> str:
    """--delimiter as one character; tab and \\t are names of it. Raises UsageError for what cannot be one."""
    delimiter = _NAMES.get(given.lower(), given)
    if delimiter and (len(delimiter) > 1 or delimiter in '"\r\n\0'):
        raise UsageError(f"--delimiter {given!r} is not what cells are parted by: one character, as ; or |, or tab")
    return delimiter


def rows_of(lines: Iterator[tuple[int, str]], layout: str, delimiter: str, shown: str, faults: Faults) -> Rows:
    """The rows of csv, tsv or jsonl. delimiter: of csv; "" for a comma, or what the first line says, as Excel does."""
    number, first = next(((number, line) for number, line in lines if line.strip()), (0, ""))
    if layout == "csv" and first[: len(_EXCEL)].lower() == _EXCEL and len(first) == len(_EXCEL) + 1:
        delimiter = delimiter or first[-1]
        number, first = next(((number, line) for number, line in lines if line.strip()), (0, ""))
    if problem := _problem(first, layout, delimiter):
        faults.add(shown, number, "", problem)
        return
    every = chain([(number, first)], lines) if number else lines
    if layout == "csv":
        yield from csv_rows(every, shown, faults, delimiter or ",")
    else:
        yield from (tsv_rows if layout == "tsv" else jsonl_rows)(every, shown, faults)


def _problem(first: str, layout: str, delimiter: str) -> str:
    """What the first line that is not blank shows a file to be that is not of this layout; "" where it may be."""
    if layout == "jsonl":
        return _json_problem(first.strip())
    if "\r" in first and '"' not in first:
        return "carriage returns alone end its lines: save the file with line feeds, as CSV UTF-8 does"
    between = (delimiter or ",") if layout == "csv" else TAB
    other = next(
        (mark for mark in ("," * (between != ","), *_OTHERS) if mark and mark != between and mark in first), ""
    )
    if between in first or not other:
        return ""
    shown = "tab" if other == TAB else other
    advice = f"add --delimiter {shown!r}" if layout == "csv" else f"harness suites import csv --delimiter {shown!r}"
    return f"one column: its cells are parted by {shown!r}; {advice}"


def _json_problem(first: str) -> str:
    if first.startswith("["):
        return "a JSON array: a line has one object; harness suites import sql reads a file with the ending .json"
    if first == "{":
        return "an object over several lines: a line has one; harness suites import sql reads a file called .json"
    return ""
