"""Rows under any names → the tables of a kind: csv, tsv, jsonl, parquet, sql.

`--map field=column` says which column of the source is which field of the kind; a field that is not mapped is looked
for under its own name. With several tables, the source is a folder with a file per table (queries.csv, corpus.csv,
qrels.csv), or `--table NAME=FILE` names them, and a field of one table is `--map queries.text=question`. A single
file of questions and answers is a retrieval suite too: see `answers`.
"""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.catalogue.columns import listed
from harness.catalogue.importers.answers import FIELDS as FLAT
from harness.catalogue.importers.answers import is_flat, read_answers, turned
from harness.catalogue.importers.documents import Documents
from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.labels import Labels, labels
from harness.catalogue.importers.layout import delimiter_of
from harness.catalogue.importers.reading import table
from harness.catalogue.importers.request import Source, assignments, existing, shown, task
from harness.catalogue.tables import MOST_COLUMNS
from harness.errors import UsageError, nearest
from harness.tasks.staleness import HASH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.importers.request import Request, Rows
    from harness.model import Column, TableShape

POINT = ".0"
"""What a program that had gaps in a column of whole numbers writes behind them."""


class Field(NamedTuple):
    """A field of a kind and the column of the source that it is read from. asked: --map names it."""

    ours: str
    theirs: str
    asked: bool
    required: bool
    reads: str


def read(asked: Request, draft: Draft) -> None:
    """Write every table of the kind that the source has. Raises UsageError for a mapping that cannot be meant."""
    kind = task(asked.options.get("kind", ""))
    draft.kind = kind.kind
    sources = asked.sources or files(asked)
    if is_flat(kind, asked.mapping("query"), list(sources)):
        read_answers(_only(sources, asked), asked, draft)
        return
    mapping = asked.mapping()
    _check_mapping(mapping, kind.tables)
    state = _State(labels(asked, kind, next(iter(sources.values())).shown, draft))
    for name, source in _in_order(sources, kind.tables):
        rows = source.rows(draft.faults)
        first = list(islice(rows, 1))
        target = name or _meant(kind.tables, mapping, first[0][1] if first else {})
        fields = _fields(target, kind.tables, mapping)
        written = _renamed(chain(first, rows), fields, source.shown, draft)
        _write(target, fields, source.shown, draft, state.finished(target, written))
        state.check_references(target, fields, source.shown, draft)
    if state.labels:
        state.labels.close()
    for name, shape in kind.tables.items():
        if shape.required and name not in draft.tables:
            raise UsageError(f"{asked.source} has no table {name}, which {kind.kind} needs: --table {name}=FILE")


def files(asked: Request) -> dict[str, Source]:
    """The source by table; "" stands for the table that the mapping means. Raises UsageError."""
    delimiter, encoding = delimiter_of(asked.options.get("delimiter", "")), encoding_of(asked)
    return {name: table(path, asked.format, delimiter, encoding) for name, path in paths(asked).items()}


def paths(asked: Request) -> dict[str, Path]:
    """The files of the source by table: of a folder, those that are called like a table of the kind.

    Raises UsageError when there is none, or two of one name.
    """
    tables = task(asked.options.get("kind", "")).tables
    named = assignments("--table", asked.options.get("table", ()))
    for name in named:
        if name not in tables:
            raise UsageError(f"--table {name}: there is no such table. {nearest(name, tables)}Known: {listed(tables)}")
    further = {name: existing(Path(file)) for name, file in named.items()}
    source = asked.path
    if not source.is_dir():
        own = next((name for name in tables if name not in further), "") if further else ""
        return {own: source} | further
    found = {name: _in_folder(source, name, asked.format) for name in tables}
    chosen = {name: path for name, path in found.items() if path is not None} | further
    if not chosen:
        wanted = ", ".join(f"{name}.{asked.format}" for name in tables)
        raise UsageError(f"the folder {shown(source)} holds none of {wanted}: name the files with --table NAME=FILE")
    return chosen


def _in_folder(folder: Path, name: str, layout: str) -> Path | None:
    candidates = [folder / f"{name}.{layout}{packing}" for packing in ("", ".gz")]
    there = [path for path in candidates if path.exists()]
    if len(there) > 1:
        raise UsageError(f"the folder {shown(folder)} holds both {there[0].name} and {there[1].name}: remove one")
    return there[0] if there else None


def _only(sources: Mapping[str, Source], asked: Request) -> Source:
    if len(sources) == 1:
        return next(iter(sources.values()))
    raise UsageError(f"{asked.source} is several files: questions with their answers are read from one")


