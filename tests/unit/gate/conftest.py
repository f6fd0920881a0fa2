"""Runs made of a few numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.comparing import run_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Run


@pytest.fixture
def run() -> Callable[..., Run]:
    """A run on the suite `s` with these values of ndcg@10, an item each."""

    def make(values: Sequence[float], groups: Sequence[str] = (), name: str = "m", fingerprint: str = "f") -> Run:
        return run_of({"ndcg@10": values}, name=name, groups=groups or None, suite="s", fingerprint=fingerprint)

    return make
