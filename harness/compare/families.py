"""Claims counted: p values corrected for all that one comparison claims, and the verdicts that follow.

What a reader is told first, the headline of each suite, is one family, corrected after Holm. The other metrics of a
suite are a family each suite. Those that share items go together, and maxT uses that; those without a spread over items
go together, by Holm; and each of these parts is corrected for the number of parts (Bonferroni).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from harness.compare.pairs import blocks
from harness.compare.words import settled
from harness.statistics.corrections import holm
from harness.statistics.permutation import max_t
from harness.statistics.power import ALPHA
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.compare.pairs import Paired
    from harness.model import Comparison, Difference


class _Adjusted(NamedTuple):
    """A corrected p, the family it was corrected for, and the level that its uncorrected p would have to fall below."""

    p: float | None
    family: str
    level: float

    def times(self, parts: int) -> _Adjusted:
        """The same in a family of so many parts."""
        if parts <= 1:
            return self
        p = None if self.p is None else min(self.p * parts, 1.0)
        return _Adjusted(p, f"{self.family}, times {parts} sets of metrics", self.level / parts)


def corrected(paired: Sequence[Paired]) -> list[Comparison]:
    """The comparisons with adjusted p values, their families, verdicts and the items that would settle what is open.

    The claim of a suite is its headline, or the first metric where the headline is not compared.
    """
    claims = [next(iter(one.comparison.differences), None) for one in paired]
    claimed = _holm([claim.p if claim else None for claim in claims], "suite")
    return [_settled(one, adjusted) for one, adjusted in zip(paired, claimed, strict=True)]


def _settled(paired: Paired, claimed: _Adjusted) -> Comparison:
    compared = paired.comparison
    adjusted = {one.metric: claimed for one in compared.differences[:1]} | _others(paired)
    found = [(_with(one, adjusted[one.metric]), adjusted[one.metric].level) for one in compared.differences]
    same = bool(compared.a.identity) and compared.a.identity == compared.b.identity
    return replace(compared, differences=tuple(settled(one, level=level, same=same) for one, level in found))


def _with(difference: Difference, adjusted: _Adjusted) -> Difference:
    if difference.p is None or adjusted.p is None:
        return difference
    return replace(difference, adjusted=max(adjusted.p, difference.p), family=adjusted.family)


def _others(paired: Paired) -> dict[str, _Adjusted]:
    """The metrics of a suite beside its claim."""
    others = paired.comparison.differences[1:]
    # Only means with a spread: maxT divides by the standard error, which a constant difference does not have.
    together = {one.metric for one in others if one.test in {"t", "mcnemar"} and one.estimate.error}
    lots = blocks({name: column for name, column in paired.columns.items() if name in together})
    found = [_max_t(paired, names) for names in lots]
    rest = [one for one in others if one.metric not in together]
    found.append(dict(zip([one.metric for one in rest], _holm([one.p for one in rest], "metric"), strict=True)))
    # Metrics on which nothing changed have a p of 1 and claim nothing.
    parts = sum(any(one.p is not None and one.p < 1 for one in part.values()) for part in found)
    return {name: one.times(parts) for part in found for name, one in part.items()}


def _max_t(paired: Paired, names: Sequence[str]) -> dict[str, _Adjusted]:
    """Metrics that have the same items."""
    raw = {one.metric: one.p or 1.0 for one in paired.comparison.differences}
    first = paired.columns[names[0]]
    values = np.column_stack([paired.columns[name].differences for name in names])
    adjusted = max_t(values, first.groups, generator(paired.comparison.fingerprint, "maxT"))
    family = f"maxT over {len(names)} metrics" if len(names) > 1 else "1 metric"
    return {
        name: _Adjusted(p, family, min(max(ALPHA * raw[name] / p, ALPHA / len(names)), ALPHA))
        for name, p in zip(names, adjusted.tolist(), strict=True)
    }


def _holm(p: Sequence[float | None], what: str) -> list[_Adjusted]:
    tested = [value for value in p if value is not None]
    family = f"1 {what}" if len(tested) == 1 else f"Holm over {len(tested)} {what}s"
    rivals = [sum(other >= value for other in tested) if value is not None else 1 for value in p]
    return [_Adjusted(adjusted, family, ALPHA / count) for adjusted, count in zip(holm(p), rivals, strict=True)]