def _check_mapping(mapping: Mapping[str, str], tables: Mapping[str, TableShape]) -> None:
    known = [field for shape in tables.values() for field in shape.columns]
    dotted = [f"{name}.{field}" for name, shape in tables.items() for field in shape.columns]
    for field in mapping:
        if field not in known and field not in dotted:
            pairs = "; for one file of questions and answers: query, document" if "qrels" in tables else ""
            hint = turned(field, mapping, (*known, *dotted, *FLAT * bool(pairs))) or nearest(field, known)
            every = ", ".join(dotted if len(tables) > 1 else known)
            raise UsageError(f"--map {field}: there is no such field. {hint}Fields: {every}{pairs}")


def _meant(tables: Mapping[str, TableShape], mapping: Mapping[str, str], row: Mapping[str, Any]) -> str:
    """The table that a single file is: the one that the mapping names, or the first whose columns are there."""
    named = {name for name, dot, _ in (field.partition(".") for field in mapping) if dot}
    if len(named) == 1:
        return named.pop()
    # The table with most of its columns asked for comes first: questions before pairs, where there are a, b, c, d.
    by_width = sorted(tables, key=lambda name: -sum(column.required for column in tables[name].columns.values()))
    ordered = [name for name in tables if tables[name].required] + by_width
    for name in ordered:
        if all(field.theirs in row for field in _fields(name, tables, mapping) if field.required):
            return name
    return ordered[0]


def _fields(table: str, tables: Mapping[str, TableShape], mapping: Mapping[str, str]) -> list[Field]:
    def field(ours: str, column: Column) -> Field:
        theirs = mapping.get(f"{table}.{ours}", mapping.get(ours))
        return Field(ours, theirs or ours, theirs is not None, column.required, column.reads)

    # Pictures lie beside the table that names them: a path would lead nowhere from the new suite.
    columns = {ours: column for ours, column in tables[table].columns.items() if column.reads != "image"}
    return [field(ours, column) for ours, column in columns.items()]


def _in_order(sources: Mapping[str, Source], tables: Mapping[str, TableShape]) -> list[tuple[str, Source]]:
    """In the order of the kind's tables: the corpus is read before the judgements on it."""
    order = list(tables)
    return sorted(sources.items(), key=lambda item: order.index(item[0]) if item[0] in order else -1)


def _renamed(rows: Rows, fields: list[Field], shown: str, draft: Draft) -> Rows:
    """The rows under the names of the kind; what is not a field of the kind is left out. Fault: a missing column."""
    seen: dict[str, None] = {}
    for line, row in rows:
        if len(seen) <= MOST_COLUMNS:
            seen.update(dict.fromkeys(row))
        yield line, {field.ours: _cell(row[field.theirs], field.reads) for field in fields if field.theirs in row}
    for field in fields:
        if seen and field.theirs not in seen and (field.required or field.asked):
            hint = f"; name another with --map {field.ours}=COLUMN"
            draft.faults.add(shown, 0, field.theirs, f"missing column: the source has {listed(seen)}{hint}")


def _cell(value: Any, reads: str) -> Any:
    """A number where a text belongs is its digits, as it is in CSV."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and reads in {"text", "prose"} else value


class _State:
    """What an import adds: labels are judged, qrels get the hash of their document; and ids that miss their rows."""

    def __init__(self, labels: Labels | None) -> None:
        self.labels = labels
        self._queries, self._documents = Documents(), Documents()
        self._decimals: dict[str, tuple[str, int]] = {}

    def finished(self, name: str, rows: Rows) -> Rows:
        """The rows of a table with what is added to them."""
        met = {"queries": self._queries, "corpus": self._documents}.get(name)
        for line, row in rows:
            if met:
                met.add(row)
            further: dict[str, Any] = {}
            if name == "qrels":
                further[HASH] = row.get(HASH) or self._documents.hash(row.get("corpus-id"))
                self._look_up("query-id", self._queries, row)
                self._look_up("corpus-id", self._documents, row)
            if self.labels:
                further["label"] = self.labels.judged(row.get("label"))
            yield line, {**row, **further}

    def _look_up(self, field: str, there: Documents, row: Mapping[str, Any]) -> None:
        key = str(row.get(field)).strip()
        other = key[: -len(POINT)] if key.endswith(POINT) else key + POINT
        if key not in there and other in there:
            first, count = self._decimals.get(field, (f"{key!r} is {other!r} there", 0))
            self._decimals[field] = first, count + 1

    def check_references(self, name: str, fields: list[Field], shown: str, draft: Draft) -> None:
        """A fault for a column of judgements whose ids are 7.0 where the other table has 7, or the other way round."""
        theirs = {field.ours: field.theirs for field in fields}
        for field, (first, count) in self._decimals.items() if name == "qrels" else ():
            message = f"ids with decimals: {count} of them, {first}; write the ids of both files as whole numbers"
            draft.faults.add(shown, 0, theirs[field], message)


def _write(name: str, fields: list[Field], shown: str, draft: Draft, rows: Rows) -> None:
    target = draft.table(name, shown)
    target.keys = {field.ours: field.theirs for field in fields}
    for line, row in rows:
        target.add(row, shown, line)
