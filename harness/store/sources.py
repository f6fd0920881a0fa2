"""Rows out of other databases and of Parquet files, read-only: a file, a pattern of files, or a query."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from duckdb import DuckDBPyConnection

    Rows: TypeAlias = Iterator[tuple[int, Mapping[str, Any]]]

BATCH = 10_000
MOST_NAMES = 30
"""Tables or columns that an error lists."""
POSTGRES = ("postgres", "postgresql")
SQLITE_MAGIC = b"SQLite format 3\x00"
EVERYTHING = "select * from source"
"""What is asked of files that are tables themselves: DuckDB sees them as one called `source`."""
_READERS: Mapping[str, str] = {
    ".csv": "read_csv",
    ".json": "read_json",
    ".jsonl": "read_json",
    ".ndjson": "read_json",
    ".parquet": "read_parquet",
    ".tsv": "read_csv",
}
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
_PLAIN = (str, int, float, bool, type(None))


def parquet_rows(file: Path) -> Rows:
    """The rows of a Parquet file, each after its number from 1. Raises UsageError when it is none."""
    return _files(str(file), "read_parquet", EVERYTHING, str(file))


def query_rows(source: str, query: str) -> Rows:
    """The rows that `query` selects from a database, each after its number from 1, as plain values.

    source: a DuckDB or SQLite file, a postgres:// URL without a password (PGPASSWORD has it), or a file or pattern
    of Parquet, CSV or JSON files, which the query knows as the table `source`. Only a single SELECT is run. Raises
    UsageError for what cannot be opened, understood or allowed.
    """
    if urlsplit_or_none(source).scheme.lower() in POSTGRES:
        return _postgres(source, _needed(query))
    suffix = Path(source.lower().removesuffix(".gz")).suffix
    if suffix in _READERS:
        return _files(source, _READERS[suffix], query or EVERYTHING, source)
    return _sqlite(Path(source), _needed(query)) if _is_sqlite(source) else _database(source, _needed(query))


def source_name(source: str) -> str:
    """The source as it may be shown: a URL without user and options."""
    url = urlsplit_or_none(source)
    if not url.scheme or ("@" not in source and url.scheme.lower() not in POSTGRES):
        return source.encode(errors="replace").decode()
    place = url.netloc.rpartition("@")[2]
    return f"{url.scheme}://{place}{url.path if '@' not in url.path else ''}"


def urlsplit_or_none(source: str) -> SplitResult:
    """The parts of a URL; all empty for a text that is none."""
    try:
        return urlsplit(source)
    except ValueError:
        return SplitResult("", "", source, "", "")


def _needed(query: str) -> str:
    if not query.strip():
        raise UsageError('--query is missing: say what to read, as in --query "select question, answer from faq"')
    return query


def _is_sqlite(source: str) -> bool:
    path = Path(source)
    try:
        if not path.is_file():
            raise UsageError(f"there is no database {source_name(source)}: check the path")
        with path.open("rb") as stream:
            return stream.read(len(SQLITE_MAGIC)) == SQLITE_MAGIC
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"{source_name(source)} cannot be read: {reason}") from error


def _sqlite(file: Path, query: str) -> Rows:
    def allow(action: int, *_: object) -> int:
        return sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY

    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            connection.set_authorizer(allow)
            cursor = connection.execute(query)
            names = _names([column[0] for column in cursor.description or ()])
            for number, row in enumerate(cursor, 1):
                yield number, _row(names, row)
    except (sqlite3.Error, sqlite3.Warning, UnicodeEncodeError) as error:
        raise UsageError(f"{file}: the query cannot be run: {error}; {_sqlite_hint(file, str(error))}") from error


def _sqlite_hint(file: Path, problem: str) -> str:
    """What there is to select from, where that was the problem."""
    if not problem.startswith("no such "):
        return "only a single SELECT is"
    question = "select name from sqlite_master where type in ('table', 'view') order by name"
    if column := problem.startswith("no such column"):
        question = (
            "select m.name || '.' || p.name from sqlite_master m, pragma_table_info(m.name) p "
            "where m.type in ('table', 'view') order by m.name, p.cid"
        )
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        names = [str(name) for (name,) in connection.execute(question).fetchmany(MOST_NAMES)]
    return f"it has the {'columns' if column else 'tables'} {', '.join(names) or '(none)'}"


def _files(pattern: str, reader: str, query: str, shown: str) -> Rows:
    quoted = _quoted(pattern)
    with _duckdb(shown) as connection:
        # A CSV file has no types: guessed ones would make 007 a 7, and a text of digits a number.
        options = ", all_varchar=true" if reader == "read_csv" else ""
        connection.execute(f"create view source as select * from {reader}({quoted}{options})")  # noqa: S608 # quoted
        yield from _selected(connection, query, shown)


def _database(source: str, query: str) -> Rows:
    with _duckdb(source) as connection:
        connection.execute(f"attach {_quoted(source)} as opened (type duckdb, read_only)")
        connection.execute("use opened")
        yield from _selected(connection, query, source)


def _postgres(source: str, query: str) -> Rows:
    shown = source_name(source)
    login = _quoted(" ".join(f"{key}={_quoted_key(value)}" for key, value in _login(source, shown).items()))
    import duckdb  # noqa: PLC0415 # 0.13 s, which `harness --help` must not pay

    with _duckdb(shown) as connection:
        try:
            connection.execute("load postgres")
        except duckdb.Error as error:
            advice = "install it once, online: python -c \"import duckdb; duckdb.sql('INSTALL postgres')\""
            raise UsageError(f"{shown}: DuckDB's postgres extension is not there; {advice}") from error
        connection.execute(f"attach {login} as opened (type postgres, read_only)")
        connection.execute("use opened")
        yield from _selected(connection, query, shown)


def _login(source: str, shown: str) -> dict[str, str]:
    """What libpq is told. Raises UsageError when the URL holds a password, or what is not understood."""
    url = urlsplit_or_none(source)
    options = dict(parse_qsl(url.query))
    if url.password is not None or "password" in options:
        raise UsageError(f"{shown}: the URL holds a password; take it out and set the environment variable PGPASSWORD")
    if unknown := options.keys() - {"sslmode"}:
        raise UsageError(f"{shown}: unknown option {', '.join(sorted(unknown))} in the URL; only sslmode is read")
    try:
        port = url.port
    except ValueError as error:
        raise UsageError(f"{shown}: the port is no number from 1 to 65535") from error
    parts = {"host": url.hostname, "port": port, "user": url.username, "dbname": unquote(url.path.lstrip("/"))}
    named = {key: unquote(str(value)) for key, value in parts.items() if value}
    return named | options


@contextmanager
def _duckdb(shown: str) -> Iterator[DuckDBPyConnection]:
    """A DuckDB in memory that fetches no extension. What it reports becomes a UsageError about `shown`."""
    import duckdb  # noqa: PLC0415 # 0.13 s, which `harness --help` must not pay

    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    try:
        connection.execute("set python_enable_replacements=false")
        yield connection
    except duckdb.Error as error:
        raise UsageError(f"{shown} cannot be read: {_told(error)}") from error
    except UnicodeEncodeError as error:
        raise UsageError(f"{shown} cannot be read: its name or the query is no UTF-8") from error
    finally:
        connection.close()


def _told(error: Exception) -> str:
    """What DuckDB reports, without the login that it may repeat."""
    return re.sub(r"(?i)\b(user|password)=('[^']*'|\S+)|//[^/\s@]*@", "…", str(error)).partition("\n\n")[0].strip()


def _selected(connection: DuckDBPyConnection, query: str, shown: str) -> Rows:
    import duckdb  # noqa: PLC0415 # the same

    statements = connection.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise UsageError(f"{shown}: only a single SELECT is run; the query holds something else")
    connection.execute(statements[0])
    names = _names([column[0] for column in connection.description or ()])
    number = 0
    while batch := connection.fetchmany(BATCH):
        for row in batch:
            number += 1
            yield number, _row(names, row)


def _names(names: list[str]) -> list[str]:
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"the query gives several columns the name {repeated[0]}: rename one with `as`")
    return names


def _row(names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: value if isinstance(value, _PLAIN) else _shown(value) for name, value in zip(names, row, strict=True)}


def _shown(value: Any) -> Any:
    """Dates, decimals and their like as text; bytes, lists and structures stay no text."""
    if isinstance(value, bytes | bytearray | memoryview | list | dict | tuple):
        return []
    return str(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _quoted_key(text: str) -> str:
    """A value in libpq's key=value notation."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
