"""Rankers and rerankers whose answers are checked, as `Checked` does it for vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from harness.embedders.checks import ranking_fault
from harness.embedders.contract import called, identified, known_of
from harness.errors import EmbedderError
from harness.model import Ranker, Ranking, Reranker, reads_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.model import Identity, Index


class _CheckedOrder:
    def __init__(self, inner: Ranker | Reranker) -> None:
        self.identity = identified(inner)
        self._reads_images = lambda: reads_images(inner)
        self._described = inner

    @property
    def reads_images(self) -> bool:
        """Whether the inner one does."""
        return called(self.identity, self._reads_images)

    def facts(self) -> Facts:
        """The inner one's; nothing is known of one that cannot say."""
        return known_of(self._described)


class CheckedRanker(_CheckedOrder):
    """The same ranker, hence the same identity; whatever it raises or gets wrong is an EmbedderError."""

    def __init__(self, inner: Ranker) -> None:
        super().__init__(inner)
        self._inner = inner

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The inner ranker's best k documents of each query. Raises EmbedderError."""
        ranking = called(self.identity, lambda: self._inner.rank(queries, documents, k))
        return _checked_ranking(self.identity, ranking, len(queries), len(documents))


class CheckedReranker(_CheckedOrder):
    """The same reranker, hence the same identity; whatever it raises or gets wrong is an EmbedderError."""

    def __init__(self, inner: Reranker) -> None:
        super().__init__(inner)
        self._reranker = inner

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """The inner reranker's order of the candidates. Raises EmbedderError."""
        ranking = called(self.identity, lambda: self._reranker.rerank(queries, documents, candidates))
        checked = _checked_ranking(self.identity, ranking, len(queries), len(documents))
        for row, given in zip(checked.indices, candidates, strict=True):
            if not np.array_equal(np.sort(row[row >= 0]), given):
                raise EmbedderError(f"{self.identity}: the reranker did not return each candidate once")
        return checked


class CheckedRankerAndReranker(CheckedRanker, CheckedReranker):
    """Both at once."""


def checked_ranker(inner: Ranker | Reranker) -> CheckedRanker | CheckedReranker:
    """The same ranker, checked; it can do what it could do before."""
    if not isinstance(inner, Ranker):
        return CheckedReranker(inner)
    return CheckedRankerAndReranker(inner) if isinstance(inner, Reranker) else CheckedRanker(inner)


def _checked_ranking(identity: Identity, ranking: object, queries: int, documents: int) -> Ranking:
    fault = ranking_fault(ranking, queries, documents)
    if fault:
        raise EmbedderError(f"{identity}: the ranker returned {fault}")
    return cast("Ranking", ranking)
