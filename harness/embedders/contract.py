"""The contract of an embedder, checked once, where vectors enter. Nothing after this doubts a vector again.

This is also the one place where any exception is caught: an embedder is third-party code and can raise anything,
and one that fails must be recorded as failed, not end the runs of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, runtime_checkable

import numpy as np

from harness.errors import EmbedderError, HarnessError
from harness.model import Identity, Ranking

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.model import Embedder, Finding, Index, Ranker, Role, Vectors

T = TypeVar("T")

_AXES = 2  # texts and dimensions, or queries and ranks
_SHOWN = 40  # characters of a text in an error


@runtime_checkable
class Notices(Protocol):
    """An embedder that notices things of its own about texts, such as words that it does not know."""

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """What there is to say about `texts`, all of which it has embedded."""
        ...


class Checked:
    """The same embedder, hence the same identity; whatever it raises or gets wrong is an EmbedderError."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self._dimension: int | None = None
        self.identity = identified(inner)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """The inner embedder's vectors, n × d float32, finite, with d as it was before. Raises EmbedderError."""
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


class CheckedRanker:
    """The same ranker, hence the same identity; whatever it raises or gets wrong is an EmbedderError."""

    def __init__(self, inner: Ranker) -> None:
        self._inner = inner
        self.identity = identified(inner)

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The inner ranker's best k documents of each query. Raises EmbedderError."""
        ranking = called(self.identity, lambda: self._inner.rank(queries, documents, k))
        fault = _ranking_fault(ranking, len(queries), len(documents))
        if fault:
            raise EmbedderError(f"{self.identity}: the ranker returned {fault}")
        return ranking


def identified(embedder: Embedder | Ranker, who: str = "") -> Identity:
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
