"""An embedder that asks the cache first, and another embedder for what the cache lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.contract import Checked
from harness.embedders.vector_cache import VectorCache, vector_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.model import Embedder, Finding, Identity, Role, Vectors


class Cached:
    """The same embedder, hence the same identity; each text is embedded once, in whatever run.

    Texts the cache lacks are embedded `batch` distinct ones at a time; each batch is checked and stored before
    the next begins, so that an interrupted run goes on where it stopped.
    on_progress: told how many more texts have their vectors; the calls of one `embed` add up to its texts.
    embedded: the texts that the cache lacked, in the order in which they were embedded, over all `embed` calls.
    """

    def __init__(
        self,
        inner: Embedder,
        cache: VectorCache,
        on_progress: Callable[[int], None] | None = None,
        batch: int = 256,
    ) -> None:
        self.embedded: list[str] = []
        self._inner = Checked(inner)
        self._cache = cache
        self._tell = on_progress or (lambda _: None)
        self._batch = batch

    @property
    def identity(self) -> Identity:
        """The inner embedder's."""
        return self._inner.identity

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """The inner embedder's."""
        return self._inner.findings(texts)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d. Memory: the result and one batch.

        Raises EmbedderError when the inner embedder fails or breaks its contract, StoreError for the cache.
        """
        keys = vector_keys(self.identity, role, texts)
        vectors, found = self._cache.get(keys)
        if found.any():
            self._inner.agree(vectors.shape[1])
        self._tell(int(found.sum()))
        missing = _missing(texts, found)
        for start in range(0, len(missing), self._batch):
            chunk = missing[start : start + self._batch]
            distinct = [texts[places[0]] for places in chunk]
            rows = self._inner.embed(distinct, role)
            self._cache.put([keys[places[0]] for places in chunk], rows)
            if not vectors.shape[1]:
                vectors = np.zeros((len(texts), rows.shape[1]), dtype=np.float32)
            for places, row in zip(chunk, rows, strict=True):
                vectors[places] = row
            self.embedded += distinct
            self._tell(sum(map(len, chunk)))
        return vectors


def _missing(texts: Sequence[str], found: NDArray[np.bool_]) -> list[list[int]]:
    """Where each distinct text stands that was not found, the longest text first.

    Texts of like length in one batch need little padding; with the longest first, what does not fit into memory
    fails at once.
    """
    places: dict[str, list[int]] = {}
    for place in np.flatnonzero(~found).tolist():
        places.setdefault(texts[place], []).append(place)
    return [places[text] for text in sorted(places, key=len, reverse=True)]
