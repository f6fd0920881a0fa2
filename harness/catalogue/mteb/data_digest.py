"""A digest of all that a task of mteb's has loaded: two are equal where every value of every row is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 10_000
"""Rows that are in memory at a time."""


def digest_of(data: Any) -> str:
    """32 hexadecimal digits. data: tables of `datasets`, and mappings, sequences and plain values of any depth.

    Rows are taken as they are selected; pictures, sounds and films by their bytes, wherever their files lie.
    """
    digest = hashlib.blake2b(digest_size=16)
    _feed(data, digest.update)
    return digest.hexdigest()


def _feed(value: Any, update: Callable[[bytes], None]) -> None:
    if hasattr(value, "with_format") and hasattr(value, "column_names"):
        columns = value.column_names
        if isinstance(columns, Mapping):  # several tables, by the name of their split
            _feed(dict(value), update)
        else:
            _feed_table(value, sorted(columns), update)
    elif isinstance(value, Mapping) and any(map(_is_deep, value.values())):
        for key in sorted(value, key=str):
            update(json.dumps(str(key)).encode())
            _feed(value[key], update)
    else:
        update(_written(value))


def _feed_table(table: Any, names: Sequence[str], update: Callable[[bytes], None]) -> None:
    """Column by column within blocks of rows: stored values, so that no picture is opened."""
    update(_written([len(table), list(names)]))
    for block in table.with_format("arrow").iter(batch_size=ROWS):
        for name in names:
            update(_written(block.column(name).to_pylist()))


def _is_deep(value: Any) -> bool:
    return isinstance(value, Mapping) or hasattr(value, "column_names")


def _written(value: Any) -> bytes:
    return json.dumps(_plain(value), sort_keys=True, default=_other).encode()


def _plain(value: Any) -> Any:
    """The same, where nothing but the values counts: stored files by their bytes, tuples as lists."""
    if isinstance(value, Mapping):
        if set(value) == {"bytes", "path"}:
            return _stored(value["bytes"], value["path"])
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple) and value and not isinstance(value[0], str | int | float):
        return [_plain(inner) for inner in value]
    return value


def _stored(content: bytes | None, path: str | None) -> Any:
    """A picture, a sound or a film, as datasets stores it: its bytes, or where they are."""
    if content is not None:
        return _other(content)
    return _other(Path(path).read_bytes()) if path and Path(path).is_file() else path


def _other(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, bytes | bytearray | memoryview):
        return hashlib.blake2b(value, digest_size=16).hexdigest()
    if hasattr(value, "tobytes"):  # an array, a picture of Pillow's
        return _other(value.tobytes())
    if hasattr(value, "tolist"):  # a tensor
        return value.tolist()
    if isinstance(value, Iterable):  # a lazy column, a set
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    return str(value)
