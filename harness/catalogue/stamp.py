"""Write the hash of each labelled document into qrels: somebody has looked, and the labels hold for what is there."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue.locate import builtin_root
from harness.catalogue.tables import read_table
from harness.diagnostics.notes import EXAMPLES, Note
from harness.errors import Faults, UsageError
from harness.tasks.staleness import HASH, document_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.catalogue.locate import Place
    from harness.catalogue.suites import Opened
    from harness.model import Table


def refuse_builtin(places: Sequence[Place]) -> None:
    """Raise UsageError where one of the suites is built in."""
    root = builtin_root().resolve()
    for place in places:
        if place.folder.resolve().is_relative_to(root):
            raise UsageError(f"{place.name} is built in, and nothing is written there: copy {place.folder} to stamp it")


def stamp(opened: Opened) -> Iterator[Note]:
    """Write the column `hash` of qrels anew, in place and all at once; say how many labels were new or had changed.

    The rest of the file stays as it is: its order, its line ends, its other columns. Lines of JSON and of tab-separated
    cells keep their very text; comma-separated cells keep what they say, and are quoted where they have to be. What was
    written is read again before it takes the old file's place. Raises UsageError where the file is not the suite's own,
    where it cannot be written, and where anything but the hashes would change; then it is what it was.
    """
    if not {"corpus", "qrels"} <= opened.tables.keys():
        yield Note("stamp", "info", 0.0, "", f"nothing to stamp: a {opened.suite.kind} suite has no qrels")
        return
    qrels, now = opened.tables["qrels"], document_hashes(opened.tables["corpus"])
    file = Path(opened.suite.folder) / qrels.file
    _refuse_foreign(file, Path(opened.suite.folder))
    before = qrels.column(HASH, "")
    documents = qrels.columns["corpus-id"]
    after = [now[document] for document in documents]
    changed = [row for row, digest in enumerate(before) if digest and digest != after[row]]
    new = sum(not digest for digest in before)
    if new or changed:
        _rewrite(file, _column(opened), dict(zip(qrels.lines, after, strict=True)))
    queries = qrels.columns["query-id"]
    examples = tuple(
        f"{qrels.file}:{qrels.lines[row]}: {queries[row]} → {documents[row]}" for row in changed[:EXAMPLES]
    )
    text = (
        f"hashes of {len(after):,} labels: {new:,} new, {len(changed):,} confirmed on a changed text, others as before"
    )
    yield Note("stamp", "info", float(new + len(changed)), qrels.file, text, examples)


def _refuse_foreign(file: Path, folder: Path) -> None:
    """Raise UsageError where the file, links followed, is a built-in suite's or lies outside the suite's folder."""
    target = file.resolve()
    if target.is_relative_to(builtin_root().resolve()):
        raise UsageError(f"{file} is {target}, which is built in, and nothing is written there: copy it to stamp it")
    if not target.is_relative_to(folder.resolve()):
        raise UsageError(
            f"{file} is {target}, outside the suite's folder, where other suites may read it too: "
            f"stamp it where it lies, from a suite in {target.parent}, or copy it into {folder}"
        )


def _column(opened: Opened) -> str:
    """The file's name for the hashes. Raises UsageError where it is that of another column already."""
    source = opened.declaration.tables["qrels"]
    columns = source.columns if source else {}
    column = columns.get(HASH, HASH)
    for ours, theirs in columns.items():
        if ours != HASH and theirs == column:
            raise UsageError(
                f"the column {column!r} of {opened.tables['qrels'].file} is read as {ours}: add an empty column "
                f"for the hashes, and name it under tables.qrels.columns as {HASH}"
            )
    return column


def _rewrite(file: Path, column: str, digests: Mapping[int, str]) -> None:
    """digests: by the 1-based line that a row begins in, in the order of the file."""
    name = file.name.lower()  # a link's own name tells the format, as it does for reading
    packed = name.endswith(".gz")
    ending = Path(name.removesuffix(".gz")).suffix
    target = file.resolve()  # a link stays a link
    try:
        raw = gzip.decompress(target.read_bytes()) if packed else target.read_bytes()
        text = raw.decode("utf-8-sig")
        made = _json_lines(text, column, digests) if ending == ".jsonl" else _cells(text, ending, column, digests)
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        data = mark + made.encode()
        new = _written(target, gzip.compress(data, mtime=0) if packed else data, ending + ".gz" * packed)
        with contextlib.ExitStack() as stack:
            stack.callback(new.unlink, missing_ok=True)
            _check(file, new, column, digests)
            new.replace(target)
    except OSError as error:
        raise UsageError(f"{file} cannot be stamped: {error.strerror or error}") from error
    except (ValueError, RecursionError, EOFError, csv.Error, zlib.error) as error:
        raise UsageError(f"{file} cannot be stamped: {error}") from error


