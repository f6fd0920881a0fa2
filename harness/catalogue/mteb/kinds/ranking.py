"""Retrieval and reranking, instructions included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.kinds.cells import as_id, as_number, as_query, as_text
from harness.catalogue.mteb.kinds.made import Made, Notes
from harness.catalogue.mteb.kinds.measured import metrics_of
from harness.catalogue.mteb.kinds.rows import Rows, split_of
from harness.catalogue.mteb.kinds.sampling import sampled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.catalogue.mteb.place import MtebPlace

UNREACHABLE = (
    "relevant documents that are missing, or without text, left out: mteb counts them as not found, "
    "so its scores are lower"
)


def ranking(task: Any, place: MtebPlace) -> Made | None:
    """Queries with their instruction, documents, qrels, and the candidates of each query where a task has them.

    None where the best hit of every query is passed over: we have no such ranking.
    """
    if getattr(task, "skip_first_result", False):
        return None
    data = split_of(task, place, place.split)
    ranked = _ranked(data.get("top_ranked"))
    kind, notes = "reranking" if ranked else "retrieval", Notes()
    reading = _Reading(place, notes, _judged(data["relevant_docs"]))
    same_ids = bool(getattr(task, "ignore_identical_ids", False))
    tables = {  # in this order: what is judged depends on which documents and which queries there are
        "corpus": reading.documents(Rows(data["corpus"], place)),
        "queries": reading.queries(Rows(data["queries"], place)),
        "qrels": reading.qrels(),
        **({"candidates": reading.candidates(ranked, same_ids=same_ids)} if ranked else {}),
    }
    parameters = {} if ranked else {"ignore_identical_ids": same_ids}
    return Made(kind, tables, metrics_of(kind, task, place, notes), notes, parameters)


class _Reading:
    """Keeps what has been read, so that nothing refers to what was left out.

    The methods are used in their order, each read to its end before the next: documents, queries, then the rest.
    """

    def __init__(self, place: MtebPlace, notes: Notes, judged: Mapping[str, Mapping[str, float]]) -> None:
        self._most, self._notes, self._left_out = place.asked.rows, notes, notes.left_out
        self._judged = judged
        self._documents: set[str] = set()
        self._queries: set[str] = set()

    def documents(self, rows: Rows) -> Iterator[dict[str, Any]]:
        """The corpus. Of documents with one id the last counts, as where mteb looks them up."""
        last = _last(rows)
        for row, (raw, *contents) in enumerate(rows.zipped("id", "text", *rows.optional("title"))):
            document, (text, *title) = as_id(raw), map(as_text, contents)
            if not document or last[document] != row:
                self._left_out["documents without an id, or with that of a later one, left out"] += 1
            elif not (text or any(title)):
                self._left_out["documents without text left out"] += 1
            else:
                self._documents.add(document)
                yield {"_id": document, **({"title": title[0]} if any(title) else {}), "text": text}

    def queries(self, rows: Rows) -> Iterator[dict[str, Any]]:
        """The queries with a judgement, as in mteb, less those of which no judged document is there."""
        last = _last(rows)
        kept: dict[str, str] = {}
        for row, (raw, text, *told) in enumerate(rows.zipped("id", "text", *rows.optional("instruction"))):
            query, asked = as_id(raw), as_query(text, told[0] if told else None)
            fault = self._query_fault(query, asked) or (last[query] != row and "with the id of a later one")
            if fault:
                self._left_out[f"queries {fault} left out"] += 1
            else:
                kept[query] = asked
        queries, texts = list(kept), list(kept.values())
        chosen = sampled(texts, [""] * len(texts), self._most, "queries", self._notes)
        self._queries = {queries[row] for row in chosen}
        yield from ({"_id": query, "text": asked} for query, asked in kept.items() if query in self._queries)

    def qrels(self) -> Iterator[dict[str, Any]]:
        """The judgements of these queries."""
        for query, grades in sorted(self._judged.items()):
            for document, grade in grades.items() if query in self._queries else ():
                if document in self._documents:
                    yield {"query-id": query, "corpus-id": document, "score": grade}
                elif grade > 0:
                    self._left_out[UNREACHABLE] += 1
                else:
                    self._left_out["judgements of missing documents left out"] += 1

    def candidates(self, ranked: Mapping[str, Sequence[str]], *, same_ids: bool) -> Iterator[dict[str, Any]]:
        """The candidates of these queries, each once. same_ids: a document is no candidate of the query of its id."""
        without = sum(not ranked.get(query) for query in self._queries)
        self._left_out["queries without a candidate score 0, as in mteb"] += without
        for query, documents in ranked.items():
            for document in dict.fromkeys(documents) if query in self._queries else ():
                if document not in self._documents:
                    self._left_out["candidates that are missing documents left out"] += 1
                elif same_ids and document == query:
                    self._left_out["candidates with the id of their query left out, as in mteb"] += 1
                else:
                    yield {"query-id": query, "corpus-id": document}

    def _query_fault(self, query: str, asked: str) -> str:
        grades = self._judged.get(query)
        if not grades:
            return "without a judgement"
        if not asked:
            return "without text"
        known = any(document in self._documents for document in grades)
        return "" if known else "of which no judged document is there (in mteb they score 0)"


def _last(rows: Rows) -> dict[str, int]:
    """The last row of each id."""
    return {as_id(raw): row for row, raw in enumerate(rows.column("id"))}


def _judged(given: Mapping[Any, Any]) -> dict[str, dict[str, float]]:
    """query id → document id → relevance; documents without one are relevant."""
    return {as_id(query): _graded(grades) for query, grades in given.items()}


def _graded(grades: Any) -> dict[str, float]:
    pairs = grades.items() if isinstance(grades, Mapping) else ((document, 1) for document in grades or ())
    return {as_id(document): _short(as_number(grade) or 0.0) for document, grade in pairs}


def _short(number: float) -> float:
    """1 rather than 1.0: most of a table of judgements is this column."""
    return int(number) if number.is_integer() else number


def _ranked(given: Any) -> dict[str, list[str]]:
    """query id → ids of its candidates, which may be a list, or each with the score of a first stage."""
    return {as_id(query): [as_id(document) for document in documents] for query, documents in (given or {}).items()}
