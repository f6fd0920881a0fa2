"""What items tell about K embedders: how far two scores lie apart, and p values that count all pairs.

Every class here is an `Inference`. Embedders are known by their places, 0…K−1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from harness.statistics.corrections import holm
from harness.statistics.estimates import Constant, Student, Unknown, estimate
from harness.statistics.intervals import (
    FEWEST_GROUPS,
    LEVEL,
    Draws,
    group_count,
    group_numbers,
    resampled_scores,
    too_few,
)
from harness.statistics.permutation import flips_of_pairs
from harness.statistics.resampled import drawn_difference, max_t_of_draws
from harness.statistics.seeding import generator
from harness.statistics.student import student_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Aligned, Estimate, Index, Judgements, Metric

Pairs: TypeAlias = "Mapping[tuple[int, int], float | None]"
"""(i, j), i before j as they were asked for → the adjusted p of no difference; None where nobody can say."""


class Inference(Protocol):
    """What is known of K embedders."""

    @property
    def items(self) -> int:
        """How many items it rests on."""
        ...

    @property
    def correction(self) -> str:
        """How `adjusted` corrects."""
        ...

    @property
    def reason(self) -> str:
        """Why nothing can be told of any difference; empty where something can."""
        ...

    def own(self, i: int) -> Estimate:
        """The score of one of them."""
        ...

    def difference(self, i: int, j: int) -> Estimate:
        """Score of i less score of j."""
        ...

    def adjusted(self, members: Sequence[int]) -> Pairs:
        """p of every pair of `members`, two-sided, corrected for as many pairs as these have."""
        ...


@dataclass(frozen=True)
class Means:
    """Scores that are means of item values. seed: what the flips depend on, the fingerprint and the metric."""

    aligned: Aligned
    seed: tuple[str, ...]
    correction: str = "step-down maxT over all pairs, by sign flips"

    @property
    def items(self) -> int:
        """One column each."""
        return len(self.aligned.ids)

    @property
    def reason(self) -> str:
        """Too few groups."""
        return "" if self._found >= FEWEST_GROUPS else too_few(self._found)

    def own(self, i: int) -> Estimate:
        """The mean."""
        return estimate(self.aligned.values[i], self._groups)

    def difference(self, i: int, j: int) -> Estimate:
        """The mean of the paired differences."""
        return estimate(self.aligned.values[i] - self.aligned.values[j], self._groups)

    def adjusted(self, members: Sequence[int]) -> Pairs:
        """By maxT, with the same flips whoever the members are."""
        pairs = list(combinations(range(len(members)), 2))
        if not pairs or self.reason:
            return {(members[a], members[b]): None for a, b in pairs}
        flips = flips_of_pairs(self.aligned.values[list(members)], self._groups, generator(*self.seed, "sign-flip"))
        return {(members[a], members[b]): float(flips.adjusted[a, b]) for a, b in pairs}

    @cached_property
    def _groups(self) -> Index | None:
        """None where every item is a group of its own."""
        numbers = group_numbers(self.aligned.groups)
        return None if self._found == len(numbers) else numbers

    @cached_property
    def _found(self) -> int:
        return len(set(self.aligned.groups))


class Resampled:
    """Scores that are no means, and the same scores on the same resamples of whole groups of items.

    The judgements are of the same items in the same order. seed: as for Means. All are resampled once, not pair by
    pair as in `harness.statistics.resampled`.
    """

    correction = "step-down maxT over all pairs, by resampling"

    def __init__(self, metric: Metric[Any], judgements: Sequence[Judgements], seed: tuple[str, ...]) -> None:
        group = group_numbers(judgements[0].groups)
        draws = Draws(generator(*seed, "difference"))
        self.items = len(group)
        self._groups = group_count(group)
        self._metric = metric
        self._scores = [metric.score(one) for one in judgements]
        self.reason = "" if self._groups >= FEWEST_GROUPS else too_few(self._groups)
        self._draws = [] if self.reason else [resampled_scores(metric, one, group, draws) for one in judgements]

    def own(self, i: int) -> Estimate:
        """The score."""
        if self.reason:
            return Unknown(self._scores[i], self._groups, self.reason)
        drawn = self._draws[i]
        return drawn_difference(self._metric, self._scores[i], (drawn, np.zeros_like(drawn)), self._groups)

    def difference(self, i: int, j: int) -> Estimate:
        """On the same resamples."""
        value = self._scores[i] - self._scores[j]
        if self.reason:
            return Unknown(value, self._groups, self.reason)
        return drawn_difference(self._metric, value, (self._draws[i], self._draws[j]), self._groups)

    def adjusted(self, members: Sequence[int]) -> Pairs:
        """By maxT, and never below the pair's own p; a constant difference, which does not vary, by Bonferroni."""
        pairs = {pair: self.difference(*pair) for pair in combinations(members, 2)}
        own = {pair: one.p() for pair, one in pairs.items()}
        varying = [pair for pair, one in pairs.items() if one.method == "bootstrap"]
        together = self._max_t(varying) if varying else {}
        constant = {pair: None if p is None else min(1.0, p * len(pairs)) for pair, p in own.items()}
        return constant | {pair: max(own[pair] or 0.0, p) for pair, p in together.items()}

    def _max_t(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], float]:
        values = np.array([self._scores[i] - self._scores[j] for i, j in pairs])
        draws = np.stack([self._draws[i] - self._draws[j] for i, j in pairs], axis=1)
        return dict(zip(pairs, max_t_of_draws(values, draws, self._groups).tolist(), strict=True))


