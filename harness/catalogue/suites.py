"""A folder → a Suite: declaration, tables, columns, task, metrics, fingerprint."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from harness import plugins
from harness.catalogue.beir import beir_declaration
from harness.catalogue.columns import check_columns, listed
from harness.catalogue.declaration import Declaration, read_declaration
from harness.catalogue.locate import DECLARATION, Place
from harness.catalogue.tables import read_table
from harness.errors import Faults, UsageError
from harness.metrics.named import metric_of
from harness.model import Suite, Table, TableShape, Task
from harness.tasks.staleness import HASH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.model import Metric

WHOLE_DEPTH = 1000
"""How long a ranking is where a metric has no cutoff, as long as the runs that trec_eval is given."""
AS_BEFORE: Mapping[str, Any] = {"ignore_identical_ids": True}
"""Values under which a suite is judged as it was before there was the parameter: its results stay comparable."""


class Opened(NamedTuple):
    """A suite, and what it was made of: its declaration, and its tables as read, with the line of every row."""

    suite: Suite
    declaration: Declaration
    tables: Mapping[str, Table]


def load_suite(place: Place) -> Suite:
    """Read a suite. Raises SuiteError with every fault that was found."""
    return open_suite(place).suite


def open_suite(place: Place) -> Opened:
    """Read a suite and keep its tables. Raises SuiteError with every fault that was found."""
    faults = Faults()
    declared = (place.folder / DECLARATION).is_file()
    declaration = read_declaration(place.folder, faults) if declared else beir_declaration(place.folder, faults)
    opened = _build(place, declaration, faults) if declaration else None
    faults.raise_if_any(place.name)
    assert opened is not None  # noqa: S101 # for the type checker: without a suite there are faults
    return opened


def _build(place: Place, declaration: Declaration, faults: Faults) -> Opened | None:
    kind = _kind(declaration, faults)
    if kind is None:
        return None
    parameters = _parameters(kind, declaration, faults)
    metrics = _metrics(kind, declaration, faults)
    tables = _tables(place.folder, kind, declaration, faults)
    if tables is None:
        return None
    depth = max((metric.cutoff or WHOLE_DEPTH for metric in metrics), default=WHOLE_DEPTH)
    task = kind.read(tables, parameters, depth, faults)
    suite = Suite(
        name=place.name,
        title=declaration.title,
        licence=declaration.licence,
        task=task,
        metrics=metrics,
        fingerprint=fingerprint(kind, parameters, tables),
        folder=str(place.folder),
        parameters=parameters,
        notes=declaration.notes,
    )
    return Opened(suite, declaration, tables)


def fingerprint(kind: type[Task], parameters: Mapping[str, Any], tables: Mapping[str, Table]) -> str:
    """32 hexadecimal digits that two suites share only when they judge the same data in the same way.

    Digests the kind, its version, its parameters and the tables as read; not the title, the metrics or the
    files' format, none of which change what a score of a given name means. Nor the hashes of labelled documents, unless
    labels are left out by them: to look at a label again is no reason to measure anew.
    """
    ignored = () if parameters.get("exclude_stale") else (("qrels", HASH),)
    digest = hashlib.blake2b(digest_size=16)
    told = sorted(item for item in parameters.items() if item not in AS_BEFORE.items())
    digest.update(_canonical([kind.kind, kind.version, told]))
    for name in sorted(tables):
        for column in sorted(column for column in tables[name].columns if (name, column) not in ignored):
            digest.update(_canonical([name, column, list(tables[name].columns[column])]))
    return digest.hexdigest()


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"{len(text)}:{text}".encode()


def _kind(declaration: Declaration, faults: Faults) -> type[Task] | None:
    try:
        return plugins.find("tasks", declaration.task)  # type: ignore[return-value]  # what the group promises
    except UsageError as error:
        faults.add(DECLARATION, declaration.lines.get("task", 0), "task", str(error))
        return None


def _parameters(kind: type[Task], declaration: Declaration, faults: Faults) -> dict[str, Any]:
    """The kind's defaults with what the suite sets; a default's type is the type that is asked for."""
    parameters = dict(kind.parameters)
    for name, value in declaration.parameters.items():
        key = f"parameters.{name}"
        line = declaration.lines.get(key, 0)
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            faults.add(DECLARATION, line, key, f"unknown parameter: {kind.kind} suites know {known}")
        elif type(value) is not type(parameters[name]):
            wanted = type(parameters[name]).__name__
            faults.add(DECLARATION, line, key, f"wrong type: {value!r} is not a {wanted}")
        else:
            parameters[name] = value
    return parameters


def _metrics(kind: type[Task], declaration: Declaration, faults: Faults) -> tuple[Metric[Any], ...]:
    """The metrics by name, each one that the kind's judgements can feed."""
    found: dict[str, Metric[Any]] = {}
    for place, text in enumerate(declaration.metrics):
        if not text:
            continue
        try:
            metric = _metric(text, kind)
            problem = f"metric given twice: {metric.name}" if metric.name in found else ""
            found[metric.name] = metric
        except UsageError as error:
            problem = str(error)
        if problem:
            faults.add(DECLARATION, declaration.lines.get(f"metrics[{place}]", 0), "metrics", problem)
    return tuple(found.values())


