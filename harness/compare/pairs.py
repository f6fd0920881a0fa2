"""Two runs on the same items: what the paired differences of each metric tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.compare.aligning import aligned, judgements
from harness.compare.refusal import demand_comparable, demand_one_convention, demand_scores
from harness.errors import NotComparableError
from harness.model import MARGIN, Comparison, Difference, Side, Tally
from harness.statistics.estimates import Unknown, estimate
from harness.statistics.intervals import FEWEST_GROUPS, Draws, group_count, group_numbers
from harness.statistics.mcnemar import mcnemar
from harness.statistics.permutation import sign_flips
from harness.statistics.power import detectable
from harness.statistics.resampled import resampled_difference
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Aligned, Estimate, Floats, Index, Judgements, Metric, Run

SPARSE = 25
"""Up to so many hits and misses that changed, their exact distribution is used instead of t."""
_TIE = 1e-12
"""Values that lie no further apart are one value, summed in another order."""


@dataclass(frozen=True)
class Column:
    """The differences of a metric that is a mean, B − A, by item id. groups: 0…G−1, one per item."""

    ids: tuple[str, ...]
    groups: Index
    differences: Floats

    @property
    def group_count(self) -> int:
        """G."""
        return group_count(self.groups)


@dataclass(frozen=True)
class Paired:
    """A comparison with uncorrected p values, and by metric the per-item differences that maxT needs."""

    comparison: Comparison
    columns: Mapping[str, Column]


def difference(a: Run, b: Run, metric: Metric[Any], margin: float = MARGIN, *, crossed: bool = True) -> Difference:
    """One metric of two whole runs, uncorrected. crossed: whether signs are flipped, too, for `cross`.

    Raises NotComparableError for other suites, data or conventions, imported runs, and runs that did not succeed. A
    metric that cannot be paired (items are missing, or are not the same) has a reason and no numbers.
    """
    demand_comparable(a, b)
    demand_one_convention(a, b, metric.name)
    return compare(a, b, [metric], margin, crossed=crossed).comparison.differences[0]


def compare(a: Run, b: Run, metrics: Sequence[Metric[Any]], margin: float = MARGIN, *, crossed: bool = True) -> Paired:
    """All metrics of two whole runs, the headline first, uncorrected: see `families.corrected`.

    Raises NotComparableError as `difference`, but for conventions: they are the reason of their metric alone.
    """
    demand_comparable(a, b)
    draws = Draws(generator(a.fingerprint, "interval"))
    headline = max((a, b), key=lambda run: run.started_at).scores[0].metric
    found = [_measured(a, b, metric, draws) for metric in metrics]
    columns = {one.metric: column for one, column in found if column is not None}
    flipped = _crossed(columns, a.fingerprint) if crossed else {}
    differences = [
        replace(one, headline=one.metric == headline, margin=margin, cross=flipped.get(one.metric)) for one, _ in found
    ]
    ordered = tuple(sorted(differences, key=lambda one: not one.headline))
    return Paired(Comparison(a.suite, a.kind, a.fingerprint, _side(a), _side(b), ordered), columns)


def _side(run: Run) -> Side:
    return Side(run.embedder, run.id, run.identity.key if run.identity else "", run.started_at)


def _measured(a: Run, b: Run, metric: Metric[Any], draws: Draws) -> tuple[Difference, Column | None]:
    blank = Difference(
        suite=a.suite,
        metric=metric.name,
        headline=False,
        higher_is_better=metric.higher_is_better,
        a=0.0,
        b=0.0,
        estimate=Unknown(0.0, 0, ""),
        items=0,
        groups=0,
        test="none",
    )
    try:
        demand_one_convention(a, b, metric.name)
        demand_scores(a, b, metric.name)
        if metric.items is None:
            return _of_judgements(blank, metric, judgements(a, b, metric), draws), None
        return _of_items(blank, aligned(a, b, metric.name))
    except NotComparableError as error:
        return replace(blank, reason=str(error)), None


def _told(blank: Difference, scores: tuple[float, float], items: int, told: Estimate) -> Difference:
    a, b = scores
    return replace(
        blank,
        a=a,
        b=b,
        estimate=told,
        items=items,
        groups=told.groups,
        test=told.method,
        p=told.p(),
        detectable=detectable(told),
    )


def _of_items(blank: Difference, both: Aligned) -> tuple[Difference, Column]:
    a, b = both.values
    column = Column(tuple(both.ids), group_numbers(both.groups), b - a)
    told = estimate(column.differences, column.groups, _span(both.values))
    tally = _tally(column.differences if blank.higher_is_better else -column.differences)
    found = replace(
        _told(blank, (float(a.mean()), float(b.mean())), len(both.ids), told),
        tally=tally,
        effect=_effect(column.differences),
    )
    if _is_sparse(column, both.values, tally):
        found = replace(found, test="mcnemar", p=mcnemar(tally.wins, tally.losses))
    return found, column


def _effect(differences: Floats) -> float | None:
    """Cohen's d of paired differences, d_z: their mean over their standard deviation."""
    spread = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    return float(differences.mean()) / spread if spread > _TIE else None


def _is_sparse(column: Column, values: Floats, tally: Tally) -> bool:
    """Whether McNemar's test applies, and is needed: few hits and misses changed, among independent items."""
    independent = FEWEST_GROUPS <= column.group_count == len(column.ids)
    return independent and 0 < tally.wins + tally.losses <= SPARSE and bool(np.isin(values, (0.0, 1.0)).all())


def _span(values: Floats) -> float:
    """How much one item can change: of a share at most 1, of anything else what was seen."""
    low, high = float(values.min()), float(values.max())
    return 1.0 if low >= 0 and high <= 1 else max(high - low, 1.0)


def _tally(gains: Floats) -> Tally:
    wins, losses = int((gains > _TIE).sum()), int((gains < -_TIE).sum())
    return Tally(wins, len(gains) - wins - losses, losses)


def _of_judgements(
    blank: Difference, metric: Metric[Any], sides: tuple[Judgements, Judgements], draws: Draws
) -> Difference:
    a, b = (metric.score(side) for side in sides)
    for who, score in (("A", a), ("B", b)):
        if not math.isfinite(score):
            raise NotComparableError(f"{metric.name} is undefined for {who}: {metric.undefined}")
    return _told(blank, (a, b), len(sides[0].ids), resampled_difference(metric, *sides, draws))


def _crossed(columns: Mapping[str, Column], fingerprint: str) -> dict[str, float]:
    """The p of the sign-flip permutation of each metric; metrics on the same items are flipped alike."""
    found: dict[str, float] = {}
    for names in blocks(columns):
        first = columns[names[0]]
        if first.group_count < FEWEST_GROUPS:
            continue
        values = np.column_stack([columns[name].differences for name in names])
        flipped = sign_flips(values, first.groups, generator(fingerprint, "sign-flip"))
        found |= dict(zip(names, flipped.tolist(), strict=True))
    return found


def blocks(columns: Mapping[str, Column]) -> list[list[str]]:
    """The metrics in lists of those that have the same items."""
    of_items: dict[tuple[str, ...], list[str]] = {}
    for name, column in columns.items():
        of_items.setdefault(column.ids, []).append(name)
    return list(of_items.values())
