"""Write the hash of each labelled document into qrels: somebody has looked, and the labels hold for what is there."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.catalogue.locate import builtin_root
from harness.diagnostics.notes import EXAMPLES, Note
from harness.errors import UsageError
from harness.tasks.staleness import HASH, document_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.catalogue.locate import Place
    from harness.catalogue.suites import Opened


def refuse_builtin(places: Sequence[Place]) -> None:
    """Raise UsageError where one of the suites is built in."""
    root = builtin_root().resolve()
    for place in places:
        if place.folder.resolve().is_relative_to(root):
            raise UsageError(f"{place.name} is built in, and nothing is written there: copy {place.folder} to stamp it")


def stamp(opened: Opened) -> Iterator[Note]:
    """Write the column `hash` of qrels anew, in place and all at once; say how many labels were new or had changed.

    The rest of the file stays as it is, its order and its other columns too. Raises UsageError where it cannot be
    written; then it is what it was.
    """
    if not {"corpus", "qrels"} <= opened.tables.keys():
        yield Note("stamp", "info", 0.0, "", f"nothing to stamp: a {opened.suite.kind} suite has no qrels")
        return
    qrels, now = opened.tables["qrels"], document_hashes(opened.tables["corpus"])
    before = qrels.column(HASH, "")
    documents = qrels.columns["corpus-id"]
    after = [now[document] for document in documents]
    changed = [row for row, digest in enumerate(before) if digest and digest != after[row]]
    new = sum(not digest for digest in before)
    if new or changed:
        source = opened.declaration.tables["qrels"]
        column = source.columns.get(HASH, HASH) if source else HASH
        _rewrite(Path(opened.suite.folder) / qrels.file, column, dict(zip(qrels.lines, after, strict=True)))
    queries = qrels.columns["query-id"]
    examples = tuple(
        f"{qrels.file}:{qrels.lines[row]}: {queries[row]} → {documents[row]}" for row in changed[:EXAMPLES]
    )
    text = (
        f"hashes of {len(after):,} labels: {new:,} new, {len(changed):,} confirmed on a changed text, others as before"
    )
    yield Note("stamp", "info", float(new + len(changed)), qrels.file, text, examples)


def _rewrite(file: Path, column: str, digests: Mapping[int, str]) -> None:
    """digests: by the 1-based line that a row begins in."""
    target = file.resolve()  # a link stays a link
    packed = target.suffix.lower() == ".gz"
    try:
        raw = gzip.decompress(target.read_bytes()) if packed else target.read_bytes()
        ending = Path(target.name.lower().removesuffix(".gz")).suffix
        text = raw.decode("utf-8-sig")
        made = _json_lines(text, column, digests) if ending == ".jsonl" else _cells(text, ending, column, digests)
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        data = mark + made.encode()
        _replace(target, gzip.compress(data, mtime=0) if packed else data)
    except OSError as error:
        raise UsageError(f"{file} cannot be stamped: {error.strerror}") from error


def _replace(target: Path, data: bytes) -> None:
    """Write all of it or nothing."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(target.stat().st_mode & 0o7777)
        Path(name).replace(target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _json_lines(text: str, column: str, digests: Mapping[int, str]) -> str:
    lines = text.split("\n")
    for number, digest in digests.items():
        row: dict[str, Any] = json.loads(lines[number - 1])
        lines[number - 1] = json.dumps({**row, column: digest}, ensure_ascii=False)
    return "\n".join(lines)


def _cells(text: str, ending: str, column: str, digests: Mapping[int, str]) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    rows = _tab_separated(text) if ending == ".tsv" else _comma_separated(text)
    made = io.StringIO()
    writer = csv.writer(made, lineterminator=newline)
    place = -1
    for number, cells in rows:
        row = list(cells)
        if place < 0 and any(cell.strip() for cell in row):
            names = [cell.strip() for cell in row]
            place = names.index(column) if column in names else len(row)
            row[place : place + 1] = [column]
        elif number in digests:
            row[place : place + 1] = [digests[number]]
        if ending == ".tsv":
            made.write("\t".join(row) + newline)
        else:
            writer.writerow(row)
    return made.getvalue()


def _tab_separated(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        yield number, line.removesuffix("\r").split("\t")


def _comma_separated(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line that each begins in: a quoted cell may span several."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begun = 1
    for row in reader:
        yield begun, row
        begun = reader.line_num + 1