@dataclass(frozen=True)
class WithoutItems:
    """Scores without items: nothing can be said about their differences. reason: why."""

    scores: tuple[float, ...]
    reason: str
    items: int = 0
    correction: str = ""

    def own(self, i: int) -> Estimate:
        """The score."""
        return Unknown(self.scores[i], 0, self.reason)

    def difference(self, i: int, j: int) -> Estimate:
        """The observed one."""
        return Unknown(self.scores[i] - self.scores[j], 0, self.reason)

    def adjusted(self, members: Sequence[int]) -> Pairs:
        """None for all."""
        return dict.fromkeys(combinations(members, 2))


@dataclass(frozen=True)
class Average:
    """The weighted average over suites. parts: of each suite its weight, its inference, and its places of these K."""

    parts: tuple[tuple[float, Inference, tuple[int, ...]], ...]
    correction: str = "Holm over all pairs, each by t with an item-level standard error"

    @property
    def items(self) -> int:
        """Of all suites."""
        return sum(inference.items for _, inference, _ in self.parts)

    @property
    def reason(self) -> str:
        """That of the first suite that has one: an average is no better known than its parts."""
        return next((inference.reason for _, inference, _ in self.parts if inference.reason), "")

    def own(self, i: int) -> Estimate:
        """The average."""
        return average([(weight, inference.own(places[i])) for weight, inference, places in self.parts])

    def difference(self, i: int, j: int) -> Estimate:
        """The average of the paired differences."""
        return average([(weight, inference.difference(at[i], at[j])) for weight, inference, at in self.parts])

    def shares(self, i: int, j: int) -> list[float]:
        """What part of the variance of the difference comes from each suite; nowhere may `reason` be given."""
        found = [(weight * _error(one.difference(at[i], at[j]))) ** 2 for weight, one, at in self.parts]
        return [one / math.fsum(found) for one in found]

    def adjusted(self, members: Sequence[int]) -> Pairs:
        """By Holm: suites share no items that could be flipped together."""
        return by_holm(self, members)


def alike(inference: Inference, i: int, j: int) -> bool:
    """Whether two do the same on every item."""
    if isinstance(inference, Average):
        return all(alike(part, places[i], places[j]) for _, part, places in inference.parts)
    difference = inference.difference(i, j)
    return isinstance(difference, Constant) and difference.value == 0


def by_holm(inference: Inference, members: Sequence[int]) -> Pairs:
    """Every pair's own p, corrected by Holm for all pairs."""
    pairs = list(combinations(members, 2))
    return dict(zip(pairs, holm([inference.difference(*pair).p() for pair in pairs]), strict=True))


def average(parts: Sequence[tuple[float, Estimate]]) -> Estimate:
    """The weighted average of independent estimates, at least one; weights above 0.

    SE = √Σ(w · SEᵢ)² / Σw, with (Σvᵢ)² / Σ(vᵢ² / dfᵢ) degrees of freedom, vᵢ = (w · SEᵢ)² (Welch 1947, Biometrika
    34). Unknown where one of them is.
    """
    total = sum(weight for weight, _ in parts)
    value = math.fsum(weight * one.value for weight, one in parts) / total
    groups = sum(one.groups for _, one in parts)
    for _, one in parts:
        if one.method == "none":
            return Unknown(value, groups, one.reason)
    variances = [((weight * _error(one)) ** 2, one.groups - 1) for weight, one in parts]
    variance = math.fsum(v for v, _ in variances)
    freedom = variance**2 / math.fsum(v**2 / df for v, df in variances)
    return Student(value, math.sqrt(variance) / total, freedom, groups)


def _error(one: Estimate) -> float:
    """Its standard error; of a difference that never varies, that of a t interval as wide as its own.

    Six items on which nothing differs are no proof that nothing does: they must not make the average surer.
    """
    if one.error is not None:
        return one.error
    ends = one.interval()
    reach = (ends.high - ends.low) / 2 if ends.high is not None and ends.low is not None else 0.0
    return reach / student_quantile((1 + LEVEL) / 2, one.groups - 1)
