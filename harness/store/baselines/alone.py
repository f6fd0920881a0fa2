"""One writer at a time in a folder, on every system."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from harness.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 30.0
"""Seconds to wait for another writer."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else is in here for the same folder. Raises OSError, and StoreError where somebody stays too long.

    What is locked is an empty file, by SQLite, which can do so on every system: the lock ends with the process, however
    that ends, and a file that is left over locks nothing.
    """
    lock = folder / ".lock"
    held = _held(lock)
    try:
        yield
    finally:
        try:
            lock.unlink()
        except OSError:  # Windows: not while anybody has it open
            held.close()
            with suppress(OSError):
                lock.unlink()
        held.close()


def _held(lock: Path) -> sqlite3.Connection:
    while True:
        place = _place(lock)
        try:
            connection = _locked(lock)
        except sqlite3.Error as error:
            raise _refused(lock, error) from error
        if _place(lock) == place:
            return connection
        connection.close()  # the writer before took this file away: others would find another one


def _locked(lock: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(lock, timeout=_PATIENCE, isolation_level=None)
    try:
        connection.execute("pragma journal_mode = off")  # else there would be a second file
        connection.execute("begin exclusive")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _place(lock: Path) -> int:
    """Which file has that name, which is made where there is none.

    It is not opened where it is there: closing it would end this process's own lock.
    """
    while True:
        lock.touch()
        with suppress(FileNotFoundError):  # taken away just now
            return lock.stat().st_ino


def _refused(lock: Path, error: sqlite3.Error) -> StoreError:
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        waited = f"waited {_PATIENCE:g} s. Wait for it to end, or end it."
        return StoreError(f"the baselines in {lock.parent} are held by another process that writes there; {waited}")
    return StoreError(f"the baselines in {lock.parent} cannot be written: {lock.name}: {error}")
