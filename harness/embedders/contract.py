"""The contract of an embedder, checked once, where vectors enter. Nothing after this doubts a vector again.

This is also the one place where any exception is caught: an embedder is third-party code and can raise anything,
and one that fails must be recorded as failed, not end the runs of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast, runtime_checkable

import numpy as np

from harness.diagnostics.determinism import PROBES
from harness.errors import EmbedderError, HarnessError
from harness.model import Identity, Image, Ranker, Ranking, Reranker, reads_images

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.embedders.tokenising import Tokenizer, Tokens
    from harness.model import Embedder, Finding, Index, Role, Vectors

T = TypeVar("T")

_AXES = 2  # texts and dimensions, or queries and ranks
_SHOWN = 40  # characters of a text in an error


@runtime_checkable
class Notices(Protocol):
    """An embedder that notices things of its own about texts, such as words that it does not know."""

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """What there is to say about `texts`, all of which it has embedded."""
        ...


@runtime_checkable
class Tokenizing(Protocol):
    """An embedder that can say how its model takes texts apart, and an embedder around such a one."""

    @property
    def tokenizer(self) -> Tokenizer | None:
        """Nothing is loaded to give it; None where the model has none."""
        ...


def tokenizer_of(embedder: Embedder) -> Tokenizer | None:
    """The tokenizer of an embedder, where it has one."""
    return embedder.tokenizer if isinstance(embedder, Tokenizing) else None


@runtime_checkable
class Remembering(Protocol):
    """An embedder that keeps what was found out about texts, so that it need not be found out again."""

    def remember(self, what: str, texts: Sequence[str], make: Callable[[], Any]) -> Any:
        """What `make` returns about `texts`, as JSON keeps it, or returned when it was asked for before."""
        ...


def remembered(embedder: Embedder, what: str, texts: Sequence[str], make: Callable[[], Any]) -> Any:
    """What `make` returns; from the embedder's memory where it has one and knows it."""
    return embedder.remember(what, texts, make) if isinstance(embedder, Remembering) else make()


class CheckedTokenizer:
    """The same tokenizer; whatever it raises is an EmbedderError."""

    def __init__(self, inner: Tokenizer, identity: Identity) -> None:
        self._inner = inner
        self._identity = identity

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The inner tokenizer's tokens of each text."""
        found = called(self._identity, lambda: self._inner.tokenise(texts))
        if len(found) != len(texts):
            raise EmbedderError(f"{self._identity}: its tokenizer took {len(texts)} texts for {len(found)}")
        return found

    def room(self, role: Role) -> int | None:
        """The inner tokenizer's."""
        return called(self._identity, lambda: self._inner.room(role))


class Checked:
    """The same embedder, hence the same identity; whatever it raises or gets wrong is an EmbedderError.

    probes: texts that it may be tried with; none where its texts have a form of their own.
    """

    def __init__(self, inner: Embedder, probes: Sequence[str] = PROBES) -> None:
        self._inner = inner
        self.probes = probes
        self._dimension: int | None = None
        self.identity = identified(inner)

    @property
    def reads_images(self) -> bool:
        """Whether the inner embedder does."""
        return called(self.identity, lambda: reads_images(self._inner))

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """The inner embedder's vectors, n × d float32, finite, with d as it was before. Raises EmbedderError."""
        if any(isinstance(text, Image) for text in texts) and not self.reads_images:
            raise EmbedderError(f"{self.identity} reads texts, and there is a picture among these")
        raw = called(self.identity, lambda: self._inner.embed(texts, role))
        try:
            vectors = check_vectors(raw, texts, self._dimension)
        except EmbedderError as error:
            raise EmbedderError(f"{self.identity}: {error}") from error
        if len(vectors):
            self.agree(vectors.shape[1])
        return vectors

    def agree(self, dimension: int) -> None:
        """Take note of vectors that it made before. Raises EmbedderError when they have another dimension."""
        if self._dimension not in {None, dimension}:
            raise EmbedderError(
                f"{self.identity}: there are vectors of {dimension} dimensions in the cache, and of {self._dimension}. "
                "Whatever changes the dimension must change the embedder's identity."
            )
        self._dimension = dimension

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The inner embedder's."""
        tokenizer = called(self.identity, lambda: tokenizer_of(self._inner))
        return CheckedTokenizer(tokenizer, self.identity) if tokenizer else None

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """What the inner embedder notices about `texts`, if it notices anything."""
        inner = self._inner
        if not isinstance(inner, Notices):
            return ()
        found = tuple(called(self.identity, lambda: inner.findings(texts)))
        for finding in found:
            if not finding.note or (finding.value is not None and not np.isfinite(finding.value)):
                raise EmbedderError(
                    f"{self.identity}: the finding {finding.name!r} has no note, or a value that is not finite"
                )
        return found


