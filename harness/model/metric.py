"""Conclusions per item, and the numbers that sum them up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, Self, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model.arrays import Floats, Index


class Judgements(Protocol):
    """One conclusion per item, sliceable, so that one resampler serves every metric.

    groups: what an item came from (a source document, a process): items of one group are not independent.
    """

    @property
    def ids(self) -> Sequence[str]:
        """One per item, none twice unless taken twice."""
        ...

    @property
    def groups(self) -> Sequence[str]:
        """One per item."""
        ...

    def take(self, index: Index) -> Self:
        """The judgements at `index`, in that order; a position may be repeated."""
        ...

    def evidence(self) -> Mapping[str, Floats]:
        """Raw numbers per item that a metric without item values is computed from, by name. May be empty."""
        ...


@runtime_checkable
class Restorable(Protocol):
    """A type of judgements that can be made again from its evidence; ask `issubclass(metric.reads, Restorable)`."""

    @classmethod
    def restored(cls, ids: Sequence[str], groups: Sequence[str], evidence: Mapping[str, Floats]) -> Self:
        """Judgements on which a metric without item values has the scores and resamples of those that gave `evidence`.

        evidence: what `evidence()` gave, in the order of ids and groups. What it does not tell is NaN, or no number:
        a metric that needs it is undefined on these. Raises KeyError where a column is missing.
        """
        ...


J = TypeVar("J", bound=Judgements)


@dataclass(frozen=True)
class Metric(Generic[J]):
    """A number that sums up judgements of one type.

    name: as the field spells it, with its cutoff (`ndcg@10`). convention: what else decides the number: gain, ties,
    unanswered queries. items: a value per item whose mean is the score, or None where the score is not a mean.
    resample: (judgements, counts B × n) → B scores, item i counted counts[b, i] times; where it is None, resampling
    goes through `take`. floor: what a random embedder is expected to get on these judgements, None where unknown.
    score gives NaN where the number is undefined on these judgements: `undefined` says why.
    """

    name: str
    reads: type[J]
    score: Callable[[J], float]
    items: Callable[[J], Floats] | None = None
    resample: Callable[[J, Floats], Floats] | None = None
    floor: Callable[[J], float | None] = lambda _: None
    higher_is_better: bool = True
    cutoff: int | None = None
    convention: str = ""
    undefined: str = "undefined on these items"
