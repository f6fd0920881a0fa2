"""Zeros for the texts that an embedder refuses, so that the others can be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.capabilities import remembered
from harness.embedders.noticing import Parts, tell_parted
from harness.embedders.wrappers.around import Around
from harness.errors import WithoutVectorsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Role, Vectors


@dataclass(frozen=True)
class Forgiving(Around):
    """The inner embedder's vectors, zeros for texts that it refuses one by one; whatever else fails stays a failure.

    It stands outside the cache, which keeps no zeros: a text that was refused is asked for again with the next run.
    """

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × d. Raises EmbedderError when no text has a vector."""
        try:
            return self.inner.embed(texts, role)
        except WithoutVectorsError as error:
            refused = error.reasons
            sound = np.array([text not in refused for text in texts])
            if not sound.any():
                raise
        known = self.inner.embed([text for text in texts if text not in refused], role)
        vectors = np.zeros((len(texts), known.shape[1]), np.float32)
        vectors[sound] = known
        return vectors

    def remember(self, what: str, texts: Sequence[str], make: Callable[[], Any]) -> Any:
        """The inner embedder's memory."""
        return remembered(self.inner, what, texts, make)

    def parted(self, texts: Sequence[str], role: Role, parts: Parts) -> None:
        """Handed on to the inner embedder."""
        tell_parted(self.inner, texts, role, parts)
