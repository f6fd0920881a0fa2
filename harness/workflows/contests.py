"""Stored runs → a contest per suite: who can be compared on the headline metric, on which items, and who cannot."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from harness.compare.aligning import judgements
from harness.compare.field import Contest
from harness.compare.inference import Means, Resampled, WithoutItems
from harness.errors import NotComparableError, UsageError
from harness.metrics.named import metric_of
from harness.model import Field, Interval, Standing
from harness.workflows.newest import newest, recency
from harness.workflows.table import selects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from harness.compare.inference import Inference
    from harness.model import Judgements, Metric, Run, Score, Status
    from harness.store import Store


class _Comparable(NamedTuple):
    """Who is compared, on what, and why others (by run) are not."""

    runs: Sequence[Run]
    inference: Inference
    left_out: Mapping[str, str]


def contests(
    store: Store,
    runs: Sequence[Run],
    labels: Mapping[str, str],
    weights: Mapping[str, float],
    older: Sequence[Run] = (),
) -> list[Contest]:
    """A contest per suite, by name, of the runs of `Store.latest`. labels: run → name. weights: see `weight`.

    older: of `behind`, who stand outside.
    """
    return [
        _contest(
            store,
            Field(suite, "", 0, True, weight(suite, weights), ()),
            [run for run in runs if run.suite == suite],
            labels,
            [run for run in older if run.suite == suite],
        )
        for suite in sorted({run.suite for run in (*runs, *older)})
    ]


def names(runs: Sequence[Run]) -> dict[str, str]:
    """Run → the embedder's name in a decision: its label, with its identity where the label stands for several."""
    bearers = {(run.embedder, run.identity.key) for run in runs if run.identity}
    counted = Counter(label for label, _ in bearers)
    return {
        run.id: f"{run.embedder} [{run.identity.key[:6]}]"
        if run.identity and counted[run.embedder] > 1
        else run.embedder
        for run in runs
    }


def behind(store: Store, runs: Sequence[Run], asked: tuple[Sequence[str], Sequence[str]]) -> list[Run]:
    """The last runs of those whose only results on a suite are on older data of it: `runs`, the latest, has none.

    asked: suites and embedders.
    """
    held = {(run.suite, run.embedder) for run in runs}
    return [run for place, run in newest(store.newest(*asked)).items() if place not in held]


def named_alike(runs: Sequence[Run], labels: Mapping[str, str], others: Sequence[Run]) -> dict[str, str]:
    """Run of `others` → the name that its label has among `runs`; the label itself where that stands for several."""
    known: dict[str, set[str]] = {}
    for run in runs:
        known.setdefault(run.embedder, set()).add(labels[run.id])
    return {
        run.id: next(iter(known[run.embedder])) if len(known.get(run.embedder, ())) == 1 else run.embedder
        for run in others
    }


def weight(suite: str, weights: Mapping[str, float]) -> float:
    """That of the suite, else of the nearest folder above it that is named, else 1."""
    fitting = [name for name in weights if selects(name, suite)]
    return weights[max(fitting, key=len)] if fitting else 1.0


def standing(run: Run, name: str, score: Score | None) -> Standing:
    """What a run has under one metric, without a place; why it has nothing."""
    if run.status != "ok":
        return _outside(run, name, run.reason, run.status)
    if score is None:
        return _outside(run, name, "its latest run has no such metric: run it again")
    if score.value is None:
        return _outside(run, name, score.reason, score.status)
    return Standing(name, run.identity_key, "", None, score.value, score.interval)


def _outside(run: Run, name: str, reason: str, status: Status = "not_applicable") -> Standing:
    return Standing(name, run.identity_key, "", None, None, Interval(None, None, reason), status=status, reason=reason)


def _of_old_data(run: Run) -> str:
    return f"run on older data of this suite alone, on {run.started_at[:10]}: run it again"


def _contest(
    store: Store, heading: Field, runs: Sequence[Run], labels: Mapping[str, str], older: Sequence[Run]
) -> Contest:
    headline = _headline(runs)
    metric = headline.metric if headline else ""
    stood = {run.id: _stood(run, labels[run.id], headline) for run in runs}
    able = [run for run in runs if stood[run.id].value is not None]
    compared = _compared(store, able, metric)
    stood |= {
        run.id: _outside(run, labels[run.id], compared.left_out[run.id]) for run in able if run.id in compared.left_out
    }
    stood |= {run.id: _outside(run, labels[run.id], _of_old_data(run)) for run in older}
    kept = [run.id for run in compared.runs]
    up = headline.higher_is_better if headline else True
    return Contest(
        replace(heading, metric=metric, items=compared.inference.items, higher_is_better=up),
        tuple(stood[name] for name in kept),
        tuple(one for name, one in stood.items() if name not in kept),
        compared.inference,
    )


