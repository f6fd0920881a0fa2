"""What came out: scores, items, findings, runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model.arrays import Floats
    from harness.model.candidates import Identity

Status: TypeAlias = Literal["ok", "not_applicable", "failed"]
"""How a run or a score ended. Whatever is not ok has a reason and no value."""
IMPORTED = "imported:"
"""How the fingerprint of a run begins that was made elsewhere, on data that nobody here has seen."""


@dataclass(frozen=True)
class Interval:
    """A 95 % interval, or the reason why there is none: either both ends are numbers or both are None."""

    low: float | None
    high: float | None
    reason: str = ""


@dataclass(frozen=True)
class Score:
    """One metric of one run. value is None exactly when status is not ok; then `reason` says why.

    items: how many items the value is made of. interval.reason says why an interval is missing.
    """

    metric: str
    value: float | None
    interval: Interval
    floor: float | None
    items: int
    higher_is_better: bool = True
    status: Status = "ok"
    reason: str = ""
    convention: str = ""


@dataclass(frozen=True)
class ItemScores:
    """A number per item: a metric's item values, or evidence that a metric is computed from."""

    measure: str
    ids: Sequence[str]
    groups: Sequence[str]
    values: Floats


@dataclass(frozen=True)
class Finding:
    """Something worth knowing that is not a score. value is None where there is no number.

    warning: scores of this run mislead a reader who does not know this; the table shows the note.
    """

    name: str
    value: float | None
    note: str
    subject: str = ""
    warning: bool = False


@dataclass(frozen=True)
class Run:
    """One embedder through one suite, whole. identity is None when the embedder could not be opened.

    seconds: wall time of embedding and judging. texts: how many were embedded anew (the rest came from the cache).
    vector_bytes: of one stored document, None where there are no vectors. answers: item → what was put first: the id of
    a document, a word, a label; empty where nothing is put first. folder: what -s takes for the suite, absolute; empty
    where its name is enough (built in, mteb) or nobody knows.
    """

    id: str
    started_at: str
    suite: str
    kind: str
    fingerprint: str
    embedder: str
    identity: Identity | None
    status: Status
    reason: str
    seconds: float
    scores: tuple[Score, ...] = ()
    items: tuple[ItemScores, ...] = ()
    findings: tuple[Finding, ...] = ()
    texts: int = 0
    vector_bytes: int | None = None
    environment: Mapping[str, Any] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    folder: str = ""

    @property
    def imported(self) -> bool:
        """Whether it was made elsewhere."""
        return self.fingerprint.startswith(IMPORTED)

    @property
    def identity_key(self) -> str:
        """The key of its embedder's identity; empty where that could not be opened."""
        return self.identity.key if self.identity else ""

    def score(self, metric: str) -> Score | None:
        """What it has under a metric, if anything."""
        return next((score for score in self.scores if score.metric == metric), None)


@dataclass(frozen=True)
class Noise:
    """How far runs of the same embedder on the same data lie apart, for one metric.

    runs: how many. largest: the largest difference of two of their scores. spread: their standard deviation. changed:
    items whose value was not the same in all runs. flips: pairs of runs between which a gate with `margin` would not
    have passed, of `pairs`.
    """

    suite: str
    fingerprint: str
    embedder: str
    identity: str
    metric: str
    runs: int
    largest: float
    spread: float
    items: int
    changed: int
    margin: float
    flips: int
    pairs: int
    measured_at: str


@dataclass(frozen=True)
class Row:
    """A line of the comparison table as stored: one metric of the latest run of one embedder on one suite.

    Its fields, in this order, are the objects of `--format json`.
    """

    suite: str
    kind: str
    embedder: str
    metric: str
    value: float | None
    low: float | None
    high: float | None
    floor: float | None
    items: int
    status: Status
    reason: str
    run: str
    fingerprint: str
    seconds: float
    identity: str
    headline: bool
    higher_is_better: bool
    interval_reason: str
    started_at: str
    vector_bytes: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether it was made elsewhere."""
        return self.fingerprint.startswith(IMPORTED)


@dataclass(frozen=True)
class Remarks:
    """What a reader of a comparison table has to know besides its rows.

    by_suite: about the data of a suite, by its name. whole: about the table, a line each.
    """

    by_suite: Mapping[str, Sequence[str]] = field(default_factory=dict)
    whole: Sequence[str] = ()
