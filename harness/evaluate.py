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

    A ranker on a suite that needs vectors is not applicable. Raises whatever the embedder raises, and relies on its
    vectors: `open_embedder` gives one whose vectors are checked and whose errors are EmbedderError.
    """
    started = perf_counter()
    if not isinstance(embedder, Ranker):
        judgements, noticed = _embedded(suite, embedder)
    elif isinstance(suite.task, RankingTask):
        judgements, noticed = _ranked(suite.task, embedder), ()
    else:
        reason = f"{embedder.identity} ranks documents and has no vectors; a {suite.kind} suite needs vectors"
        return unscored(suite.metrics, "not_applicable", reason)
    judged = {type(one): one for one in judgements}
    seconds = perf_counter() - started
    draws = _draws(suite.fingerprint)
    return Outcome(
        status="ok",
        reason="",
        seconds=seconds,
        scores=tuple(measure(metric, judged[metric.reads], draws) for metric in suite.metrics),
        items=_items(suite, judged),
        findings=(*suite.task.findings(judged, generator(suite.fingerprint, "findings")), *noticed),
    )


@lru_cache(maxsize=16)
def _draws(fingerprint: str) -> Draws:
    """The draws of a suite: the seed makes them the same for every embedder, keeping them saves drawing them again."""
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
        items=_count(metric, judgements),
        higher_is_better=metric.higher_is_better,
        status="ok" if defined else "not_applicable",
        reason="" if defined else metric.undefined,
        convention=metric.convention,
    )


def _count(metric: Metric[Any], judgements: Judgements) -> int:
    """How many items the score is made of: those on which the metric is defined."""
    if metric.items is None or not len(judgements.ids):
        return len(judgements.ids)
    return sum(map(math.isfinite, metric.items(judgements)))


def _embedded(suite: Suite, embedder: Embedder) -> tuple[tuple[Judgements, ...], tuple[Finding, ...]]:
    """What the suite's vectors show, and how many of them are zero."""
    texts = suite.task.texts()
    vectors = {name: embedder.embed(asked.prompted(), asked.role) for name, asked in texts.items()}
    zero = sum(int((~rows.any(axis=1)).sum()) for rows in vectors.values())
    note = "texts whose vector is zero: no known token; their cosine with anything is 0"
    noticed = (Finding("zero_vectors", float(zero), note),) if zero else ()
    return suite.task.judge(vectors), noticed


def _ranked(task: RankingTask, ranker: Ranker) -> tuple[Judgements, ...]:
    texts = task.texts()
    # Without the instruction: that is a prompt for a model, and would be so many more words to look for.
    ranking = ranker.rank(texts["queries"].texts, texts["documents"].texts, task.depth)
    return task.judge_ranking(ranking)


def _items(suite: Suite, judged: Mapping[type[Any], Any]) -> tuple[ItemScores, ...]:
    """A row per item of every metric that has item values, and the evidence of those that have none."""
    columns: dict[str, tuple[Judgements, Floats]] = {}
    for metric in suite.metrics:
        judgements = judged[metric.reads]
        if metric.items is not None:
            columns[metric.name] = (judgements, metric.items(judgements))
        else:
            columns |= {name: (judgements, values) for name, values in judgements.evidence().items()}
    rows = (_defined(name, *column) for name, column in columns.items())
    return tuple(row for row in rows if len(row.ids))


def _defined(name: str, judgements: Judgements, values: Floats) -> ItemScores:
    """The items on which a measure is a number."""
    kept = [place for place, value in enumerate(values) if math.isfinite(value)]
    ids, groups = judgements.ids, judgements.groups
    return ItemScores(name, [ids[i] for i in kept], [groups[i] for i in kept], values[kept])
