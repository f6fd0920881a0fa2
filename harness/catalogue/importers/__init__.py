"""Own data without code: a reader per format, each of which writes the tables of a suite.

request   what is asked for: a source, and the options of its format
reading   files → lines and rows, unpacked, decoded, within limits
encodings text in any encoding → UTF-8, and what a file that is none may be
members   the files of a folder, each of which may be left out as a row may
draft     the suite that is being written: every row knows the line of the source that it came from
layout    lines → rows, by their first line
columns   rows → the columns of a kind, under other names (csv, tsv, jsonl, parquet, sql)
answers   one table of questions and answers → queries, corpus and qrels
labels    labels of pairs → 1 and 0
pruning   --skip-faulty: what the kind refuses is taken out
beir · trec · sts · analogies · xes · bpmn · processes · folder   one format each
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from harness.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.importers.request import Request


class Format(NamedTuple):
    """Where the reader of a format is, which options it takes, and what its source is."""

    target: str
    options: tuple[str, ...]
    source: str


_COLUMNS = "harness.catalogue.importers.columns:read"
_MAPPED = ("kind", "map", "table", "positive")
_TEXT = ("encoding", "skip_faulty")

FORMATS: Mapping[str, Format] = {
    "analogies": Format(
        "harness.catalogue.importers.analogies:read", _TEXT, "questions as in questions-words.txt and CA8"
    ),
    "beir": Format(
        "harness.catalogue.importers.beir:read", ("split", *_TEXT), "corpus.jsonl, queries.jsonl, qrels/*.tsv"
    ),
    "bpmn": Format("harness.catalogue.importers.bpmn:read", (), "a BPMN 2.0 file, or a folder of them"),
    "csv": Format(_COLUMNS, (*_MAPPED, *_TEXT, "delimiter"), "a CSV file, or a folder with one per table"),
    "folder": Format("harness.catalogue.importers.folder:read", ("split_by", *_TEXT), "Markdown and text files"),
    "jsonl": Format(_COLUMNS, (*_MAPPED, *_TEXT), "a file with an object a line, or a folder with one per table"),
    "parquet": Format(_COLUMNS, (*_MAPPED, "skip_faulty"), "a Parquet file, or a folder with one per table"),
    "processes": Format(
        "harness.catalogue.importers.processes:read", ("map", "step_type", *_TEXT), "a JSONL file with a process a line"
    ),
    "sql": Format(
        _COLUMNS,
        ("kind", "map", "positive", "query", "skip_faulty"),
        "a DuckDB or SQLite file, a postgres:// URL, or Parquet, CSV or JSON files",
    ),
    "sts": Format(
        "harness.catalogue.importers.sts:read", ("map", *_TEXT), "scored pairs: STSbenchmark, SICK, STS12 to STS16"
    ),
    "trec": Format(
        "harness.catalogue.importers.trec:read",
        ("topics", "qrels", "documents", "topic_field", *_TEXT),
        "a folder with topics, qrels and documents",
    ),
    "tsv": Format(_COLUMNS, (*_MAPPED, *_TEXT), "a TSV file, or a folder with one per table"),
    "xes": Format(
        "harness.catalogue.importers.xes:read", ("minimum_share", "activity"), "an event log, or a folder of them"
    ),
}


def importer(asked: Request) -> Callable[[Request, Draft], None]:
    """The reader of a format. Raises UsageError for a format that there is none for, or an option it does not take."""
    if asked.format not in FORMATS:
        hint = nearest(asked.format, FORMATS)
        raise UsageError(f"there is no format {asked.format!r}. {hint}Known: {', '.join(FORMATS)}")
    found = FORMATS[asked.format]
    for name in asked.options:
        if name not in found.options:
            known = ", ".join(map(flag, found.options)) or "none of its own"
            raise UsageError(f"{flag(name)} is no option of the format {asked.format}; it takes {known}")
    module, _, attribute = found.target.partition(":")
    return cast("Callable[[Request, Draft], None]", getattr(import_module(module), attribute))


def flag(option: str) -> str:
    """An option as it is typed."""
    return f"--{option.replace('_', '-')}"
