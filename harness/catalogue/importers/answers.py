"""One flat table of questions and answers → queries, corpus and qrels.

`--map query=question --map document=answer`, with `title`, `group` and `score` where there are such columns; several
columns of questions, `--map query=standard --map query=similar`, are several queries of a row. The same question with
several answers is one query with several relevant documents; the same answer (text and title) to several questions is
one document. Texts that differ in white space alone are the same.
"""

from __future__ import annotations

import hashlib
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from harness.catalogue.columns import listed
from harness.catalogue.rowfaults import row_fault
from harness.catalogue.tables import MOST_COLUMNS
from harness.errors import UsageError, nearest
from harness.tasks.staleness import HASH, document_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.importers.request import Request, Source

NEEDED = ("query", "document")
FIELDS = (*NEEDED, "title", "group", "score")
TABLES = ("queries", "corpus", "qrels")
USUAL: Mapping[str, frozenset[str]] = {
    "query": frozenset({"问题", "问", "提问", "标准问", "标准问题", "question", "query", "q"}),
    "document": frozenset({"答案", "答", "回答", "标准答案", "answer", "document", "a"}),
}
"""What the columns are called, in small letters, where nobody says which they are."""


def is_flat(kind: Any, mapping: Mapping[str, str], tables: Sequence[str]) -> bool:
    """Whether a source is questions and answers, for a kind that ranks documents: by its mapping, or as a single file.

    tables: those that the source is said to have, "" where nobody says. Raises UsageError for a field that such a
    source does not have, and for one column that is both.
    """
    named = set(NEEDED) & set(mapping)
    needed = {name for name, shape in kind.tables.items() if shape.required}
    alone = list(tables) == [""] and set(mapping) <= set(FIELDS) and needed <= set(TABLES)
    if not set(TABLES) <= set(kind.tables) or not (named or alone):
        return False
    for field in mapping:
        if field not in FIELDS:
            hint = turned(field, mapping, FIELDS) or nearest(field, FIELDS)
            raise UsageError(
                f"--map {field}: questions and answers have the fields {', '.join(FIELDS)}. {hint}".strip()
            )
    if len(named) == len(NEEDED) and mapping["query"] == mapping["document"]:
        raise UsageError(f"--map: query and document are one column, {mapping['query']}; a question needs its answer")
    return True


def turned(field: str, mapping: Mapping[str, str], fields: Iterable[str]) -> str:
    """What to write for --map COLUMN=FIELD, which is the wrong way round; nothing for another mistake."""
    return f"Write FIELD=COLUMN: --map {mapping[field]}={field}. " if mapping[field] in fields else ""


def read_answers(source: Source, asked: Request, draft: Draft) -> None:
    """Write queries, corpus and qrels as they come. Holds digests of every distinct text, no texts.

    Raises UsageError when nobody says which columns are meant, and their names do not tell.
    """
    rows = source.rows(draft.faults)
    first = list(islice(rows, 1))
    if not first:
        _refuse_empty(source.shown, draft)
        return
    mapping = _completed(asked.mapping("query"), list(first[0][1]), draft)
    questions = asked.columns("query") or (mapping["query"],)
    writer = _Writer(source.shown, mapping, questions, draft)
    seen: dict[str, None] = {}
    for line, row in chain(first, rows):
        if len(seen) <= MOST_COLUMNS:
            seen.update(dict.fromkeys(row))
        writer.add(line, row)
    writer.close(seen)
    if not len(draft.tables["queries"]):
        _refuse_empty(source.shown, draft)


def _refuse_empty(shown: str, draft: Draft) -> None:
    """One fault, where no row is left and nothing else says why."""
    if not draft.faults.found:
        why = "; ".join(draft.faults.left_out()) or "the file is empty, or holds a header only"
        draft.faults.add(shown, 0, "", f"no rows: {why}")


def _completed(mapping: dict[str, str], columns: list[str], draft: Draft) -> dict[str, str]:
    """The mapping with the question or the answer that the names of the columns tell, which is noted."""
    free = [column for column in columns if column not in mapping.values()]
    taken: dict[str, str] = {}
    for field in NEEDED:
        fitting = [column for column in free if column.strip().lower() in USUAL[field]]
        if field not in mapping and len(fitting) == 1:
            taken[field] = fitting[0]
    absent = [field for field in NEEDED if field not in mapping and field not in taken]
    if absent:
        wanted = " ".join(f"--map {field}=COLUMN" for field in absent)
        raise UsageError(
            f"{wanted} is missing: a file of questions and answers needs --map query=COLUMN --map document=COLUMN; "
            f"its columns: {listed(columns)}. Several files: --table corpus=FILE and its like"
        )
    if taken:
        draft.notes.append(f"taken by their names: {', '.join(f'--map {name}={taken[name]}' for name in taken)}")
    return mapping | taken


