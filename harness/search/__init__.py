"""How near vectors are to each other: similarity functions, number formats of stored vectors, exact search."""

from __future__ import annotations

from harness.search.candidates import among, ordered
from harness.search.exact import best_of, cosines, top_k, unit
from harness.search.precision import FLOAT32, PRECISIONS, as_stored, usage_of
from harness.search.similarity import COSINE, SIMILARITIES

__all__ = [
    "COSINE",
    "FLOAT32",
    "PRECISIONS",
    "SIMILARITIES",
    "among",
    "as_stored",
    "best_of",
    "cosines",
    "ordered",
    "top_k",
    "unit",
    "usage_of",
]
