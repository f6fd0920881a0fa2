"""Queries, documents and relevance judgements (qrels), as every kind reads them that ranks documents.

A document's text is its title and its text, joined by a blank and stripped (BEIR, mteb). A query or a document may be a
picture instead. Documents are held in descending order of id, so that "the first document wins a tie" is trec_eval's
rule. Queries without a judgement are left out, as trec_eval does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from harness.metrics.ranking import Ranked
from harness.model import Column, Finding, Table, TableShape, Texts
from harness.tasks.lines import lines, one_line
from harness.tasks.staleness import HASH, document_text, stale_finding, stale_rows, without_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harness.errors import Faults

QUERIES = TableShape(
    {
        "_id": Column("id", unique=True),
        "text": Column("text", instead="image"),
        "image": Column("image", required=False),
        "group": Column("label", required=False),
    }
)
CORPUS = TableShape(
    {
        "_id": Column("id", unique=True),
        "text": Column("prose", instead="image"),
        "title": Column("prose", required=False),
        "image": Column("image", required=False),
    }
)
QRELS = TableShape(
    {
        "query-id": Column("id"),
        "corpus-id": Column("id"),
        "score": Column("number", required=False),
        HASH: Column("prose", required=False),
    }
)
PARAMETERS: Mapping[str, Any] = {
    "use_title": True,
    "drop_repeated_queries": False,
    "exclude_stale": False,
    "instruction": "",
}
"""Of the kinds whose queries are texts."""

_NEEDS = {"queries": "a query needs a text or a picture", "corpus": "a document needs a title or a text"}


@dataclass(frozen=True)
class Collection:
    """Queries with a judgement, and all documents.

    groups: of a query, the document that answers it best, unless the queries table has a column `group`. judged: per
    query, position of a document → relevance. position: of a document's id.
    """

    query_ids: Sequence[str]
    query_texts: Sequence[str]
    groups: Sequence[str]
    document_texts: Sequence[str]
    judged: Sequence[Mapping[int, float]]
    position: Mapping[str, int]
    left_out: tuple[Finding, ...]

    @cached_property
    def document_ids(self) -> Sequence[str]:
        """Of the documents, by position."""
        return sorted(self.position, key=self.position.__getitem__)

    @property
    def queries(self) -> tuple[Sequence[str], Sequence[str]]:
        """Their ids and their groups."""
        return self.query_ids, self.groups

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], faults: Faults) -> Self:
        """From the tables queries, corpus and qrels.

        Parameters: use_title, drop_repeated_queries, and exclude_stale, which leaves out the labels of documents that
        changed since (see `harness.tasks.staleness`).
        Faults: qrels to absent rows, a pair judged twice, a document without any text.
        """
        queries, corpus, qrels = tables["queries"], tables["corpus"], tables["qrels"]
        asked = contents(queries, queries.column("text", ""), faults)
        texts = document_texts(corpus, use_title=parameters["use_title"], faults=faults)
        order = sorted(range(len(corpus)), key=corpus.columns["_id"].__getitem__, reverse=True)
        position = {corpus.columns["_id"][row]: place for place, row in enumerate(order)}
        stale = stale_rows(qrels, corpus)
        noticed = stale_finding(qrels, stale, excluded=parameters["exclude_stale"])
        qrels = without_rows(qrels, stale) if parameters["exclude_stale"] else qrels
        judged = read_qrels(qrels, position, frozenset(queries.columns["_id"]), faults)
        kept = [row for row, query in enumerate(queries.columns["_id"]) if query in judged]
        if parameters["drop_repeated_queries"]:
            kept = _first_of_each(kept, asked)
        if not kept:
            faults.add(qrels.file, 0, "", "no query has a judgement: nothing can be scored")
        ids = [queries.columns["_id"][row] for row in kept]
        hopeless = sum(not any(gain > 0 for gain in judged[query].values()) for query in ids)
        return cls(
            query_ids=ids,
            query_texts=[asked[row] for row in kept],
            groups=query_groups(queries, kept, judged, [corpus.columns["_id"][row] for row in order]),
            document_texts=[texts[row] for row in order],
            judged=[judged[query] for query in ids],
            position=position,
            left_out=(*_left_out(len(queries) - len(kept), hopeless), *noticed),
        )

    def only(self, kept: Sequence[int]) -> Self:
        """The same with the documents at these positions alone, every judged one among them."""
        place = {position: number for number, position in enumerate(kept)}
        return replace(
            self,
            document_texts=[self.document_texts[position] for position in kept],
            judged=[{place[one]: gain for one, gain in gains.items()} for gains in self.judged],
            position={document: place[one] for document, one in self.position.items() if one in place},
        )


def asked_texts(collection: Collection, instruction: str) -> dict[str, Texts]:
    """What is embedded, or ranked: the queries, in their role and with their instruction, and the documents."""
    return {
        "queries": Texts(collection.query_texts, "query", instruction),
        "documents": Texts(collection.document_texts, "document"),
    }


class AmongDocuments:
    """What is put first for a query of `collection`, and how both are shown: `Answering` and `Legible`."""

    collection: Collection

    def answers(self, judged: Mapping[type[Any], Any]) -> Mapping[str, str]:
        """query id → the id of the document that stands first."""
        ids, ranked = self.collection.document_ids, judged[Ranked]
        found = zip(ranked.ids, ranked.first.tolist(), strict=True)
        return {query: ids[place] for query, place in found if place >= 0}

    def item_lines(self, ids: Iterable[str]) -> Mapping[str, str]:
        """The judged queries."""
        return lines(ids, self.collection.query_ids, self.collection.query_texts)

    def answer_lines(self, answers: Iterable[str]) -> Mapping[str, str]:
        """The documents."""
        position, texts = self.collection.position, self.collection.document_texts
        return {document: one_line(texts[position[document]]) for document in answers if document in position}


def unanswered(answers: int) -> tuple[Finding, ...]:
    """The finding about so many queries without any answer, if there are any."""
    note = "judged queries without any answer count 0"
    return (Finding("unanswered_queries", float(answers), note),) if answers else ()


def document_texts(corpus: Table, *, use_title: bool, faults: Faults) -> list[str]:
    """Title and text of each document in one, or its picture; a document without any of them is a fault."""
    titles = corpus.column("title", "") if use_title else [""] * len(corpus)
    pairs = zip(titles, corpus.column("text", ""), strict=True)
    return contents(corpus, [document_text(title, text) for title, text in pairs], faults)


def contents(table: Table, texts: Sequence[str], faults: Faults) -> list[str]:
    """The text or the picture of each row; neither and both are faults."""
    found: list[str] = []
    for line, text, image in zip(table.lines, texts, table.column("image"), strict=True):
        if text and image:
            faults.add(table.file, line, "image", "text and picture: a row is one of them")
        elif not text and not image:
            faults.add(table.file, line, "text", f"empty text: {_NEEDS[table.name]}")
        found.append(image or text)
    return found


def read_qrels(
    qrels: Table, position: Mapping[str, int], queries: frozenset[str], faults: Faults
) -> dict[str, dict[int, float]]:
    """query id → document position → relevance. Faults: absent rows, a pair that is judged twice."""
    judged: dict[str, dict[int, float]] = {}
    scores = qrels.column("score", 1.0)
    for row, query, place in read_pairs(qrels, "judged", position, queries, faults):
        judged.setdefault(query, {})[place] = scores[row]
    return judged


def read_pairs(
    table: Table, once: str, position: Mapping[str, int], queries: frozenset[str], faults: Faults
) -> Iterator[tuple[int, str, int]]:
    """Row, query id and document position of each pair of a query with a document.

    once: what a pair may be one time only, a participle. Faults: absent rows, the same pair again.
    """
    seen: set[tuple[str, str]] = set()
    rows = zip(table.lines, table.columns["query-id"], table.columns["corpus-id"], strict=True)
    for row, (line, query, document) in enumerate(rows):
        if query not in queries:
            faults.add(table.file, line, "query-id", f"absent query: {query!r} is not in the queries")
        elif document not in position:
            faults.add(table.file, line, "corpus-id", f"absent document: {document!r} is not in the corpus")
        elif (query, document) in seen:
            faults.add(table.file, line, "corpus-id", f"{once} twice: query {query!r}, document {document!r}")
        else:
            seen.add((query, document))
            yield row, query, position[document]


def query_groups(
    queries: Table, kept: Sequence[int], judged: Mapping[str, Mapping[int, float]], document_ids: Sequence[str]
) -> list[str]:
    """The given groups, else the document with the highest relevance (the first by id among equals)."""
    if "group" in queries.columns:
        return [queries.columns["group"][row] for row in kept]
    best = [max(judged[queries.columns["_id"][row]].items(), key=lambda item: (item[1], item[0])) for row in kept]
    return [document_ids[position] for position, _ in best]


def _first_of_each(rows: Sequence[int], texts: Sequence[str]) -> list[int]:
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(texts[row], row)
    return list(first.values())


def _left_out(unjudged: int, hopeless: int) -> tuple[Finding, ...]:
    counts = Counter(unjudged_queries=unjudged, queries_without_relevant=hopeless)
    notes = {
        "unjudged_queries": "queries without a judgement (or repeated) are left out",
        "queries_without_relevant": "judged queries without a relevant document count 0",
    }
    return tuple(Finding(name, float(count), notes[name]) for name, count in counts.items() if count)
