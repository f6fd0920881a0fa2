"""What a baseline is, and the numbers that fit into one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from typing import Any

    from harness.model import Interval, Run, Score

DECIMALS = 6
"""Of every number that is kept. A cosine in single precision has seven digits, of which the last is noise."""

_VERSIONS = ("python", "system", "machine", "packages")
"""What is kept of an environment: what can change a vector. How many processors there were would only be churn."""


@dataclass(frozen=True)
class Blessing:
    """When newer results became the baseline, and why."""

    day: date
    reason: str


@dataclass(frozen=True)
class Baseline:
    """Results that others are compared with: one run for each suite and embedder, with scores, items and answers.

    saved: the day on which these results were put there, by saving or by the last blessing. anchor: whether it stays as
    it is. blessed: oldest first. digest: of the file that it was read from; empty for one that is to be new.

    The runs come back as they went in, but for what differs from one making to the next: their id is `baseline NAME`,
    they start at the beginning of the day `saved`, took no time, and have no findings; numbers are rounded.
    """

    name: str
    saved: date
    runs: tuple[Run, ...]
    anchor: bool = False
    blessed: tuple[Blessing, ...] = ()
    digest: str = field(default="", compare=False)

    @property
    def reason(self) -> str:
        """Why it was last blessed; empty where it never was."""
        return self.blessed[-1].reason if self.blessed else ""

    def age(self, today: date) -> int:
        """Days since it was saved or blessed."""
        return (today - self.saved).days

    def run(self, suite: str, embedder: str) -> Run | None:
        """The results of an embedder, by its label, on a suite; None where it has none."""
        return next((run for run in self.runs if (run.suite, run.embedder) == (suite, embedder)), None)


def rounded(run: Run) -> Run:
    """A run with its numbers as a baseline keeps them.

    Whatever is compared with a baseline is rounded first: then the same vectors differ by exactly 0.
    """
    return replace(
        run,
        scores=tuple(map(_score, run.scores)),
        items=tuple(replace(scores, values=np.round(scores.values, DECIMALS) + 0.0) for scores in run.items),
    )


def versions(environment: Mapping[str, Any]) -> dict[str, Any]:
    """What a baseline keeps of an environment."""
    return {key: environment[key] for key in _VERSIONS if key in environment}


def _score(score: Score) -> Score:
    return replace(score, value=_number(score.value), floor=_number(score.floor), interval=_interval(score.interval))


def _interval(interval: Interval) -> Interval:
    return replace(interval, low=_number(interval.low), high=_number(interval.high))


def _number(value: float | None) -> float | None:
    """To DECIMALS as numpy does it, for numbers and arrays must round alike; no minus before a zero."""
    return None if value is None else float(np.round(value, DECIMALS)) + 0.0
