"""Raw tables → tables whose columns hold what a kind may rely on. The only place where values are checked."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.catalogue.pictures import BadPictureError, picture
from harness.model import Column, Image, Table, TableShape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.errors import Faults


LARGEST = 1e15
"""The largest number in a table: sums of larger ones are no numbers any more."""


class _BadValueError(ValueError):
    """Its text is the message of the fault."""


def check_columns(table: Table, shape: TableShape, faults: Faults) -> Table | None:
    """The columns that the shape names, as clean values. None when one is missing or no row is left.

    A row with a fault is left out, so that it causes no further faults; a row with an id that others may refer
    to stays, with a placeholder.
    """
    missing = [
        name
        for name, column in shape.columns.items()
        if column.required and name not in table.columns and not (column.instead and column.instead in table.columns)
    ]
    for name in missing:
        faults.add(table.file, 0, name, f"missing column: the file has {listed(table.columns)}")
    if missing:
        return None
    wanted = {name: column for name, column in shape.columns.items() if name in table.columns}
    refused: dict[str, set[int]] = {name: set() for name in wanted}
    columns = {name: _checked(table, name, column, refused[name], faults) for name, column in wanted.items()}
    lost = _lost(shape, refused)
    if len(lost) == len(table):
        return None
    checked = replace(table, columns=columns)
    return checked.take([row for row in range(len(table)) if row not in lost]) if lost else checked


def listed(names: Sequence[str] | Mapping[str, Any], most: int = 20) -> str:
    """Names as they are shown in a message: printable, and no more than a reader takes in."""
    shown = [name if name.isprintable() else repr(name) for name in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")


def _lost(shape: TableShape, refused: Mapping[str, set[int]]) -> set[int]:
    keys = [name for name, column in shape.columns.items() if column.unique and column.required]
    return set().union(*(refused[name] for name in keys or refused))


def _checked(table: Table, name: str, column: Column, refused: set[int], faults: Faults) -> Sequence[Any]:
    read = partial(picture, table.folder or Path()) if column.reads == "image" else _READERS[column.reads]
    stand_in = table.column(column.instead) if column.instead else [None] * len(table)
    values: list[Any] = []
    for row, raw in enumerate(table.columns[name]):
        try:
            value = "" if stand_in[row] and raw in (None, "") else _chosen(read(raw), column.choices)
        except (_BadValueError, BadPictureError) as error:
            faults.add(table.file, table.lines[row], name, str(error))
            refused.add(row)
            value = _PLACEHOLDER[column.reads]
        values.append(value)
    if column.unique:
        _check_unique(table, name, values, faults)
    return values


def _chosen(value: Any, choices: Sequence[str]) -> Any:
    if choices and value not in choices:
        raise _BadValueError(f"unknown value: {_shown(value)}; allowed are {', '.join(choices)}")
    return value


def _check_unique(table: Table, name: str, values: Sequence[Any], faults: Faults) -> None:
    first: dict[Any, int] = {}
    for line, value in zip(table.lines, values, strict=True):
        if value and first.setdefault(value, line) != line:
            faults.add(table.file, line, name, f"duplicate id: {value!r} stands in line {first[value]} already")


def _id(raw: Any) -> str:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if isinstance(raw, str) and raw.strip():
        return _whole(raw.strip())
    raise _BadValueError(f"no id: {_shown(raw)}; an id is a text or an integer")


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise _BadValueError(f"not a text: {_shown(raw)}")
    if not raw.strip():
        raise _BadValueError("empty text: write one or delete the row")
    return _whole(raw)


def _prose(raw: Any) -> str:
    if raw is None:
        return ""
    if not isinstance(raw, str):
        raise _BadValueError(f"not a text: {_shown(raw)}")
    return _whole(raw)


def _label(raw: Any) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer()):
        return str(int(raw))
    if isinstance(raw, str) and raw.strip():
        return _whole(raw.strip())
    raise _BadValueError(f"no label: {_shown(raw)}; a label is a text, an integer or a boolean")


def _number(raw: Any) -> float:
    try:
        value = math.nan if isinstance(raw, bool | None) else float(raw)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not abs(value) <= LARGEST:
        raise _BadValueError(f"not a number: {_shown(raw)}")
    return value


def _whole(text: str) -> str:
    """The text itself. JSON can escape half a character (U+D83D), which no tokenizer and no file takes."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        problem = f"broken character: half a surrogate pair at character {error.start + 1}"
        raise _BadValueError(problem) from error
    return text


def _shown(raw: Any) -> str:
    if raw is None:
        return "null"
    if isinstance(raw, list | dict):  # not written out: it may be as deep as the interpreter's stack
        return "a list" if isinstance(raw, list) else "an object"
    text = repr(raw)
    return text if len(text) <= 40 else text[:40] + "…"  # noqa: PLR2004 # enough to find it by


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "id": _id,
    "text": _text,
    "prose": _prose,
    "label": _label,
    "number": _number,
}
_PLACEHOLDER: Mapping[str, Any] = {
    "id": "",
    "text": "?",
    "prose": "?",
    "label": "",
    "number": 0.0,
    "image": Image(Path(), b""),
}
"""Stands for a refused value, so that the rest of the column can still be checked."""
