"""Claims counted: p values corrected for all that one comparison claims, and the verdicts that follow.

What a reader is told first, the headline of each suite, is one family, corrected after Holm. The other metrics of a
suite are a family each suite: those that share items go together, and maxT uses that; the rest is corrected after Holm.
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
    from collections.abc import Mapping, Sequence

    from harness.compare.pairs import Paired
    from harness.model import Comparison, Difference


class _Adjusted(NamedTuple):
    """A corrected p, for what, and the level that the correction leaves to the p of the test."""

    p: float | None
    family: str
    level: float


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
    """The metrics of a suite beside its claim: by maxT where t tests share items, else by Holm."""
    others = paired.comparison.differences[1:]
    together = {one.metric for one in others if one.test in {"t", "mcnemar"} and one.estimate.error}
    found = _max_t(paired, together)
    rest = [one for one in others if one.metric not in found]
    by_holm = _holm([one.p for one in rest], "metric")
    return {**found, **{one.metric: adjusted for one, adjusted in zip(rest, by_holm, strict=True)}}


def _max_t(paired: Paired, metrics: set[str]) -> Mapping[str, _Adjusted]:
    """Each set of items by itself, times the number of sets (Bonferroni)."""
    found: dict[str, _Adjusted] = {}
    raw = {one.metric: one.p or 1.0 for one in paired.comparison.differences}
    lots = blocks({name: column for name, column in paired.columns.items() if name in metrics})
    for names in lots:
        first = paired.columns[names[0]]
        values = np.column_stack([paired.columns[name].differences for name in names])
        adjusted = max_t(values, first.groups, generator(paired.comparison.fingerprint, "maxT"))
        family = f"maxT over {len(names)} metrics" if len(names) > 1 else "1 metric"
        family += f", times {len(lots)} sets of items" if len(lots) > 1 else ""
        for name, p in zip(names, np.minimum(adjusted * len(lots), 1.0).tolist(), strict=True):
            least = ALPHA / (len(names) * len(lots))
            found[name] = _Adjusted(p, family, min(max(ALPHA * raw[name] / p, least), ALPHA))
    return found


def _holm(p: Sequence[float | None], what: str) -> list[_Adjusted]:
    tested = [value for value in p if value is not None]
    family = f"1 {what}" if len(tested) == 1 else f"Holm over {len(tested)} {what}s"
    rivals = [sum(other >= value for other in tested) if value is not None else 1 for value in p]
    return [_Adjusted(adjusted, family, ALPHA / count) for adjusted, count in zip(holm(p), rivals, strict=True)]
