"""An embedder as a ranker: exact search among its vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import reads_images
from harness.search import among, as_stored, usage_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Embedder, Index, Ranking, Vectors


class VectorRanker:
    """A Ranker and a Reranker. Near means what the embedder's usage says, its format is calibrated on the documents."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._usage = usage_of(embedder)
        self.identity = embedder.identity

    @property
    def reads_images(self) -> bool:
        """Whether the embedder does."""
        return reads_images(self._embedder)

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The k most similar documents of each query. Raises EmbedderError."""
        return self._usage.similarity.search(*self.vectors(queries, documents), k)

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """The candidates of each query by their similarity. Raises EmbedderError."""
        return among(self._usage.similarity, *self.vectors(queries, documents), candidates)

    def vectors(self, queries: Sequence[str], documents: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Those of the queries and of the documents, as they come back from an index."""
        vectors = {
            "documents": self._embedder.embed(documents, "document"),
            "queries": self._embedder.embed(queries, "query"),
        }
        stored = as_stored(vectors, ["documents"], self._usage)
        return stored["queries"], stored["documents"]
