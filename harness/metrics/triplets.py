"""Triplets: how much nearer the positive is to its anchor than the negative is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.parts import mean_of, picked, refused
from harness.model import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index


@dataclass(frozen=True)
class TripletMargins:
    """Per triplet sim(anchor, positive) − sim(anchor, negative), n."""

    ids: Sequence[str]
    groups: Sequence[str]
    margin: Floats

    def take(self, index: Index) -> Self:
        """The triplets at `index`, in that order; a position may be repeated."""
        return type(self)(picked(self.ids, index), picked(self.groups, index), self.margin[index])

    def evidence(self) -> Mapping[str, Floats]:
        """None: every metric of triplets has item values."""
        return {}


def triplet_accuracy(cutoff: int | None) -> Metric[TripletMargins]:
    """Share of triplets with a margin above 0; a tie is wrong. Raises UsageError for a cutoff."""

    def items(judged: TripletMargins) -> Floats:
        return (judged.margin > 0).astype(np.float64)

    return Metric(
        name=refused("triplet_accuracy", cutoff),
        reads=TripletMargins,
        score=mean_of(items),
        items=items,
        floor=lambda _: 0.5,
        convention="ties=wrong",
    )


def triplet_margin(cutoff: int | None) -> Metric[TripletMargins]:
    """Mean margin. Raises UsageError for a cutoff."""

    def items(judged: TripletMargins) -> Floats:
        return np.asarray(judged.margin, np.float64)

    return Metric(
        name=refused("triplet_margin", cutoff),
        reads=TripletMargins,
        score=mean_of(items),
        items=items,
        floor=lambda _: 0.0,
    )
