"""Plain files of retrieval and reranking → what mteb's loader makes of one split."""

from __future__ import annotations

import json
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.names import Asked
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.plain import plain_dataset
from harness.catalogue.mteb.registry import Entry
from harness.errors import SuiteError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.skipif(find_spec("datasets") is None, reason="needs pip install 'embedding-harness[mteb]'")

CORPUS: list[dict[str, Any]] = [
    {"_id": "d1", "title": "Flu", "text": "a runny nose"},
    {"_id": 2, "title": None, "text": "支付货款"},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "cold 🙂"},
    {"_id": "q2", "text": "付款"},
    {"_id": "q3", "text": "?"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\t2\t1\nq2\td1\t0\n"
BEIR: dict[str, Any] = {"corpus.jsonl": CORPUS, "queries.jsonl": QUERIES, "qrels/test.tsv": QRELS}
CANDIDATES = [{"query-id": "q1", "corpus-ids": ["d1", "2"]}, {"query-id": "q2", "corpus-ids": ["2"]}]


def write(root: Path, files: Mapping[str, Any]) -> Path:
    """Files by their paths: a text as it is, rows as JSON Lines or Parquet."""
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".parquet":
            rows = [{key: str(value) for key, value in row.items()} for row in content]
            door.module("datasets").Dataset.from_list(rows).to_parquet(file)
        else:
            text = content if isinstance(content, str) else "".join(json.dumps(row) + "\n" for row in content)
            file.write_text(text, encoding="utf-8", newline="")
    return root


def read(root: Path, type_: str = "Retrieval", *, subset: str = "default", own: Any = None) -> dict[str, Any]:
    """What is read of a folder or a file: columns instead of tables, and the remarks."""
    metadata = SimpleNamespace(type=type_, descriptive_stats=own and {"test": own}, is_multilingual=False)
    task: Any = type("Task", (type("AbsTaskRetrieval", (), {}),), {"metadata": metadata})()
    subsets: dict[str, list[str]] = {"default": []} if subset == "default" else {"en": [], "zh": []}
    entry = Entry("Task", type_, subsets, [], ["text"], ["test"], "m", "p", "1", "mit")
    made = plain_dataset(root, MtebPlace("mteb:Task", root, entry, subset, "test", Asked("Task")), task)
    data = made.dataset[subset]["test"]
    tables = {name: data[name].to_dict() for name in ("corpus", "queries")}
    return {**data, **tables, "remarks": list(made.remarks)}


def faults(root: Path, type_: str = "Retrieval") -> list[str]:
    """What is wrong with a folder, as the user sees it."""
    with pytest.raises(SuiteError) as caught:
        read(root, type_)
    return [str(fault) for fault in caught.value.faults]


EXPECTED = {
    "corpus": {"id": ["d1", "2"], "title": ["Flu", ""], "text": ["a runny nose", "支付货款"]},
    "queries": {"id": ["q1", "q2"], "text": ["cold 🙂", "付款"]},
    "relevant_docs": {"q1": {"d1": 2}, "q2": {"2": 1, "d1": 0}},
    "top_ranked": None,
    "remarks": [],
}


def test_beirs_layout_is_read_as_mteb_reads_its_own(tmp_path: Path) -> None:
    """Ids are texts, grades whole numbers, a title is never null, and queries without judgements are left out."""
    assert read(write(tmp_path, BEIR)) == EXPECTED


@pytest.mark.parametrize(
    "names",
    [
        ("corpus.parquet", "queries.parquet", "qrels/test.parquet"),
        ("corpus/corpus-00000-of-00001.parquet", "queries/queries-00000-of-00001.parquet", "qrels/test.jsonl"),
        (
            "corpus/test-00000-of-00001.parquet",
            "queries/test-00000-of-00001.parquet",
            "data/test-00000-of-00001.parquet",
        ),
        ("documents.jsonl", "test_queries.jsonl", "qrels.jsonl"),
        ("corpus_test.jsonl", "queries_test.jsonl", "qrels_test.jsonl"),
    ],
)
def test_the_parts_are_found_by_their_names(tmp_path: Path, names: tuple[str, str, str]) -> None:
    """In files or in folders; judgements also as the hub's default configuration."""
    header, *lines = (line.split("\t") for line in QRELS.splitlines())
    qrels = [dict(zip(header, line, strict=True)) for line in lines]
    corpus = [{**row, "title": row["title"] or ""} for row in CORPUS]
    assert read(write(tmp_path, dict(zip(names, (corpus, QUERIES, qrels), strict=True)))) == EXPECTED


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    """docid, contents, query, qid, rel."""
    files = {
        "corpus.jsonl": [{"docid": "d1", "contents": "x"}],
        "queries.tsv": "qid\tquery\n7\tw\n",
        "qrels.csv": "qid,docid,rel\n7,d1,1.0\n",
    }
    made = read(write(tmp_path, files))
    assert made["corpus"] == {"id": ["d1"], "text": ["x"]}
    assert (made["queries"], made["relevant_docs"]) == ({"id": ["7"], "text": ["w"]}, {"7": {"d1": 1}})


def test_an_id_of_beir_goes_before_another_column_of_that_name(tmp_path: Path) -> None:
    """As in mteb's loader."""
    made = read(write(tmp_path, {**BEIR, "corpus.jsonl": [{"_id": "d1", "id": "x", "text": "a"}]}))
    assert made["corpus"]["id"] == ["d1"]


def test_the_only_judgements_are_taken_and_said_so(tmp_path: Path) -> None:
    """qrels/dev.tsv for the split test; plain qrels.tsv needs no remark."""
    write(tmp_path, BEIR)
    (tmp_path / "qrels/test.tsv").rename(tmp_path / "qrels/dev.tsv")
    assert read(tmp_path)["remarks"] == [
        "qrels/dev.tsv is read in place of the split test, which no file is named after"
    ]


def test_a_part_may_serve_all_subsets(tmp_path: Path) -> None:
    """Chinese queries of their own, and documents that all languages share."""
    files = {
        "corpus.jsonl": CORPUS,
        "zh/queries.jsonl": QUERIES,
        "en/queries.jsonl": QUERIES[:1],
        "zh/qrels/test.tsv": QRELS,
        "en/qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\n",
    }
    assert read(write(tmp_path, files), subset="zh") == EXPECTED
    assert read(tmp_path, subset="en")["queries"]["id"] == ["q1"]


def test_judgements_without_grades_count_as_relevant(tmp_path: Path) -> None:
    """With a remark."""
    made = read(write(tmp_path, {**BEIR, "qrels/test.tsv": "query-id\tcorpus-id\nq1\td1\n"}))
    assert made["relevant_docs"] == {"q1": {"d1": 1}}
    assert made["remarks"] == ["qrels/test.tsv grades nothing: every document in it counts as relevant, 1"]


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"corpus.jsonl": [*CORPUS, CORPUS[0]]}, "corpus.jsonl:3 [id]: duplicate id: 'd1' stands in line 1 already"),
        (
            {"queries.jsonl": [*QUERIES, QUERIES[1]]},
            "queries.jsonl:4 [id]: duplicate id: 'q2' stands in line 2 already",
        ),
        (
            {"corpus.jsonl": [{"_id": None, "text": "a"}]},
            "corpus.jsonl:1 [_id]: no id: null; an id is a text or an integer",
        ),
        ({"corpus.jsonl": [{"_id": "d1", "text": 3}]}, "corpus.jsonl:1 [text]: not a text: 3"),
        (
            {"qrels/test.tsv": QRELS + "q1\td1\t1\n"},
            "qrels/test.tsv:5 [score]: judged twice: q1 and d1, with different grades",
        ),
        (
            {"qrels/test.tsv": QRELS + "q1\t2\t0.5\n"},
            "qrels/test.tsv:5 [score]: not a whole number: 0.5; mteb's grades are 0, 1, 2 and so on",
        ),
        ({"qrels/test.tsv": QRELS + "q1\t2\tone\n"}, "qrels/test.tsv:5 [score]: not a number: 'one'"),
        (
            {"qrels/test.tsv": "query-id\tcorpus-id\tscore\nQ1\td1\t1\n"},
            "queries.jsonl [id]: no query is judged: the qrels are of Q1",
        ),
        (
            {"queries.jsonl": [{"_id": "q1", "frage": "a"}]},
            "queries.jsonl [text]: missing column (or query, question, content)",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, files: dict[str, Any], fault: str) -> None:
    """File, line and column."""
    assert faults(write(tmp_path, {**BEIR, **files}))[0].startswith(fault)


