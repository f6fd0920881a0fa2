"""Retrieval and reranking: BEIR's files, with candidates and instructions, or rows of query, positive and negative."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.catalogue.mteb.plain.files import Chosen, named, of_split, of_subset, sources
from harness.catalogue.mteb.plain.likened import without_doubles, without_titles
from harness.catalogue.mteb.plain.published import published_statistics, ranking_differences
from harness.catalogue.mteb.plain.reading import Field, read_list
from harness.catalogue.mteb.plain.splits import Rows, dataset
from harness.interop.mteb.task_types import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.catalogue.mteb.plain.files import Source
    from harness.catalogue.mteb.plain.splits import Plain

PARTS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "corpus": [("corpus",), ("documents",), ("docs",), ("passages",), ("collection",)],
    "queries": [("queries",), ("query",), ("questions",), ("topics",)],
    "qrels": [("qrels",), ("qrel",), ("relevance",), ("relevant", "docs")],
    "top_ranked": [("top", "ranked"), ("candidates",)],
    "instruction": [("instruction",), ("instructions",)],
}
"""What a ranking task is made of, and how files of it are called, in words."""

_QUERY = Field("query-id", "id", ("query", "qid", "queryid", "q_id"))
_DOCUMENT = Field("corpus-id", "id", ("docid", "doc_id", "document_id", "pid", "did", "corpusid", "doc"))
_GRADE = Field("score", "number", ("relevance", "label", "rel", "grade"), required=False)
_DOCUMENTS = Field("corpus-ids", "list", ("docids", "doc_ids", "candidates", "top_ranked"), required=False)
_ID = Field("_id", "id", ("doc_id", "docid", "corpus_id", "pid", "query_id", "qid"))
_BODY = Field("text", "prose", ("contents", "content", "body", "passage", "document"))
_QUESTION = Field("text", "prose", ("query", "question", "content"))
_TITLE = Field("title", "prose", required=False)
_ADVICE = Field("instruction", "prose", ("instructions",), required=False)
_ONE = replace(_DOCUMENT, required=False)
_NESTED = (
    Field("query", "prose", ("text", "question")),
    Field("positive", "list", ("positives", "pos")),
    Field("negative", "list", ("negatives", "neg")),
)


def ranking(plain: Plain) -> dict[str, Any]:
    """What mteb's loader makes of one split: corpus, queries, relevant_docs, top_ranked. Faults are collected."""
    parts = _parts(plain)
    if _reranks(plain) and not parts.get("corpus"):
        return nested(plain)
    read = {part: _part(plain, parts, part) for part in ("corpus", "queries", "qrels")}
    corpus, queries, qrels = read["corpus"], read["queries"], read["qrels"]
    if corpus is None or queries is None or qrels is None:
        return {}
    for rows in (corpus, queries):
        _check_unique(plain, rows)
    relevant = _relevant(plain, qrels)
    queries = _judged_only(plain, queries, relevant)
    _instructed(plain, parts, queries)
    if plain.faults.found:
        return {}
    statistics = published_statistics(plain.task, plain.sought)
    corpus = without_titles(corpus, statistics, plain.remarks)
    queries = without_doubles(queries, relevant, statistics, plain.remarks)
    plain.remarks.extend(ranking_differences(statistics, corpus, queries))
    documents = set(corpus.columns["id"])
    given = bool(parts.get("top_ranked")) or not _reranks(plain)
    ranked = _ranked(plain, parts, documents, queries.columns["id"]) if given else _judged(plain, relevant, documents)
    return {
        "corpus": dataset(corpus.columns),
        "queries": dataset(queries.columns),
        "relevant_docs": relevant,
        "top_ranked": ranked,
    }


def nested(plain: Plain) -> dict[str, Any]:
    """The same, of rows with a query, its positive and its negative documents, as reranking was kept before.

    Ids are those that mteb gives, whose order decides between documents of the same similarity.
    """
    rows = plain.rows(_NESTED)
    if rows is None:
        return {}
    texts: dict[str, str] = {}
    queries: dict[str, str] = {}
    relevant: dict[str, dict[str, int]] = {}
    columns = (rows.columns[field.name] for field in _NESTED)
    for query, positive, negative in zip(*columns, strict=True):
        name = f"{plain.sought.split}_query{len(queries)}"
        groups = ((1, "apositive", read_list(positive)), (0, "negative", read_list(negative)))
        if all(group for _, _, group in groups):
            queries[name] = query
            made = [(f"{kind}_{name}_{i:05}", grade, t) for grade, kind, group in groups for i, t in enumerate(group)]
            relevant[name] = {document: grade for document, grade, _ in made}
            texts |= {document: text for document, _, text in made}
    if len(queries) < len(rows):
        plain.remarks.append(
            f"{len(rows) - len(queries):,} queries that lack positive or negative documents are left out"
        )
    corpus, asked = ({"id": list(held), "text": list(held.values())} for held in (texts, queries))
    statistics = published_statistics(plain.task, plain.sought)
    plain.remarks.extend(ranking_differences(statistics, Rows(corpus, []), Rows(asked, [])))
    return {
        "corpus": dataset(corpus),
        "queries": dataset(asked),
        "relevant_docs": relevant,
        "top_ranked": {name: list(grades) for name, grades in relevant.items()},
    }


def _reranks(plain: Plain) -> bool:
    return KINDS.get(plain.task.metadata.type) == "reranking"


def _parts(plain: Plain) -> dict[str, list[Source]]:
    """The files of the subset, part by part; under the empty name those whose names tell no part."""
    parts: dict[str, list[Source]] = defaultdict(list)
    for source in sources(plain.root):
        parts[named(source.words, PARTS)].append(source)
    return parts


