"""Whether a text always gets the same vector: asked again, alone or in a batch, in another order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Finding
from harness.search import cosines

if TYPE_CHECKING:
    from harness.model import Vectors

PROBES = (
    "猫",
    "采购申请",
    "The contract was signed on 3 May 2021.",
    "审批通过后，由采购员在三个工作日内与供应商签订合同，并将扫描件上传至系统。",
    "a",
    "🚀 上线 🎉",
    "def add(a, b):\n    return a + b",
    "naïve café — “quoted” №42",
    "The request was approved by the head of the department and sent to the supplier. " * 6,
    "供应商名称、税号、开户银行和账号必须与合同一致，否则财务部门将退回付款申请。" * 3,
)
"""Chinese, English, emoji, code; one character to a paragraph: they are embedded four times, by slow models too."""

UNSTEADY = 1e-3
"""A cosine distance beyond what the order of additions in float32 can do; 8-bit models on some runtimes get 0.02."""


@dataclass(frozen=True)
class Tried:
    """Vectors of the same texts, n × d each and in the order of the texts, asked for in four ways."""

    batch: Vectors
    again: Vectors
    alone: Vectors
    reordered: Vectors


def determinism_findings(tried: Tried) -> tuple[Finding, ...]:
    """The largest cosine distance of a text's vector from the one that it has in the batch, for each other way."""
    return (
        _distance("determinism_repeat", tried.batch, tried.again, "the same batch again"),
        _distance("determinism_batch", tried.batch, tried.alone, "each text alone instead of in a batch"),
        _distance("determinism_order", tried.batch, tried.reordered, "the batch in reversed order"),
    )


def largest_distance(first: Vectors, second: Vectors) -> float:
    """The largest cosine distance of two vectors of one text, n × d each; 0 where both are zeros, 1 where one is."""
    both_zero = ~first.any(axis=1) & ~second.any(axis=1)
    return float(np.where(both_zero, 0.0, 1 - cosines(first, second)).max(initial=0.0))


def _distance(name: str, first: Vectors, second: Vectors, how: str) -> Finding:
    distance = largest_distance(first, second)
    unsteady = distance > UNSTEADY
    note = f"largest cosine distance over {len(first)} texts: {how}"
    if unsteady:
        note = f"a text does not always get the same vector: cosine distance {distance:.2g}, {how}"
    return Finding(name, distance, note, warning=unsteady)
