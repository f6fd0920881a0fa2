"""The items on which two runs differ most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.compare.aligning import aligned, judgements
from harness.model import Aligned, Moved

if TYPE_CHECKING:
    from harness.model import Floats, Index, Judgements, Metric, Run

MOST_PARTS = 2000
"""Items, above which nobody waits for `moved_parts`: it scores all items but one, for each of them."""
_SAME = 1e-12
"""Values that lie no further apart have not moved."""
_CELLS = 1 << 20
"""Counts held at a time: 8 MB."""


def moved(a: Run, b: Run, measure: str, most: int) -> tuple[Moved, ...]:
    """Up to `most` items each way, the largest change first, with what each run put first.

    Raises NotComparableError where the items of the measure are missing in a run, or are not the same.
    """
    return _moved(a, b, aligned(a, b, measure), most)


def moved_parts(a: Run, b: Run, metric: Metric[Any], most: int) -> tuple[Moved, ...]:
    """The same for a metric that is no mean, by what each item adds to the score; nothing above MOST_PARTS items.

    That is its jackknife pseudo-value, n · θ − (n − 1) · θ₋ᵢ, which for a mean is the item's own value (Tukey 1958;
    Efron and Tibshirani 1993, §11.5). Raises NotComparableError as `moved`.
    """
    first, second = judgements(a, b, metric)
    if not 1 < len(first.ids) <= MOST_PARTS:
        return ()
    values = np.stack([_parts(metric, first), _parts(metric, second)])
    return _moved(a, b, Aligned(metric.name, first.ids, first.groups, values), most)


def _moved(a: Run, b: Run, both: Aligned, most: int) -> tuple[Moved, ...]:
    before, now = both.values
    change = np.nan_to_num(now - before)  # where a score is undefined without an item, its part is not known
    order = np.argsort(-np.abs(change), kind="stable")
    chosen = {*order[change[order] > _SAME][:most].tolist(), *order[change[order] < -_SAME][:most].tolist()}
    return tuple(
        Moved(
            both.ids[place],
            both.groups[place],
            both.measure,
            float(before[place]),
            float(now[place]),
            answer_a=a.answers.get(both.ids[place], ""),
            answer_b=b.answers.get(both.ids[place], ""),
        )
        for place in order.tolist()
        if place in chosen
    )


def _parts(metric: Metric[Any], judged: Judgements) -> Floats:
    """The pseudo-value of each item."""
    items = len(judged.ids)
    without = np.concatenate([_without(metric, judged, part) for part in _blocks(items)])
    return items * metric.score(judged) - (items - 1) * without


def _blocks(items: int) -> list[Index]:
    rows = max(1, _CELLS // items)
    return [np.arange(start, min(start + rows, items)) for start in range(0, items, rows)]


def _without(metric: Metric[Any], judged: Judgements, places: Index) -> Floats:
    """The score without the item at each of these places."""
    every = np.arange(len(judged.ids))
    if metric.resample is None:
        return np.array([metric.score(judged.take(np.delete(every, place))) for place in places])
    return metric.resample(judged, (every != places[:, None]).astype(np.float64))
