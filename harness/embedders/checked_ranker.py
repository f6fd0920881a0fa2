"""A ranker whose rankings are checked where they enter, as vectors are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.contract import called
from harness.errors import EmbedderError
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Identity, Index, Ranker


class CheckedRanker:
    """The same ranker, hence the same identity; whatever it raises or gets wrong is an EmbedderError."""

    def __init__(self, inner: Ranker) -> None:
        self._inner = inner

    @property
    def identity(self) -> Identity:
        """The inner ranker's."""
        return self._inner.identity

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The inner ranker's best k documents of each query. Raises EmbedderError."""
        ranking = called(self.identity, lambda: self._inner.rank(queries, documents, k))
        fault = _fault(ranking, len(queries), len(documents))
        if fault:
            raise EmbedderError(f"{self.identity}: the ranker returned {fault}")
        return ranking


def _fault(ranking: object, queries: int, documents: int) -> str:
    """What is wrong with a ranking, or nothing."""
    if not isinstance(ranking, Ranking):
        return f"a {type(ranking).__name__}; it must be a harness.Ranking"
    indices, scores = np.asarray(ranking.indices), np.asarray(ranking.scores)
    if indices.ndim != 2 or len(indices) != queries or indices.shape != scores.shape:  # noqa: PLR2004 # a matrix
        return f"indices {indices.shape} and scores {scores.shape} for {queries} queries"
    if indices.dtype.kind != "i" or indices.max(initial=-1) >= documents or indices.min(initial=-1) < -1:
        return f"an index that is no position among {documents} documents, nor −1"
    if _repeats(indices):
        return "a document twice for one query"
    if not (scores[:, 1:] <= scores[:, :-1]).all():
        return "scores that rise, or NaN; the best document comes first"
    return ""


def _repeats(indices: Index) -> bool:
    ordered = np.sort(indices, axis=1)
    return bool(((ordered[:, 1:] == ordered[:, :-1]) & (ordered[:, 1:] >= 0)).any())
