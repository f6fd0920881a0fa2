"""The embedding harness: compare embedding models, keep every score per item, decide with real statistics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.embedders.resolve import open_embedder, parse_spec
    from harness.errors import (
        EmbedderError,
        HarnessError,
        MissingExtraError,
        NotComparableError,
        StoreError,
        SuiteError,
        UsageError,
    )
    from harness.model import (
        Embedder,
        Finding,
        Identity,
        Image,
        Metric,
        Ranker,
        Ranking,
        Reranker,
        Role,
        Spec,
        Vectors,
    )
    from harness.store import Store
    from harness.workflows.shelf import find_places, load_suite

__all__ = [
    "Embedder",
    "EmbedderError",
    "find_places",
    "Finding",
    "HarnessError",
    "Identity",
    "Image",
    "load_suite",
    "Metric",
    "MissingExtraError",
    "NotComparableError",
    "open_embedder",
    "parse_spec",
    "Ranker",
    "Ranking",
    "Reranker",
    "Role",
    "Spec",
    "Store",
    "StoreError",
    "SuiteError",
    "UsageError",
    "Vectors",
]

_HOMES = {
    "find_places": "harness.workflows.shelf",
    "load_suite": "harness.workflows.shelf",
    "open_embedder": "harness.embedders.resolve",
    "parse_spec": "harness.embedders.resolve",
    "Store": "harness.store",
}
"""Where the names are that are neither errors nor nouns."""


def __getattr__(name: str) -> Any:
    # On first use, so that `import harness` and `harness --help` load neither numpy nor duckdb.
    if name not in __all__:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    home = _HOMES.get(name) or ("harness.errors" if name.endswith("Error") else "harness.model")
    return getattr(import_module(home), name)
