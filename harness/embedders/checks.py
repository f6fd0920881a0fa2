"""What vectors and rankings must look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.errors import EmbedderError
from harness.model import Ranking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.model import Index, Vectors

_AXES = 2  # texts and dimensions, or queries and ranks
_SHOWN = 40  # characters of a text in an error


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


def ranking_fault(ranking: object, queries: int, documents: int) -> str:
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
