"""Who is judged: specs, identities, embedders and rankers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from harness.model.arrays import Index, Vectors

Role: TypeAlias = Literal["query", "document", "either"]
"""What a text is to an embedder: models with prompts encode a query and a document differently."""


@dataclass(frozen=True)
class Spec:
    """`backend:name?option=value&…`, taken apart. `text` is what the user wrote."""

    text: str
    backend: str
    name: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """Everything that decides the vectors, hence the cache key and the embedder's key in the store.

    revision: a digest of the weights, tokenizer, pooling and configuration files of a local model, the resolved
    commit of a hub model, or the version of an algorithm. options: those that change vectors, none that only
    change speed. symmetric: a text gets the same vector as a query and as a document.
    """

    backend: str
    name: str
    revision: str
    options: tuple[tuple[str, str], ...] = ()
    symmetric: bool = False

    @property
    def key(self) -> str:
        """32 hexadecimal digits that two embedders share only when they are the same embedder."""
        parts = [self.backend, self.name, self.revision, sorted(self.options)]
        return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=16).hexdigest()

    def __str__(self) -> str:
        options = "&".join(f"{key}={value}" for key, value in self.options)
        return f"{self.backend}:{self.name}" + (f"?{options}" if options else "")


class Embedder(Protocol):
    """Turns texts into vectors. It is never told which suite is asking."""

    @property
    def identity(self) -> Identity:
        """Must be cheap: no weights are loaded to find out who this is."""
        ...

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d, in their order. Raises EmbedderError."""
        ...


@runtime_checkable
class Ranker(Protocol):
    """Ranks documents for queries without having vectors: BM25, fusions, rerankers."""

    @property
    def identity(self) -> Identity:
        """Must be cheap, as an embedder's."""
        ...

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The best k documents of each query. At equal scores the document that comes first in `documents` wins."""
        ...


@dataclass(frozen=True)
class Ranking:
    """The best documents of each query, best first.

    indices: n × k positions in the documents, −1 where a query has fewer than k answers.
    scores: n × k float32, −inf where indices is −1.
    """

    indices: Index
    scores: NDArray[np.float32]
