"""The embedding harness: compare embedding models, keep every score per item, decide with real statistics."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.errors import (
        EmbedderError,
        HarnessError,
        MissingExtraError,
        NotComparableError,
        StoreError,
        SuiteError,
        UsageError,
    )
    from harness.evaluate import evaluate
    from harness.model import Embedder, Finding, Identity, Metric, Ranker, Ranking, Run, Score, Spec, Suite
    from harness.store import Store

__all__ = [
    "Embedder",
    "EmbedderError",
    "evaluate",
    "Finding",
    "HarnessError",
    "Identity",
    "Metric",
    "MissingExtraError",
    "NotComparableError",
    "Ranker",
    "Ranking",
    "Run",
    "Score",
    "Spec",
    "Store",
    "StoreError",
    "Suite",
    "SuiteError",
    "UsageError",
]

_HOMES = {"evaluate": "harness.evaluate", "Store": "harness.store"}
"""Where the names are that are neither errors nor nouns."""


def __getattr__(name: str) -> Any:
    # On first use, so that `import harness` and `harness --help` load neither numpy nor duckdb.
    if name not in __all__:
        raise AttributeError(f"module 'harness' has no attribute {name!r}")
    home = _HOMES.get(name) or ("harness.errors" if name.endswith("Error") else "harness.model")
    return getattr(import_module(home), name)
