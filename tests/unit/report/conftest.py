"""Rows to report on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.model import Row

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULTS: dict[str, Any] = {
    "suite": "zh/lexical-gap",
    "kind": "retrieval",
    "embedder": "bm25:",
    "metric": "ndcg@10",
    "value": 0.5,
    "low": 0.4,
    "high": 0.6,
    "floor": 0.02,
    "items": 259,
    "status": "ok",
    "reason": "",
    "run": "run-1",
    "fingerprint": "f1",
    "seconds": 1.5,
    "identity": "",
    "headline": True,
    "higher_is_better": True,
    "interval_reason": "",
    "started_at": "2026-01-02T03:04:05.000006+00:00",
}


@pytest.fixture
def row() -> Callable[..., Row]:
    """A row with plain defaults; whatever has no value has no interval and no floor either."""

    def make(**changed: Any) -> Row:
        if changed.get("value", 0.5) is None:
            changed = {"low": None, "high": None, "floor": None, "items": 0, "status": "failed"} | changed
        return Row(**({**DEFAULTS, **changed}))

    return make
