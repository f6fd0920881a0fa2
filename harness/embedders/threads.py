"""How many threads an embedder may use."""

from __future__ import annotations

import os

POOLS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "RAYON_NUM_THREADS",
)
"""Where the numerical libraries, and the tokenizers of transformers, read how many threads they may start."""


def limit_tokenizers() -> None:
    """Let tokenizers use as many threads as an embedder may, unless told; must come before one takes a text."""
    os.environ.setdefault("RAYON_NUM_THREADS", str(thread_count()))


def thread_count() -> int:
    """OMP_NUM_THREADS where it is a positive whole number, else half of the usable processors, at least one.

    Half, because a BLAS with more threads than idle cores collapses: a packaged model fell from 1000 texts/s to
    28 when its four threads met two busy cores.
    """
    asked = os.environ.get("OMP_NUM_THREADS", "").strip()
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    return max(1, _usable_processors() // 2)


def _usable_processors() -> int:
    # A container is often given fewer processors than the machine has; macOS and Windows cannot tell.
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