def test_parts_that_are_missing_are_named_together(tmp_path: Path) -> None:
    """With what the folder holds; a single file is no retrieval task."""
    write(tmp_path, {"test.tsv": "a\tb\n"})
    name = tmp_path.name
    assert faults(tmp_path) == [
        f"{name}: no file for {part} of the split test; there is: test.tsv" for part in ("corpus", "queries", "qrels")
    ]
    assert len(faults(tmp_path / "test.tsv")) == 3


def test_reranking_ranks_the_candidates(tmp_path: Path) -> None:
    """A list of documents for each query, or a row for each of them."""
    ranked = {"q1": ["d1", "2"], "q2": ["2"]}
    assert read(write(tmp_path, {**BEIR, "top_ranked/test.jsonl": CANDIDATES}), "Reranking")["top_ranked"] == ranked
    (tmp_path / "top_ranked/test.jsonl").unlink()
    write(tmp_path, {"candidates.tsv": "query-id\tcorpus-id\nq1\td1\nq1\t2\nq2\t2\n"})
    assert read(tmp_path, "Reranking")["top_ranked"] == ranked


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (CANDIDATES[:1], "top_ranked.jsonl [query-id]: no candidates: none for the query q2"),
        ([{"query-id": "q1"}], "top_ranked.jsonl [corpus-ids]: missing column: nor is there corpus-id"),
        (
            [{"query-id": "q1", "corpus-ids": ["d9"]}],
            "top_ranked.jsonl:1 [corpus-ids]: unknown document: d9 is not in the corpus",
        ),
    ],
)
def test_reranking_needs_candidates_for_every_query(tmp_path: Path, rows: Any, fault: str) -> None:
    """To rank the whole corpus instead would be another task."""
    write(tmp_path, {**BEIR, "top_ranked.jsonl": rows})
    assert fault in faults(tmp_path, "Reranking")[0]


