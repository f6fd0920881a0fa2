"""Rankings that other software made → full runs: judged by our metrics on our judgements, with items and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from harness.errors import SuiteError, UsageError
from harness.evaluate import evaluate
from harness.interop.answers import ranking_of
from harness.interop.mteb.predictions import predictions_file, read_predictions
from harness.interop.mteb.result_reading import PREDICTIONS, Model
from harness.interop.trec import read_run
from harness.model import Finding, Identity, Run, Suite
from harness.statistics.intervals import RESAMPLES
from harness.store import Store
from harness.tasks.reranking import Reranking
from harness.tasks.retrieval import Retrieval
from harness.workflows.environment import environment
from harness.workflows.results.naming import NO_REVISION, model_given, place_in_mteb, run_id
from harness.workflows.shelf import folder_of, shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.catalogue import Place
    from harness.interop.answers import Answers
    from harness.model import Index, Ranking
    from harness.workflows.configuration import Configuration


@dataclass(frozen=True)
class Predicted:
    """A ranker, and a reranker, that answers what was predicted, whatever it is asked."""

    identity: Identity
    ranking: Ranking
    reads_images: bool = True

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """See `Ranker.rank`."""
        del queries, documents, k
        return self.ranking

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """See `Reranker.rerank`."""
        del queries, documents, candidates
        return self.ranking


def import_predictions(
    path: Path, suites: Sequence[str], configuration: Configuration, model: str, tell: Callable[[str], None]
) -> list[Run]:
    """Judge rankings as if we had made them, record those runs that are not there yet, and return all of them.

    path: a folder with mteb's <Task>_predictions.json, one such file, or a run file of TREC (also .gz). suites: which
    of ours they are of; a run file is of one. model: whose they are, NAME or NAME@REVISION, where the file does not
    say, or says it wrong. Raises UsageError for files that are not there, that are none of these, or that rank
    documents which the suite does not have; SuiteError for a suite that cannot be read.
    """
    found = shelf(suites, configuration.cache, tell, configuration.suites)
    if not _is_json(path) and len(found) != 1:
        raise UsageError(
            f"{path} is a run of one suite, and {len(found)} are named: {', '.join(p.name for p in found)}"
        )
    runs = []
    for place in found:
        suite = found[place]
        if isinstance(suite, SuiteError):
            raise suite
        if not isinstance(suite, Suite) or not isinstance(suite.task, Retrieval | Reranking):
            raise UsageError(f"{place.name} is a {suite.kind} suite: predictions are read of retrieval and reranking")
        runs.append(_judged(path, place, suite, model))
        tell(f"{runs[-1].embedder} · {place.name}: judged")
    store = Store(configuration.store)
    before = [run for run in runs if _shows_another(run, store)]
    new = store.add_new(*runs)
    for run in before:
        shown = "this one" if run in new else "that one, which came later than this"
        tell(
            f"{run.suite}: another ranking by {run.embedder} was there. The table shows {shown}: --model gives it a "
            "name of its own"
        )
    return runs


def _shows_another(run: Run, store: Store) -> bool:
    """Whether the table shows another ranking under the same name."""
    held = store.latest([run.suite], [run.embedder]) if store.exists() else []
    return any(other.identity == run.identity and other.id != run.id for other in held)


def _is_json(path: Path) -> bool:
    return path.is_dir() or path.suffix == ".json"


def _judged(path: Path, place: Place, suite: Suite, model: str) -> Run:
    answers, named = _answers(path, place, suite)
    whose = model_given(model, named.revision) or named
    task = cast("Retrieval | Reranking", suite.task)
    try:
        ranking = ranking_of(answers, task)
    except UsageError as error:
        raise UsageError(f"{path}, {place.name}: {error}") from error
    identity = Identity("predicted", whose.name, whose.revision)
    outcome = evaluate(suite, Predicted(identity, ranking))
    return Run(
        id=run_id(identity.key, suite.name, suite.fingerprint, answers),
        started_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        suite=suite.name,
        kind=suite.kind,
        fingerprint=suite.fingerprint,
        embedder=str(identity),
        identity=identity,
        status=outcome.status,
        reason=outcome.reason,
        seconds=outcome.seconds,
        scores=outcome.scores,
        items=outcome.items,
        findings=(*outcome.findings, *_unasked(answers, task)),
        environment=environment(),
        configuration={"spec": str(identity), "parameters": dict(suite.parameters), "resamples": RESAMPLES},
        answers=outcome.answers,
        folder=folder_of(place),
    )


def _answers(path: Path, place: Place, suite: Suite) -> tuple[Answers, Model]:
    """The answers to the queries of a suite, and whose they are."""
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder")
    if not _is_json(path):
        answers, tag = read_run(path)
        return answers, Model(tag or path.name, NO_REVISION)
    task, subset, split = place_in_mteb(place, suite)
    file = predictions_file(path, task) if path.is_dir() else path
    if not file.is_file():
        there = ", ".join(sorted(other.name for other in path.glob(f"*{PREDICTIONS}"))[:5]) or "none"
        raise UsageError(f"{file}: there is no such file. Predictions in that folder: {there}")
    read = read_predictions(file)
    return read.answers(subset, split), Model(read.model or path.name, read.revision or NO_REVISION)


def _unasked(answers: Answers, task: Retrieval | Reranking) -> tuple[Finding, ...]:
    """Queries of the file that the suite does not judge."""
    count = len(answers.keys() - set(task.collection.query_ids))
    note = "queries with predictions that the suite does not judge are left out"
    return (Finding("unjudged_predictions", float(count), note),) if count else ()
