"""Relevance judgements: what they leave out, what gives them away, and whether they are older than their documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.guesses import GUESSED
from harness.diagnostics.notes import EXAMPLES, Note, severity
from harness.metrics.correlation import probability_above
from harness.tasks.staleness import HASH, stale_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from harness.catalogue.suites import Opened
    from harness.model import Floats, Table

_STALE = (
    "read the document again; then correct the label, or confirm all with `harness suites check --stamp`. "
    "`parameters: {exclude_stale: true}` leaves stale labels out until then"
)

_ENOUGH = 20
"""Documents of either kind, below which a difference between them is chance."""

_NOTABLE = 0.6
"""An area under the curve that nobody takes for chance."""


def right_documents(tables: Mapping[str, Table]) -> dict[str, list[str]]:
    """Query id → the documents that are relevant to it; judged queries without one are there too."""
    found: dict[str, list[str]] = {}
    qrels = tables["qrels"]
    for query, document, score in zip(
        qrels.columns["query-id"], qrels.columns["corpus-id"], qrels.column("score", 1.0), strict=True
    ):
        found.setdefault(query, []).extend([document] if score > 0 else [])
    return found


def stale(opened: Opened) -> Iterator[Note]:
    """Labels whose document changed since, and labels of which nobody knows."""
    if not {"corpus", "qrels"} <= opened.tables.keys():
        return
    qrels = opened.tables["qrels"]
    queries, documents = qrels.columns["query-id"], qrels.columns["corpus-id"]
    rows = stale_rows(qrels, opened.tables["corpus"])
    if rows:
        left_out = "; they are left out" if opened.suite.parameters.get("exclude_stale") else ""
        examples = tuple(f"{qrels.file}:{qrels.lines[row]}: {queries[row]} → {documents[row]}" for row in rows)
        text = f"{len(rows):,} of {len(qrels):,} labels are older than the text of their document{left_out}"
        yield Note("stale-labels", "warning", float(len(rows)), qrels.file, text, examples, _STALE)
    unknown = sum(not digest for digest in qrels.column(HASH, ""))
    if HASH in qrels.columns and unknown:
        text = f"{unknown:,} of {len(qrels):,} labels have no hash: nobody will see when their document changes"
        yield Note("unstamped-labels", "info", float(unknown), qrels.file, text, (), "`harness suites check --stamp`")


def coverage(opened: Opened) -> Iterator[Note]:
    """Queries without a judgement or a relevant document, and documents that are relevant to nothing."""
    tables = opened.tables
    if not {"corpus", "qrels"} <= tables.keys():
        return
    right = right_documents(tables)
    hopeless = [query for query, documents in right.items() if not documents]
    if hopeless:
        text = (
            f"{len(hopeless):,} of {len(right):,} judged queries have no relevant document, and count 0 for everybody"
        )
        advice = "label a document that answers them, or delete their judgements"
        yield Note("no-answer", "warning", float(len(hopeless)), tables["qrels"].file, text, _some(hopeless), advice)
    if "queries" in tables:
        unjudged = [query for query in tables["queries"].columns["_id"] if query not in right]
        if unjudged:
            text = f"{len(unjudged):,} of {len(tables['queries']):,} queries have no judgement and are left out"
            yield Note("unjudged-queries", "info", float(len(unjudged)), tables["queries"].file, text, _some(unjudged))
    wanted = {document for documents in right.values() for document in documents}
    size = len(tables["corpus"])
    share = 1 - len(wanted) / size
    text = f"{size - len(wanted):,} of {size:,} documents are relevant to nothing"
    yield Note("distractors", "info", share, tables["corpus"].file, text)


def order(opened: Opened) -> Iterator[Note]:
    """Whether relevant documents can be told by their length, or by where they stand in the file, whatever is asked."""
    tables = opened.tables
    if not {"corpus", "qrels"} <= tables.keys():
        return
    corpus = tables["corpus"]
    wanted = {document for documents in right_documents(tables).values() for document in documents}
    right = np.array([document in wanted for document in corpus.columns["_id"]])
    if min(right.sum(), (~right).sum()) < _ENOUGH:
        return
    length = np.array([len(text or "") for text in corpus.column("text", "")], np.float64)
    position = np.arange(len(right), dtype=np.float64)
    yield from _told("length", length, right, corpus.file, ("longer", "shorter"))
    yield from _told("position", position, right, corpus.file, ("later", "earlier"))


def _told(what: str, values: Floats, right: NDArray[np.bool_], file: str, words: tuple[str, str]) -> Iterator[Note]:
    area = probability_above(values[right], values[~right])
    told = max(area, 1 - area)
    if told >= _NOTABLE:
        than = f"a relevant document is {words[area < 0.5]} than one that nobody asks for"  # noqa: PLR2004 # chance
        text = f"with probability {told:.2f} (0.50 is chance) {than}"
        warned = told > GUESSED and what == "length"  # no embedder sees the position
        advice = "add documents of the other length that nobody asks for" if warned else ""
        yield Note(f"guess-by-{what}", severity(warned=warned), told, file, text, (), advice)


def _some(ids: list[str]) -> tuple[str, ...]:
    return (", ".join(ids[:EXAMPLES]) + (", …" if len(ids) > EXAMPLES else ""),)
