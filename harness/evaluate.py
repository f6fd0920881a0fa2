"""The one loop: texts → vectors → judgements → scores."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from harness.model import (
    Embedder,
    Finding,
    Interval,
    ItemScores,
    Judgements,
    Metric,
    Ranker,
    RankingTask,
    Score,
    Status,
    Suite,
)
from harness.statistics.intervals import Draws, interval
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Floats


@dataclass(frozen=True)
class Outcome:
    """What an embedder made of a suite. seconds: wall time of embedding and judging, without the intervals."""

    status: Status
    reason: str
    seconds: float
    scores: tuple[Score, ...] = ()
    items: tuple[ItemScores, ...] = ()
    findings: tuple[Finding, ...] = ()


def evaluate(suite: Suite, embedder: Embedder | Ranker) -> Outcome:
    """Put one embedder, or one ranker, through one suite.

    Raises EmbedderError when the embedder fails. A ranker on a suite that needs vectors is not applicable.
    """
    started = perf_counter()
    if isinstance(embedder, Ranker) and not isinstance(suite.task, RankingTask):
        reason = f"{embedder.identity} ranks documents and has no vectors; a {suite.kind} suite needs vectors"
        return unscored(suite.metrics, "not_applicable", reason)
    judged = {type(judgements): judgements for judgements in _judge(suite, embedder)}
    seconds = perf_counter() - started
    draws = _draws(suite.fingerprint)
    findings = suite.task.findings(judged, generator(suite.fingerprint, "findings"))
    return Outcome(
        status="ok",
        reason="",
        seconds=seconds,
        scores=tuple(measure(metric, judged[metric.reads], draws) for metric in suite.metrics),
        items=_items(suite, judged),
        findings=(*findings, *_own_findings(embedder)),
    )


@lru_cache(maxsize=16)
def _draws(fingerprint: str) -> Draws:
    """The draws of a suite, the same for every embedder, so that its intervals differ by the scores alone."""
    return Draws(generator(fingerprint, "interval"))


def unscored(metrics: Sequence[Metric[Any]], status: Status, reason: str) -> Outcome:
    """An outcome without a number: still one score per metric (one without a name where none is known)."""
    missing = Interval(None, None, reason)
    scores = [
        Score(metric.name, None, missing, None, 0, metric.higher_is_better, status, reason, metric.convention)
        for metric in metrics
    ]
    return Outcome(
        status, reason, 0.0, tuple(scores or [Score("", None, missing, None, 0, status=status, reason=reason)])
    )


def measure(metric: Metric[Any], judgements: Judgements, draws: Draws) -> Score:
    """One metric with its interval and its floor; `not_applicable` where it is undefined."""
    value = metric.score(judgements) if len(judgements.ids) else math.nan
    defined = math.isfinite(value)
    missing = Interval(None, None, metric.undefined)
    return Score(
        metric=metric.name,
        value=value if defined else None,
        interval=interval(metric, judgements, draws) if defined else missing,
        floor=metric.floor(judgements) if defined else None,
        items=len(judgements.ids),
        higher_is_better=metric.higher_is_better,
        status="ok" if defined else "not_applicable",
        reason="" if defined else metric.undefined,
        convention=metric.convention,
    )


def _judge(suite: Suite, embedder: Embedder | Ranker) -> tuple[Judgements, ...]:
    texts = suite.task.texts()
    if isinstance(embedder, Ranker):
        assert isinstance(suite.task, RankingTask)  # noqa: S101 # for the type checker: evaluate() has refused others
        queries, documents = texts["queries"].prompted(), texts["documents"].prompted()
        return suite.task.judge_ranking(embedder.rank(queries, documents, suite.task.depth))
    vectors = {name: embedder.embed(asked.prompted(), asked.role) for name, asked in texts.items()}
    return suite.task.judge(vectors)


def _items(suite: Suite, judged: Mapping[type[Any], Any]) -> tuple[ItemScores, ...]:
    """A row per item of every metric that has item values, and the evidence of those that have none."""
    columns: dict[str, tuple[Judgements, Floats]] = {}
    for metric in suite.metrics:
        judgements = judged[metric.reads]
        if metric.items is not None:
            columns[metric.name] = (judgements, metric.items(judgements))
        else:
            columns |= {name: (judgements, values) for name, values in judgements.evidence().items()}
    rows = (_defined(measure, *column) for measure, column in columns.items())
    return tuple(row for row in rows if len(row.ids))


def _defined(measure: str, judgements: Judgements, values: Floats) -> ItemScores:
    """The items on which a measure is a number."""
    kept = [place for place, value in enumerate(values) if math.isfinite(value)]
    ids, groups = judgements.ids, judgements.groups
    return ItemScores(measure, [ids[i] for i in kept], [groups[i] for i in kept], values[kept])


def _own_findings(embedder: object) -> tuple[Finding, ...]:
    """What the embedder noticed itself, such as words that it does not know."""
    noticed = getattr(embedder, "findings", None)
    return tuple(noticed()) if noticed is not None else ()
