"""Questions and answers in one file: which columns they are, which are one, which rows are faulty."""

from __future__ import annotations

from typing import Any

import pytest

from harness.catalogue import Place, load_suite
from harness.errors import UsageError

FLAT = {"kind": "retrieval", "map": ("query=q", "document=a")}


@pytest.mark.parametrize("header", ["问题,答案", "问,答", "Question,Answer", "query,document"])
def test_columns_are_taken_by_their_names(write: Any, bring: Any, header: str) -> None:
    """Where nothing else is said; what was taken is noted."""
    question, answer = header.split(",")
    done = bring("csv", write("f.csv", f"nr,{header}\n1,x,y\n"), kind="retrieval")
    assert done.rows("corpus")[0]["text"] == "y"
    assert done.imported.notes == (f"taken by their names: --map query={question}, --map document={answer}",)


def test_names_that_do_not_tell(write: Any, bring: Any) -> None:
    """Two columns of questions: the columns are listed."""
    with pytest.raises(UsageError, match=r"--map query=COLUMN is missing: .*its columns: 问题, 问, 答案"):
        bring("csv", write("f.csv", "问题,问,答案\n1,x,y\n"), kind="retrieval")


def test_several_columns_of_questions(write: Any, bring: Any) -> None:
    """Each that is filled is a query of the same answer; the same question twice in a row is one."""
    file = write("f.csv", "q,s1,s2,a\nx,y,,A\nz, ,z,B\n,w,,C\n")
    done = bring("csv", file, kind="retrieval", map=("query=q", "query=s1", "query=s2", "document=a"))
    texts = {row["_id"]: row["text"] for row in done.rows("queries")}
    documents = {row["_id"]: row["text"] for row in done.rows("corpus")}
    judged = [(texts[row["query-id"]], documents[row["corpus-id"]]) for row in done.rows("qrels")]
    assert judged == [("x", "A"), ("y", "A"), ("z", "B"), ("w", "C")]
    assert done.imported.notes == ()


def test_a_row_without_any_question(write: Any, refused: Any) -> None:
    """It is told once, in the first of the columns."""
    file = write("f.csv", "q,s,a\nx,y,A\n,,B\n")
    lines = refused("csv", file, kind="retrieval", map=("query=q", "query=s", "document=a"))
    assert lines[1:] == ["f.csv:3 [q]: empty text: write one or delete the row"]


def test_texts_that_differ_in_white_space_are_one(write: Any, bring: Any) -> None:
    """The first one stays, and the judgements of the others carry its hash."""
    done = bring("csv", write("f.csv", 'q,a\nx,A  B\ny,"A\nB "\nx ,A B\n'), **FLAT)
    assert [row["text"] for row in done.rows("corpus")] == ["A  B"]
    assert len(done.rows("queries")) == 2
    assert len({row["hash"] for row in done.rows("qrels")}) == 1
    assert done.imported.notes == (
        "1 rows left out: the same question and answer stand further up",
        "3 texts that differ from another only in white space: taken for one with it",
    )
    assert load_suite(Place("mine", done.folder)).name == "mine"


def test_numbers_are_texts_as_in_csv(write: Any, bring: Any) -> None:
    """A question may be a number."""
    done = bring("jsonl", write("f.jsonl", '{"q": 404, "a": 1.5}\n'), **FLAT)
    assert (done.rows("queries")[0]["text"], done.rows("corpus")[0]["text"]) == ("404", "1.5")


@pytest.mark.parametrize("content", ["", "q,a\n"])
def test_a_file_without_rows_is_one_fault(write: Any, refused: Any, content: str) -> None:
    """Although three tables are made of it."""
    lines = refused("csv", write("f.csv", content), **FLAT)[1:]
    assert lines == ["f.csv: no rows: the file is empty, or holds a header only"]


def test_faulty_rows_left_out(write: Any, bring: Any, refused: Any) -> None:
    """Blank cells, too few cells, another judgement; where nothing is left, what was left out is the fault."""
    options = {"kind": "retrieval", "map": ("query=q", "document=a", "score=s"), "skip_faulty": True}
    assert refused("csv", write("f.csv", "q,a,s\n,A,1\n"), **options)[1:] == [
        "f.csv: no rows: 1 left out: empty text [q], first at f.csv:2"
    ]
    done = bring("csv", write("f.csv", "q,a,s\nx,A,1\ny,,1\nz\nx,A,2\nw,B,much\n"), **options)
    assert [note.partition(",")[0] for note in done.imported.notes] == [
        "1 left out: empty text [a]",
        "1 left out: wrong number of cells",
        "1 left out: judged twice [s]",
        "1 left out: not a number [s]",
    ]
    assert len(done.rows("qrels")) == 1


@pytest.mark.parametrize(("match", "other"), [("1.0", "0.0"), ("TRUE", "FALSE"), ("True", "False"), ("1", "0")])
def test_labels_of_pairs_as_programs_write_them(write: Any, bring: Any, match: str, other: str) -> None:
    """They need no --positive."""
    done = bring("csv", write("p.csv", f"sentence1,sentence2,label\na,b,{match}\na,c,{other}\n"), kind="pairs")
    assert [row["label"] for row in done.rows("pairs")] == ["1", "0"]


@pytest.mark.parametrize(("words", "advice"), [(("否", "是"), "是"), (("good", "bad"), "LABEL")])
def test_labels_in_words_are_one_fault(write: Any, refused: Any, words: tuple[str, str], advice: str) -> None:
    """It says how to tell what they mean."""
    file = write("p.csv", f"sentence1,sentence2,label\na,b,{words[0]}\na,c,{words[1]}\n")
    [line] = refused("csv", file, kind="pairs")[1:]
    assert line.endswith(f"the column has {words[0]}, {words[1]}; say which of them are a match: --positive {advice}")


@pytest.mark.parametrize(("ids", "key"), [(("7.0", "8.0"), "'7.0' is '7'"), (("7", "8"), "'7' is '7.0'")])
def test_ids_with_decimals(write: Any, refused: Any, ids: tuple[str, str], key: str) -> None:
    """A gap in a column makes a program write 7.0 for 7: one fault, not one a judgement."""
    theirs = ("7", "8") if ids[0] == "7.0" else ("7.0", "8.0")
    write("in/queries.csv", "_id,text\nq,x\n")
    write("in/corpus.csv", f"_id,text\n{theirs[0]},x\n{theirs[1]},y\n")
    folder = write("in/qrels.csv", f"query-id,corpus-id,score\nq,{ids[0]},1\nq,{ids[1]},1\n").parent
    [line] = refused("csv", folder, kind="retrieval")[1:]
    assert line.startswith(f"in/qrels.csv [corpus-id]: ids with decimals: 2 of them, {key} there")
