"""What is said about a field of embedders, and which of them to take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model.arrays import Floats
    from harness.model.results import Interval, Status


@dataclass(frozen=True)
class Aligned:
    """One measure of several runs on the same items. values: runs × items. groups: one per item."""

    measure: str
    ids: Sequence[str]
    groups: Sequence[str]
    values: Floats


@dataclass(frozen=True)
class Standing:
    """One embedder in a field. place: from 1. letter: its name in table cells. beats: letters of those it beats.

    p: adjusted, of not being worse than the leader; None for the leader and where it cannot be told. in_best: not shown
    worse than the leader. An embedder without a score has a status, a reason, and stands outside the order. missing: of
    somebody outside the average, the suites of it on which there is no score.
    """

    embedder: str
    identity: str
    letter: str
    place: int | None
    value: float | None
    interval: Interval
    p: float | None = None
    in_best: bool = False
    beats: tuple[str, ...] = ()
    status: Status = "ok"
    reason: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """A leaderboard: the standings on a suite's headline metric, or on the weighted average over suites, best first.

    suite: empty for the average, `of` the suites that are in it, `left_out` the others with the reason. weight: of the
    suite in the average. correction: how p and letters were corrected.
    """

    suite: str
    metric: str
    items: int
    higher_is_better: bool
    weight: float
    standings: tuple[Standing, ...]
    correction: str = ""
    of: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def leader(self) -> Standing | None:
        """Who stands first."""
        return next((one for one in self.standings if one.place == 1), None)

    @property
    def best(self) -> tuple[Standing, ...]:
        """The best set."""
        return tuple(one for one in self.standings if one.in_best)


@dataclass(frozen=True)
class Facts:
    """What an embedder costs, None where that was not measured or is not known; `notes` says why, by field.

    latency: p95 of one query, ms. price: of a million tokens, in `currency`. memory: peak, MB. local: whether texts
    stay on the machine. index: bytes of one stored vector. profile: what `harness profile` takes to measure what
    was not; empty where it has. swing: by what factor the profile's own stretches of queries differ in their medians.
    """

    latency: float | None = None
    price: float | None = None
    currency: str = ""
    memory: float | None = None
    dimension: int | None = None
    local: bool | None = None
    index: int | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    profile: str = ""
    swing: float | None = None


@dataclass(frozen=True)
class Unmet:
    """A need that an embedder does not meet, or of which nobody knows whether it does (`known` is False)."""

    need: str
    found: str
    known: bool = True


@dataclass(frozen=True)
class Open:
    """Two embedders that the items do not tell apart, and how many items would (None: nobody can say; see `verdict`).

    missed: where both do the same on every item, how far apart they may be without so many items showing it; else None.
    verdict: `equal` where they are shown to differ by less than MARGIN, so that nothing is to be settled; `beyond`
    where the observed difference is so small that no realistic number of items would show it; else `open`.
    """

    a: str
    b: str
    suite: str
    items: int
    needed: int | None
    missed: float | None = None
    verdict: Literal["open", "equal", "beyond"] = "open"


@dataclass(frozen=True)
class Decision:
    """Which embedder to take, and what that rests on.

    fields: a suite each. overall: the average over suites, None where there are fewer than two, none that can be
    averaged, or no two embedders with a score on the same.
    facts: by embedder. unmet: embedder → needs that it misses. admitted: of the best set, those that meet all needs,
    cheapest first by `order`, a text that says by what. front: axis (`latency`, `price`, `memory`, `index`) → embedders
    that no other beats in quality and on that axis. chosen: None where nobody is admitted. open: what more items would
    settle. notes: what else is to be known, such as a suite that is not in the average.
    """

    fields: tuple[Field, ...]
    overall: Field | None
    facts: Mapping[str, Facts]
    needs: tuple[str, ...]
    unmet: Mapping[str, tuple[Unmet, ...]]
    admitted: tuple[str, ...]
    order: str
    front: Mapping[str, tuple[str, ...]]
    chosen: str | None
    open: tuple[Open, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def deciding(self) -> Field | None:
        """See `deciding`."""
        return deciding(self.fields, self.overall)


def deciding(fields: Sequence[Field], overall: Field | None) -> Field | None:
    """What the best set over all is taken from: the average, or the only suite; None where there is neither."""
    return overall or (fields[0] if len(fields) == 1 else None)