def _metric(text: str, kind: type[Task]) -> Metric[Any]:
    """`ndcg@10` → the metric. Raises UsageError for an unknown name, a bad cutoff, or other judgements."""
    metric = metric_of(text)
    if metric.reads not in kind.yields:
        given = ", ".join(judgements.__name__ for judgements in kind.yields)
        raise UsageError(f"misfit: {metric.name} reads {metric.reads.__name__}, but a {kind.kind} suite yields {given}")
    return metric


def _tables(folder: Path, kind: type[Task], declaration: Declaration, faults: Faults) -> dict[str, Table] | None:
    """Every table of the kind, read and checked. None when one that is needed cannot be used."""
    for name in declaration.tables:
        if name not in kind.tables:
            message = f"unknown table: {kind.kind} suites have {', '.join(kind.tables)}"
            faults.add(DECLARATION, declaration.lines[f"tables.{name}"], f"tables.{name}", message)
    tables: dict[str, Table | None] = {}
    for name, shape in kind.tables.items():
        if name in declaration.tables:
            tables[name] = _table(folder, name, shape, declaration, faults)
        elif shape.required:
            faults.add(DECLARATION, declaration.lines.get("tables", 0), "tables", f"missing table: {name}")
            tables[name] = None
    usable = {name: table for name, table in tables.items() if table is not None}
    return usable if len(usable) == len(tables) else None


def _table(folder: Path, name: str, shape: TableShape, declaration: Declaration, faults: Faults) -> Table | None:
    source = declaration.tables[name]
    if source is None:
        return None
    for ours in source.columns:
        if ours not in shape.columns:
            key = f"tables.{name}.columns.{ours}"
            message = f"unknown column: the table {name} has {', '.join(shape.columns)}"
            faults.add(DECLARATION, declaration.lines[key], key, message)
    names = {ours: theirs for ours, theirs in source.columns.items() if ours in shape.columns}
    raw = read_table(name, folder / source.file, source.file, faults)
    named = _renamed(raw, names, faults) if raw else None
    return check_columns(named, shape, faults) if named else None


def _renamed(table: Table, names: Mapping[str, str], faults: Faults) -> Table | None:
    """The table with the file's columns under our names; a column that is not renamed keeps its name."""
    absent = [theirs for theirs in names.values() if theirs not in table.columns]
    for theirs in absent:
        faults.add(table.file, 0, theirs, f"missing column: the file has {listed(table.columns)}")
    if absent:
        return None
    rest = {name: values for name, values in table.columns.items() if name not in names.values()}
    return replace(table, columns=rest | {ours: table.columns[theirs] for ours, theirs in names.items()})