class _Writer:
    def __init__(self, shown: str, mapping: Mapping[str, str], questions: Sequence[str], draft: Draft) -> None:
        self._shown = shown
        self._mapping = mapping
        self._questions = questions
        self._draft = draft
        self._queries = draft.table("queries", shown)
        self._corpus = draft.table("corpus", shown)
        self._qrels = draft.table("qrels", shown, ("query-id", "corpus-id", "score", HASH))
        self._queries.keys = {"text": mapping["query"], "group": mapping.get("group", "group")}
        self._corpus.keys = {"text": mapping["document"], "title": mapping.get("title", "title")}
        self._qrels.keys = {"score": mapping.get("score", "score")}
        self._known = {"q": _Known(), "d": _Known()}
        self._hashes: list[str] = []
        self._judged: dict[tuple[int, int], str] = {}
        self._repeated = 0
        self._missing: dict[str, list[tuple[int, str]]] = {}

    def add(self, line: int, row: Mapping[str, Any]) -> None:
        """Write what is new in a row; one without a column that is asked for is told at the end."""
        wanted = dict.fromkeys([*self._questions, *self._mapping.values()])
        if missing := [column for column in wanted if column not in row]:
            for column in missing:
                self._missing.setdefault(column, []).append((line, listed(row)))
            return
        questions = self._asked(line, row)
        answer = self._text(line, self._mapping["document"], row[self._mapping["document"]])
        if not questions or not answer:
            return
        fields = {field: row[column] for field, column in self._mapping.items()}
        document = self._add_document(line, answer, fields)
        grade = " ".join(str(fields.get("score", 1)).split())
        known = [
            self._judge(line, (self._add_query(line, question, fields), document), grade) for question in questions
        ]
        self._repeated += all(known)

    def close(self, seen: Mapping[str, Any]) -> None:
        """Tell columns that no row had, once, and rows without one that others had; note what was taken for one."""
        for column, rows in self._missing.items():
            if column not in seen:
                hint = "say which are meant with --map query=COLUMN --map document=COLUMN"
                message = f"missing column: the source has {listed(seen)}; {hint}"
                self._draft.faults.add(self._shown, 0, column, message)
                continue
            for line, there in rows:
                row_fault(self._draft.faults, self._shown, line, column, f"missing column: the row has {there}")
        self._draft.note(self._repeated, "rows left out: the same question and answer stand further up")
        alike = sum(len(known.variants) for known in self._known.values())
        self._draft.note(alike, "texts that differ from another only in white space: taken for one with it")

    def _asked(self, line: int, row: Mapping[str, Any]) -> list[str]:
        """The questions of a row; of several columns, those that are filled."""
        filled = [column for column in self._questions if row[column] is not None and str(row[column]).strip()]
        return [text for column in filled or self._questions[:1] if (text := self._text(line, column, row[column]))]

    def _add_query(self, line: int, question: str, fields: Mapping[str, Any]) -> int:
        number, new = self._known["q"].number("", question)
        if new:
            group = {"group": fields["group"]} if "group" in fields else {}
            self._queries.add({"_id": f"q{number}", "text": question, **group}, self._shown, line)
        return number

    def _add_document(self, line: int, answer: str, fields: Mapping[str, Any]) -> int:
        title = _number_as_text(fields.get("title"))
        named = title if isinstance(title, str) else ""
        number, new = self._known["d"].number(named, answer)
        if new:
            titled = {"title": title} if "title" in fields else {}
            self._corpus.add({"_id": f"d{number}", **titled, "text": answer}, self._shown, line)
            self._hashes.append(document_hash(named, answer))
        return number

    def _judge(self, line: int, pair: tuple[int, int], score: str) -> bool:
        """Write a judgement that is new; whether it stands further up. Fault: one with another score."""
        known = self._judged.get(pair)
        if known is None:
            self._judged[pair] = score
            ids = {"query-id": f"q{pair[0]}", "corpus-id": f"d{pair[1]}"}
            self._qrels.add({**ids, "score": score, HASH: self._hashes[pair[1] - 1]}, self._shown, line)
        elif known != score:
            key = self._mapping.get("score", "score")
            message = f"judged twice: {score} here, {known} further up"
            row_fault(self._draft.faults, self._shown, line, key, message)
        return known == score

    def _text(self, line: int, column: str, value: Any) -> str:
        text = _number_as_text(value)
        if isinstance(text, str) and text.strip():
            return text
        row_fault(self._draft.faults, self._shown, line, column, _refusal(text))
        return ""


def _number_as_text(value: Any) -> Any:
    """A number as the text that CSV would have; anything else as it is."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _refusal(value: Any) -> str:
    if value is None:
        return "empty text: NULL; write one or delete the row"
    if isinstance(value, str):
        return "empty text: write one or delete the row"
    what = "true or false" if isinstance(value, bool) else "a list, an object or bytes"
    return f"not a text: {what}; a question and an answer are texts"


class _Known:
    """Texts that were met, by digests of their words; variants: those that differ from the first in white space."""

    def __init__(self) -> None:
        self.variants: set[bytes] = set()
        self._met: dict[bytes, tuple[int, bytes]] = {}

    def number(self, title: str, text: str) -> tuple[int, bool]:
        """The number of a text, from 1, and whether it is new."""
        words, exact = _digest(" ".join(title.split()), " ".join(text.split())), _digest(title, text)
        number, first = self._met.setdefault(words, (len(self._met) + 1, exact))
        new = number == len(self._met) and first is exact
        if first != exact:
            self.variants.add(exact)
        return number, new


def _digest(*parts: str) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode(errors="surrogatepass"))
    return digest.digest()
