"""Triplets: how much nearer the positive is to its anchor than the negative is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.parts import PerItem, averaged, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Floats, Metric


@dataclass(frozen=True)
class TripletMargins(PerItem):
    """Per triplet sim(anchor, positive) − sim(anchor, negative), n."""

    ids: Sequence[str]
    groups: Sequence[str]
    margin: Floats


def triplet_accuracy(cutoff: int | None) -> Metric[TripletMargins]:
    """Share of triplets with a margin above 0; a tie is wrong. Raises UsageError for a cutoff."""

    def items(judged: TripletMargins) -> Floats:
        return (judged.margin > 0).astype(np.float64)

    name = refused("triplet_accuracy", cutoff)
    return averaged(name, TripletMargins, items, lambda _: 0.5, convention="ties=wrong")


def triplet_margin(cutoff: int | None) -> Metric[TripletMargins]:
    """Mean margin. Raises UsageError for a cutoff."""

    def items(judged: TripletMargins) -> Floats:
        return np.asarray(judged.margin, np.float64)

    return averaged(refused("triplet_margin", cutoff), TripletMargins, items, lambda _: 0.0)
