"""The leading dimensions of a model's vectors, as models trained in the manner of Matryoshka allow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.embedders.wrappers.around import Around
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Role, Vectors


@dataclass(frozen=True)
class Truncated(Around):
    """The first `dimensions` numbers of each vector, not scaled to unit length again.

    Raises UsageError, naming `spec`, on the first texts where the model has fewer dimensions.
    """

    dimensions: int
    spec: str

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × dimensions."""
        vectors = self.inner.embed(texts, role)
        if len(vectors) and vectors.shape[1] < self.dimensions:
            raise UsageError(f"{self.spec}: dimensions={self.dimensions}, but the model has {vectors.shape[1]}")
        return vectors[:, : self.dimensions]
