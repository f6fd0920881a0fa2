"""Run every embedder on every suite, record each result as it ends."""

from __future__ import annotations

import uuid
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from harness.catalogue import Place, find_places, load_suite
from harness.embedders.cached import Cached
from harness.embedders.checked_ranker import CheckedRanker
from harness.embedders.contract import opened
from harness.embedders.resolve import parse_spec
from harness.embedders.vector_cache import VectorCache, default_cache_folder
from harness.errors import EmbedderError, HarnessError, SuiteError, UsageError
from harness.evaluate import Outcome, evaluate, unscored
from harness.model import Embedder, Ranker, Row, Run, Spec, Suite
from harness.store import Recorder, Store
from harness.workflows.environment import environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.workflows.configuration import Configuration

Candidate: TypeAlias = Embedder | Ranker | EmbedderError
"""Who is judged, or why it could not be opened."""


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
        candidates = deque((label, spec, _opened(spec, cache, watch)) for label, spec in asked.embedders.items())
        store = Store(asked.store)
        store.prepare()
        return list(_runs(candidates, suites, store, watch))


def failed(runs: Iterable[Run]) -> type[HarnessError] | None:
    """The error that the worst of the runs stands for: SuiteError before EmbedderError, None where none failed."""
    kinds = {SuiteError if not run.fingerprint else EmbedderError for run in runs if run.status == "failed"}
    return next((kind for kind in (SuiteError, EmbedderError) if kind in kinds), None)


def _runs(
    candidates: deque[tuple[str, Spec, Candidate]],
    suites: Mapping[Place, Suite | SuiteError],
    store: Store,
    watch: Watch,
) -> Iterator[Run]:
    where = environment()
    with Recorder(store, watch.ended) as recorder:
        while candidates:
            label, spec, embedder = candidates.popleft()  # and let go of: two models need not fit into memory
            for place, suite in suites.items():
                watch.began(label, place.name, _count(suite))
                made = _run(label, embedder, place, suite)
                configuration = {"spec": spec.text, "suite": place.name, "threads": where["threads"]}
                done = Run(**made, environment=where, configuration=configuration)
                recorder.add(done)
                yield done


def _opened(spec: Spec, cache: VectorCache, watch: Watch) -> Candidate:
    try:
        embedder = opened(spec)
    except EmbedderError as error:
        return error
    return CheckedRanker(embedder) if isinstance(embedder, Ranker) else Cached(embedder, cache, watch.embedded)


def _run(label: str, embedder: Candidate, place: Place, suite: Suite | SuiteError) -> dict[str, Any]:
    """The fields of a Run but for its surroundings."""
    made: dict[str, Any] = {
        "id": uuid.uuid4().hex,
        "started_at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "suite": place.name,
        "kind": "" if isinstance(suite, SuiteError) else suite.kind,
        "fingerprint": "" if isinstance(suite, SuiteError) else suite.fingerprint,
        "embedder": label,
        "identity": None if isinstance(embedder, EmbedderError) else embedder.identity,
    }
    before = getattr(embedder, "misses", 0)
    outcome = _outcome(suite, embedder)
    made["texts"] = getattr(embedder, "misses", 0) - before
    return made | {name: getattr(outcome, name) for name in Outcome.__dataclass_fields__}


def _outcome(suite: Suite | SuiteError, embedder: Candidate) -> Outcome:
    if isinstance(suite, SuiteError):
        return unscored((), "failed", str(suite))
    if isinstance(embedder, EmbedderError):
        return unscored(suite.metrics, "failed", str(embedder))
    try:
        return evaluate(suite, embedder)
    except (EmbedderError, UsageError) as error:  # UsageError: an option that only the loaded model could refuse
        return unscored(suite.metrics, "failed", str(error))


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


def _count(suite: Suite | SuiteError) -> int:
    if isinstance(suite, SuiteError):
        return 0
    return sum(len(asked.texts) for asked in suite.task.texts().values())


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
