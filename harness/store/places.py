"""The folders of suites as the store keeps them: a project that is moved, or checked out elsewhere, is still whole."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from duckdb import DuckDBPyConnection

    from harness.model import Run

_FOLDERS = """
    select suite, fingerprint, folder from run join place on place.run = run.id
    group by all order by max(started_at) desc, folder"""


def written(folder: str, store: Path) -> str:
    """A folder as the store keeps it.

    Relative to the store's folder where it lies there or beside it, which is one project and shows nobody's home; else
    absolute. Empty for a name that is no text, which some file systems allow and a database does not.
    """
    try:
        folder.encode()
    except UnicodeEncodeError:
        return ""
    home = store.parent.resolve()
    if not folder or not Path(folder).is_relative_to(home.parent):
        return folder
    return Path(os.path.relpath(folder, home)).as_posix()


def found(kept: str, store: Path) -> str:
    """The absolute folder that stands for what a store keeps, whether it is still there or not."""
    return os.path.normpath(store.parent.resolve() / kept)


def moved(kept: str, before: Path, after: Path) -> str:
    """What another store keeps, for this one.

    What is not there as seen from the other one, as where that comes from another machine, stays as it is: both may lie
    in copies of one project.
    """
    folder = found(kept, before)
    return written(folder, after) if Path(folder).is_dir() else kept


def placed(runs: Iterable[Run], store: Path) -> list[Run]:
    """Runs as they are kept, with the folders that stand for theirs."""
    return [replace(run, folder=found(run.folder, store)) if run.folder else run for run in runs]


def folders_of(database: DuckDBPyConnection, store: Path) -> list[tuple[str, str, str]]:
    """Suite, fingerprint and folder of all runs that were found in one, each once, those of the newest run first."""
    rows = database.execute(_FOLDERS).fetchall()
    return [(suite, fingerprint, found(folder, store)) for suite, fingerprint, folder in rows]
