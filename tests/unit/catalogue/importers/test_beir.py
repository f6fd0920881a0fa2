"""BEIR folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue import Place, load_suite
from harness.errors import SuiteError
from harness.tasks.staleness import document_hash

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(write: Any) -> Path:
    """Two splits; a document with what only BEIR knows."""
    write("in/corpus.jsonl", '{"_id": "d1", "title": "T", "text": "x", "metadata": {}}\n{"_id": 2, "text": "货款"}\n')
    write("in/queries.jsonl", '{"_id": "q1", "text": "a"}\n{"_id": "q2", "text": "b"}\n')
    write("in/qrels/dev.tsv", "query-id\tcorpus-id\tscore\nq2\t2\t2\n")
    file: Path = write("in/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\t2\t0\n")
    return file.parents[1]


def test_the_import_asks_what_the_folder_asks(folder: Path, bring: Any) -> None:
    """It has the fingerprint of the folder itself: nothing that counts was changed."""
    done = bring("beir", folder)
    assert load_suite(Place("a", done.folder)).fingerprint == load_suite(Place("b", folder)).fingerprint
    assert done.imported.rows == {"queries": 2, "corpus": 2, "qrels": 2}
    assert done.imported.notes == ("judged on the split test, of dev, test",)


def test_judgements_carry_the_hash_of_their_document(folder: Path, bring: Any) -> None:
    """Of title and text, so that a change can be noticed later."""
    hashes = [row["hash"] for row in bring("beir", folder).rows("qrels")]
    assert hashes == [document_hash("T", "x"), document_hash("", "货款")]


def test_another_split(folder: Path, bring: Any) -> None:
    """--split says which; grades are kept."""
    assert [row["score"] for row in bring("beir", folder, split="dev").rows("qrels")] == ["2"]


def test_what_is_not_there(folder: Path, refused: Any) -> None:
    """A split, a file, a folder: each is named."""
    assert refused("beir", folder, split="train") == ["--split train: in/qrels has dev, test"]
    (folder / "corpus.jsonl").unlink()
    assert refused("beir", folder)[1].startswith("in/corpus.jsonl: cannot be read: there is no such file")
    assert "is no folder" in refused("beir", folder / "queries.jsonl")[0]
    for split in (folder / "qrels").iterdir():
        split.unlink()
    assert "holds no .tsv file" in refused("beir", folder)[0]


def test_a_judgement_that_points_nowhere(folder: Path, refused: Any) -> None:
    """It is told with its line in qrels."""
    (folder / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\td9\t1\n", "utf-8")
    assert refused("beir", folder)[1] == "in/qrels/test.tsv:3 [corpus-id]: absent document: 'd9' is not in the corpus"


def test_what_is_nested_is_kept(folder: Path, bring: Any) -> None:
    """A row is copied whole, lists and objects in it too."""
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "a", "metadata": {"tags": ["x", "货"]}}\n', "utf-8")
    assert bring("beir", folder).rows("queries")[0]["metadata"] == {"tags": ["x", "货"]}


def test_faulty_rows_left_out(folder: Path, bring: Any) -> None:
    """A document without text takes the judgements of it along, and those that were faulty before are left out too."""
    (folder / "corpus.jsonl").write_text(
        '{"_id": "d0", "text": " "}\n{"_id": "d1", "text": "x"}\n{"_id": "d1", "text": "y"}\n{\n', "utf-8"
    )
    lines = ("query-id\tcorpus-id\tscore", "q1\td1\t1", "q1\td1\t1", "q1\td0\t1", "q2\td9\t1", "q2\td1\tx", "q2")
    (folder / "qrels/test.tsv").write_text("\n".join(lines), "utf-8")
    done = bring("beir", folder, skip_faulty=True)
    assert done.rows("corpus") == [{"_id": "d1", "text": "x"}]
    assert [row["corpus-id"] for row in done.rows("qrels")] == ["d1"]
    notes = (note.partition(", first at ")[0] for note in done.imported.notes[1:])
    assert {note.replace(" left out:", "") for note in notes} == {
        "1 not JSON",
        "1 wrong number of cells",
        "1 empty text [text]",
        "1 duplicate id [_id]",
        "1 not a number [score]",
        "1 judged twice [corpus-id]",
        "2 absent document [corpus-id]",
    }


def test_nothing_is_left_out_of_a_table_that_would_be_empty(folder: Path, bring: Any) -> None:
    """What is wrong is told, as it is without --skip-faulty."""
    (folder / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td9\t1\n", "utf-8")
    with pytest.raises(SuiteError, match="absent document: 'd9'"):
        bring("beir", folder, skip_faulty=True)
