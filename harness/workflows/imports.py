"""From data in any format to a suite: read, write beside the destination, load, move into place."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.catalogue.importers import FORMATS, importer
from harness.catalogue.importers.columns import paths
from harness.catalogue.importers.draft import Draft
from harness.catalogue.importers.pruning import prune
from harness.catalogue.importers.request import Source
from harness.catalogue.locate import Place
from harness.catalogue.suites import load_suite
from harness.errors import SuiteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harness.catalogue.importers.request import Request

ABANDONED = 24 * 3600.0
"""Seconds after which what a killed import left beside its destination is removed by the next one."""


class FaultyRowsError(SuiteError):
    """A source with faults, all of them in rows that --skip-faulty would leave out."""


@dataclass(frozen=True)
class Imported:
    """A suite that an import wrote. rows: by table. notes: what was left out or decided.

    labelled: False for a corpus that still needs queries and judgements.
    """

    suite: str
    kind: str
    folder: Path
    rows: dict[str, int]
    notes: tuple[str, ...]
    labelled: bool


def import_suite(asked: Request, destination: Path, tell: Callable[[str], None]) -> Imported:
    """Write the suite that is asked for into the folder `destination`, which must not be there, or be empty.

    tell: is told now and then how far it is. Raises SuiteError with every fault, each with the line of the source, and
    FaultyRowsError where the format could leave the faulty rows out; UsageError for a request that cannot be met.
    Nothing is left at `destination` then.
    """
    read = importer(asked)
    target = _free(destination)
    name = target.name.encode(errors="replace").decode()
    with _workplace(target) as folder:
        draft = Draft(folder, name, tell, skip_faulty=bool(asked.options.get("skip_faulty")))
        with draft:
            read(_supplied(asked), draft)
        _check_read(draft, asked)
        draft.declare(asked)
        if draft.labelled:
            _check_written(draft, asked)
        _publish(folder, target)
    draft.notes += draft.faults.left_out()
    rows = {table: len(rows) for table, rows in draft.tables.items()}
    return Imported(name, draft.kind, destination, rows, tuple(draft.notes), draft.labelled)


def _supplied(asked: Request) -> Request:
    """With the rows of what only the store reads."""
    if asked.format == "parquet":
        from harness.store.sources import parquet_rows

        files = {name: _rows(str(path), parquet_rows, path) for name, path in paths(asked).items()}
        return replace(asked, sources=files)
    if asked.format == "sql":
        from harness.store.sources import query_rows, source_name

        query = asked.options.get("query", "")
        return replace(asked, sources={"": _rows(source_name(asked.source), query_rows, asked.source, query)})
    return asked


def _rows(shown: str, read: Callable[..., Any], *arguments: Any) -> Source:
    return Source(shown, lambda _: read(*arguments))


def _check_read(draft: Draft, asked: Request) -> None:
    faults = draft.faults
    try:
        faults.raise_if_any(draft.name)
    except SuiteError as error:
        raise _told(error, asked, rows_only=faults.rows == faults.total) from error


def _check_written(draft: Draft, asked: Request) -> None:
    if draft.faults.skip:
        prune(draft, asked.parameters)
    try:
        _load(draft)
    except SuiteError as error:
        files = {table.file for table in draft.tables.values()}
        of_rows = all(fault.line and fault.file in files for fault in error.faults)
        raise _told(draft.traced(error), asked, rows_only=of_rows) from error


def _told(error: SuiteError, asked: Request, *, rows_only: bool) -> SuiteError:
    can_skip = "skip_faulty" in FORMATS[asked.format].options and not asked.options.get("skip_faulty")
    return FaultyRowsError(error.suite, error.faults, error.total) if rows_only and can_skip else error


def _load(draft: Draft) -> None:
    load_suite(Place(draft.name, draft.folder))


def _free(destination: Path) -> Path:
    """The destination as an absolute path. Raises UsageError when something is there."""
    try:
        target = destination.expanduser().absolute()
        problem = _problem(target)
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"the folder {destination!s} cannot be used: {error}") from error
    if problem:
        raise UsageError(f"{destination} {problem}")
    return target


def _problem(target: Path) -> str:
    """Why no suite can be written there, and what to do; nothing where one can."""
    if target.is_symlink() and not target.exists():
        return "is there already, a link that leads nowhere: choose another folder, or remove it"
    if target.is_file():
        return "is there already, a file: a suite is a folder, choose another name for it"
    if target.is_symlink() or not target.name or (target.exists() and any(target.iterdir())):
        return "is there already, and not empty: choose another folder, or remove it"
    above = next(parent for parent in target.parents if parent.exists())
    return "" if above.is_dir() else f"cannot be made: {above} is a file; choose another folder"


@contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A new hidden folder beside the target, of this import alone; gone at the end, and so are the parents made."""
    missing = [parent for parent in target.parents if not parent.exists()]
    folder = target.parent / f"{_begin(target)}{uuid.uuid4().hex}.importing"
    try:
        _make(folder, target)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not target.exists():
            for parent in missing:
                with suppress(OSError):  # somebody else has put something there meanwhile
                    parent.rmdir()


def _begin(target: Path) -> str:
    """What the names of its workplaces begin with: a name has 255 bytes, and Chinese takes three a character."""
    return f".{os.fsencode(target.name)[:100].decode(errors='ignore')}."


def _make(folder: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(target)
        folder.mkdir()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"the folder {target.parent!s} cannot be written: {reason}") from error


def _clear_abandoned(target: Path) -> None:
    for left in target.parent.iterdir():
        ours = left.name.startswith(_begin(target)) and left.name.endswith(".importing")
        with suppress(OSError):  # gone already
            if ours and time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)


def _publish(folder: Path, target: Path) -> None:
    """Move the suite into place, in one step. Raises UsageError when somebody was faster."""
    with suppress(OSError):
        target.rmdir()  # an empty folder; Windows does not rename onto one
    try:
        folder.rename(target)  # fails onto a folder that holds something
    except OSError as error:
        raise UsageError(
            f"{target} cannot be written: {error.strerror}; another import may have been faster"
        ) from error
