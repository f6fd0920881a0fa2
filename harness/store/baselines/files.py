"""Two text files per baseline, written together or not at all, and refused where they are not what was written."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from harness.errors import StoreError, UsageError, nearest
from harness.store.baselines.alone import alone
from harness.store.baselines.baseline import Baseline, Blessing, rounded
from harness.store.baselines.blocks import BlockError, read_blocks, written_blocks
from harness.store.baselines.lines import read_lines, written_lines
from harness.store.baselines.names import check_name
from harness.store.baselines.text import digest, json_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class BaselineFiles(NamedTuple):
    """Where a baseline is kept."""

    scores: Path
    items: Path

    @property
    def name(self) -> str:
        """Of the baseline, as its file has it."""
        return self.scores.name.removesuffix(_SCORES)


_Content: TypeAlias = "tuple[dict[str, Any], list[str], str]"
"""The header, the other lines of the scores' file, and the items, all as they were written."""

VERSION = 1
"""Of the layout of both files."""
_SCORES, _ITEMS = ".jsonl", ".items.tsv"
_CONFLICT = b"<<<<<<<"
_REPEAT = (
    "Restore it (git checkout -- {files}), or save it anew: harness baseline save {name} --force (an anchor: with "
    "--anchor)"
)


def baseline_files(folder: Path, name: str) -> BaselineFiles:
    """Where a baseline's scores and items are kept. Raises UsageError for a name that cannot be one."""
    sound = check_name(name)
    return BaselineFiles(folder / f"{sound}{_SCORES}", folder / f"{sound}{_ITEMS}")


def baseline_names(folder: Path) -> list[str]:
    """The baselines of a folder, sorted; none where it is not there."""
    if not folder.is_dir():
        return []
    return sorted(file.name.removesuffix(_SCORES) for file in folder.iterdir() if _is_baseline(file))


def write_baseline(folder: Path, baseline: Baseline, *, over: bool = True) -> bool:
    """Keep a baseline in both files; whether that changed anything: the same runs again do not, whatever the day.

    over: whether it may take the place of other results. A process that is killed meanwhile leaves the one that was
    there before. Raises UsageError for a name that cannot be one and where it may not, StoreError where the files
    cannot be written or are no longer those that the baseline was read from, ValueError for runs that are not ok or
    name a pair of suite and embedder twice.
    """
    files = baseline_files(folder, baseline.name)
    runs = sorted(map(rounded, baseline.runs), key=lambda run: (run.suite, run.embedder))
    if len({(run.suite, run.embedder) for run in runs}) < len(runs):
        raise ValueError(f"the baseline {baseline.name} would hold two runs of one embedder on one suite")
    body, items = written_lines(runs), written_blocks(runs)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            held = _held(files)
            if held and (held[1], held[2], held[0]["anchor"]) == (list(body), items, baseline.anchor):
                return False
            if held and not over:
                raise _taken(files, held[0])
            if baseline.digest and (held is None or held[0]["digest"] != baseline.digest):
                raise StoreError(f"another process changed {files.scores} meanwhile: nothing was written. Do it again")
            _replace(files, _with_header(baseline, body, items), items)
    except OSError as error:
        raise StoreError(f"the baseline {files.scores} cannot be written: {error.strerror or error}") from error
    return True


def read_baseline(folder: Path, name: str, *, anchor: bool = False) -> Baseline:
    """The baseline of that name. anchor: whether it is wanted as one, which changes only what is advised.

    Raises UsageError for one that is not there, that lacks a file, that somebody edited, that is in the middle of a
    merge, or that another version wrote: with file, line and what to do.
    """
    files = baseline_files(folder, name)
    if not files.scores.is_file():
        known = baseline_names(folder)
        what, option = ("anchor", " --anchor") if anchor else ("baseline", "")
        raise UsageError(
            f"there is no {what} {name!r} in {folder}. {nearest(name, known)}Baselines there: "
            f"{', '.join(known) or 'none'}. Make it with: harness baseline save {name}{option}"
        )
    try:
        header, lines, items = _read(files)
    except OSError as error:
        raise UsageError(f"the baseline {files.scores} cannot be read: {error.strerror or error}") from error
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


def _held(files: BaselineFiles) -> _Content | None:
    """What the files hold, both under their own names; None where they are not there, or damaged."""
    try:
        found = _read(files)
    except (FileNotFoundError, UsageError):
        return None
    if _new(files.items).is_file() and digest(_content(_new(files.items))) == found[0]["items"]:
        _new(files.items).replace(files.items)  # a writer was killed just before
    return found


def _replace(files: BaselineFiles, scores: str, items: str) -> None:
    """Both new files first, then their names: the scores' file decides, for it names the digest of its items.

    Killed between the two, the new items are found under their other name: see `_items_of`.
    """
    try:
        for file, text in zip(files, (scores, items), strict=True):
            with _new(file).open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
    except OSError:  # a disk that is full needs no halves
        for file in files:
            with suppress(OSError):
                _new(file).unlink()
        raise
    for file in files:
        _new(file).replace(file)


