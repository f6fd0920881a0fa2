"""What one side of a comparison answered, as a Parquet file: kept in a repository, compared with in every build.

One row per text and way of asking; who was asked, when and with what stands in the metadata of the file. Nothing in it
names a machine or a person.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from harness.diagnostics.parity.observation import Observation, Reach, Side, Steadiness
from harness.diagnostics.parity.probes import ALONE, SHORT, TEXTS
from harness.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from harness.diagnostics.parity.observation import Key, Way
    from harness.model import Vectors

T = TypeVar("T")

VERSION = 1
"""Of the file's layout."""

_KEY = "harness_canary"
_COLUMNS = ("way", "probe", "text", "vector", "reason")
_ADVICE = "write one with: harness parity SPEC --save FILE"


@dataclass(frozen=True)
class Canary:
    """Stored vectors. written_at: ISO 8601, UTC; harness: the version that asked for them."""

    observation: Observation
    written_at: str
    harness: str


def check_place(file: Path) -> None:
    """Raises UsageError where a file would be replaced, or has no folder to stand in."""
    if file.exists():
        raise UsageError(f"{file} is there already: move it away to bless other vectors, or compare with --against")
    if not file.absolute().parent.is_dir():
        raise UsageError(f"{file}: there is no folder {file.parent}; create it, or name another")


def write_canary(file: Path, observation: Observation) -> None:
    """Store an observation; the file is there whole or not at all. Raises StoreError."""
    metadata = f"{{{_KEY}: {_quoted(json.dumps(_metadata(observation), ensure_ascii=False))}}}"
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with _duckdb(file) as connection:
            connection.execute(
                "create table canary (way varchar, probe varchar, text varchar, vector float[], reason varchar)"
            )
            connection.executemany("insert into canary values (?, ?, ?, ?, ?)", _rows(observation))
            connection.execute(f"copy canary to {_quoted(str(partial))} (format parquet, kv_metadata {metadata})")
        partial.replace(file)
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}") from error
    finally:
        partial.unlink(missing_ok=True)


