"""Whether runs have the same value on every item."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Run

Values: TypeAlias = "dict[str, tuple[float, ...]]"
"""Item → what its part in a metric is computed from."""


def same_values(a: Run, b: Run, metric: str) -> bool:
    """Whether both runs have the same items, and the same on each of them, as far as a metric goes; some, at least."""
    first = values(a, metric)
    return bool(first) and first == values(b, metric)


def same_results(a: Run, b: Run, metric: str) -> bool:
    """Whether two runs are of one embedder on the same data, with the same values of a metric."""
    whose = [(run.suite, run.fingerprint, run.identity_key, run.score(metric)) for run in (a, b)]
    return whose[0] == whose[1] and same_values(a, b, metric)


def changed_items(runs: Sequence[Run], metric: str) -> int:
    """How many items have not the same value in all runs."""
    first, *others = (values(run, metric) for run in runs)
    ids = first.keys() | {item for other in others for item in other}
    return sum(any(other.get(item) != first.get(item) for other in others) for item in ids)


def values(run: Run, metric: str) -> Values:
    """The values of a metric, or all evidence where it is no mean."""
    names = {score.metric for score in run.scores}
    own = [scores for scores in run.items if scores.measure == metric]
    used = own or [scores for scores in run.items if scores.measure not in names]
    found: Values = {}
    for scores in used:
        for item, value in zip(scores.ids, scores.values.tolist(), strict=True):
            found[item] = (*found.get(item, ()), value)
    return found
