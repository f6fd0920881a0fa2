"""Small changes after which a user's copy of a ranking task is mteb's own data, by the numbers that mteb has of them.

Where they would not be even then, nothing is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.plain.published import published_texts, size_of, together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.catalogue.mteb.plain.splits import Rows


def without_titles(corpus: Rows, statistics: Mapping[str, Any], remarks: list[str]) -> Rows:
    """The documents, less their titles where mteb's have none."""
    published = published_texts(statistics, "documents")
    bare, whole = size_of(corpus.columns["text"]), size_of(together(corpus, "title", "text"))
    if "title" not in corpus.columns or published is None or whole.like(published) or not bare.like(published):
        return corpus
    remarks.append("titles are left out: mteb's own documents have none, by their number of characters")
    return corpus.without("title")


def without_doubles(
    queries: Rows, relevant: dict[str, dict[str, int]], statistics: Mapping[str, Any], remarks: list[str]
) -> Rows:
    """The queries, less those with the text of an earlier one, whose judgements are given to that one in `relevant`."""
    published = published_texts(statistics, "queries")
    texts = [text.strip() for text in together(queries, "text", "instruction")]
    first: dict[str, int] = {}
    for row, text in enumerate(texts):
        first.setdefault(text, row)
    if published is None or len(first) == len(texts) or not size_of(list(first)).like(published):
        return queries
    ids = queries.columns["id"]
    for row, text in enumerate(texts):
        if first[text] != row:
            kept = relevant[ids[first[text]]]
            kept |= {document: max(grade, kept.get(document, 0)) for document, grade in relevant.pop(ids[row]).items()}
    gone = len(texts) - len(first)
    remarks.append(f"{gone:,} queries with the text of another one are merged with it, as in mteb's own data")
    return queries.take(list(first.values()))
