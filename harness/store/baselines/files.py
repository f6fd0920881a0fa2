"""Two text files per baseline, written together or not at all, and refused where they are not what was written."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from harness.errors import StoreError, UsageError, nearest
from harness.store.baselines.baseline import Baseline, Blessing, rounded
from harness.store.baselines.blocks import BlockError, read_blocks, written_blocks
from harness.store.baselines.lines import read_lines, written_lines
from harness.store.baselines.names import check_name
from harness.store.baselines.text import digest, json_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

VERSION = 1
"""Of the layout of both files."""
_SCORES, _ITEMS = ".jsonl", ".items.tsv"
_CONFLICT = b"<<<<<<<"
_REPEAT = "Restore it (git checkout -- {files}), or save it anew: harness baseline save {name} --force"


def baseline_files(folder: Path, name: str) -> tuple[Path, Path]:
    """Where a baseline's scores and items are kept. Raises UsageError for a name that cannot be one."""
    sound = check_name(name)
    return folder / f"{sound}{_SCORES}", folder / f"{sound}{_ITEMS}"


def baseline_names(folder: Path) -> list[str]:
    """The baselines of a folder, sorted; none where it is not there."""
    if not folder.is_dir():
        return []
    return sorted(file.name.removesuffix(_SCORES) for file in folder.iterdir() if _is_baseline(file))


def write_baseline(folder: Path, baseline: Baseline) -> bool:
    """Keep a baseline in both files; whether that changed anything: the same runs again do not, whatever the day.

    A process that is killed meanwhile leaves the one that was there before. Raises UsageError for a name that cannot be
    one, StoreError where the files cannot be written, ValueError for runs that are not ok or name a pair of suite and
    embedder twice.
    """
    files = baseline_files(folder, baseline.name)
    runs = sorted(map(rounded, baseline.runs), key=lambda run: (run.suite, run.embedder))
    if len({(run.suite, run.embedder) for run in runs}) < len(runs):
        raise ValueError(f"the baseline {baseline.name} would hold two runs of one embedder on one suite")
    body, items = written_lines(runs), written_blocks(runs)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder, alone=True):
            if _holds(files, baseline, body, items):
                return False
            _replace(files, _with_header(baseline, body, items), items)
    except OSError as error:
        raise StoreError(f"the baseline {files[0]} cannot be written: {error.strerror or error}") from error
    return True


def read_baseline(folder: Path, name: str) -> Baseline:
    """The baseline of that name.

    Raises UsageError for one that is not there, that lacks a file, that somebody edited, that is in the middle of a
    merge, or that another version wrote: with file, line and what to do.
    """
    files = baseline_files(folder, name)
    if not files[0].is_file():
        known = baseline_names(folder)
        raise UsageError(
            f"there is no baseline {name!r} in {folder}. {nearest(name, known)}Baselines there: "
            f"{', '.join(known) or 'none'}. Make it with: harness baseline save {name}"
        )
    try:
        with _locked(folder, alone=False):
            header, lines, items = _read(files)
    except OSError as error:
        raise UsageError(f"the baseline {files[0]} cannot be read: {error.strerror or error}") from error
    return _baseline(files, header, lines, items)


def _is_baseline(file: Path) -> bool:
    return file.name.endswith(_SCORES) and not file.name.startswith(".") and file.is_file()


def _with_header(baseline: Baseline, body: Sequence[str], items: str) -> str:
    header = {
        "baseline": VERSION,
        "name": check_name(baseline.name),
        "anchor": baseline.anchor,
        "saved": baseline.saved.isoformat(),
        "blessed": [{"day": one.day.isoformat(), "reason": one.reason} for one in baseline.blessed],
        "items": digest(items.encode()),
    }
    return "".join(f"{line}\n" for line in (json_line(header | {"digest": _own_digest(header, body)}), *body))


def _own_digest(header: Mapping[str, Any], body: Sequence[str]) -> str:
    """Of the scores' file: all of its header but this digest, and its lines."""
    return digest("\n".join([json_line(header), *body]).encode())


def _holds(files: tuple[Path, Path], baseline: Baseline, body: Sequence[str], items: str) -> bool:
    """Whether both files are whole and hold these runs already."""
    if not files[0].is_file():
        return False
    try:
        header, lines, held = _read(files)
    except UsageError:
        return False
    return (lines, held, header["anchor"]) == (list(body), items, baseline.anchor)


def _replace(files: tuple[Path, Path], scores: str, items: str) -> None:
    """Both new files first, then their names: the scores' file decides, for it names the digest of its items.

    Killed between the two, the new items are found under their other name: see `_items_of`.
    """
    texts = dict(zip(files, (scores, items), strict=True))
    for file, text in texts.items():
        with _new(file).open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    for file in files:
        _new(file).replace(file)


