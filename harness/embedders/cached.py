"""An embedder that asks the cache first, and another embedder for what the cache lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from harness.embedders.contract import called, check_vectors
from harness.embedders.vector_cache import VectorCache, vector_keys
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.model import Embedder, Finding, Identity, Role, Vectors


@runtime_checkable
class Notices(Protocol):
    """An embedder that has findings of its own, such as words that it does not know."""

    def findings(self) -> Sequence[Finding]:
        """What it noticed so far."""
        ...


class Cached:
    """The same embedder, hence the same identity; each text is embedded once, in whatever run.

    Texts the cache lacks are embedded `batch` distinct ones at a time; each batch is checked and stored before
    the next begins, so that an interrupted run goes on where it stopped.
    on_progress: told how many more texts have their vectors; the calls of one `embed` add up to its texts.
    hits, misses: how many distinct texts the cache had, and how many were embedded, summed over `embed` calls.
    """

    def __init__(
        self,
        inner: Embedder,
        cache: VectorCache,
        on_progress: Callable[[int], None] | None = None,
        batch: int = 256,
    ) -> None:
        self.hits = 0
        self.misses = 0
        self._inner = inner
        self._cache = cache
        self._tell = on_progress or (lambda _: None)
        self._batch = batch
        self._dimension: int | None = None

    @property
    def identity(self) -> Identity:
        """The inner embedder's."""
        return self._inner.identity

    def findings(self) -> Sequence[Finding]:
        """The inner embedder's, about what it embedded itself."""
        inner = self._inner
        return tuple(called(self.identity, inner.findings)) if isinstance(inner, Notices) else ()

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d. Memory: the result and one batch.

        Raises EmbedderError when the inner embedder fails or breaks its contract, StoreError for the cache.
        """
        keys = vector_keys(self.identity, role, texts)
        vectors, found = self._cache.get(keys)
        if found.any():
            self._agree(vectors.shape[1])
        self._tell(int(found.sum()))
        self.hits += len({keys[place] for place in np.flatnonzero(found)})
        missing = _missing(texts, found)
        for start in range(0, len(missing), self._batch):
            chunk = missing[start : start + self._batch]
            rows = self._embed([texts[places[0]] for places in chunk], role)
            self._cache.put([keys[places[0]] for places in chunk], rows)
            if not vectors.shape[1]:
                vectors = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
            for places, row in zip(chunk, rows, strict=True):
                vectors[places] = row
            self.misses += len(chunk)
            self._tell(sum(map(len, chunk)))
        return vectors

    def _embed(self, texts: Sequence[str], role: Role) -> Vectors:
        raw = called(self.identity, lambda: self._inner.embed(texts, role))
        try:
            vectors = check_vectors(raw, texts, self._dimension)
        except EmbedderError as error:
            raise EmbedderError(f"{self.identity}: {error}") from error
        self._agree(vectors.shape[1])
        return vectors

    def _agree(self, dimension: int) -> None:
        if self._dimension not in {None, dimension}:
            raise EmbedderError(
                f"{self.identity}: the cache holds vectors of {dimension} dimensions, and there were some of "
                f"{self._dimension}. Whatever changes the dimension must change the embedder's identity."
            )
        self._dimension = dimension


def _missing(texts: Sequence[str], found: NDArray[np.bool_]) -> list[list[int]]:
    """Where each distinct text stands that was not found, the longest text first.

    Texts of like length in one batch need little padding; with the longest first, what does not fit into memory
    fails at once.
    """
    places: dict[str, list[int]] = {}
    for place in np.flatnonzero(~found).tolist():
        places.setdefault(texts[place], []).append(place)
    return [places[text] for text in sorted(places, key=len, reverse=True)]
