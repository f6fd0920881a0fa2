"""The items of two runs in one order: of their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.compare.refusal import only_in
from harness.errors import NotComparableError
from harness.model import Aligned
from harness.model.metric import Restorable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Floats, ItemScores, Judgements, Metric, Run


def aligned(a: Run, b: Run, measure: str) -> Aligned:
    """The items of a measure that both runs have, ordered by id: A in the first row of values, B in the second.

    Raises NotComparableError where they are missing or not the same.
    """
    first, second = (_ordered(_items(who, run, measure)) for who, run in (("A", a), ("B", b)))
    _demand_same(first[0], second[0], measure)
    return Aligned(measure, *first[:2], np.stack([first[2], second[2]]))


def judgements(a: Run, b: Run, metric: Metric[Any]) -> tuple[Judgements, Judgements]:
    """What a metric that is no mean is computed from, in both runs. Raises NotComparableError as `aligned`."""
    first, second = (_restored(who, run, metric) for who, run in (("A", a), ("B", b)))
    _demand_same(tuple(first.ids), tuple(second.ids), metric.name)
    return first, second


def _items(who: str, run: Run, measure: str) -> ItemScores:
    found = next((scores for scores in run.items if scores.measure == measure), None)
    if found is None:
        raise NotComparableError(f"{who} has no items of {measure}")
    return found


def _ordered(scores: ItemScores) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    order = sorted(range(len(scores.ids)), key=scores.ids.__getitem__)
    ids, groups = (tuple(values[place] for place in order) for values in (scores.ids, scores.groups))
    return ids, groups, scores.values[np.array(order, dtype=np.intp)]


def _demand_same(a: Sequence[str], b: Sequence[str], measure: str) -> None:
    if a != b:
        apart = [only_in(who, ids) for who, ids in (("A", {*a} - {*b}), ("B", {*b} - {*a})) if ids]
        raise NotComparableError(f"not the same items of {measure}: {'; '.join(apart)}")


def _restored(who: str, run: Run, metric: Metric[Any]) -> Judgements:
    """From the first evidence of the run that fits: a suite may yield judgements of several types."""
    lots = _evidence(run) if issubclass(metric.reads, Restorable) else ()
    for ids, groups, evidence in lots:
        try:
            found: Judgements = metric.reads.restored(ids, groups, evidence)
        except KeyError:
            continue
        return found
    raise NotComparableError(f"{who} has no items that {metric.name} is computed from")


def _evidence(run: Run) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], dict[str, Floats]]]:
    """Measures that are no metric, in lots of the same items."""
    metrics = {score.metric for score in run.scores}
    lots: dict[tuple[str, ...], tuple[tuple[str, ...], dict[str, Floats]]] = {}
    for scores in run.items:
        if scores.measure not in metrics:
            ids, groups, values = _ordered(scores)
            lots.setdefault(ids, (groups, {}))[1][scores.measure] = values
    for ids, (groups, evidence) in lots.items():
        yield ids, groups, evidence
