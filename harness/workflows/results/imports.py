"""mteb's result files → runs without items, beside ours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue import Place
from harness.embedders.vector_cache import default_cache_folder
from harness.errors import UsageError
from harness.interop.mteb.metric_names import renamed
from harness.interop.mteb.result_reading import Model, TaskScores, model_of, read_task, result_files
from harness.model import IMPORTED, Finding, Identity, Interval, Run, Score
from harness.store import Store
from harness.workflows.contamination import Training
from harness.workflows.results.naming import Standing, known_tasks, model_given, run_id, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from harness.catalogue.mteb.registry import Entry, Registry
    from harness.interop.mteb.result_reading import Part
    from harness.workflows.configuration import Configuration

NO_ITEMS = "imported: no items"
COLUMNS = ("suite", "embedder", "metric", "value", "recorded")
_ANONYMOUS = "no_model_name/available"
_SHOWN = 5
_BLOCK = 500
"""Runs that are recorded at once."""
_HELD = f"select id, suite, embedder, identity, started_at from run where starts_with(fingerprint, '{IMPORTED}')"  # noqa: S608 # our own word


@dataclass
class Imported:
    """What came of the files. runs: all of them. new: the ids of those that were not there yet. notes: for people.

    refused: a file → what is wrong with it.
    """

    runs: list[Run] = field(default_factory=list)
    new: set[str] = field(default_factory=set)
    refused: dict[Path, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def rows(self) -> list[list[object]]:
        """What `COLUMNS` name: the headline of every run."""
        return [
            [
                *(run.suite, run.embedder, run.scores[0].metric, run.scores[0].value),
                "new" if run.id in self.new else "there already",
            ]
            for run in self.runs
        ]


@dataclass(frozen=True)
class _File:
    """A result file, read."""

    model: Model
    scores: TaskScores
    splits: Sequence[str]


def import_results(
    paths: Iterable[Path], configuration: Configuration, model: str, tell: Callable[[str], None]
) -> Imported:
    """Record every result below the paths that is not there yet; a faulty file keeps no other from being read.

    model: whose results they are, NAME or NAME@REVISION, for files that do not say; empty where all say it. tell: is
    told now and then how far it is. Raises UsageError for a path that is not there or holds no result, StoreError.
    """
    made = Imported()
    read = dict(_read(list(_files(paths)), model_given(model), made.refused))
    registry, note = known_tasks(configuration.cache or default_cache_folder())
    made.notes += [note] if note else []
    tasks = dict.fromkeys(file.scores.task for file in read.values())
    entries = {task: registry.tasks.get(task) if registry else None for task in tasks}
    labels = _labels([file.model for file in read.values()])
    made.runs = [run for file in read.values() for run in _runs(file, labels[file.model], entries[file.scores.task])]
    if registry:
        trained = Training(registry.trained_on)
        made.runs = [_marked(run, trained) for run in made.runs]
    made.notes += _unknown([task for task, entry in entries.items() if entry is None], registry)
    store = Store(configuration.store)
    store.prepare()
    made.runs = list(_later(made.runs, store))
    for start in range(0, len(made.runs), _BLOCK):
        made.new |= {run.id for run in store.add_new(*made.runs[start : start + _BLOCK])}
        tell(f"{min(start + _BLOCK, len(made.runs)):,} of {len(made.runs):,} results recorded")
    return made


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        found = result_files(path.expanduser())
        if not path.expanduser().exists():
            raise UsageError(f"{path}: there is no such file or folder")
        if not found:
            raise UsageError(
                f"{path} holds no results: files <org__model>/<revision>/<Task>.json are looked for. "
                "Rankings are read with --predictions"
            )
        yield from found


def _read(files: Iterable[Path], given: Model | None, refused: dict[Path, str]) -> Iterator[tuple[Path, _File]]:
    for file in dict.fromkeys(files):
        try:
            scores = read_task(file.read_text(encoding="utf-8-sig"))
            model = model_of(file) or given
        except (OSError, ValueError) as error:
            refused[file] = str(error)
            continue
        if model is None:
            refused[file] = (
                "whose results are these? Neither model_meta.json beside it nor folders <org__model>/<revision>/ say: "
                "name the model with --model"
            )
            continue
        yield file, _File(model, scores, list(dict.fromkeys(part.split for part in scores.parts)))


def _labels(models: Iterable[Model]) -> dict[Model, str]:
    """imported:NAME, with the revision where a model comes in several, and the experiment where there is one."""
    known = dict.fromkeys(models)
    revisions = Counter(name for name, _ in dict.fromkeys((model.name, model.revision) for model in known))
    return {
        model: IMPORTED
        + model.name
        + (f"@{model.revision}" if revisions[model.name] > 1 else "")
        + (f"?experiment={told}" if (told := _experiment(model)) else "")
        for model in known
    }


def _experiment(model: Model) -> str:
    """The options that the results were made with; the identity among them is the revision again."""
    return "__".join(part for part in model.experiment.split("__") if part != f"identity_{model.revision}")


def _unknown(tasks: Sequence[str], registry: Registry | None) -> Iterator[str]:
    if registry and tasks:
        named = ", ".join(tasks[:_SHOWN]) + (" …" if len(tasks) > _SHOWN else "")
        yield f"mteb {registry.version} does not know {named}: named by what the files say"


def _runs(file: _File, label: str, entry: Entry | None) -> Iterator[Run]:
    experiment = _experiment(file.model)
    options = (("experiment", experiment),) if experiment else ()
    identity = Identity("imported", file.model.name, file.model.revision, options)
    for part in file.scores.parts:
        yield _run(file, part, standing(file.scores.task, part, file.splits, entry), (label, identity))


def _run(file: _File, part: Part, place: Standing, who: tuple[str, Identity]) -> Run:
    scores, (label, identity) = file.scores, who
    judge = f"mteb {scores.version}".rstrip()
    configuration = {
        "task": scores.task,
        "subset": part.subset,
        "split": part.split,
        "dataset_revision": scores.dataset_revision,
        "judge": judge,
    }
    only = len(scores.parts) == 1
    return Run(
        id=run_id(identity.key, place.suite, configuration, dict(part.numbers), part.main),
        started_at=scores.date or _written(datetime.now(UTC)),
        suite=place.suite,
        kind=place.kind,
        fingerprint=f"{IMPORTED}{scores.dataset_revision}",
        embedder=label,
        identity=identity,
        status="ok",
        reason="",
        seconds=scores.seconds if only and scores.seconds is not None else 0.0,
        scores=tuple(_scores(place, part, judge)),
        findings=_findings(file.model),
        environment={"imported": judge},
        configuration=configuration,
    )


def _later(runs: Iterable[Run], store: Store) -> Iterator[Run]:
    """The runs; a new one of the very date of another, as of a file whose numbers were mended, is the later of them."""
    held = store.query(_HELD)[1]
    ids, taken = {run for run, *_ in held}, {tuple(place) for _, *place in held}
    for run in runs:
        started, who = datetime.fromisoformat(run.started_at), run.identity and run.identity.key
        while run.id not in ids and (run.suite, run.embedder, who, _written(started)) in taken:
            started += timedelta(microseconds=1)
        taken.add((run.suite, run.embedder, who, _written(started)))
        yield replace(run, started_at=_written(started))


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")


def _scores(place: Standing, part: Part, judge: str) -> Iterator[Score]:
    undefined = f"{judge} has no number here: NaN, or null"
    for metric, value in renamed(place.names, place.main, part).items():
        if value is None:
            missing = Interval(None, None, undefined)
            yield Score(metric, None, missing, None, 0, status="not_applicable", reason=undefined)
        else:
            yield Score(metric, value, Interval(None, None, NO_ITEMS), None, 0, convention=f"as {judge}")


def _marked(run: Run, trained: Training) -> Run:
    """With what is known of the model and the task, as our own runs have it."""
    models = [run.identity] if run.identity else []
    return replace(run, findings=(*run.findings, *trained.findings(Place(run.suite, Path()), models)))


def _findings(model: Model) -> tuple[Finding, ...]:
    if model.name != _ANONYMOUS:
        return ()
    note = "mteb files every model that it cannot tell under this name: these may be results of any of them"
    return (Finding("unknown_model", None, note, warning=True),)
