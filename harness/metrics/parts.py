"""What the families of metrics share: judgements per item, names with cutoffs, means, and resamples in blocks."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from harness.errors import UsageError
from harness.model import Judgements, Metric

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Self

    from harness.model import Floats, Index

J = TypeVar("J", bound=Judgements)
T = TypeVar("T")

_CELLS = 1 << 19
"""Numbers per block of resamples, 4 MiB: the dozen intermediate results of a metric stay below 64 MiB."""


@dataclass(frozen=True)
class PerItem:
    """Judgements whose every field holds one entry per item."""

    def take(self, index: Index) -> Self:
        """The items at `index`, in that order; a position may be repeated."""
        return replace(self, **{field.name: _at(getattr(self, field.name), index) for field in fields(self)})

    def evidence(self) -> Mapping[str, Floats]:
        """None: every metric of these has item values."""
        return {}


def averaged(
    name: str, reads: type[J], items: Callable[[J], Floats], floor: Callable[[J], float], *, convention: str = ""
) -> Metric[J]:
    """A metric that is the mean of its item values."""
    return Metric(name, reads, mean_of(items), items=items, floor=floor, convention=convention)


def resampled(
    name: str,
    reads: type[J],
    resample: Callable[[J, Floats], Floats],
    floor: Callable[[J], float | None],
    *,
    undefined: str,
) -> Metric[J]:
    """A metric that is no mean: its score is that of the resample in which every item counts once."""

    def score(judgements: J) -> float:
        return float(resample(judgements, once(len(judgements.ids)))[0])

    return Metric(name, reads, score, resample=resample, floor=floor, undefined=undefined)


def titled(name: str, cutoff: int | None) -> str:
    """The metric's name with its cutoff: `ndcg@10`, or `ndcg` without one. Raises UsageError below 1."""
    if cutoff is None:
        return name
    if cutoff < 1:
        raise UsageError(f"{name}@{cutoff} has a cutoff below 1. Write for example {name}@10.")
    return f"{name}@{cutoff}"


def required(name: str, cutoff: int | None) -> int:
    """The cutoff of a metric that is nothing without one. Raises UsageError where it is missing."""
    if cutoff is None:
        raise UsageError(f"{name} needs a cutoff. Write for example {name}@10.")
    return cutoff


def refused(name: str, cutoff: int | None) -> str:
    """The name of a metric that knows no cutoff. Raises UsageError where there is one."""
    if cutoff is not None:
        raise UsageError(f"{name}@{cutoff} has a cutoff, which {name} does not know. Write {name}.")
    return name


def mean_of(items: Callable[[J], Floats]) -> Callable[[J], float]:
    """The score of a metric that is the mean of its item values; NaN values are left out, NaN where all are."""

    def mean(judgements: J) -> float:
        values = items(judgements)
        defined = values[~np.isnan(values)]
        return float(defined.mean()) if len(defined) else np.nan

    return mean


def picked(values: Sequence[T], index: Index) -> Sequence[T]:
    """The values at `index`, in that order."""
    return [values[i] for i in index.tolist()]


def numbered(name: str, evidence: Mapping[str, Floats]) -> Index:
    """The columns `name_1`, `name_2`, … of evidence, n × s, as codes. Raises KeyError where there is none."""
    columns = [evidence[f"{name}_1"]]
    while (further := f"{name}_{len(columns) + 1}") in evidence:
        columns.append(evidence[further])
    return np.stack(columns, axis=1).astype(np.intp)


def once(items: int) -> Floats:
    """The resample in which every item counts once, 1 × items."""
    return np.ones((1, items))


def in_blocks(scores: Callable[[Floats], Floats], counts: Floats) -> Floats:
    """`scores` (b × n → b) over all B rows of `counts`, some rows at a time: B scores."""
    rows = max(1, _CELLS // max(1, counts.shape[1]))
    blocks = [scores(counts[start : start + rows]) for start in range(0, len(counts), rows)]
    return np.concatenate([np.empty(0), *blocks])


def _at(values: Any, index: Index) -> Any:
    return values[index] if isinstance(values, np.ndarray) else picked(values, index)
