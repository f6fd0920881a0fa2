"""Who is judged: specs, identities, embedders and rankers."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol, Self, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from harness.model.arrays import Floats, Index, Vectors

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

    def with_options(self, extra: Iterable[tuple[str, str]]) -> Self:
        """The same with more options than it had."""
        return replace(self, options=tuple(sorted((*self.options, *extra))))

    def __str__(self) -> str:
        options = "&".join(f"{key}={value}" for key, value in self.options)
        return f"{self.backend}:{self.name}" + (f"?{options}" if options else "")


class Embedder(Protocol):
    """Turns texts into vectors. It is never told which suite is asking. See `ReadsImages` for pictures."""

    @property
    def identity(self) -> Identity:
        """Must be cheap: no weights are loaded to find out who this is."""
        ...

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × d, in their order. Raises EmbedderError."""
        ...


@runtime_checkable
class ReadsImages(Protocol):
    """An embedder that may be given an Image where a text could stand; others are given none."""

    @property
    def reads_images(self) -> bool:
        """Must be cheap, as its identity."""
        ...


def reads_images(embedder: object) -> bool:
    """Whether an embedder or ranker takes pictures."""
    return isinstance(embedder, ReadsImages) and embedder.reads_images


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


@runtime_checkable
class Reranker(Protocol):
    """Puts given candidates in order: a cross-encoder, and every Ranker that can be told where to look."""

    @property
    def identity(self) -> Identity:
        """Must be cheap, as an embedder's."""
        ...

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """All candidates of each query, best first; as wide as the longest list of candidates.

        candidates: ascending positions in `documents`, one array per query. At equal scores the document that comes
        first in `documents` wins.
        """
        ...


@dataclass(frozen=True)
class Ranking:
    """The best documents of each query, best first.

    indices: n × k positions in the documents, −1 where a query has fewer than k answers.
    scores: n × k float32, −inf where indices is −1.
    """

    indices: Index
    scores: NDArray[np.float32]


class Similarity(Protocol):
    """What "near" means. Larger is nearer."""

    @property
    def name(self) -> str:
        """cosine, dot, euclidean."""
        ...

    def pairs(self, first: Vectors, second: Vectors) -> Floats:
        """Similarity of the rows of `first` with the same rows of `second`, both n × d: n."""
        ...

    def matrix(self, rows: Vectors, columns: Vectors) -> Floats:
        """Similarity of every row of `rows` (q × d) with every row of `columns` (n × d): q × n."""
        ...

    def search(self, queries: Vectors, documents: Vectors, k: int) -> Ranking:
        """The k most similar documents of each query, exact; at equal scores the earlier document wins."""
        ...


class Precision(Protocol):
    """The number format in which an index keeps vectors."""

    @property
    def name(self) -> str:
        """float32, float16, int8, binary."""
        ...

    @property
    def fit(self) -> Callable[[Vectors], Callable[[Vectors], Vectors]]:
        """From the documents, which it is calibrated on, to how any vector comes back."""
        ...

    def size(self, dimension: int) -> int:
        """Bytes of one stored vector."""
        ...


@dataclass(frozen=True)
class Usage:
    """How the vectors of an embedder are used: with which similarity, kept in which format.

    instructed: whether the instruction of a suite is put before its texts.
    """

    similarity: Similarity
    precision: Precision
    instructed: bool = True


@runtime_checkable
class Used(Protocol):
    """An embedder that says how its vectors are to be used; they are part of its identity."""

    @property
    def usage(self) -> Usage:
        """How."""
        ...
