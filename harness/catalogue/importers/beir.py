"""A folder in BEIR's layout → a suite of its own, one split of its judgements with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.beir import SPLITS
from harness.catalogue.importers.documents import Documents
from harness.catalogue.importers.encodings import encoding_of
from harness.catalogue.importers.reading import stem, suffix, table
from harness.catalogue.importers.request import Request, shown
from harness.errors import UsageError
from harness.tasks.staleness import HASH

if TYPE_CHECKING:
    from pathlib import Path

    from harness.catalogue.importers.draft import Draft
    from harness.catalogue.importers.request import Source


def read(asked: Request, draft: Draft) -> None:
    """Copy corpus and queries row by row, whole; add to each judgement the hash of its document.

    --split: train, dev, test, …; without it the first of `SPLITS` that is there. Raises UsageError without one.
    """
    folder = asked.path
    if not folder.is_dir():
        raise UsageError(
            f"{shown(folder)} is no folder: BEIR's layout is one, with corpus.jsonl, queries.jsonl, qrels/"
        )
    draft.kind, encoding = "retrieval", encoding_of(asked)
    judgements = _split(folder, asked.options.get("split", ""), draft)
    documents = Documents()
    for name, keep in (("queries", None), ("corpus", documents)):
        _copy(table(_file(folder, name), "jsonl", encoding=encoding), name, keep, draft)
    source = table(judgements, "tsv", encoding=encoding)
    target = draft.table("qrels", source.shown)
    for line, row in source.rows(draft.faults):
        target.add({**row, HASH: documents.hash(row.get("corpus-id"))}, source.shown, line)


def _copy(source: Source, name: str, documents: Documents | None, draft: Draft) -> None:
    target = draft.table(name, source.shown)
    for line, row in source.rows(draft.faults):
        if documents:
            documents.add(row)
        target.add(row, source.shown, line)


def _file(folder: Path, name: str) -> Path:
    packed = folder / f"{name}.jsonl.gz"
    return packed if packed.exists() else folder / f"{name}.jsonl"


def _split(folder: Path, split: str, draft: Draft) -> Path:
    qrels = folder / "qrels"
    found = {stem(file): file for file in sorted(qrels.glob("*")) if suffix(file) == ".tsv"}
    there = ", ".join(found) or "none"
    if split and split not in found:
        raise UsageError(f"--split {split}: {shown(qrels)} has {there}")
    if not found:
        raise UsageError(f"{shown(qrels)} holds no .tsv file: BEIR's layout keeps judgements in qrels/test.tsv")
    chosen = split or next((name for name in SPLITS if name in found), next(iter(found)))
    if len(found) > 1:
        draft.notes.append(f"judged on the split {chosen}, of {there}")
    return found[chosen]
