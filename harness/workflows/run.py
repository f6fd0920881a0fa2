"""Run every embedder on every suite, record each result as it ends."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from harness.embedders.remote.prices import money
from harness.embedders.remote.terms import Terms
from harness.embedders.remote.usage import COST
from harness.embedders.resolve import parse_spec
from harness.embedders.vector_cache import VectorCache, default_cache_folder
from harness.errors import EmbedderError, HarnessError, SuiteError, UsageError
from harness.evaluate import Outcome, evaluate, unscored
from harness.model import ForeignSuite, Row, Run, Spec
from harness.statistics.intervals import RESAMPLES
from harness.store import Recorder, Store
from harness.workflows.candidates import Candidate, opened
from harness.workflows.contamination import Training, training
from harness.workflows.environment import environment
from harness.workflows.plan import Line, costs, demand, plan
from harness.workflows.shelf import folder_of, shelf
from harness.workflows.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.catalogue import Place
    from harness.model import AnySuite
    from harness.workflows.configuration import Configuration


class Watch(Protocol):
    """Told what happens while it happens; shows it, or does not."""

    def began(self, embedder: str, suite: str, texts: int) -> None:
        """An embedder begins a suite of so many texts."""
        ...

    def embedded(self, texts: int) -> None:
        """So many more texts have their vectors in the cache."""
        ...

    def ended(self, run: Run) -> None:
        """A run is recorded."""
        ...

    def told(self, text: str) -> None:
        """Something takes its time."""
        ...

    def warned(self, text: str) -> None:
        """Something is worth knowing before the first run begins."""
        ...


@dataclass(frozen=True)
class Request:
    """What to run: suites by name or folder, embedders by label → spec. terms: on which services may be asked.

    listed: the suites of harness.toml, whose names are known.
    """

    suites: Sequence[str]
    embedders: Mapping[str, Spec]
    store: Path
    cache: Path | None = None
    terms: Terms = field(default_factory=Terms)
    listed: Sequence[str] = ()


def request(
    configuration: Configuration,
    suites: Sequence[str],
    embedders: Sequence[str],
    sweeps: Sequence[str] = (),
    terms: Terms | None = None,
) -> Request:
    """A request from what the command line names; what it leaves out, harness.toml says.

    sweeps: see `sweep`.

    Raises UsageError when an embedder is no spec and no name, or nothing is left to run.
    """
    labels = embedders or tuple(configuration.embedders)
    chosen = tuple(suites) or configuration.suites
    if not labels or not chosen:
        missing = "embedders (-e)" if not labels else "suites (-s)"
        raise UsageError(
            f"no {missing} to run: name some, as in `harness run -s zh -e baseline:hashing`, or write a harness.toml"
        )
    specs = {label: parse_spec(configuration.spec(label)) for label in labels}
    return Request(
        suites=chosen,
        embedders=sweep(specs, sweeps),
        store=configuration.store,
        cache=configuration.cache,
        terms=terms or Terms(),
        listed=configuration.suites,
    )


def run(asked: Request, watch: Watch) -> list[Run]:
    """Evaluate, record and return a run for every embedder on every suite, failed ones with their reason.

    Raises UsageError for a suite, backend, model or option that does not exist and for texts that would be sent where
    the terms do not allow it, StoreError when nothing can be recorded, before anything is embedded. Vectors are kept
    batch by batch, so whatever stops this, the next run goes on from there.
    """
    suites = shelf(asked.suites, asked.cache, watch.told, asked.listed)
    with VectorCache(asked.cache or default_cache_folder()) as cache:
        candidates = deque(
            opened(label, spec, cache, asked.terms, watch.embedded) for label, spec in asked.embedders.items()
        )
        _agree(candidates, suites, cache, asked, watch)
        store = Store(asked.store)
        store.prepare()
        return list(_runs(candidates, suites, store, watch, training(suites, asked.cache)))


def planned(asked: Request) -> tuple[list[Line], list[SuiteError]]:
    """What `run` would embed, send and cost, and of which suites its runs would fail, as they cannot be read.

    Embeds, sends and records nothing. Raises UsageError as `run`, but not for want of consent.
    """
    suites = shelf(asked.suites, asked.cache, listed=asked.listed)
    with VectorCache(asked.cache or default_cache_folder()) as cache:
        lines = plan(asked.embedders, suites.values(), cache, asked.terms)
    return lines, [suite for suite in suites.values() if isinstance(suite, SuiteError)]


def paid(made: Run) -> list[str]:
    """What services were paid for a run, an amount per currency; prices that are not known are left out."""
    amounts: dict[str, float] = {}
    for finding in made.findings:
        if finding.name == COST and finding.value is not None:
            amounts[finding.subject] = amounts.get(finding.subject, 0.0) + finding.value
    return [money(amount, currency) for currency, amount in amounts.items()]


def failed(runs: Iterable[Run]) -> type[HarnessError] | None:
    """The error that the worst of the runs stands for: SuiteError before EmbedderError, None where none failed."""
    kinds = {SuiteError if not run.fingerprint else EmbedderError for run in runs if run.status == "failed"}
    return next((kind for kind in (SuiteError, EmbedderError) if kind in kinds), None)


def _agree(
    candidates: Iterable[Candidate],
    suites: Mapping[Place, AnySuite | SuiteError],
    cache: VectorCache,
    asked: Request,
    watch: Watch,
) -> None:
    """Raises UsageError when the terms do not allow what the run would ask of services.

    Only then is there a plan: it takes as long as reading the suites.
    """
    terms, amount = asked.terms, asked.terms.budget.amount
    asking = [one for one in candidates if any(model.service for model in one.models)]
    if amount is None and all(terms.allow(endpoint) for one in asking for endpoint in one.endpoints):
        return
    lines = plan({one.label: one.spec for one in asking}, suites.values(), cache, terms)
    demand(lines, terms)
    for currency, (cost, _) in costs(lines).items():
        if amount is not None and cost > amount:
            watch.warned(
                f"this is expected to cost {money(cost, currency)}, more than --max-cost {amount:g}: it will stop there"
            )


def _runs(
    candidates: deque[Candidate],
    suites: Mapping[Place, AnySuite | SuiteError],
    store: Store,
    watch: Watch,
    trained: Training,
) -> Iterator[Run]:
    with Recorder(store, watch.ended) as recorder:
        while candidates:
            candidate = candidates.popleft()  # and let go of: two models need not fit into memory
            for place, suite in suites.items():
                watch.began(candidate.label, place.name, 0 if isinstance(suite, SuiteError) else suite.size)
                made = _run(candidate, place, suite, trained)
                recorder.add(made)
                yield made


def _run(candidate: Candidate, place: Place, suite: AnySuite | SuiteError, trained: Training) -> Run:
    started_at = datetime.now(UTC).isoformat(timespec="microseconds")
    before, spent = candidate.embedded, candidate.spent
    outcome = _outcome(suite, candidate)
    known = trained.findings(place, (model.identity for model in candidate.models)) if outcome.status == "ok" else ()
    return Run(
        id=uuid.uuid4().hex,
        started_at=started_at,
        suite=place.name,
        kind="" if isinstance(suite, SuiteError) else suite.kind,
        fingerprint="" if isinstance(suite, SuiteError) else suite.fingerprint,
        embedder=candidate.label,
        identity=None if isinstance(candidate.embedder, EmbedderError) else candidate.embedder.identity,
        status=outcome.status,
        reason=outcome.reason,
        seconds=outcome.seconds,
        scores=outcome.scores,
        items=outcome.items,
        findings=(*outcome.findings, *known, *candidate.usage(spent)),
        texts=candidate.embedded - before,
        vector_bytes=outcome.vector_bytes,
        environment=environment(),
        configuration=_configuration(candidate.spec, suite),
        answers=outcome.answers,
        folder=folder_of(place),
    )


def _configuration(spec: Spec, suite: AnySuite | SuiteError) -> dict[str, Any]:
    """What was asked for, once every name and default is resolved."""
    if isinstance(suite, SuiteError):
        return {"spec": spec.text}
    if isinstance(suite, ForeignSuite):
        return {"spec": spec.text, "judge": suite.judge.name}
    metrics = [metric.name for metric in suite.metrics]
    return {"spec": spec.text, "metrics": metrics, "parameters": dict(suite.parameters), "resamples": RESAMPLES}


def _outcome(suite: AnySuite | SuiteError, candidate: Candidate) -> Outcome:
    if isinstance(suite, SuiteError):
        return unscored((), "failed", str(suite))
    if isinstance(candidate.embedder, EmbedderError):
        return unscored(suite.metrics, "failed", str(candidate.embedder))
    started = perf_counter()
    candidate.forget()  # what a suite has asked that failed
    try:
        outcome = evaluate(suite, candidate.embedder)
        # A suite that it does not apply to asks it nothing: no model is loaded to say how steady it is.
        noticed = candidate.findings() if outcome.status == "ok" else ()
    except (EmbedderError, UsageError) as error:  # UsageError: an option that only the loaded model could refuse
        return replace(unscored(suite.metrics, "failed", str(error)), seconds=perf_counter() - started)
    return replace(outcome, findings=(*outcome.findings, *noticed))


def rows(runs: Iterable[Run]) -> list[Row]:
    """The runs as rows of the comparison table, one per metric."""
    return [row for made in runs for row in _rows(made)]


def _rows(made: Run) -> Iterator[Row]:
    for place, score in enumerate(made.scores):
        yield Row(
            suite=made.suite,
            kind=made.kind,
            embedder=made.embedder,
            metric=score.metric,
            value=score.value,
            low=score.interval.low,
            high=score.interval.high,
            floor=score.floor,
            items=score.items,
            status=score.status,
            reason=score.reason,
            run=made.id,
            fingerprint=made.fingerprint,
            seconds=made.seconds,
            identity=made.identity_key,
            headline=place == 0,
            higher_is_better=score.higher_is_better,
            interval_reason=score.interval.reason,
            started_at=made.started_at,
            vector_bytes=made.vector_bytes,
            warnings=tuple(sorted({finding.note for finding in made.findings if finding.warning})),
        )
