"""Composition: does A + B − C lead to the document that it describes?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.parts import PerItem
from harness.metrics.ranking import Ranked, Relevant, ranked, recall, without
from harness.model import Column, Finding, Floats, Ranking, Table, TableShape, Texts, Vectors
from harness.search import COSINE, unit
from harness.tasks.relevance import CORPUS, QRELS, AmongDocuments, Collection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from harness.errors import Faults
    from harness.model import Index, Similarity

ABSENT = -1
"""Fills the rows of queries that take fewer documents out than others."""


@dataclass(frozen=True)
class FirstTerm(PerItem):
    """Per query what its first positive term finds alone, n.

    recall: recall@1 of that term. same: whether its nearest document is the nearest to the whole query as well.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    recall: Floats
    same: NDArray[np.bool_]


@dataclass(frozen=True)
class Composition(AmongDocuments):
    """Queries made of weighted texts, documents, and relevance judgements (qrels).

    A query's vector is the sum of its terms' vectors, each of unit length, times their weights. A document that is
    word for word one of a query's own terms is taken out of that query's ranking unless `exclude_inputs` is false.
    Documents, judgements, groups and ties are those of `harness.tasks.relevance`.

    terms, query, weight: one entry per term; query is the position of the query that it belongs to. first: the position
    of each query's first positive term. excluded: a row per query of documents to take out, filled up with ABSENT.
    depth: how many documents to ask for, as many more than the metrics look at as a query may lose.
    """

    collection: Collection
    relevant: Relevant
    terms: Sequence[str]
    query: Index
    weight: Floats
    first: Index
    excluded: Index
    depth: int
    instruction: str

    kind: ClassVar[str] = "composition"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "terms": TableShape(
            {"query-id": Column("id"), "weight": Column("number", required=False), "text": Column("text")}
        ),
        "corpus": CORPUS,
        "qrels": QRELS,
        "queries": TableShape(
            {"_id": Column("id", unique=True), "group": Column("label", required=False)}, required=False
        ),
    }
    parameters: ClassVar[Mapping[str, Any]] = {
        "exclude_inputs": True,
        "exclude_stale": False,
        "use_title": True,
        "instruction": "",
    }
    yields: ClassVar[tuple[type[Any], ...]] = (Ranked, FirstTerm)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`.

        Faults: those of `Collection.read`, a term given twice or without weight, a query without a positive term, a
        query that is in one of terms and queries only, an answer that is a term of its query and so taken out.
        """
        terms = tables["terms"]
        given = {**tables, "queries": _queries(terms, tables.get("queries"), faults)}
        collection = Collection.read(given, {**parameters, "drop_repeated_queries": False}, faults)
        number = {query: place for place, query in enumerate(collection.query_ids)}
        rows = [row for row, query in enumerate(terms.columns["query-id"]) if query in number]
        texts = [terms.columns["text"][row] for row in rows]
        query = np.array([number[terms.columns["query-id"][row]] for row in rows], np.intp)
        weight = np.array([terms.column("weight", 1.0)[row] for row in rows], np.float64)
        own = _own(collection, texts, query) if parameters["exclude_inputs"] else [set() for _ in number]
        excluded = _padded(own)
        return cls(
            collection=collection,
            relevant=_relevant(collection, own, tables["qrels"].file, faults),
            terms=texts,
            query=query,
            weight=weight,
            first=_first_positive(query, weight, len(number)),
            excluded=excluded,
            depth=depth + excluded.shape[1],
            instruction=parameters["instruction"],
        )

    def texts(self) -> Mapping[str, Texts]:
        """Every term as a query, and all documents."""
        return {
            "terms": Texts(self.terms, "query", self.instruction),
            "documents": Texts(self.collection.document_texts, "document"),
        }

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[Ranked, FirstTerm]:
        """Search with the sums, and with the first positive terms alone."""
        terms, documents = unit(vectors["terms"]), vectors["documents"]
        sums = np.zeros((len(self.first), terms.shape[1]))
        np.add.at(sums, self.query, self.weight[:, None] * terms)
        whole, judged = self._ranked(sums.astype(np.float32), documents, self.depth, similarity)
        alone, of_first = self._ranked(terms[self.first], documents, 1 + self.excluded.shape[1], similarity)
        items = recall(1).items
        assert items is not None  # noqa: S101 # for the type checker: recall is a mean
        same = whole.indices[:, 0] == alone.indices[:, 0]
        return judged, FirstTerm(judged.ids, judged.groups, items(of_first), same)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """Queries left out, and whether the arithmetic adds anything to the first positive term."""
        del random
        whole, alone = judged[Ranked], judged[FirstTerm]
        note = f"of the first positive term alone; the whole query has {recall(1).score(whole):.3f}"
        same = "share of queries whose nearest document is the nearest to the first positive term alone"
        return (
            *self.collection.left_out,
            Finding("first_term_recall@1", float(alone.recall.mean()), note),
            Finding("first_term_same_document", float(alone.same.mean()), same),
        )

    def _ranked(
        self, queries: Vectors, documents: Vectors, depth: int, similarity: Similarity
    ) -> tuple[Ranking, Ranked]:
        found = similarity.search(queries, documents, depth)
        kept = reduce(without, self.excluded.T, found)
        pool = len(documents) - np.count_nonzero(self.excluded != ABSENT, axis=1)
        return kept, ranked(self.collection.queries, kept, self.relevant, pool, np.full(len(pool), ABSENT))


def _queries(terms: Table, queries: Table | None, faults: Faults) -> Table:
    """The queries as `Collection` reads them, from the terms and, where it is given, the table of queries."""
    written = _expressions(terms, faults)
    if queries is None:
        lines = [line for line, _ in written.values()]
        columns = {"_id": list(written), "text": [text for _, text in written.values()]}
        return Table("queries", terms.file, columns, lines)
    for query, line in zip(queries.columns["_id"], queries.lines, strict=True):
        if query not in written:
            faults.add(queries.file, line, "_id", f"no terms: query {query!r} is not in the terms")
    known = set(queries.columns["_id"])
    for query, (line, _) in written.items():
        if query not in known:
            faults.add(terms.file, line, "query-id", f"absent query: {query!r} is not in the queries")
    texts = [written.get(query, (0, ""))[1] for query in queries.columns["_id"]]
    return replace(queries, columns={**queries.columns, "text": texts})


def _expressions(terms: Table, faults: Faults) -> dict[str, tuple[int, str]]:
    """query id → the line of its first term, and its terms with their weights as one text."""
    written: dict[str, tuple[int, str]] = {}
    seen: set[tuple[str, str]] = set()
    positive: set[str] = set()
    rows = zip(terms.columns["query-id"], terms.column("weight", 1.0), terms.columns["text"], terms.lines, strict=True)
    for query, weight, text, line in rows:
        if (query, text) in seen:
            faults.add(terms.file, line, "text", f"term given twice: {text!r} in query {query!r}")
        if weight == 0:
            faults.add(terms.file, line, "weight", "weight 0: a term without weight adds nothing; delete the row")
        seen.add((query, text))
        positive |= {query} if weight > 0 else set()
        first, before = written.get(query, (line, ""))
        written[query] = first, f"{before} {weight:+g} {text}".strip()
    for query in written.keys() - positive:
        message = f"no positive term: query {query!r} only takes away"
        faults.add(terms.file, written[query][0], "weight", message)
    return written


def _first_positive(query: Index, weight: Floats, queries: int) -> Index:
    """The position of each query's first term with a weight above 0; 0 where there is none, which is a fault."""
    positive = np.flatnonzero(weight > 0)
    with_one, starts = np.unique(query[positive], return_index=True)
    first = np.zeros(queries, np.intp)
    first[with_one] = positive[starts]
    return first


def _own(collection: Collection, terms: Sequence[str], query: Index) -> list[set[int]]:
    """Per query the positions of the documents that are one of its terms."""
    places: dict[str, set[int]] = {}
    for place, text in enumerate(collection.document_texts):
        places.setdefault(text, set()).add(place)
    own: list[set[int]] = [set() for _ in collection.query_ids]
    for number, text in zip(query.tolist(), terms, strict=True):
        own[number] |= places.get(text.strip(), set())
    return own


def _relevant(collection: Collection, own: Sequence[set[int]], file: str, faults: Faults) -> Relevant:
    """The judgements of the documents that compete."""
    for query, gains, out in zip(collection.query_ids, collection.judged, own, strict=True):
        if any(gains.get(place, 0) > 0 for place in out):
            message = f"answer given away: a relevant document of query {query!r} is one of its terms"
            faults.add(file, 0, "corpus-id", f"{message}, and cannot be found with exclude_inputs")
    kept = zip(collection.judged, own, strict=True)
    return Relevant.of([{place: gain for place, gain in gains.items() if place not in out} for gains, out in kept])


def _padded(own: Sequence[set[int]]) -> Index:
    """One row per query, as wide as the longest."""
    excluded = np.full((len(own), max(map(len, own), default=0)), ABSENT)
    for row, places in zip(excluded, own, strict=True):
        row[: len(places)] = sorted(places)
    return excluded
