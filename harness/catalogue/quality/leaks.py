"""Answers that can be read off the wording: the query stands in its document, the label in its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue.quality.judged import right_documents
from harness.catalogue.quality.units import text_columns, texts_of
from harness.diagnostics.notes import EXAMPLES, Note, severity, shown
from harness.diagnostics.scripts import estimated_tokens
from harness.diagnostics.wording import normalised, parts, related
from harness.statistics.shares import percent
from harness.tasks.analogy import Analogy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.catalogue.suites import Opened
    from harness.model import Table

WORDS = 0.9
"""The share of a query's words that its document holds, from which on they are given away."""
_MANY = 0.5
"""The share of items from which on their wording decides the score."""
_VERBATIM = 0.2
_WORD = 6
"""Tokens of a word: six Chinese characters, two dozen letters. What is longer shares a character by chance."""
_ASK = "ask in other words than the document's, as users who have not read it do"


def leaks(opened: Opened) -> Iterator[Note]:
    """What the words of the answer give away, as far as the kind has words and answers."""
    if {"corpus", "qrels"} <= opened.tables.keys():
        yield from _answers(opened.tables)
    yield from _names(opened)
    if isinstance(opened.suite.task, Analogy):
        yield from _kinship(opened.suite.task)


def _answers(tables: Mapping[str, Table]) -> Iterator[Note]:
    corpus = tables["corpus"]
    asked = _asked(tables)
    texts = dict(zip(corpus.columns["_id"], texts_of(corpus, _document_columns(corpus)), strict=True))
    verbatim, worded = [], []
    judged = {query: right for query, right in right_documents(tables).items() if query in asked}
    for query, documents in judged.items():
        text, words = normalised(asked[query]), parts(asked[query])
        for document in documents:
            if text and text in normalised(texts[document]):
                verbatim.append((query, document))
                break
            if len(words) > 1 and len(words & parts(texts[document])) >= WORDS * len(words):
                worded.append((query, document))
                break
    kinds = (
        ("answer-verbatim", verbatim, "stand word for word in a right document", _VERBATIM),
        ("answer-words", worded, f"have {percent(WORDS)} of their words in a right document", _MANY),
    )
    for check, found, text, much in kinds:
        if found:
            share = len(found) / len(judged)
            examples = tuple(f"{query} in {document}: {shown(asked[query])}" for query, document in found[:EXAMPLES])
            note = f"{len(found):,} of {len(judged):,} queries {text}"
            yield Note(check, severity(warned=share > much), share, corpus.file, note, examples, _ASK)


def _document_columns(corpus: Table) -> list[str]:
    return [name for name in ("title", "text", "image") if name in corpus.columns]


def _asked(tables: Mapping[str, Table]) -> dict[str, str]:
    """Query id → what it asks with; of a query of weighted terms, those that are added."""
    if "terms" not in tables:
        queries = tables["queries"]
        return dict(zip(queries.columns["_id"], texts_of(queries, _document_columns(queries)), strict=True))
    terms, asked = tables["terms"], dict[str, str]()
    for query, weight, text in zip(
        terms.columns["query-id"], terms.column("weight", 1.0), terms.columns["text"], strict=True
    ):
        if weight > 0:
            asked[query] = f"{asked.get(query, '')} {text}".strip()
    return asked


def _names(opened: Opened) -> Iterator[Note]:
    """Labels whose name stands in the texts that bear it."""
    for name, table in opened.tables.items():
        columns = text_columns(table, opened.suite.task.tables[name])
        if "label" not in table.columns or columns != ["text"]:
            continue
        rows = zip(table.lines, table.columns["label"], table.columns["text"], strict=True)
        found = [
            (line, label, text)
            for line, label, text in rows
            if not label.isdecimal() and len(label) > 1 and _said(label) in normalised(text)
        ]
        if found:
            share = len(found) / len(table)
            examples = tuple(f"{table.file}:{line} [{label}]: {shown(text)}" for line, label, text in found[:EXAMPLES])
            note = f"{len(found):,} of {len(table):,} texts hold the name of their label"
            advice = "reword them: who reads the label's name need not understand the text"
            yield Note("label-named", severity(warned=share > _VERBATIM), share, table.file, note, examples, advice)


def _said(label: str) -> str:
    """A label as it would stand in a sentence."""
    return normalised(label.replace("_", " ").replace("-", " "))


def _kinship(task: Analogy) -> Iterator[Note]:
    """Questions a : b :: c : d whose d looks like b or c."""
    inputs, right = task.questions.inputs, task.questions.right
    for place, name in ((1, "b"), (2, "c")):
        pairs = [(one, other) for one, other in zip(inputs[:, place].tolist(), right.tolist(), strict=True)]
        known = {two: related(task.words[two[0]], task.words[two[1]]) for two in set(pairs) if _short(task, two)}
        found = [two for two in pairs if known.get(two)]
        if found:
            share = len(found) / len(pairs)
            distinct = list(dict.fromkeys(found))[:EXAMPLES]
            examples = tuple(f"{shown(task.words[one])}, {shown(task.words[other])}" for one, other in distinct)
            note = f"the answer d shares a character or a stem with {name} in {percent(share)} of the questions"
            yield Note("answer-looks-alike", "info", share, name, note, examples)


def _short(task: Analogy, two: tuple[int, int]) -> bool:
    return all(len(estimated_tokens(task.words[place])) <= _WORD for place in two)
