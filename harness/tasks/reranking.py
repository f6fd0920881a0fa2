"""Reranking: are the candidates of a query that answer it put before the others?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from harness.metrics.ranking import UNRANKED, UNREACHABLE, Ranked, Relevant, ranked
from harness.model import Column, Finding, TableShape
from harness.search import COSINE, among
from harness.tasks.relevance import (
    CORPUS,
    PARAMETERS,
    QRELS,
    QUERIES,
    AmongDocuments,
    Collection,
    asked_texts,
    read_pairs,
    unanswered,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.errors import Faults
    from harness.model import Index, Ranking, Similarity, Table, Texts, Vectors


@dataclass(frozen=True)
class Reranking(AmongDocuments):
    """Queries, documents, judgements, and for each query the candidates that are put in order.

    Without a table `candidates`, the candidates of a query are its judged documents, those with relevance 0 too. A
    relevant document that is no candidate stays relevant and cannot be found, as when a first stage missed it. At equal
    similarity the higher document id comes first, as in retrieval. Documents that are neither judged nor anybody's
    candidates are left out. Unlike in retrieval, a document with the id of the query competes: who lists it means it.

    candidates: ascending positions among the documents, one array per query.
    """

    collection: Collection
    relevant: Relevant
    candidates: Sequence[Index]
    instruction: str

    kind: ClassVar[str] = "reranking"
    version: ClassVar[int] = 1
    tables: ClassVar[Mapping[str, TableShape]] = {
        "queries": QUERIES,
        "corpus": CORPUS,
        "qrels": QRELS,
        "candidates": TableShape({"query-id": Column("id"), "corpus-id": Column("id")}, required=False),
    }
    parameters: ClassVar[Mapping[str, Any]] = PARAMETERS
    yields: ClassVar[tuple[type[Any], ...]] = (Ranked,)

    @classmethod
    def read(cls, tables: Mapping[str, Table], parameters: Mapping[str, Any], depth: int, faults: Faults) -> Self:
        """See `Task.read`. Faults: those of retrieval, candidates that are absent rows, a candidate given twice."""
        del depth  # all candidates are put in order
        read = Collection.read(tables, parameters, faults)
        candidates = _candidates(tables, read, faults)
        kept = sorted({position for of_query in (*read.judged, *candidates) for position in of_query})
        place = {position: number for number, position in enumerate(kept)}
        missed = _missed(read.judged, candidates)
        collection = replace(read.only(kept), left_out=(*read.left_out, *missed))
        return cls(
            collection=collection,
            relevant=Relevant.of(collection.judged),
            candidates=[np.array(sorted(place[one] for one in positions), np.intp) for positions in candidates],
            instruction=parameters["instruction"],
        )

    def texts(self) -> Mapping[str, Texts]:
        """The judged queries, and the documents that are judged or candidates."""
        return asked_texts(self.collection, self.instruction)

    def judge(self, vectors: Mapping[str, Vectors], similarity: Similarity = COSINE) -> tuple[Ranked]:
        """Candidates in the order of their similarity with the query, which is compared with nothing else."""
        found = among(similarity, vectors["queries"], vectors["documents"], self.candidates)
        return self.judge_ranking(found)

    def judge_ranking(self, ranking: Ranking) -> tuple[Ranked]:
        """Where in `ranking`, which holds every candidate, the judged documents stand."""
        pool = np.array([len(places) for places in self.candidates], np.intp)
        none = np.full(len(pool), -1)
        judged = ranked(self.collection.queries, ranking, self.relevant, pool, none)
        return (_within_the_pool(judged),)

    def findings(self, judged: Mapping[type[Any], Any], random: np.random.Generator) -> tuple[Finding, ...]:
        """Queries left out or without relevant document, relevant documents that are no candidates."""
        del random
        return (*self.collection.left_out, *unanswered(int((judged[Ranked].answers == 0).sum())))


def _within_the_pool(judged: Ranked) -> Ranked:
    """The same; what is not in a ranking of all candidates is no candidate, so no ranking can hold it."""
    nonrelevant = judged.nonrelevant
    return replace(
        judged,
        rank=np.where(judged.rank == UNRANKED, UNREACHABLE, judged.rank),
        nonrelevant=replace(
            nonrelevant, values=np.where(nonrelevant.values == UNRANKED, UNREACHABLE, nonrelevant.values)
        ),
    )


def _candidates(tables: Mapping[str, Table], read: Collection, faults: Faults) -> Sequence[Mapping[int, float]]:
    """The positions of each query's candidates, as keys."""
    if "candidates" not in tables:
        return read.judged
    known = frozenset(tables["queries"].columns["_id"])
    given: dict[str, dict[int, float]] = {}
    for row, query, place in read_pairs(tables["candidates"], "given", read.position, known, faults):
        given.setdefault(query, {})[place] = row
    return [given.get(query, {}) for query in read.query_ids]


def _missed(judged: Sequence[Mapping[int, float]], candidates: Sequence[Mapping[int, float]]) -> Iterator[Finding]:
    pairs = zip(judged, candidates, strict=True)
    missed = sum(gain > 0 and document not in among for gains, among in pairs for document, gain in gains.items())
    if missed:
        yield Finding("missed_relevant", float(missed), "relevant documents that are no candidates cannot be found")