def _new(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


@contextmanager
def _locked(folder: Path, *, alone: bool) -> Iterator[None]:
    """Nobody else writes into the folder, and with `alone` nobody reads; ends with the process, however that ends."""
    if sys.platform == "win32":  # cannot lock a folder; a reader there may come between the two names
        yield
        return
    import fcntl  # noqa: PLC0415 # not there on Windows

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def _read(files: tuple[Path, Path]) -> tuple[dict[str, Any], list[str], str]:
    """The header, the other lines of the scores' file, and the items, all as they were written. Raises UsageError."""
    scores = _text(files, files[0])
    first, *body = scores.removesuffix("\n").split("\n")
    header = _object(files, first, 1)
    _check_version(files, header)
    for number, line in enumerate(body, start=2):
        _object(files, line, number)
    said = header.pop("digest", None)
    items = _items_of(files, header)
    if said != _own_digest(header, body) or not scores.endswith("\n"):
        raise _edited(files, files[0])
    if header["name"] != files[0].name.removesuffix(_SCORES):
        raise _fault(files, files[0], 1, f"this is the baseline {header['name']} under another file name")
    return header, body, items


def _items_of(files: tuple[Path, Path], header: Mapping[str, Any]) -> str:
    """The items that the header names. Those of a writer that was killed at the last moment still have another name."""
    for file in (files[1], _new(files[1])):
        if file.is_file():
            content = _content(file)
            if digest(content) == header.get("items"):
                return content.decode("utf-8")
    if not files[1].is_file():
        raise _fault(files, files[1], 0, "the file with its items is not there")
    _text(files, files[1])
    raise _edited(files, files[1])


def _content(file: Path) -> bytes:
    """What a file holds, with the line ends that it was written with: version control may have changed them."""
    return file.read_bytes().replace(b"\r\n", b"\n")


def _text(files: tuple[Path, Path], file: Path) -> str:
    """What a file holds. Raises UsageError for one that is not UTF-8, or in the middle of a merge."""
    content = _content(file)
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.startswith(_CONFLICT):
            pair = " ".join(map(str, files))
            raise UsageError(
                f"{file}:{number}: a merge conflict stands here. Take both files from one side: git checkout --ours -- "
                f"{pair} (or --theirs), then bless it: harness baseline bless {_name(files)} --reason TEXT"
            )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line_number = content.count(b"\n", 0, error.start) + 1
        raise _fault(files, file, line_number, "this is not UTF-8") from error


def _object(files: tuple[Path, Path], line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise _fault(files, files[0], number, f"this is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise _fault(files, files[0], number, "this is JSON, but not an object")
    return found


def _check_version(files: tuple[Path, Path], header: Mapping[str, Any]) -> None:
    found = header.get("baseline")
    if type(found) is not int:
        raise _fault(files, files[0], 1, "this is not the first line of a baseline")
    if found != VERSION:
        raise UsageError(
            f"{files[0]}:1: the baseline has layout {found}, and this version of the harness reads layout {VERSION}. "
            f"Upgrade with: pip install --upgrade embedding-harness; or save it anew: harness baseline save "
            f"{_name(files)} --force"
        )


def _baseline(files: tuple[Path, Path], header: Mapping[str, Any], lines: Sequence[str], items: str) -> Baseline:
    try:
        saved = date.fromisoformat(header["saved"])
        blessed = tuple(Blessing(date.fromisoformat(one["day"]), one["reason"]) for one in header["blessed"])
        made = (f"baseline {header['name']}", f"{saved.isoformat()}T00:00:00.000000+00:00")
        runs = tuple(read_lines([json.loads(line) for line in lines], read_blocks(items), made))
    except BlockError as error:
        raise _fault(files, files[1], error.line, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _fault(files, files[0], 0, f"it lacks what a baseline has ({error})") from error
    return Baseline(header["name"], saved, runs, header["anchor"], blessed)


def _edited(files: tuple[Path, Path], file: Path) -> UsageError:
    return _fault(files, file, 0, f"it is not as it was written: the digest in line 1 of {files[0].name} is another")


def _fault(files: tuple[Path, Path], file: Path, line: int, what: str) -> UsageError:
    advice = _REPEAT.format(files=" ".join(map(str, files)), name=_name(files))
    return UsageError(f"{file}{f':{line}' if line else ''}: {what}. {advice}")


def _name(files: tuple[Path, Path]) -> str:
    return files[0].name.removesuffix(_SCORES)