def _written(target: Path, data: bytes, ending: str) -> Path:
    """A file beside the target that holds all of `data`, with the target's rights, or no file."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=ending, dir=target.parent)
    new = Path(name)
    with contextlib.ExitStack() as stack:
        stack.callback(new.unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        new.chmod(target.stat().st_mode & 0o7777)
        stack.pop_all()
    return new


def _check(old: Path, new: Path, column: str, digests: Mapping[int, str]) -> None:
    """Raise UsageError unless the new file reads as the old one does, with these digests in the column."""
    faults = Faults()
    was = read_table("qrels", old, old.name, faults)
    if faults.found or was is None or list(was.lines) != list(digests):
        raise UsageError(f"{old} cannot be stamped: it changed while it was checked; check it again")
    now = read_table("qrels", new, old.name, faults)
    if faults.found or now is None:
        raise UsageError(f"{old} cannot be stamped, with the hashes it could not be read: {faults.found[0]}")
    if _others(was, column) != _others(now, column) or now.column(column) != list(digests.values()):
        raise UsageError(f"{old} cannot be stamped: more than its hashes would change; write it as JSON Lines")


def _others(table: Table, column: str) -> dict[str, Sequence[object]]:
    return {name: values for name, values in table.columns.items() if name != column}


def _json_lines(text: str, column: str, digests: Mapping[int, str]) -> str:
    lines = text.split("\n")
    for number, digest in digests.items():
        lines[number - 1] = _with_value(lines[number - 1], column, digest)
    return "\n".join(lines)


def _with_value(line: str, key: str, value: str) -> str:
    """The object in `line` with the value of `key` replaced, or with the key at its end: every other character stays.

    The line is known to hold one object, and no key twice.
    """
    decoder, at = json.JSONDecoder(), line.index("{") + 1
    last = line.rindex("}")
    while (quote := line.find('"', at, last)) >= 0:
        name, after = decoder.raw_decode(line, quote)
        begin = _past_blanks(line, line.index(":", after) + 1)
        _, at = decoder.raw_decode(line, begin)
        if name == key:
            return f"{line[:begin]}{json.dumps(value)}{line[at:]}"
    entry = f"{json.dumps(key, ensure_ascii=False)}: {json.dumps(value)}"
    return f"{line[:at]}, {entry}{line[at:]}"


def _past_blanks(line: str, at: int) -> int:
    return len(line) - len(line[at:].lstrip(" \t\r"))


def _cells(text: str, ending: str, column: str, digests: Mapping[int, str]) -> str:
    rows = _tab_separated(text) if ending == ".tsv" else _comma_separated(text)
    made = []
    place, there = -1, False
    for number, row, end in rows:
        value = digests.get(number)
        if place < 0 and any(cell.strip() for cell in row):
            place, there = _place([cell.strip() for cell in row], column)
            value = None if there else column
        if value is not None:
            row[place : place + there] = [value]
        made.append(("\t".join(row) if ending == ".tsv" else _quoted(row)) + end)
    return "".join(made)


def _place(names: list[str], column: str) -> tuple[int, bool]:
    """Where in a row the column is, or is to be put: before the nameless columns that a spreadsheet leaves at the end.

    Also whether it is there.
    """
    if column in names:
        return names.index(column), True
    return max(place for place, name in enumerate(names) if name) + 1, False


def _quoted(row: list[str]) -> str:
    """Cells with a carriage return are quoted too, for it would end the row."""
    made = io.StringIO()
    csv.writer(made, lineterminator="\r\n").writerow(row)  # quotes the characters of the line's end
    return made.getvalue().removesuffix("\r\n")


def _lines(text: str) -> list[str]:
    """Lines with their newline: nothing else ends one, as in reading tables."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _end(line: str) -> str:
    body = line.removesuffix("\n")
    return line[len(body.removesuffix("\r")) :]


def _tab_separated(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Rows with the line that each begins in and the end of that line."""
    for number, line in enumerate(_lines(text), start=1):
        end = _end(line)
        yield number, line.removesuffix(end).split("\t"), end


def _comma_separated(text: str) -> Iterator[tuple[int, list[str], str]]:
    """Rows with the line that each begins in and the end of its last one: a quoted cell may span several."""
    lines = _lines(text)
    reader = csv.reader(lines, strict=True)
    begun = 1
    for row in reader:
        yield begun, row, _end(lines[reader.line_num - 1])
        begun = reader.line_num + 1