_FIELDS = {
    "corpus": (_ID, _TITLE, _BODY),
    "queries": (_ID, _QUESTION, _ADVICE),
    "qrels": (_QUERY, _DOCUMENT, _GRADE),
    "instruction": (_QUERY, Field("instruction", "prose", ("instructions", "text"))),
}


def _part(plain: Plain, parts: Mapping[str, list[Source]], part: str) -> Rows | None:
    unnamed = parts.get("", []) if part == "qrels" and parts.get("corpus") else []  # of the hub's default configuration
    files = parts.get(part) or unnamed
    chosen = of_split(of_subset(files, plain.sought), plain.sought, shared=part != "qrels")
    if chosen is not None and part == "qrels" and len(chosen.files) == 1 and not plain.sought.split_of(chosen.files[0]):
        chosen = Chosen(chosen.files)  # qrels.tsv, the only one, is named as it is meant to be
    rows = plain.read(chosen, _FIELDS[part], f"{part} of the split {plain.sought.split}")
    if rows is not None and _ID.name in rows.columns:
        rows.columns = {"id" if name == _ID.name else name: values for name, values in rows.columns.items()}
    return rows


def _relevant(plain: Plain, rows: Rows) -> dict[str, dict[str, int]]:
    grades = rows.columns.get("score")
    if grades is None:
        plain.remarks.append(f"{rows.origins[0][0]} grades nothing: every document in it counts as relevant, 1")
        grades = [1.0] * len(rows)
    relevant: dict[str, dict[str, int]] = {}
    judged = zip(rows.columns["query-id"], rows.columns["corpus-id"], grades, rows.origins, strict=True)
    for query, document, grade, (file, line) in judged:
        if not float(grade).is_integer():
            plain.faults.add(file, line, "score", f"not a whole number: {grade}; mteb's grades are 0, 1, 2 and so on")
        known = relevant.setdefault(query, {})
        if known.setdefault(document, int(grade)) != int(grade):
            plain.faults.add(file, line, "score", f"judged twice: {query} and {document}, with different grades")
    return relevant


def _judged_only(plain: Plain, queries: Rows, relevant: Mapping[str, Any]) -> Rows:
    """Leave out queries without judgements, as mteb does."""
    kept = [row for row, query in enumerate(queries.columns["id"]) if query in relevant]
    if not kept:
        some = ", ".join(list(relevant)[:3])
        plain.faults.add(queries.origins[0][0], 0, "id", f"no query is judged: the qrels are of {some}")
    return queries.take(kept)


def _instructed(plain: Plain, parts: Mapping[str, list[Source]], queries: Rows) -> None:
    """Give each query its instruction, where they lie in a file of their own."""
    if not parts.get("instruction"):
        return
    rows = _part(plain, parts, "instruction")
    if rows is None:
        return
    told = dict(zip(rows.columns["query-id"], rows.columns["instruction"], strict=True))
    for query, (file, line) in zip(queries.columns["id"], queries.origins, strict=True):
        if query not in told:
            plain.faults.add(file, line, "id", f"no instruction: none is given for the query {query}")
    queries.columns["instruction"] = [told.get(query, "") for query in queries.columns["id"]]


def _ranked(
    plain: Plain, parts: Mapping[str, list[Source]], documents: set[str], queries: Sequence[str]
) -> dict[str, list[str]] | None:
    """The documents that are ranked for each query, where a file says that some only are."""
    files = parts.get("top_ranked", [])
    if not files:
        return None
    chosen = of_split(of_subset(files, plain.sought), plain.sought)
    rows = plain.read(chosen, (_QUERY, _ONE, _DOCUMENTS), "top_ranked, the candidates of a reranking task")
    column = next((name for name in (_DOCUMENTS.name, _ONE.name) if rows is not None and name in rows.columns), "")
    if rows is None or not column:
        if rows is not None:
            plain.faults.add(rows.origins[0][0], 0, _DOCUMENTS.name, "missing column: nor is there corpus-id")
        return None
    ranked: dict[str, list[str]] = {}
    for query, found, (file, line) in zip(rows.columns["query-id"], rows.columns[column], rows.origins, strict=True):
        ids = [str(one) for one in read_list(found)]
        ranked.setdefault(query, []).extend(ids)
        for unknown in (one for one in ids if one not in documents):
            plain.faults.add(file, line, column, f"unknown document: {unknown} is not in the corpus")
    for query in (one for one in queries if one not in ranked):
        plain.faults.add(rows.origins[0][0], 0, "query-id", f"no candidates: none for the query {query}")
    return ranked


def _judged(plain: Plain, relevant: Mapping[str, Mapping[str, int]], documents: set[str]) -> dict[str, list[str]]:
    """What our own reranking ranks without candidates: the judged documents. A fault where all of them are relevant."""
    ranked = {query: [one for one in grades if one in documents] for query, grades in relevant.items()}
    if all(relevant[query][one] > 0 for query, candidates in ranked.items() for one in candidates):
        message = "no candidates: without a file top_ranked the judged documents are ranked, and all are relevant"
        plain.faults.add(plain.root.name, 0, "", message)
    plain.remarks.append("there is no file top_ranked: the judged documents of a query are its candidates")
    return ranked


def _check_unique(plain: Plain, rows: Rows) -> None:
    first: dict[str, tuple[str, int]] = {}
    for name, origin in zip(rows.columns["id"], rows.origins, strict=True):
        there = first.setdefault(name, origin)
        if there != origin:
            where = f"line {there[1]}" + (f" of {there[0]}" if there[0] != origin[0] else "")
            plain.faults.add(*origin, "id", f"duplicate id: {name!r} stands in {where} already")