def _new(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


def _read(files: BaselineFiles) -> _Content:
    """Raises UsageError for what is not as it was written, OSError."""
    while True:
        scores = _content(files.scores)
        try:
            return _sound(files, scores)
        except UsageError:
            if _content(files.scores) == scores:
                raise  # else somebody wrote both while they were read


def _sound(files: BaselineFiles, content: bytes) -> _Content:
    scores = _text(files, files.scores, content)
    first, *body = scores.removesuffix("\n").split("\n")
    header = _object(files, first, 1)
    _check_version(files, header)
    for number, line in enumerate(body, start=2):
        _object(files, line, number)
    said = {key: value for key, value in header.items() if key != "digest"}
    items = _items_of(files, header)
    if header.get("digest") != _own_digest(said, body) or not scores.endswith("\n"):
        raise _edited(files, files.scores)
    if header["name"] != files.name:
        raise _fault(files, files.scores, 1, f"this is the baseline {header['name']} under another file name")
    return header, body, items


def _items_of(files: BaselineFiles, header: Mapping[str, Any]) -> str:
    """The items that the header names.

    Those of a writer that was killed at the last moment still have another name; of one that was not, they may get
    their own between two looks.
    """
    for file in (files.items, _new(files.items), files.items):
        with suppress(FileNotFoundError):
            content = _content(file)
            if digest(content) == header.get("items"):
                return content.decode("utf-8")
    if not files.items.is_file():
        raise _fault(files, files.items, 0, "the file with its items is not there")
    _text(files, files.items, _content(files.items))
    raise _edited(files, files.items)


def _content(file: Path) -> bytes:
    """What a file holds, with the line ends that it was written with: version control may have changed them."""
    return file.read_bytes().replace(b"\r\n", b"\n")


def _text(files: BaselineFiles, file: Path, content: bytes) -> str:
    """What a file holds, as text. Raises UsageError for one that is not UTF-8, or in the middle of a merge."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.startswith(_CONFLICT):
            pair = " ".join(map(str, files))
            raise UsageError(
                f"{file}:{number}: a merge conflict stands here. Take both files from one side: git checkout --ours -- "
                f"{pair} (or --theirs), then bless it: harness baseline bless {files.name} --reason TEXT"
            )
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line_number = content.count(b"\n", 0, error.start) + 1
        raise _fault(files, file, line_number, "this is not UTF-8") from error


def _object(files: BaselineFiles, line: str, number: int) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _fault(files, files.scores, number, f"this is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise _fault(files, files.scores, number, "this is JSON, but not an object")
    return found


def _check_version(files: BaselineFiles, header: Mapping[str, Any]) -> None:
    found = header.get("baseline")
    if type(found) is not int:
        raise _fault(files, files.scores, 1, "this is not the first line of a baseline")
    if found != VERSION:
        raise UsageError(
            f"{files.scores}:1: the baseline has layout {found}, and this version of the harness reads layout "
            f"{VERSION}. Upgrade with: pip install --upgrade embedding-harness; or save it anew: harness baseline save "
            f"{files.name} --force"
        )


def _baseline(files: BaselineFiles, header: Mapping[str, Any], lines: Sequence[str], items: str) -> Baseline:
    try:
        saved = date.fromisoformat(header["saved"])
        blessed = tuple(Blessing(date.fromisoformat(one["day"]), one["reason"]) for one in header["blessed"])
        made = (f"baseline {header['name']}", f"{saved.isoformat()}T00:00:00.000000+00:00")
        runs = tuple(read_lines([json.loads(line) for line in lines], read_blocks(items), made))
    except BlockError as error:
        raise _fault(files, files.items, error.line, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _fault(files, files.scores, 0, f"it lacks what a baseline has ({error})") from error
    return Baseline(header["name"], saved, runs, header["anchor"], blessed, header["digest"])


def _taken(files: BaselineFiles, header: Mapping[str, Any]) -> UsageError:
    """That other results have this name, and the ways out."""
    name = files.name
    if header["anchor"]:
        return UsageError(
            f"{name} is an anchor of {header['saved']}, which does not move. Save a new one under another name, or "
            f"give this one up: harness baseline save {name} --anchor --force"
        )
    return UsageError(
        f"the baseline {name} of {header['saved']} holds other results. To put newer ones or more of them there, with "
        f'the reason: harness baseline bless {name} --reason "…" (-s and -e say which). To give up what it holds: '
        f"harness baseline save {name} --force"
    )


def _edited(files: BaselineFiles, file: Path) -> UsageError:
    return _fault(
        files, file, 0, f"it is not as it was written: the digest in line 1 of {files.scores.name} is another"
    )


def _fault(files: BaselineFiles, file: Path, line: int, what: str) -> UsageError:
    advice = _REPEAT.format(files=" ".join(map(str, files)), name=files.name)
    return UsageError(f"{file}{f':{line}' if line else ''}: {what}. {advice}")
