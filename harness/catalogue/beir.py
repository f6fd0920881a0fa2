"""A folder in BEIR's layout is a retrieval suite without a suite.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.declaration import Declaration, TableSource
from harness.catalogue.metrics import METRICS

if TYPE_CHECKING:
    from pathlib import Path

    from harness.errors import Faults

SPLITS = ("test", "dev", "validation", "train")
"""The split that is judged: the first of these that the folder has."""


def beir_declaration(folder: Path, faults: Faults) -> Declaration | None:
    """corpus.jsonl, queries.jsonl and qrels/<split>.tsv, with the usual metrics; None, and a fault, without."""
    splits = {path.stem for path in (folder / "qrels").glob("*.tsv")}
    split = next((name for name in SPLITS if name in splits), None) or next(iter(sorted(splits)), None)
    if split is None:
        faults.add("qrels", 0, "", "no .tsv file: BEIR's layout keeps judgements in qrels/test.tsv")
        return None
    return Declaration(
        title=f"{folder.resolve().name} ({split}, BEIR layout)",
        task="retrieval",
        tables={
            "queries": TableSource("queries.jsonl"),
            "corpus": TableSource("corpus.jsonl"),
            "qrels": TableSource(f"qrels/{split}.tsv"),
        },
        metrics=METRICS["retrieval"],
    )
