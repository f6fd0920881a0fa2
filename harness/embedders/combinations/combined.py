"""Rankers made of rankers: side by side (`Fused`), or one behind the other (`Staged`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.combinations.fusion import fuse
from harness.model import Ranking, reads_images

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.combinations.fusion import Contribution
    from harness.model import Identity, Index, Ranker, Reranker


@dataclass(frozen=True)
class Fused:
    """A Ranker: the best `depth` documents of each of the rankers, fused; one contribution per ranker."""

    identity: Identity
    rankers: Sequence[Ranker]
    contributions: Sequence[Contribution]
    depth: int

    @property
    def reads_images(self) -> bool:
        """Whether all of the rankers do."""
        return all(map(reads_images, self.rankers))

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The best k of what the rankers found. Raises EmbedderError."""
        found = [ranker.rank(queries, documents, self.depth) for ranker in self.rankers]
        return fuse(found, self.contributions, k)


@dataclass(frozen=True)
class FusedReranker(Fused):
    """The same, and a Reranker: each of the rerankers puts all candidates in order, and these orders are fused."""

    rerankers: Sequence[Reranker]

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """All candidates of each query, best first. Raises EmbedderError."""
        found = [reranker.rerank(queries, documents, candidates) for reranker in self.rerankers]
        return fuse(found, self.contributions, max(map(len, candidates), default=0))


@dataclass(frozen=True)
class Staged:
    """A Ranker: the best `depth` documents of the first stage in the order of the second, then its others.

    The scores of the others only say that they come later: whole numbers from 1 below the lowest of the second stage.
    """

    identity: Identity
    first: Ranker
    second: Reranker
    depth: int

    @property
    def reads_images(self) -> bool:
        """Whether both stages do."""
        return reads_images(self.first) and reads_images(self.second)

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The best k of what the first stage finds. Raises EmbedderError."""
        found = self.first.rank(queries, documents, max(k, self.depth))
        both = self._second_stage(queries, documents, found)
        return Ranking(both.indices[:, :k], both.scores[:, :k])

    def _second_stage(self, queries: Sequence[str], documents: Sequence[str], found: Ranking) -> Ranking:
        near = found.indices[:, : self.depth]
        again = self.second.rerank(queries, documents, [np.sort(row[row >= 0]) for row in near])
        indices, scores = found.indices.copy(), np.full(found.indices.shape, -np.inf, np.float32)
        width = again.indices.shape[1]
        indices[:, :width], scores[:, :width] = again.indices, again.scores
        if 0 < width < indices.shape[1]:
            # Only a query with a full first stage has others, and it has a score in the last column of the second.
            later = again.scores[:, width - 1 : width] - np.arange(1, 1 + indices.shape[1] - width)
            scores[:, width:] = np.where(indices[:, width:] >= 0, later, -np.inf)
        return Ranking(indices, scores)


@dataclass(frozen=True)
class StagedReranker(Staged):
    """The same, and a Reranker: the first stage puts all candidates in order, the second the best of them."""

    first_reranker: Reranker

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """All candidates of each query, best first. Raises EmbedderError."""
        return self._second_stage(queries, documents, self.first_reranker.rerank(queries, documents, candidates))
