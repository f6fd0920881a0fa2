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
from harness.embedders.contract import CheckedRanker
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache, default_cache_folder
from harness.errors import EmbedderError, HarnessError, SuiteError, UsageError
from harness.evaluate import Outcome, evaluate, unscored
from harness.model import Row, Run, Spec, Suite
from harness.statistics.intervals import RESAMPLES
from harness.store import Recorder, Store
from harness.workflows.environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.workflows.configuration import Configuration


@dataclass(frozen=True)
class Candidate:
    """Who is judged: as the user named it, and opened; or why it could not be opened."""

    label: str
    spec: Spec
    embedder: Cached | CheckedRanker | EmbedderError


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


def request(configuration: Configuration, suites: Sequence[str], embedders: Sequence[str]) -> Request:
    """A request from what the command line names; what it leaves out, harness.toml says.

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
    return Request(chosen, specs, configuration.store, configuration.cache)


def run(asked: Request, watch: Watch) -> list[Run]:
    """Evaluate, record and return a run for every embedder on every suite, failed ones with their reason.

    Raises UsageError for a suite, backend, model or option that does not exist and StoreError when nothing can be
    recorded, before anything is embedded. Vectors are kept batch by batch, so whatever stops this, the next run goes on
    from there.
    """
    suites = _load(_distinct(place for name in asked.suites for place in find_places(name)))
    with VectorCache(asked.cache or default_cache_folder()) as cache:
        candidates = deque(
            Candidate(label, spec, _opened(spec, cache, watch)) for label, spec in asked.embedders.items()
        )
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


def _opened(spec: Spec, cache: VectorCache, watch: Watch) -> Cached | CheckedRanker | EmbedderError:
    try:
        embedder = open_embedder(spec)
    except EmbedderError as error:
        return error
    return embedder if isinstance(embedder, CheckedRanker) else Cached(embedder, cache, watch.embedded)


def _run(candidate: Candidate, place: Place, suite: Suite | SuiteError) -> Run:
    started_at = datetime.now(UTC).isoformat(timespec="microseconds")
    before = len(_fresh(candidate.embedder))
    outcome = _outcome(suite, candidate.embedder, before)
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
        texts=len(_fresh(candidate.embedder)) - before,
        environment=environment(),
        configuration=_configuration(candidate.spec, suite),
    )


def _configuration(spec: Spec, suite: Suite | SuiteError) -> dict[str, Any]:
    """What was asked for, once every name and default is resolved."""
    if isinstance(suite, SuiteError):
        return {"spec": spec.text}
    metrics = [metric.name for metric in suite.metrics]
    return {"spec": spec.text, "metrics": metrics, "parameters": dict(suite.parameters), "resamples": RESAMPLES}


def _fresh(embedder: Cached | CheckedRanker | EmbedderError) -> Sequence[str]:
    """The texts that an embedder has embedded so far, those from the cache left out."""
    return embedder.embedded if isinstance(embedder, Cached) else ()


def _outcome(suite: Suite | SuiteError, embedder: Cached | CheckedRanker | EmbedderError, before: int) -> Outcome:
    if isinstance(suite, SuiteError):
        return unscored((), "failed", str(suite))
    if isinstance(embedder, EmbedderError):
        return unscored(suite.metrics, "failed", str(embedder))
    started = perf_counter()
    try:
        outcome = evaluate(suite, embedder)
        noticed = embedder.findings(embedder.embedded[before:]) if isinstance(embedder, Cached) else ()
    except (EmbedderError, UsageError) as error:  # UsageError: an option that only the loaded model could refuse
        return replace(unscored(suite.metrics, "failed", str(error)), seconds=perf_counter() - started)
    return replace(outcome, findings=(*outcome.findings, *noticed))


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
        )