def _headline(runs: Sequence[Run]) -> Score | None:
    """The first metric of the newest run that has a score, made here if any was."""
    scored = [run for run in runs if run.status == "ok" and run.scores]
    last = max(scored, key=recency, default=None)
    return last.scores[0] if last else None


def _stood(run: Run, name: str, headline: Score | None) -> Standing:
    """With a value only where it can be compared with the others."""
    score = run.score(headline.metric) if headline else None
    found = standing(run, name, score)
    if found.value is None or score is None or headline is None:
        return found
    if run.imported:
        return _outside(run, name, f"imported, {found.value:z.3f} where it was made: it has no items here")
    if score.convention != headline.convention:
        return _outside(run, name, f"scored under another convention of {score.metric}: run it again")
    return found


def _compared(store: Store, runs: Sequence[Run], metric: str) -> _Comparable:
    """Those of the runs whose items are the same, in their order, and why the others are left out."""
    if not runs:
        return _Comparable((), WithoutItems((), "nobody has a score"), {})
    try:
        known: Metric[Any] | None = metric_of(metric)
    except UsageError:  # of a plug-in that is not installed, or of other software: its items, if any, are a mean's
        known = None
    if known is not None and known.items is None:
        return _resampled(store, runs, known)
    return _means(store, runs, metric)


def _means(store: Store, runs: Sequence[Run], metric: str) -> _Comparable:
    seed = (runs[0].fingerprint, metric)
    try:
        return _Comparable(runs, Means(store.aligned([run.id for run in runs], metric), seed), {})
    except NotComparableError:
        pass  # somebody has other items, or none: who, takes longer to find out
    whole = store.runs([run.id for run in runs])
    lots = {run.id: tuple(sorted(next((one.ids for one in run.items if one.measure == metric), ()))) for run in whole}
    kept, others = _alike(runs, lots, metric)
    if not kept:
        return _untold(runs, metric)
    return _Comparable(kept, Means(store.aligned([run.id for run in kept], metric), seed), others)


def _resampled(store: Store, runs: Sequence[Run], metric: Metric[Any]) -> _Comparable:
    restored: dict[str, Judgements] = {}
    for run in store.runs([run.id for run in runs]):
        try:
            restored[run.id], _ = judgements(run, run, metric)
        except NotComparableError:
            continue
    lots = {run.id: tuple(restored[run.id].ids) if run.id in restored else () for run in runs}
    kept, others = _alike(runs, lots, metric.name)
    if not kept:
        return _untold(runs, metric.name)
    found = [restored[run.id] for run in kept]
    return _Comparable(kept, Resampled(metric, found, (runs[0].fingerprint, metric.name)), others)


def _untold(runs: Sequence[Run], metric: str) -> _Comparable:
    values = tuple(score.value or 0.0 for run in runs if (score := run.score(metric)))
    return _Comparable(runs, WithoutItems(values, f"nothing can be compared: the store has no items of {metric}"), {})


def _alike(runs: Sequence[Run], lots: Mapping[str, tuple[str, ...]], metric: str) -> tuple[list[Run], dict[str, str]]:
    """Those that were judged on the most items; of several such lots, on those that most have, then on the newest.

    So an embedder that was judged on only a part of the items is left out itself, and the others keep all of theirs.
    """
    dated = sorted((run for run in runs if lots[run.id]), key=lambda run: (run.started_at, run.id), reverse=True)
    counted = Counter(lots[run.id] for run in dated)  # keeps the order in which they come
    most = max(counted, key=lambda ids: (len(ids), counted[ids]), default=())
    kept = [run for run in runs if lots[run.id] == most and most]
    return kept, {run.id: _apart(lots[run.id], most, metric) for run in runs if run not in kept}


def _apart(own: Sequence[str], others: Sequence[str], metric: str) -> str:
    if not own:
        return f"the store has no items of {metric} for it: run it again"
    apart = sorted(set(own) ^ set(others))
    return f"judged on other items than the others: {len(apart)} are in one only, such as {', '.join(apart[:3])}"
