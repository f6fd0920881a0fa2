"""mteb: our embedders as its encoders, our suites as its tasks, its results as our runs and ours as its.

encoder   an embedder, ranker or reranker as a model for mteb.evaluate
as_task   a suite as a task for mteb.evaluate

Importing this imports nothing of mteb; every function that needs it imports it through `door`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.interop.mteb.encoders import encoder
    from harness.interop.mteb.tasks import as_task

__all__ = ["as_task", "encoder"]

_HOMES = {"as_task": "harness.interop.mteb.tasks", "encoder": "harness.interop.mteb.encoders"}
"""Where the names are, each imported on first use: most of what imports this package needs neither."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