def _metadata(observation: Observation) -> dict[str, object]:
    return {
        "version": VERSION,
        "side": asdict(observation.side),
        "steadiness": asdict(observation.steadiness),
        "reach": {language: asdict(reach) for language, reach in observation.reach.items()},
        "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _rows(observation: Observation) -> list[tuple[str, str, str, list[float] | None, str]]:
    """In the order of `_COLUMNS`; a vector or a reason why there is none."""
    names = {text: name for name, text in TEXTS.items()}
    return [
        (way, names.get(text, ""), text, *((None, row) if isinstance(row, str) else (row.tolist(), "")))
        for (way, text), row in observation.vectors.items()
    ]


def read_canary(file: Path) -> Canary:
    """The observation that a file holds. Raises UsageError for a file that holds none, saying what to do."""
    if not file.is_file():
        raise UsageError(f"there is no file {file}; {_ADVICE}")
    with _duckdb(file, reading=True) as connection:
        connection.read_parquet(str(file)).create_view("canary")
        facts = _facts(file, connection)
        _check_columns(file, connection)
        rows = connection.execute(f"select {', '.join(_COLUMNS)} from canary").fetchall()  # noqa: S608 # constants
    vectors = _vectors(file, rows)
    _check_probes(file, vectors, facts)
    return Canary(Observation(facts.side, vectors, facts.steadiness, facts.reach), facts.written_at, facts.harness)


@dataclass(frozen=True)
class _Facts:
    """What the metadata of a file say."""

    side: Side
    steadiness: Steadiness
    reach: Mapping[str, Reach]
    written_at: str

    @property
    def harness(self) -> str:
        packages = self.side.environment.get("packages")
        return str(packages.get("embedding-harness", "")) if isinstance(packages, dict) else ""


def _facts(file: Path, connection: DuckDBPyConnection) -> _Facts:
    name = _quoted(str(file))
    query = f"select value from parquet_kv_metadata({name}) where key = ?"  # noqa: S608 # quoted
    found = connection.execute(query, [_KEY.encode()]).fetchone()
    if found is None:
        raise UsageError(f"{file} is a Parquet file, but holds no vectors of a side; {_ADVICE}")
    try:
        facts = json.loads(bytes(found[0]), parse_constant=_no_number)
        version = _checked(facts.get("version") if isinstance(facts, dict) else None, int)
        if version != VERSION:
            raise UsageError(f"{file} was written by another version of the harness: {_ADVICE}")
        return _Facts(
            _read(Side, facts["side"]),
            _read(Steadiness, facts["steadiness"]),
            {language: _read(Reach, one) for language, one in _checked(facts["reach"], dict).items()},
            _checked(facts["written_at"], str),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is damaged: its metadata cannot be read ({error}); {_ADVICE}") from error


_NUMBER = (int, float)
_TYPES: Mapping[type, Mapping[str, tuple[type, ...]]] = {
    Side: {"identity": (str,), "revision": (str,), "environment": (dict,)},
    Steadiness: {
        **dict.fromkeys(("again", "alone", "reordered"), (*_NUMBER, NoneType)),
        "worst": (str,),
    },
    Reach: {
        "known": (int,),
        "end": (int, NoneType),
        "refused": (bool,),
        "blind": (bool,),
        "seconds": (*_NUMBER, NoneType),
    },
}
"""What the fields of a file's metadata hold."""


def _read(kind: type[T], given: object) -> T:
    """One of the dataclasses of `_TYPES`. Raises TypeError for other fields, or other values in them."""
    fields = _checked(given, dict)
    for name, value in fields.items():
        _checked(value, *_TYPES[kind].get(name, (object,)))
    return kind(**fields)


def _no_number(written: str) -> float:
    raise ValueError(f"{written} is no number")


def _checked(value: Any, *types: type) -> Any:
    """The same value. Raises TypeError where it is of none of the types; true is no number."""
    if not isinstance(value, types) or (isinstance(value, bool) and not {bool, object} & set(types)):
        raise TypeError(
            f"{json.dumps(value)[:40]} stands where a {' or '.join(kind.__name__ for kind in types)} belongs"
        )
    return value


def _check_columns(file: Path, connection: DuckDBPyConnection) -> None:
    found = {row[0]: row[1] for row in connection.execute("describe canary").fetchall()}
    wanted = {name: "FLOAT[]" if name == "vector" else "VARCHAR" for name in _COLUMNS}
    if found != wanted:
        has = ", ".join(f"{name} {kind}" for name, kind in found.items())
        raise UsageError(f"{file} has other columns ({has}) than vectors of a side have; {_ADVICE}")


def _vectors(file: Path, rows: list[tuple[Any, ...]]) -> dict[Key, Vectors | str]:
    found: dict[Key, Vectors | str] = {
        (way, text): reason if vector is None else np.array(vector, np.float32) for way, _, text, vector, reason in rows
    }
    if any(vector is None and not reason for *_, vector, reason in rows):
        raise UsageError(f"{file} is damaged: a text has neither a vector nor a reason for it; {_ADVICE}")
    vectors = [row for row in found.values() if not isinstance(row, str)]
    if not vectors:
        raise UsageError(f"{file} holds no vector; {_ADVICE}")
    if len({len(row) for row in vectors}) > 1 or not all(np.isfinite(row).all() for row in vectors):
        raise UsageError(f"{file} is damaged: its vectors differ in dimension or are not finite; {_ADVICE}")
    return found


def _check_probes(file: Path, vectors: Mapping[Key, Vectors | str], facts: _Facts) -> None:
    ways: Mapping[Way, Iterable[str]] = {"document": TEXTS, "query": SHORT, "alone": ALONE}
    missing = sum((way, TEXTS[name]) not in vectors for way, names in ways.items() for name in names)
    if missing:
        raise UsageError(
            f"{file} lacks {missing} of the answers that this version compares: it was written by version "
            f"{facts.harness or 'unknown'}, "
            f"whose texts were others. Install that version, or write the file anew: {_ADVICE}"
        )


@contextmanager
def _duckdb(file: Path, *, reading: bool = False) -> Iterator[DuckDBPyConnection]:
    """A DuckDB in memory. What it reports becomes a UsageError about `file` where it is read, else a StoreError."""
    import duckdb  # noqa: PLC0415 # 0.13 s, which `harness --help` must not pay

    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        yield connection
    except duckdb.Error as error:
        if reading:
            raise UsageError(f"{file} is no Parquet file that can be read: {error}; {_ADVICE}") from error
        raise StoreError(f"{file} cannot be written: {error}") from error
    finally:
        connection.close()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
