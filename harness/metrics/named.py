"""Metrics by the names that people write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from harness import plugins
from harness.errors import UsageError
from harness.model import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

_CUTOFF = re.compile("[1-9][0-9]{0,5}")


def metric_of(text: str) -> Metric[Any]:
    """`ndcg@10` → the metric. Raises UsageError for an unknown name, and for a cutoff that it cannot have."""
    name, at, cutoff = text.partition("@")
    if at and not _CUTOFF.fullmatch(cutoff):
        raise UsageError(f"bad cutoff: {text!r}; a cutoff is a whole number from 1, as in {name}@10")
    found = cast("Metric[Any] | Callable[[int | None], Metric[Any]]", plugins.find("metrics", name))
    if isinstance(found, Metric) and at:
        raise UsageError(f"{text!r} has a cutoff, which {name} does not know. Write {name}.")
    return found if isinstance(found, Metric) else found(int(cutoff) if at else None)
