"""What a suite of ours is called among mteb's tasks."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SUBSET = "default"
SPLIT = "test"
"""The only ones that such a task has."""
NO_LANGUAGE = "und-Zyyy"
"""A language that nobody has named, as mteb writes it."""
_DIGITS = 12
_LONGEST = 180
"""Bytes of what stands before the digest; file systems take 255, with what mteb puts behind it."""


def task_name(suite: str, fingerprint: str, metrics: Iterable[str]) -> str:
    """A name that is a file's name too, for mteb makes one of it.

    It holds a digest of the rows and of the metrics: when those change, mteb's cache takes it for another task.
    """
    digest = hashlib.blake2b(fingerprint.encode(), digest_size=16)
    for metric in metrics:
        digest.update(f" {metric}".encode())
    stem = re.sub(r"[^\w.-]+", "-", suite).strip("-")
    short = stem.encode()[:_LONGEST].decode(errors="ignore")
    return f"{short}-{digest.hexdigest()[:_DIGITS]}"
