"""The contract of an embedder, checked once, where vectors enter. Nothing after this doubts a vector again.

This is also the one place where any exception is caught: an embedder is a third party's code and can raise
anything, and one that fails must be recorded as failed, not end the runs of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from harness.embedders.resolve import open_embedder
from harness.errors import EmbedderError, HarnessError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.model import Embedder, Identity, Ranker, Spec, Vectors

T = TypeVar("T")

_AXES = 2  # texts and dimensions
_SHOWN = 40  # characters of a text in an error


def opened(spec: Spec) -> Embedder | Ranker:
    """The embedder or ranker of a spec, its identity known.

    Raises UsageError for a spec that stands for nothing, EmbedderError for whatever else keeps it from opening.
    """
    return called(spec.text, lambda: open_embedder(spec))


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