def test_without_candidates_the_judged_documents_are_ranked(tmp_path: Path) -> None:
    """As in our own kind; a fault where all of them are relevant, since any order of them would be right."""
    made = read(write(tmp_path, BEIR), "Reranking")
    assert made["top_ranked"] == {"q1": ["d1"], "q2": ["2", "d1"]}
    assert made["remarks"] == ["there is no file top_ranked: the judged documents of a query are its candidates"]
    write(tmp_path, {"qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t2\nq2\t2\t1\n"})
    (fault,) = faults(tmp_path, "Reranking")
    assert "no candidates: without a file top_ranked the judged documents are ranked, and all are relevant" in fault


def test_an_older_layout_of_reranking_is_read_as_mteb_did(tmp_path: Path) -> None:
    """A row for each query; ids sort the positive documents first; a query without negative ones is left out."""
    rows = [
        {"query": "a", "positive": ["p"], "negative": []},
        {"query": "b", "positive": ["p"], "negative": ["n", "m"]},
    ]
    made = read(write(tmp_path, {"test.jsonl": rows}), "Reranking")
    ids = ["apositive_test_query0_00000", "negative_test_query0_00000", "negative_test_query0_00001"]
    assert made == {
        "corpus": {"id": ids, "text": ["p", "n", "m"]},
        "queries": {"id": ["test_query0"], "text": ["b"]},
        "relevant_docs": {"test_query0": dict(zip(ids, (1, 0, 0), strict=True))},
        "top_ranked": {"test_query0": ids},
        "remarks": ["1 queries that lack positive or negative documents are left out"],
    }


def test_a_query_may_have_an_instruction(tmp_path: Path) -> None:
    """In its row, or in a file of its own, which must then have one for every query."""
    told = [{"query-id": "q1", "instruction": "find causes"}, {"query-id": "q2", "instruction": "zoek"}]
    made = read(write(tmp_path, {**BEIR, "instruction.jsonl": told}))
    assert made["queries"]["instruction"] == ["find causes", "zoek"]
    write(tmp_path, {"instruction.jsonl": told[:1]})
    assert faults(tmp_path) == ["queries.jsonl:2 [id]: no instruction: none is given for the query q2"]
    (tmp_path / "instruction.jsonl").unlink()
    write(tmp_path, {"queries.jsonl": [{**QUERIES[0], "instruction": "here"}]})
    assert read(tmp_path)["queries"]["instruction"] == ["here"]


def _own(documents: tuple[int, int], queries: tuple[int, int]) -> dict[str, Any]:
    named = {"documents": documents, "queries": queries}
    return {
        f"{name}_text_statistics": {"total_text_length": total, "average_text_length": total / count}
        for name, (count, total) in named.items()
    }


def test_titles_that_mtebs_own_documents_have_not_are_left_out(tmp_path: Path) -> None:
    """12 + 4 characters are those of the texts alone, 16 + 4 those with the title."""
    own = _own((2, 16), (2, 8))
    made = read(write(tmp_path, BEIR), own=own)
    assert list(made["corpus"]) == ["id", "text"]
    assert made["remarks"] == ["titles are left out: mteb's own documents have none, by their number of characters"]
    assert "title" in read(tmp_path, own=_own((2, 20), (2, 8)))["corpus"]


def test_queries_that_mteb_has_once_are_merged(tmp_path: Path) -> None:
    """Of two with the same text the first stays, with the judgements of both; only where the numbers say so."""
    queries = [{"_id": "q1", "text": "same"}, {"_id": "q2", "text": "same "}]
    write(tmp_path, {**BEIR, "queries.jsonl": queries})
    made = read(tmp_path, own=_own((2, 20), (1, 4)))
    assert (made["queries"]["id"], made["relevant_docs"]) == (["q1"], {"q1": {"d1": 2, "2": 1}})
    assert made["remarks"] == ["1 queries with the text of another one are merged with it, as in mteb's own data"]
    assert read(tmp_path, own=_own((2, 20), (2, 8)))["queries"]["id"] == ["q1", "q2"]


def test_data_of_another_size_than_mtebs_are_remarked_on(tmp_path: Path) -> None:
    """Documents and queries, each with both numbers."""
    made = read(write(tmp_path, BEIR), own=_own((9, 900), (8, 80)))
    documents, queries = made["remarks"]
    assert documents.endswith("2 documents of 20 characters here, 9 of 900 there")
    assert queries.endswith("2 queries of 8 characters here, 8 of 80 there")
