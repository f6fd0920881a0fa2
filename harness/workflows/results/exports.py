"""Runs in the store → mteb's result files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from harness.catalogue.mteb.names import is_mteb, read_name
from harness.catalogue.mteb.registry import read_registry
from harness.embedders.vector_cache import default_cache_folder
from harness.errors import UsageError
from harness.interop.mteb import metric_names
from harness.interop.mteb.result_writing import Scored, write_result
from harness.interop.mteb.task_names import NO_LANGUAGE, SPLIT, SUBSET, task_name
from harness.interop.mteb.task_types import JUDGED_ALIKE, JUDGED_OTHERWISE, is_foreign
from harness.search import COSINE
from harness.store import Store
from harness.workflows.table import stored_names

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.catalogue.mteb.registry import Entry, Registry
    from harness.model import Identity, Run
    from harness.workflows.configuration import Configuration

COLUMNS = ("task", "embedder", "parts", "file")
_OF_THE_COSINE = ("pairs", "similarity")
"""Kinds whose numbers mteb names after the cosine; those of other kinds are of any similarity."""


@dataclass(frozen=True)
class Exported:
    """rows: what `COLUMNS` name. skipped: suite and embedder → why there is no result of them."""

    rows: list[list[object]]
    skipped: dict[tuple[str, str], str]


@dataclass(frozen=True)
class _Part:
    """A run as a part of a result file."""

    task: str
    scored: Scored

    @property
    def place(self) -> tuple[str, str]:
        """Of two runs for one place in a file, the later one in the order of their suites counts: ?protocol=mteb."""
        return self.scored.split, self.scored.subset


def export_results(
    folder: Path, suites: Sequence[str], embedders: Sequence[str], configuration: Configuration
) -> Exported:
    """Write the latest runs as result files of mteb's, those that were imported left out; none named is all of them.

    A task of mteb's stands for all that the store holds of it, as in the table. Runs that mteb has no result for are
    skipped, and say why. Raises UsageError when nothing is left, StoreError, MissingExtraError without mteb.
    """
    names = stored_names(configuration, suites)
    registry = read_registry(configuration.cache or default_cache_folder())
    skipped: dict[tuple[str, str], str] = {}
    files: dict[tuple[str, Identity], dict[tuple[str, str], Scored]] = {}
    labels: dict[Identity, str] = {}
    for run in Store(configuration.store).latest(names, embedders):
        if run.imported:
            continue  # its own file says more
        part = _part(run, registry)
        if isinstance(part, str):
            skipped[run.suite, run.embedder] = part
        elif run.identity is not None:
            files.setdefault((part.task, run.identity), {})[part.place] = part.scored
            labels[run.identity] = run.embedder
    if not files:
        reasons = "".join(f"\n  {suite}, {embedder}: {why}" for (suite, embedder), why in skipped.items())
        raise UsageError(f"{configuration.store} holds nothing to export{reasons and ':'}{reasons}")
    rows = [
        [task, labels[identity], len(parts), str(write_result(folder, identity, task, list(parts.values())))]
        for (task, identity), parts in files.items()
    ]
    return Exported(rows, skipped)


def _part(run: Run, registry: Registry) -> _Part | str:
    """The part of a result file that a run is, or why it is none."""
    if run.status != "ok" or not run.scores:
        return run.reason or "it has no score"
    if run.scores[0].value is None:
        return run.scores[0].reason
    return _of_mteb(run, registry) if is_mteb(run.suite) else _of_ours(run)


def _of_ours(run: Run) -> _Part:
    """As `harness.interop.mteb.as_task` has it: its metrics go by our names."""
    task = task_name(run.suite, run.fingerprint, [score.metric for score in run.scores])
    return _Part(task, _scored(run, (SPLIT, SUBSET), [NO_LANGUAGE], None))


def _of_mteb(run: Run, registry: Registry) -> _Part | str:
    asked = read_name(run.suite)
    entry = registry.tasks.get(asked.name)
    if entry is None:
        return f"mteb {registry.version} does not know this task"
    if asked.level or asked.rows:
        return "it was judged on a part of the task's rows, or one level of its labels, which mteb has no result for"
    names = not is_foreign(run.kind)
    if entry.type in JUDGED_OTHERWISE and names:
        return f"our protocol is not mteb's: run {run.suite}{'&' if '?' in run.suite else '?'}protocol=mteb"
    if names and (why := _otherwise(run, entry)):
        return why
    subset = asked.subset or next(iter(entry.subsets), SUBSET)
    languages = list(entry.languages.get(subset, ())) or [NO_LANGUAGE]
    return _Part(
        entry.name, _scored(run, (asked.split or entry.splits[0], subset), languages, entry if names else None)
    )


def _otherwise(run: Run, entry: Entry) -> str:
    """Why a run by our protocol has not mteb's main score; empty where it has."""
    if run.kind not in JUDGED_ALIKE.values():
        return f"our suites of the kind {run.kind} are not judged as mteb judges {entry.type}"
    main = metric_names.ours(run.kind, entry.main_score)
    if main not in {score.metric for score in run.scores if score.value is not None}:
        return f"it has no {entry.main_score}, mteb's main score of this task"
    near = dict(run.identity.options).get("similarity", COSINE.name) if run.identity else COSINE.name
    if run.kind in _OF_THE_COSINE and near != COSINE.name:
        return f"its numbers are of {near}, and those that mteb has under these names are of the cosine"
    return ""


def _scored(run: Run, where: tuple[str, str], languages: Sequence[str], entry: Entry | None) -> Scored:
    """where: split and subset. entry: the task whose names the numbers get; None where they keep their own."""
    values = {score.metric: score.value for score in run.scores if score.value is not None}
    main = values.get((metric_names.ours(run.kind, entry.main_score) if entry else None) or "", run.scores[0].value)
    named = ((metric_names.theirs(run.kind, name) if entry else name, value) for name, value in values.items())
    return Scored(
        split=where[0],
        subset=where[1],
        main=cast("float", main),  # the headline has a value, as `_part` has seen
        numbers={name: value for name, value in named if name},
        languages=languages,
        fingerprint=run.fingerprint,
        seconds=run.seconds,
        timestamp=datetime.fromisoformat(run.started_at).timestamp(),
    )
