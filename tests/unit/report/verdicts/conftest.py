"""Rulings to report on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.model import Difference, Gate, Moved, Ruling, Verdict
from harness.statistics.estimates import Student

if TYPE_CHECKING:
    from collections.abc import Callable

WORST = Moved("q7", "", "ndcg@10", 1.0, 0.0, "红烧肉怎么做", "五花肉切块", "今天天气很好")
HOSTILE = (
    "\n::error::pwned\r\n::stop-commands::x ##[add-mask]y \x1b[31mred\x00\ufffe\ud800 @admin <script>alert(1)</script> "
    "]]> | `tick` ``two`` [link](http://x.org) www.x.org #12 GH-3 **bold** &lt; 🎉 采购 \u202eright to left"
)


@pytest.fixture
def difference() -> Callable[..., Difference]:
    """0.7 → 0.61 on 100 items, with a standard error of 0.03."""

    def make(**changed: Any) -> Difference:
        found = Student(value=-0.09, error=0.03, freedom=99, groups=100)
        values: dict[str, Any] = {"suite": "zh/lexical-gap", "metric": "ndcg@10", "headline": True, "margin": 0.02}
        values |= {"higher_is_better": True, "a": 0.7, "b": 0.61, "estimate": found, "items": 100, "groups": 100}
        return Difference(**values | changed)

    return make


@pytest.fixture
def ruling(difference: Callable[..., Difference]) -> Callable[..., Ruling]:
    """A regression against the baseline, with its worst item."""

    def make(**changed: Any) -> Ruling:
        values: dict[str, Any] = {"asked": Gate("zh/lexical-gap", "ndcg@10", 0.02), "embedder": "minilm"}
        values |= {"answer": "regression", "words": "lost 0.09, more than 0.02", "reference": "baseline main"}
        values |= {"difference": difference(), "moved": (WORST,)}
        return Ruling(**values | changed)

    return make


@pytest.fixture
def verdict(ruling: Callable[..., Ruling]) -> Callable[..., Verdict]:
    """Of the rulings given, or of one regression, under `warn`, beside a baseline 12 days old."""

    def make(*rulings: Ruling, **changed: Any) -> Verdict:
        values: dict[str, Any] = {"rulings": rulings or (ruling(),), "policy": "warn", "baseline": "main", "age": 12}
        return Verdict(**values | {"refresh": "harness baseline save main -e minilm"} | changed)

    return make


@pytest.fixture
def hostile(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> Verdict:
    """Every text that somebody else may have written tries to be more than a text."""
    moved = Moved(HOSTILE, HOSTILE, "ndcg@10", 1.0, 0.0, HOSTILE, HOSTILE, HOSTILE)
    gate = Gate(HOSTILE, "ndcg@10", 0.02)
    one = ruling(asked=gate, embedder=HOSTILE, words=HOSTILE, reference=HOSTILE, moved=(moved,))
    return verdict(one, notes=(HOSTILE,), baseline=HOSTILE, refresh=HOSTILE)
