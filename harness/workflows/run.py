"""Run every embedder on every suite, record each result as it ends."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

from harness.catalogue import Place, find_places, load_suite
from harness.embedders.cached import Cached
from harness.embedders.resolve import Candidate as Opened
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache, default_cache_folder
from harness.errors import EmbedderError, HarnessError, SuiteError, UsageError
from harness.evaluate import Outcome, evaluate, unscored
from harness.model import Row, Run, Spec, Suite
from harness.statistics.intervals import RESAMPLES
from harness.store import Recorder, Store
from harness.workflows.environment import environment
from harness.workflows.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.model import Embedder, Finding, Identity
    from harness.workflows.configuration import Configuration


@dataclass(frozen=True)
class Candidate:
    """Who is judged: as the user named it, and opened; or why it could not be opened.

    models: what in it calls a model and keeps the vectors; more than one in a combination.
    """

    label: str
    spec: Spec
    embedder: Opened | EmbedderError
    models: Sequence[Cached] = ()

    @property
    def embedded(self) -> int:
        """How many texts its models have embedded, those from the cache left out."""
        return sum(model.embedded for model in self.models)

    def findings(self) -> tuple[Finding, ...]:
        """What is to be known about its models and the texts of the suite that it has just been through."""
        several = len(self.models) > 1
        found = (
            _of_member(model.asked_as, finding) if several else finding
            for model in self.models
            for finding in model.findings()
        )
        return tuple(dict.fromkeys(found))  # two members may be one model, used in two ways

    def forget(self) -> None:
        """Its next findings are about what it is asked from now on."""
        for model in self.models:
            model.forget()


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


@dataclass(frozen=True)
class Request:
    """What to run: suites by name or folder, embedders by label → spec."""

    suites: Sequence[str]
    embedders: Mapping[str, Spec]
    store: Path
    cache: Path | None = None


def request(
    configuration: Configuration, suites: Sequence[str], embedders: Sequence[str], sweeps: Sequence[str] = ()
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
    return Request(chosen, sweep(specs, sweeps), configuration.store, configuration.cache)


def run(asked: Request, watch: Watch) -> list[Run]:
    """Evaluate, record and return a run for every embedder on every suite, failed ones with their reason.

    Raises UsageError for a suite, backend, model or option that does not exist and StoreError when nothing can be
    recorded, before anything is embedded. Vectors are kept batch by batch, so whatever stops this, the next run goes on
    from there.
    """
    suites = _load(_distinct(place for name in asked.suites for place in find_places(name)))
    with VectorCache(asked.cache or default_cache_folder()) as cache:
        candidates = deque(_opened(label, spec, cache, watch) for label, spec in asked.embedders.items())
        store = Store(asked.store)
        store.prepare()
        return list(_runs(candidates, suites, store, watch))


def failed(runs: Iterable[Run]) -> type[HarnessError] | None:
    """The error that the worst of the runs stands for: SuiteError before EmbedderError, None where none failed."""
    kinds = {SuiteError if not run.fingerprint else EmbedderError for run in runs if run.status == "failed"}
    return next((kind for kind in (SuiteError, EmbedderError) if kind in kinds), None)


def _runs(
    candidates: deque[Candidate], suites: Mapping[Place, Suite | SuiteError], store: Store, watch: Watch
) -> Iterator[Run]:
    with Recorder(store, watch.ended) as recorder:
        while candidates:
            candidate = candidates.popleft()  # and let go of: two models need not fit into memory
            for place, suite in suites.items():
                watch.began(candidate.label, place.name, 0 if isinstance(suite, SuiteError) else suite.size)
                made = _run(candidate, place, suite)
                recorder.add(made)
                yield made


def _opened(label: str, spec: Spec, cache: VectorCache, watch: Watch) -> Candidate:
    models: list[Cached] = []

    def keep(embedder: Embedder) -> Cached:
        models.append(Cached(embedder, cache, watch.embedded))
        return models[-1]

    try:
        return Candidate(label, spec, open_embedder(spec, keep), models)
    except EmbedderError as error:
        return Candidate(label, spec, error)


def _run(candidate: Candidate, place: Place, suite: Suite | SuiteError) -> Run:
    started_at = datetime.now(UTC).isoformat(timespec="microseconds")
    before = candidate.embedded
    outcome = _outcome(suite, candidate)
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
        findings=outcome.findings,
        texts=candidate.embedded - before,
        vector_bytes=outcome.vector_bytes,
        environment=environment(),
        configuration=_configuration(candidate.spec, suite),
    )


def _configuration(spec: Spec, suite: Suite | SuiteError) -> dict[str, Any]:
    """What was asked for, once every name and default is resolved."""
    if isinstance(suite, SuiteError):
        return {"spec": spec.text}
    metrics = [metric.name for metric in suite.metrics]
    return {"spec": spec.text, "metrics": metrics, "parameters": dict(suite.parameters), "resamples": RESAMPLES}


def _outcome(suite: Suite | SuiteError, candidate: Candidate) -> Outcome:
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


def _of_member(identity: Identity, finding: Finding) -> Finding:
    """The finding of a combination's member, by whose name it goes."""
    subject = f"{identity} {finding.subject}".rstrip()
    return replace(finding, subject=subject, note=f"{identity}: {finding.note}")


def _load(places: Sequence[Place]) -> dict[Place, Suite | SuiteError]:
    """Every suite read, or the error that says what is wrong with it."""
    loaded: dict[Place, Suite | SuiteError] = {}
    for place in places:
        try:
            loaded[place] = load_suite(place)
        except SuiteError as error:
            loaded[place] = error
    return loaded


def _distinct(places: Iterable[Place]) -> list[Place]:
    """The places, each once. Raises UsageError when two suites go by one name."""
    found: dict[str, Place] = {}
    for place in places:
        known = found.setdefault(place.name, place)
        if known.folder.resolve() != place.folder.resolve():
            raise UsageError(
                f"two suites are called {place.name!r}: {known.folder} and {place.folder}. Rename one folder."
            )
    return list(found.values())


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
            identity=made.identity.key if made.identity else "",
            headline=place == 0,
            higher_is_better=score.higher_is_better,
            interval_reason=score.interval.reason,
            started_at=made.started_at,
            vector_bytes=made.vector_bytes,
            warnings=tuple(sorted({finding.note for finding in made.findings if finding.warning})),
        )
