"""Generators that depend on what is computed, never on when or after what."""

from __future__ import annotations

import hashlib

import numpy as np


def generator(*parts: str) -> np.random.Generator:
    """A generator seeded by `parts`, usually (fingerprint, metric, purpose).

    The same parts give the same stream on every platform and in any order of evaluation.
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "little")))
