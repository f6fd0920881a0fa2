"""Has a document changed since it was labelled? A label carries the hash of the text that it was given to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from harness.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Table

HASH = "hash"
"""The column of qrels that holds the content hash of the labelled document; empty where nobody knows it."""
_NAMED = 5
"""Labels that the finding names."""


def content_hash(text: str) -> str:
    """The first 16 hexadecimal digits of the BLAKE2b digest of `text` in UTF-8."""
    # Half a surrogate pair has a hash too: the suite's own check refuses it, with its line.
    return hashlib.blake2b(text.encode(errors="surrogatepass")).hexdigest()[:16]


def document_hash(title: str | None, text: str | None) -> str:
    """The content hash of a document's text.

    The title counts whether or not the suite embeds it: whoever labelled the document has read it.
    """
    return content_hash(document_text(title, text))


def document_text(title: str | None, text: str | None) -> str:
    """A document's text: its title and its text, joined by a blank and stripped (BEIR, mteb)."""
    return f"{title or ''} {text or ''}".strip()


def document_hashes(corpus: Table) -> dict[str, str]:
    """Document id → the hash of what it holds now; of a picture, that of the digest that stands for it."""
    named = (corpus.column(name) for name in ("title", "text", "image"))
    rows = zip(corpus.columns["_id"], *named, strict=True)
    return {document: document_hash(title, image or text) for document, title, text, image in rows}


def stale_rows(qrels: Table, corpus: Table) -> list[int]:
    """The rows of qrels whose document is no longer the one that was labelled; a row without a hash is not stale."""
    if not any(qrels.column(HASH)):
        return []
    now = document_hashes(corpus)
    rows = zip(qrels.columns["corpus-id"], qrels.columns[HASH], strict=True)
    return [
        row for row, (document, then) in enumerate(rows) if then and now.get(document, then) != then.strip().lower()
    ]


def stale_finding(qrels: Table, stale: Sequence[int], *, excluded: bool) -> tuple[Finding, ...]:
    """The finding about these stale rows, if there are any: a warning where they are judged all the same."""
    if not stale:
        return ()
    count = float(len(stale))
    if excluded:
        return (Finding("stale_labels_left_out", count, "labels whose document changed since are left out"),)
    named = ", ".join(f"{qrels.columns['query-id'][row]} → {qrels.columns['corpus-id'][row]}" for row in stale[:_NAMED])
    rest = f" and {len(stale) - _NAMED} more" if len(stale) > _NAMED else ""
    note = f"{len(stale)} labels are older than the text of their document: {named}{rest}; see `harness suites check`"
    return (Finding("stale_labels", count, note, warning=True),)


def without_rows(table: Table, rows: Sequence[int]) -> Table:
    """The table less these rows."""
    left_out = frozenset(rows)
    return table.take([row for row in range(len(table)) if row not in left_out])
