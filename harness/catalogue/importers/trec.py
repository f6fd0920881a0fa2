"""TREC's topics, qrels and documents → retrieval.

topics: SGML (<top><num><title><desc>) or XML (<topic number="1"><title>), TSV (id, text) or JSONL. documents: SGML
(<DOC><DOCNO><TEXT>), TSV (id, text, or id, title, text) or JSONL (_id, id or docno; title; text or contents); a file,
or a folder of them. qrels: `topic 0 document relevance`. All also as .gz.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.catalogue.importers.documents import Documents
from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.markup import Record, records
from harness.catalogue.importers.members import MemberFaults, is_left_out
from harness.catalogue.importers.reading import lines, suffix, table
from harness.catalogue.importers.request import Request, existing, shown
from harness.catalogue.rowfaults import row_fault
from harness.errors import Faults, UsageError
from harness.tasks.staleness import HASH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.rowfaults import RowFaults

    Rows: TypeAlias = Iterator[tuple[int, Mapping[str, Any]]]

USUAL = {
    "topics": ("topics", "queries"),
    "qrels": ("qrels",),
    "documents": ("documents", "docs", "corpus", "collection"),
}
"""What the names of the three files begin with, where they are not told."""
TOPIC_FIELDS = {"title": ("title", "query"), "desc": ("desc", "description", "question")}
"""--topic-field → the tags that it stands for; TREC-COVID has query and question."""
_TOPIC_TAGS = frozenset({"num", "title", "desc", "narr", "query", "question", "narrative", "description"}) | frozenset(
    {"head", "dom", "smry", "con", "fac", "nat", "def", "time"}
)
"""The second line is of TREC 1 and 2, where no tag is closed: each ends the field before it."""
_DOCUMENT_TAGS = frozenset({"docno", "text", "title", "headline", "ttl"})
_PREFIXES = ("number:", "topic:", "description:", "title:", "narrative:")
_ID_KEYS = ("_id", "id", "docno", "docid", "number", "qid")
_TEXT_KEYS = ("text", "contents", "title", "query")
_SIGN = re.compile(r"\S")
QREL = 4
WIDEST = 3


def read(asked: Request, draft: Draft) -> None:
    """Write queries, corpus and qrels as they come. Raises UsageError when one of the files cannot be told."""
    files = {name: _file(asked, name) for name in USUAL}
    draft.kind = "retrieval"
    field = asked.options.get("topic_field", "title")
    if field not in TOPIC_FIELDS:
        raise UsageError(f"--topic-field {field}: one of {', '.join(TOPIC_FIELDS)}")
    encoding = encoding_of(asked)
    topics = _copy_topics(_File(files["topics"], encoding, draft.faults), field, draft)
    documents = _copy_documents(files["documents"], encoding, draft)
    target = draft.table("qrels", shown(files["qrels"]))
    for line, row in _qrels(_File(files["qrels"], encoding, draft.faults)):
        judged = {**row, "query-id": topics.named(row["query-id"]), HASH: documents.hash(row["corpus-id"])}
        target.add(judged, shown(files["qrels"]), line)
    draft.note(topics.padded, "judgements name a topic without or with zeros before its number: taken as the same")


class _Topics:
    """The ids of topics; `padded` counts the judgements that wrote one with other zeros before it: 51 for 051."""

    def __init__(self) -> None:
        self.padded = 0
        self._ids: set[str] = set()
        self._bare: dict[str, str] = {}

    def add(self, key: str) -> None:
        """Note a topic. Of two that differ in zeros alone, neither can be named otherwise."""
        bare = key.lstrip("0")
        self._ids.add(key)
        self._bare[bare] = "" if self._bare.get(bare, key) != key else key

    def named(self, key: str) -> str:
        """The id of the topic that is called so, or else what it is called."""
        found = "" if key in self._ids else self._bare.get(key.lstrip("0"), "")
        self.padded += bool(found)
        return found or key


@dataclass(frozen=True)
class _File:
    """A file of the source, how it is decoded, and where its faults go."""

    path: Path
    encoding: str
    faults: Faults

    @property
    def shown(self) -> str:
        return shown(self.path)

    def lines(self) -> Iterator[tuple[int, str]]:
        return lines(self.path, self.faults, self.encoding)

    def first(self, wanted: re.Pattern[str]) -> re.Match[str] | None:
        """Where a line first holds this. What is wrong with the file is told when it is read as a whole."""
        found = (wanted.search(text) for _, text in lines(self.path, Faults(), self.encoding))
        return next((match for match in found if match), None)

    def fault(self, message: str, line: int = 0) -> None:
        self.faults.add(self.shown, line, "", message)

    def row_fault(self, line: int, message: str) -> None:
        row_fault(self.faults, self.shown, line, "", message)


def _file(asked: Request, name: str) -> Path:
    folder = asked.path
    if name in asked.options:
        return _named(folder, Path(asked.options[name]))
    names = " or ".join(f"{begin}*" for begin in USUAL[name])
    if not folder.is_dir():
        raise UsageError(f"{shown(folder)} is no folder: name the {name} with --{name} FILE")
    found = sorted(path for path in folder.iterdir() if path.name.lower().startswith(USUAL[name]))
    if len(found) == 1:
        return found[0]
    several = f"holds {', '.join(path.name for path in found)}" if found else f"holds no {names}"
    raise UsageError(f"the folder {shown(folder)} {several}: name the {name} with --{name} FILE")


def _named(folder: Path, given: Path) -> Path:
    """The file itself, or else the one of that name in the source. Raises UsageError when there is neither."""
    try:
        return existing(given)
    except UsageError:
        if given.is_absolute() or not folder.is_dir():
            raise
    try:
        return existing(folder / given)
    except UsageError as error:
        raise UsageError(f"there is no {shown(given)}, and none in {shown(folder)}: check the path") from error


def _copy_topics(file: _File, field: str, draft: Draft) -> _Topics:
    """Write the queries; what they are called."""
    tags = TOPIC_FIELDS[field]

    def row(record: Record) -> Mapping[str, Any]:
        number = record.attributes.get("number") or record.attributes.get("id") or _bare(record.text("num"))
        return {"_id": number, "text": _bare(record.text(*tags))}

    target = draft.table("queries", file.shown)
    topics = _Topics()
    for line, found in _rows(file, {"top": row, "topic": row}):
        topics.add(str(found["_id"]).strip())
        target.add(found, file.shown, line)
    return topics


def _copy_documents(source: Path, encoding: str, draft: Draft) -> Documents:
    """Write the corpus; what it holds."""

    def row(record: Record) -> Mapping[str, Any]:
        title = record.text("title", "headline", "ttl")
        return {"_id": record.text("docno"), "title": title, "text": record.text("text")}

    target = draft.table("corpus", shown(source))
    documents = Documents()
    for file in _files(source, encoding, draft.faults):
        for line, found in _rows(file, {"doc": row}):
            documents.add(found)
            target.add(found, file.shown, line)
    return documents


def _files(source: Path, encoding: str, faults: RowFaults) -> Iterator[_File]:
    if not source.is_dir():
        yield _File(source, encoding, faults)
        return
    for path in sorted(_visible(source)):
        if not is_left_out(path, encoding, faults):
            yield _File(path, encoding, MemberFaults(faults))


def _visible(folder: Path) -> Iterator[Path]:
    """The files in a folder and below it, without those that are hidden."""
    for path in folder.rglob("*"):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def _rows(file: _File, elements: Mapping[str, Callable[[Record], Mapping[str, Any]]]) -> Rows:
    """Rows with _id, text and perhaps title, whatever the layout of the file; markup is known by its first sign."""
    if suffix(file.path) in {".jsonl", ".json"}:
        rows = table(file.path, "jsonl", encoding=file.encoding).rows(file.faults)
        yield from ((line, _keyed(row)) for line, row in rows)
        return
    sign = file.first(_SIGN)
    if not sign or sign[0] != "<":
        yield from _cells(file, next(iter(elements)))
        return
    begins = file.first(re.compile(rf"<({'|'.join(elements)})(?=[\s>]|$)", re.IGNORECASE))
    element = begins[1].lower() if begins else next(iter(elements))
    before = len(file.faults.found)
    fields = _DOCUMENT_TAGS if element == "doc" else _TOPIC_TAGS
    for record in records(file.lines(), element, fields, file.shown, file.faults):
        yield record.line, elements[element](record)
    if not begins and len(file.faults.found) == before:
        file.fault(f"nothing found: the file begins with markup, and holds no <{element.upper()}>")


def _keyed(row: Mapping[str, Any]) -> Mapping[str, Any]:
    number = next((row[key] for key in _ID_KEYS if key in row), None)
    text = next((row[key] for key in _TEXT_KEYS if key in row), None)
    titled = {"title": row["title"]} if "title" in row and row.get("title") is not text else {}
    return {"_id": number, **titled, "text": text}


def _cells(file: _File, element: str) -> Rows:
    begun = False
    for line, text in file.lines():
        cells = text.split("\t")
        if not text.strip():
            continue
        if 1 < len(cells) <= WIDEST:
            begun = True
            yield line, {"_id": cells[0], **({"title": cells[1]} if len(cells) == WIDEST else {}), "text": cells[-1]}
            continue
        legal = "an id and a text, or an id, a title and a text, with tabs"
        if not begun:
            message = f"wrong number of cells: {len(cells)}; a file is <{element.upper()}> after another, or {legal}"
            file.fault(message, line)
            return
        file.row_fault(line, f"wrong number of cells: {len(cells)}; {legal}")


def _qrels(file: _File) -> Rows:
    for line, text in file.lines():
        cells = text.split()
        if len(cells) == QREL:
            yield line, {"query-id": cells[0], "corpus-id": cells[2], "score": cells[3]}
        elif cells:
            file.row_fault(line, f"wrong number of cells: {len(cells)}; a judgement is `topic 0 document relevance`")


def _bare(text: str) -> str:
    """Without the word that TREC repeats behind its tags: Number: 301."""
    return next((text[len(word) :].strip() for word in _PREFIXES if text.lower().startswith(word)), text)
