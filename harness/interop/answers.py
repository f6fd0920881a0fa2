"""Rankings by the ids of queries and documents, as other software writes them, and by position, as tasks judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.errors import UsageError
from harness.interop.names import shown
from harness.metrics.ranking import without
from harness.model import Ranking
from harness.tasks.reranking import Reranking
from harness.tasks.retrieval import Retrieval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Index

Answers: TypeAlias = "Mapping[str, Mapping[str, float]]"
"""Query id → document id → score, finite; a larger one is better."""

_SHOWN = 3


def ranking_of(answers: Answers, task: Retrieval | Reranking) -> Ranking:
    """The answers to the queries of a task, best first; a query that is not among them has none.

    Scores are compared as float32, and of equal ones the document with the higher id comes first, as trec_eval does
    both. Raises UsageError for documents that the task does not have, and where no query is one of the task.
    """
    position, queries = task.collection.position, task.collection.query_ids
    given = [answers.get(query, {}) for query in queries]
    if not any(given):
        raise UsageError(f"none of its {len(answers):,} queries is one of the suite, such as {_some(queries)}")
    _check_known(queries, given, task)
    depth = task.depth if isinstance(task, Retrieval) else max(map(len, given))
    indices = np.full((len(queries), depth), -1, np.intp)
    scores = np.full(indices.shape, -np.inf, np.float32)
    for row, of_query in enumerate(given):
        places = np.array([position[document] for document in of_query], np.intp)
        with np.errstate(over="ignore"):  # beyond float32 all are equal, as they are to trec_eval
            values = np.array(list(of_query.values()), np.float64).astype(np.float32)
        order = np.lexsort((places, -values))[:depth]
        indices[row, : len(order)], scores[row, : len(order)] = places[order], values[order]
    return Ranking(indices, scores)


def answers_of(ranking: Ranking, task: Retrieval | Reranking, depth: int) -> dict[str, dict[str, float]]:
    """The best `depth` documents of each query, best first, without the one that the task takes out."""
    kept = without(ranking, task.excluded) if isinstance(task, Retrieval) else ranking
    ids = _ids(task)
    rows = zip(task.collection.query_ids, kept.indices[:, :depth], kept.scores[:, :depth], strict=True)
    return {
        query: {ids[place]: float(score) for place, score in zip(places, scores, strict=True) if place >= 0}
        for query, places, scores in rows
    }


def _ids(task: Retrieval | Reranking) -> Sequence[str]:
    """Of the documents, by position."""
    position = task.collection.position
    return sorted(position, key=position.__getitem__)


def _check_known(queries: Sequence[str], given: Sequence[Mapping[str, float]], task: Retrieval | Reranking) -> None:
    """Raises UsageError that names documents that are nowhere in the corpus, or no candidates of their query."""
    pools = task.candidates if isinstance(task, Reranking) else None
    unknown = list(_unknown(queries, given, task.collection.position, pools))
    if unknown:
        raise UsageError(
            f"{len(unknown):,} of its answers are no {'candidates' if pools else 'documents'} of the suite: "
            f"{_some(unknown)}. It was made on other data"
        )


def _unknown(
    queries: Sequence[str],
    given: Sequence[Mapping[str, float]],
    position: Mapping[str, int],
    pools: Sequence[Index] | None,
) -> Iterator[str]:
    for row, (query, of_query) in enumerate(zip(queries, given, strict=True)):
        allowed = None if pools is None else set(pools[row].tolist())
        for document in of_query:
            place = position.get(document)
            if place is None or (allowed is not None and place not in allowed):
                yield f"{document} (of query {query})"


def _some(names: Sequence[str]) -> str:
    more = f" … and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(map(shown, names[:_SHOWN])) + more
