"""The one loop: texts → vectors → judgements → scores."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from harness.diagnostics.space import space_findings
from harness.model import (
    Answering,
    Embedder,
    Finding,
    ForeignSuite,
    Interval,
    ItemScores,
    Judgements,
    Metric,
    Ranker,
    Ranking,
    RankingTask,
    Reranker,
    RerankingTask,
    Score,
    Status,
    Suite,
    reads_images,
)
from harness.search import as_stored, usage_of
from harness.statistics.intervals import Draws, interval
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import AnySuite, Floats, Usage, Vectors

SUITE_NOTE = "suite_note"
"""The finding that says what is to be known about a suite's data: one for each of its notes."""


@dataclass(frozen=True)
class Outcome:
    """What an embedder made of a suite. seconds: wall time of embedding and judging, without the intervals.

    answers: item → what was put first.
    """

    status: Status
    reason: str
    seconds: float
    scores: tuple[Score, ...] = ()
    items: tuple[ItemScores, ...] = ()
    findings: tuple[Finding, ...] = ()
    vector_bytes: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Judged:
    """What came of the texts: conclusions, what was noticed on the way, and the bytes of one stored document."""

    judgements: tuple[Judgements, ...]
    noticed: tuple[Finding, ...] = ()
    vector_bytes: int | None = None


def evaluate(suite: AnySuite, embedder: Embedder | Ranker | Reranker) -> Outcome:
    """Put one embedder, one ranker or one reranker through one suite.

    A ranker on a suite that needs vectors is not applicable. Raises whatever the embedder raises, and relies on its
    vectors: `open_embedder` gives one whose vectors are checked and whose errors are EmbedderError.
    """
    if isinstance(suite, ForeignSuite):
        return _reported(suite, embedder)
    started = perf_counter()
    made = _judged(suite, embedder)
    if isinstance(made, str):
        return unscored(suite.metrics, "not_applicable", made)
    judged = {type(one): one for one in made.judgements}
    seconds = perf_counter() - started
    draws = _draws(suite.fingerprint)
    return Outcome(
        status="ok",
        reason="",
        seconds=seconds,
        scores=tuple(measure(metric, judged[metric.reads], draws) for metric in suite.metrics),
        items=_items(suite, judged),
        findings=(
            *_noted(suite),
            *suite.task.findings(judged, generator(suite.fingerprint, "findings")),
            *made.noticed,
        ),
        vector_bytes=made.vector_bytes,
        answers=suite.task.answers(judged) if isinstance(suite.task, Answering) else {},
    )


def answered(suite: Suite, embedder: Embedder | Ranker | Reranker) -> Mapping[str, Vectors] | Ranking | str:
    """All that an embedder is asked about a suite: vectors by name, or a ranking; or why it cannot be asked.

    Raises whatever the embedder raises.
    """
    pictures = [name for name, texts in suite.task.texts().items() if texts.pictured()]
    if pictures and not reads_images(embedder):
        return f"{embedder.identity} reads texts, and there are pictures among the {' and the '.join(pictures)}"
    if isinstance(embedder, Ranker) and isinstance(suite.task, RankingTask):
        return _ranked(suite.task, embedder)
    if isinstance(embedder, Reranker) and isinstance(suite.task, RerankingTask):
        return _reranked(suite.task, embedder)
    if isinstance(embedder, Ranker):
        return f"{embedder.identity} ranks documents and has no vectors; {_a_suite(suite.kind)} needs vectors"
    if isinstance(embedder, Reranker):
        return (
            f"{embedder.identity} puts given candidates in order, and {_a_suite(suite.kind)} gives none; "
            "put it behind a first stage, as in hybrid:rerank(bm25:,ce:MODEL)"
        )
    return _embedded(suite, embedder)


def _a_suite(kind: str) -> str:
    return f"{'an' if kind.startswith(tuple('aeiou')) else 'a'} {kind} suite"


def _reported(suite: ForeignSuite, embedder: Embedder | Ranker | Reranker) -> Outcome:
    """What other software makes of the embedder: numbers, the headline first, without items and so without interval."""
    started = perf_counter()
    report = suite.judge.report(embedder)
    if isinstance(report, str):
        return unscored((), "not_applicable", report)
    missing = Interval(None, None, f"judged by {suite.judge.name}, which gives no score per item")
    scores = tuple(
        Score(name, value, missing, None, 0, convention=f"as {suite.judge.name}") for name, value in report.items()
    )
    return Outcome("ok", "", perf_counter() - started, scores, findings=_noted(suite))


def _noted(suite: AnySuite) -> tuple[Finding, ...]:
    return tuple(Finding(SUITE_NOTE, None, note) for note in suite.notes)


def _judged(suite: Suite, embedder: Embedder | Ranker | Reranker) -> _Judged | str:
    """The judgements, or why there can be none."""
    answer = answered(suite, embedder)
    if isinstance(answer, str):
        return answer
    if isinstance(answer, Ranking):
        return _Judged(cast("RankingTask | RerankingTask", suite.task).judge_ranking(answer))
    return _of_vectors(suite, answer, usage_of(cast("Embedder", embedder)))


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


def _embedded(suite: Suite, embedder: Embedder) -> Mapping[str, Vectors]:
    instructed = usage_of(embedder).instructed
    return {
        name: embedder.embed(texts.prompted() if instructed else texts.texts, texts.role)
        for name, texts in suite.task.texts().items()
    }


def _of_vectors(suite: Suite, vectors: Mapping[str, Vectors], usage: Usage) -> _Judged:
    """What the suite's vectors show, used as the embedder says."""
    asked = suite.task.texts()
    noticed = space_findings(asked, vectors)
    dimension = max((rows.shape[1] for rows in vectors.values()), default=0)
    documents = [name for name, texts in asked.items() if texts.role == "document"] or list(asked)
    stored = as_stored(vectors, documents, usage)
    return _Judged(suite.task.judge(stored, usage.similarity), noticed, usage.precision.size(dimension))


def _ranked(task: RankingTask, ranker: Ranker) -> Ranking:
    texts = task.texts()
    # Without the instruction: that is a prompt for a model, and would be so many more words to look for.
    return ranker.rank(texts["queries"].texts, texts["documents"].texts, task.depth)


def _reranked(task: RerankingTask, reranker: Reranker) -> Ranking:
    texts = task.texts()
    return reranker.rerank(texts["queries"].texts, texts["documents"].texts, task.candidates)


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
