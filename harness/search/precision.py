"""Number formats in which an index keeps vectors, and what they lose.

Vectors come back as float32 with the information that the format keeps, so that every similarity and every kind of
suite can be judged on them. int8 has one calibration, learnt from the documents and used for queries too: with two
calibrations inner products of the integers mean nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.model import Usage, Used
from harness.search.exact import lengths, unit
from harness.search.similarity import COSINE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from harness.model import Embedder, Floats, Vectors

Kept: TypeAlias = "Callable[[Vectors], Vectors]"
"""Vectors as they are after having been kept."""

_LARGEST = 127
"""Of a signed byte; −128 is left out, so that a vector and its negative lose alike."""


@dataclass(frozen=True)
class NumberFormat:
    """fit: the documents' vectors → how any vector comes back. bits: per dimension."""

    name: str
    bits: int
    fit: Callable[[Vectors], Kept]

    def size(self, dimension: int) -> int:
        """Bytes of one stored vector; the calibration, one per index, is not counted."""
        return -(-dimension * self.bits // 8)


def _float32(documents: Vectors) -> Kept:
    del documents
    return lambda vectors: vectors


def _float16(documents: Vectors) -> Kept:
    """Numbers beyond the format's largest come back as that: an index would refuse infinity."""
    del documents
    largest = np.finfo(np.float16).max
    return lambda vectors: np.clip(vectors, -largest, largest).astype(np.float16).astype(np.float32)


def _int8(documents: Vectors) -> Kept:
    """Symmetric, one scale for all dimensions: the inner product of the integers is that of the numbers, scaled.

    The step has few enough bits for every multiple of it to be a float32 number, so that equal products stay equal.
    """
    reach = float(np.abs(documents).max(initial=0.0)) or 1.0
    step = float(_short(np.float64(reach / _LARGEST)))

    def kept(vectors: Vectors) -> Vectors:
        whole = np.clip(np.rint(vectors / step), -_LARGEST, _LARGEST)
        return np.asarray(whole * step, np.float32)

    return kept


def _binary(documents: Vectors) -> Kept:
    """±1 by sign: cos = 1 − 2 · Hamming distance / d, so cosine and inner product order as Hamming distance does.

    A vector of zeros has no signs and stays zeros: two texts of which nothing is known are not the same.
    """
    del documents

    def kept(vectors: Vectors) -> Vectors:
        signs = np.where(vectors > 0, np.float32(1), np.float32(-1))
        return signs * vectors.any(axis=1, keepdims=True)

    return kept


FLOAT32 = NumberFormat("float32", 32, _float32)
"""The default: what embedders return."""

PRECISIONS: Mapping[str, NumberFormat] = {
    "float32": FLOAT32,
    "float16": NumberFormat("float16", 16, _float16),
    "int8": NumberFormat("int8", 8, _int8),
    "binary": NumberFormat("binary", 1, _binary),
}
"""By name."""


def usage_of(embedder: Embedder) -> Usage:
    """How its vectors are to be used: as it says, else with cosines of float32 vectors."""
    return embedder.usage if isinstance(embedder, Used) else Usage(COSINE, FLOAT32)


def as_stored(vectors: Mapping[str, Vectors], documents: Collection[str], usage: Usage) -> Mapping[str, Vectors]:
    """Vectors by name as they come back from an index in the format of `usage`, calibrated on those of `documents`.

    Under cosine an index keeps vectors of unit length, and each one's length beside it, in float32: what comes back
    has the direction that the format keeps and the length that the vector had.
    """
    if usage.precision.name == FLOAT32.name:
        return vectors
    if usage.similarity.name != COSINE.name:
        keep = usage.precision.fit(np.concatenate([vectors[name] for name in documents]))
        return {name: keep(rows) for name, rows in vectors.items()}
    units = {name: unit(rows) for name, rows in vectors.items()}
    keep = usage.precision.fit(np.concatenate([units[name] for name in documents]))
    return {name: _as_long_as(rows, keep(units[name])) for name, rows in vectors.items()}


def _as_long_as(vectors: Vectors, kept: Vectors) -> Vectors:
    """`kept` with the lengths of `vectors`, row by row; zeros stay zeros."""
    now = lengths(kept)
    factors = np.divide(lengths(vectors), now, out=np.zeros(len(kept)), where=now > 0)
    return np.asarray(kept * _short(factors)[:, None], np.float32)


def _short(numbers: Floats | np.float64) -> Floats:
    """Rounded up to 16 significant bits: times a whole number of up to 8 bits, still a float32 number."""
    mantissa, exponent = np.frexp(numbers)
    return np.asarray(np.ldexp(np.ceil(np.ldexp(mantissa, 16)), exponent - 16))
