"""Retrieval: are the documents that answer a query the ones nearest to it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.ranking import Ranked, Relevant, ranked, without
from harness.model import Ranking
from harness.search import COSINE
from harness.tasks.relevance import (
    CORPUS,
    PARAMETERS,
    QRELS,
    QUERIES,
    AmongDocuments,
    Collection,
    asked_texts,
    unanswered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.errors import Faults
    from harness.model import Finding, Index, Similarity, Table, TableShape, Texts, Vectors


@dataclass(frozen=True)
class Retrieval(AmongDocuments):
    """Queries, documents and relevance judgements (qrels), read as `harness.tasks.relevance` says.

    With ignore_identical_ids, a document whose id is the query's own id is taken out of that query's ranking (BEIR).

    excluded: the position of that document, −1 where there is none. depth: how many documents to ask for, one more
    than the metrics look at where any query loses one.
    """

    collection: Collection
    relevant: Relevant
    excluded: Index
    depth: int
    instruction: str

    kind: ClassVar[str] = "retrieval"
    version: ClassVar[int] = 2
    tables: ClassVar[Mapping[str, TableShape]] = {"queries": QUERIES, "corpus": CORPUS, "qrels": QRELS}
    parameters: ClassVar[Mapping[str, Any]] = {**PARAMETERS, "ignore_identical_ids": True}
    yields: ClassVar[tuple[type[Any], ...]] = (Ranked,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Faults: qrels to absent rows, a pair judged twice, a document without any text."""
        collection = Collection.read(tables, parameters, faults)
        known = collection.position if parameters["ignore_identical_ids"] else {}
        excluded = np.array([known.get(query, -1) for query in collection.query_ids], dtype=np.intp)
        return cls(
            collection=collection,
            relevant=Relevant.of(collection.judged),
            excluded=excluded,
            depth=depth + _spare(excluded),
            instruction=parameters["instruction"],
        )

    def texts(self) -> Mapping[str, Texts]:
        """The judged queries and all documents."""
        return asked_texts(self.collection, self.instruction)

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[Ranked]:
        """Exact search, then `judge_ranking`."""
        return self.judge_ranking(similarity.search(vectors["queries"], vectors["documents"], self.depth))

    def judge_ranking(self, ranking: Ranking) -> tuple[Ranked]:
        """Where in `ranking`, the best `depth` documents of each query, the judged documents stand."""
        kept = without(ranking, self.excluded)
        # A metric without a cutoff must not look further for the queries that lose no document.
        looked_at = slice(self.depth - _spare(self.excluded))
        ranking = Ranking(kept.indices[:, looked_at], kept.scores[:, looked_at])
        pool = np.full(len(self.excluded), len(self.collection.document_texts)) - (self.excluded >= 0)
        return (ranked(self.collection.queries, ranking, self.relevant, pool, self.excluded),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """Queries left out, queries without a relevant document, queries that got no answer."""
        del random
        return (*self.collection.left_out, *unanswered(int((judged[Ranked].answers == 0).sum())))


def _spare(excluded: Index) -> int:
    """Room for the document that will be taken out."""
    return int((excluded >= 0).any())
