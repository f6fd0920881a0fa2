"""Retrieval: are the documents that answer a query the ones nearest to it?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.ranking import Ranked, Relevant, ranked
from harness.model import Column, Finding, Ranking, Table, TableShape, Texts, Vectors
from harness.search import top_k, unit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Index


@dataclass(frozen=True)
class Retrieval:
    """Queries, documents and relevance judgements (qrels).

    A document's text is its title and its text, joined by a blank and stripped (BEIR, mteb). A document whose id is the
    query's own id is taken out of that query's ranking (BEIR, mteb). Documents are held in descending order of id, so
    that "the first document wins a tie" is trec_eval's rule. Queries without a judgement are left out, as trec_eval
    does. A query's group is the document that answers it best, unless the queries table has a column `group`.
    """

    query_ids: Sequence[str]
    query_texts: Sequence[str]
    groups: Sequence[str]
    document_texts: Sequence[str]
    relevant: Relevant
    excluded: Index
    depth: int
    instruction: str
    left_out: tuple[Finding, ...]

    kind: ClassVar[str] = "retrieval"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "queries": TableShape(
            {"_id": Column("id", unique=True), "text": Column("text"), "group": Column("label", required=False)}
        ),
        "corpus": TableShape(
            {
                "_id": Column("id", unique=True),
                "text": Column("prose"),
                "title": Column("prose", required=False),
            }
        ),
        "qrels": TableShape(
            {"query-id": Column("id"), "corpus-id": Column("id"), "score": Column("number", required=False)}
        ),
    }
    parameters: ClassVar[Mapping[str, Any]] = {
        "use_title": True,
        "drop_repeated_queries": False,
        "instruction": "",
    }
    yields: ClassVar[tuple[type[Any], ...]] = (Ranked,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Faults: qrels to absent rows, a pair judged twice, a document without any text."""
        queries, corpus, qrels = tables["queries"], tables["corpus"], tables["qrels"]
        texts = _document_texts(corpus, use_title=parameters["use_title"], faults=faults)
        order = sorted(range(len(corpus)), key=corpus.columns["_id"].__getitem__, reverse=True)
        position = {corpus.columns["_id"][row]: place for place, row in enumerate(order)}
        judged = _judged(qrels, position, frozenset(queries.columns["_id"]), faults)
        kept = [row for row, query in enumerate(queries.columns["_id"]) if query in judged]
        if parameters["drop_repeated_queries"]:
            kept = _first_of_each(kept, queries.columns["text"])
        if not kept:
            faults.add(qrels.file, 0, "", "no query has a judgement: nothing can be scored")
        ids = [queries.columns["_id"][row] for row in kept]
        document_ids = [corpus.columns["_id"][row] for row in order]
        return cls(
            query_ids=ids,
            query_texts=[queries.columns["text"][row] for row in kept],
            groups=_groups(queries, kept, judged, document_ids),
            document_texts=[texts[row] for row in order],
            relevant=Relevant.of([judged[query] for query in ids]),
            excluded=np.array([position.get(query, -1) for query in ids], dtype=np.intp),
            depth=depth,
            instruction=parameters["instruction"],
            left_out=_left_out(len(queries) - len(kept), sum(not any(g > 0 for g in judged[q].values()) for q in ids)),
        )

    def texts(self) -> Mapping[str, Texts]:
        """The judged queries and all documents."""
        return {
            "queries": Texts(self.query_texts, "query", self.instruction),
            "documents": Texts(self.document_texts, "document"),
        }

    def judge(self, vectors: Mapping[str, Vectors]) -> tuple[Ranked]:
        """Exact search by cosine, then `judge_ranking`."""
        spare = int((self.excluded >= 0).any())  # room for the document that will be taken out
        found = top_k(unit(vectors["queries"]), unit(vectors["documents"]), self.depth + spare)
        return self.judge_ranking(found)

    def judge_ranking(self, ranking: Ranking) -> tuple[Ranked]:
        """Where in `ranking` the relevant documents stand."""
        pool = np.full(len(self.query_ids), len(self.document_texts)) - (self.excluded >= 0)
        return (ranked((self.query_ids, self.groups), ranking, self.relevant, pool, self.excluded),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """Queries left out, queries without a relevant document, queries that got no answer."""
        del random
        empty = int((judged[Ranked].answers == 0).sum())
        unanswered = Finding("unanswered_queries", float(empty), "judged queries without any answer count 0")
        return (*self.left_out, unanswered) if empty else self.left_out


def _document_texts(corpus: Table, *, use_title: bool, faults: Faults) -> list[str]:
    titles = corpus.column("title", "") if use_title else [""] * len(corpus)
    texts = [f"{title or ''} {text or ''}".strip() for title, text in zip(titles, corpus.columns["text"], strict=True)]
    for row, text in enumerate(texts):
        if not text:
            faults.add(corpus.file, corpus.lines[row], "text", "empty text: a document needs a title or a text")
    return texts


def _judged(
    qrels: Table, position: Mapping[str, int], queries: frozenset[str], faults: Faults
) -> dict[str, dict[int, float]]:
    """query id → document position → relevance."""
    judged: dict[str, dict[int, float]] = {}
    rows = zip(qrels.columns["query-id"], qrels.columns["corpus-id"], qrels.column("score", 1.0), strict=True)
    for row, (query, document, score) in enumerate(rows):
        line = qrels.lines[row]
        if query not in queries:
            faults.add(qrels.file, line, "query-id", f"absent query: {query!r} is not in the queries")
        elif document not in position:
            faults.add(qrels.file, line, "corpus-id", f"absent document: {document!r} is not in the corpus")
        elif position[document] in judged.setdefault(query, {}):
            faults.add(qrels.file, line, "corpus-id", f"judged twice: query {query!r}, document {document!r}")
        else:
            judged[query][position[document]] = score
    return judged


def _first_of_each(rows: Sequence[int], texts: Sequence[str]) -> list[int]:
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(texts[row], row)
    return list(first.values())


def _groups(
    queries: Table, kept: Sequence[int], judged: Mapping[str, Mapping[int, float]], document_ids: Sequence[str]
) -> list[str]:
    """The given groups, else the document with the highest relevance (the first by id among equals)."""
    if "group" in queries.columns:
        return [queries.columns["group"][row] for row in kept]
    best = [max(judged[queries.columns["_id"][row]].items(), key=lambda item: (item[1], item[0])) for row in kept]
    return [document_ids[position] for position, _ in best]


def _left_out(unjudged: int, hopeless: int) -> tuple[Finding, ...]:
    counts = Counter(unjudged_queries=unjudged, queries_without_relevant=hopeless)
    notes = {
        "unjudged_queries": "queries without a judgement (or repeated) are left out",
        "queries_without_relevant": "judged queries without a relevant document count 0",
    }
    return tuple(Finding(name, float(count), notes[name]) for name, count in counts.items() if count)
