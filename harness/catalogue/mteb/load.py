"""A place → its suite; its data are read from wherever they are when it is asked for the first time."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from harness.catalogue.locate import DECLARATION, Place
from harness.catalogue.mteb.foreign import foreign_suite, write_foreign
from harness.catalogue.mteb.kinds import converted
from harness.catalogue.mteb.sources import Loaded, load_task
from harness.catalogue.mteb.writing import write_suite
from harness.catalogue.suites import load_suite
from harness.errors import Fault, SuiteError

if TYPE_CHECKING:
    from harness.catalogue.mteb.place import MtebPlace
    from harness.model import ForeignSuite, Suite

CONTENTS = ".contents.json"
"""The sizes of a folder's other files. It is written last: a folder in which something is missing is made anew."""
_HALF = ".half-"
_ROOM = "Make room there, or name another folder in EMBEDDING_HARNESS_CACHE."
_DAY = 86_400.0
"""Seconds after which a folder that was begun and not finished is nobody's any more."""


def load_mteb(place: MtebPlace) -> Suite | ForeignSuite:
    """The suite of a task. Raises SuiteError where its data cannot be had, or are not what they should be.

    A cache that cannot be written costs the time of reading the data again.
    """
    if is_whole(place.folder):
        try:
            return _suite(place, place.folder)
        except (SuiteError, LookupError, ValueError):  # of the right size, and damaged nevertheless
            _condemn(place.folder)
    home = place.folder.parent
    try:
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home)
        half = home / f"{_HALF}{token_hex(8)}"
        half.mkdir()  # not of `tempfile`, whose folders only their owner can read: a cache may be shared
    except OSError:
        half = Path(tempfile.mkdtemp(prefix="harness-mteb-"))
    try:
        _make(half, place)
        suite = _suite(place, half)
        _keep(half, place.folder)
    except OSError as error:
        raise SuiteError(place.name, (Fault(str(half), 0, "", f"cannot be written: {error}. {_ROOM}"),)) from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return suite


def is_whole(folder: Path) -> bool:
    """Whether a folder of the cache has all that was written into it."""
    try:
        contents = json.loads((folder / CONTENTS).read_text(encoding="utf-8"))
        return all((folder / name).stat().st_size == size for name, size in contents.items())
    except (OSError, ValueError, AttributeError):
        return False


def _suite(place: MtebPlace, folder: Path) -> Suite | ForeignSuite:
    """folder: where its files are now; what it says of itself is where they will be."""
    if (folder / DECLARATION).is_file():
        return replace(load_suite(Place(place.name, folder)), folder=str(place.folder))
    return foreign_suite(place, folder)


def _condemn(folder: Path) -> None:
    """Have a folder made anew, where that can be."""
    with suppress(OSError):
        (folder / CONTENTS).unlink()


def _make(half: Path, place: MtebPlace) -> None:
    """Read the data, and write what is to be kept of them."""
    read = load_task(place)
    notes = _notes(place, read)
    made = None if place.asked.protocol == "mteb" else converted(read.task, place)
    if made is None:
        write_foreign(half, place, read.task, notes)
    else:
        made.notes.remarks.extend(notes)
        write_suite(half, place, made)
    sizes = {file.name: file.stat().st_size for file in half.iterdir()}
    (half / CONTENTS).write_text(json.dumps(sizes), encoding="utf-8")


def _notes(place: MtebPlace, read: Loaded) -> list[str]:
    newer = place.entry.superseded_by
    return [*read.notes, *([f"mteb has a newer version of {place.entry.name}: mteb:{newer}"] if newer else [])]


def _keep(half: Path, folder: Path) -> None:
    """Give the folder its name, all at once: who is killed leaves nothing behind, and two at once do no harm."""
    if half.parent != folder.parent:  # the cache cannot be written
        return
    if folder.is_dir() and not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        half.rename(folder)
    except OSError:
        if not is_whole(folder):  # else another process was first, with the same data
            raise


def _sweep(home: Path) -> None:
    """Remove what killed processes left."""
    for half in home.glob(f"{_HALF}*"):
        try:
            latest = max(path.stat().st_mtime for path in (half, *half.rglob("*")))
        except OSError:  # whoever made it has just finished
            continue
        if time.time() - latest > _DAY:
            shutil.rmtree(half, ignore_errors=True)
