"""A connection to the store's file: short, waiting for other processes, with errors that say what to do.

DuckDB lets one process write or several read. Whoever comes too soon waits here, up to a bound.
"""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from harness.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

READ = "read_only"
WRITE = "read_write"
CREATE = "storage_version 'v1.4.0'"
"""How a file is attached. A new one gets the oldest storage format that the project supports."""

_LONGEST_PAUSE = 0.25
_BUSY = re.compile(r"Could not set lock|already attached|being used by another process|already open")
_HOLDER = re.compile(r"held in (?P<program>.+?) \(PID (?P<pid>\d+)\)")
_ADVICE = (
    ("not a valid DuckDB", "It is not a DuckDB database: move it away, or choose another path for the store."),
    ("Is a directory", "It is a folder: name a file in it, such as results.duckdb."),
    ("version number", "It was written by a newer DuckDB. Upgrade with: pip install --upgrade duckdb"),
    ("Permission denied", "Make the file and its folder writable, or choose another path for the store."),
    ("Read-only file system", "Choose a path for the store on a file system that can be written."),
    ("No space left", "The disk is full: free some space and run the same command again."),
    ("File too large", "The disk quota is used up: free some space and run the same command again."),
    ("No such file", "Create the folder, or choose another path for the store."),
)


@contextmanager
def connect(path: Path, mode: str, patience: float) -> Iterator[DuckDBPyConnection]:
    """A connection whose default database is the file at `path`, closed at the end.

    mode: READ, WRITE or CREATE. patience: seconds to wait for another process that holds the file. Raises
    StoreError when it cannot be opened and when the file fails later, ValueError for a broken constraint: a fault
    of the caller. A statement that is wrong stays an error of DuckDB's.
    """
    import duckdb  # noqa: PLC0415 # 0.13 s, which `harness --help` must not pay

    connection = duckdb.connect()
    try:
        attach(connection, path, mode, patience)
        connection.execute("use results")
        yield connection
    except duckdb.ConstraintException as error:
        raise ValueError(f"refused by the store: {error}") from error
    except duckdb.ProgrammingError:
        raise
    except duckdb.Error as error:
        raise StoreError(explain(path, error)) from error
    finally:
        connection.close()


def attach(connection: DuckDBPyConnection, path: Path, mode: str, patience: float, name: str = "results") -> None:
    """Attach the file at `path` as `name`. Raises StoreError."""
    import duckdb  # noqa: PLC0415 # the same

    # Never duckdb.connect(path): not told the type of the file, DuckDB 2.0 reads the header before it takes the
    # lock, and overwrites what another process commits in between (seen: 1 run of 480). Told the type, it reads
    # the header under the lock.
    quoted = str(path).replace("'", "''")
    deadline = time.monotonic() + patience
    pause = 0.01
    jitter = np.random.default_rng()  # unseeded: processes that wait together must not wake together
    while True:
        try:
            connection.execute(f"attach '{quoted}' as {name} (type duckdb, {mode})")
        except duckdb.Error as error:
            if not _BUSY.search(str(error)):
                raise StoreError(explain(path, error)) from error
            if time.monotonic() > deadline:
                raise StoreError(_held(path, error, patience)) from error
        else:
            return
        time.sleep(jitter.uniform(pause / 2, pause))
        pause = min(2 * pause, _LONGEST_PAUSE)


def publish(new: Path, path: Path) -> None:
    """Give a new file its name, unless one goes by it already, which stays. Raises OSError."""
    try:
        path.hardlink_to(new)
    except FileExistsError:  # another process was first, and its store is as good as this one
        return
    except OSError:  # a file system without hard links
        new.rename(path)


def explain(path: Path, error: Exception) -> str:
    """What DuckDB reported about the file at `path`, and what to do about it."""
    text = str(error)
    advice = next((advice for pattern, advice in _ADVICE if pattern in text), "")
    return f"the results store {path} cannot be used: {text}" + (f"\n{advice}" if advice else "")


def _held(path: Path, error: Exception, patience: float) -> str:
    holder = _HOLDER.search(str(error))
    who = f"process {holder['pid']} ({holder['program']})" if holder else "another connection"
    return f"the results store {path} is held by {who}; waited {patience:g} s. Wait for it to end, or end it."