class _CheckedOrder:
    def __init__(self, inner: Ranker | Reranker) -> None:
        self.identity = identified(inner)
        self._reads_images = lambda: reads_images(inner)

    @property
    def reads_images(self) -> bool:
        """Whether the inner one does."""
        return called(self.identity, self._reads_images)


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


def identified(embedder: Embedder | Ranker | Reranker, who: str = "") -> Identity:
    """Who an embedder is; an error calls it `who`, or by its class. Raises EmbedderError when it does not say."""
    who = who or type(embedder).__name__
    identity = called(who, lambda: embedder.identity)
    if not isinstance(identity, Identity):
        raise EmbedderError(f"{who}: its identity is a {type(identity).__name__}, not a harness.Identity")
    return identity


def called(who: Identity | str, function: Callable[[], T]) -> T:
    """What `function`, a call of the embedder `who`, returns.

    Whatever it raises becomes EmbedderError with the type and text of the original, sys.exit too; a HarnessError
    stays, and so does an interrupt.
    """
    try:
        return function()
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:  # anything may come: see the module's docstring
        raise EmbedderError(f"{who} failed with {type(error).__name__}: {error}") from error


def check_vectors(vectors: object, texts: Sequence[str], dimension: int | None = None) -> Vectors:
    """`vectors` as n × d float32, one finite row for each of the n `texts`.

    dimension: what d must be, where it is known. Raises EmbedderError: what is wrong, and with which text.
    """
    array = _numbers(vectors)
    if not len(texts) and not array.size:
        return np.zeros((0, dimension or 0), dtype=np.float32)
    if array.ndim != _AXES or len(array) != len(texts) or not array.shape[1]:
        raise EmbedderError(
            f"the embedder returned an array of shape {array.shape} for {len(texts)} texts; "
            "it must have one row per text and one column per dimension"
        )
    if dimension is not None and array.shape[1] != dimension:
        raise EmbedderError(
            f"the embedder returned vectors of {array.shape[1]} dimensions, and of {dimension} before (or from "
            "the cache). Whatever changes the dimension must change the embedder's identity."
        )
    with np.errstate(over="ignore"):  # an overflow gives ±inf, which is refused below
        converted = np.ascontiguousarray(array, dtype=np.float32)
    _refuse_not_finite(converted, texts)
    return converted


def _numbers(vectors: object) -> NDArray[Any]:
    try:
        array = np.asarray(vectors)
    except (
        TypeError,
        ValueError,
        RuntimeError,
    ) as error:  # ragged lists; tensors on a device or with gradients
        raise EmbedderError(f"the embedder returned a {type(vectors).__name__} that is no array: {error}") from error
    if array.dtype.kind not in "fiu":
        raise EmbedderError(f"the embedder returned an array of {array.dtype}; it must hold real numbers")
    return array


def _refuse_not_finite(vectors: Vectors, texts: Sequence[str]) -> None:
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if bad.size:
        text = texts[bad[0]]
        shown = text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
        raise EmbedderError(
            f"the embedder returned NaN or infinity (in float32) for {bad.size} of {len(texts)} texts, "
            f"the first of them {shown!r}"
        )


def _checked_ranking(identity: Identity, ranking: object, queries: int, documents: int) -> Ranking:
    fault = _ranking_fault(ranking, queries, documents)
    if fault:
        raise EmbedderError(f"{identity}: the ranker returned {fault}")
    return cast("Ranking", ranking)


def _ranking_fault(ranking: object, queries: int, documents: int) -> str:
    """What is wrong with a ranking, or nothing."""
    if not isinstance(ranking, Ranking):
        return f"a {type(ranking).__name__}; it must be a harness.Ranking"
    indices, scores = np.asarray(ranking.indices), np.asarray(ranking.scores)
    if indices.ndim != _AXES or len(indices) != queries or indices.shape != scores.shape:
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
