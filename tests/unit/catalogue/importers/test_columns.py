"""csv, tsv and jsonl: columns under any name become the tables of a kind."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

from harness.tasks.staleness import document_hash

FLAT = {"kind": "retrieval", "map": ("query=question", "document=answer")}
LABELLED = "text,label\n" + "".join(f"text {number},{'ab'[number % 2]}\n" for number in range(20))


def test_columns_get_the_names_of_the_kind(write: Any, bring: Any) -> None:
    """What is not a field of the kind is left out."""
    file = write("p.csv", "left,right,grade,by\n红,red,4.5,x\nblue,蓝 🙂,1,y\n")
    done = bring("csv", file, kind="similarity", map=("sentence1=left", "sentence2=right", "score=grade"))
    assert done.rows("pairs") == [
        {"sentence1": "红", "sentence2": "red", "score": "4.5"},
        {"sentence1": "blue", "sentence2": "蓝 🙂", "score": "1"},
    ]
    assert done.imported.kind == "similarity"
    assert done.imported.rows == {"pairs": 2}


def test_excel_writes_a_mark_semicolons_and_carriage_returns(write: Any, bring: Any) -> None:
    """A byte-order mark is no part of the first column's name."""
    file = write("p.csv", '\ufeffsentence1;sentence2;score\r\n"a;b";c;1\r\nd;"e\r\nf";2\r\n')
    rows = bring("csv", file, kind="similarity", delimiter=";").rows("pairs")
    assert [row["sentence1"] for row in rows] == ["a;b", "d"]


def test_a_packed_file_is_read_like_an_open_one(write: Any, bring: Any) -> None:
    """The suffix .gz says so."""
    file = write("p.tsv.gz", gzip.compress(b"sentence1\tsentence2\tscore\na\tb\t1\nc\td\t0\n"))
    assert bring("tsv", file, kind="similarity").imported.rows == {"pairs": 2}


def test_a_folder_has_a_file_per_table(write: Any, bring: Any) -> None:
    """Judgements carry the hash of their document; a field may be mapped for one table alone."""
    write("in/queries.jsonl", '{"_id": "q", "question": "how"}\n')
    write("in/corpus.jsonl", '{"_id": 7, "title": "T", "text": "so"}\n')
    folder = write("in/qrels.jsonl", '{"query-id": "q", "corpus-id": 7, "score": 2}\n').parent
    done = bring("jsonl", folder, kind="retrieval", map=("queries.text=question",))
    assert done.rows("queries") == [{"_id": "q", "text": "how"}]
    assert done.rows("qrels") == [{"query-id": "q", "corpus-id": 7, "score": 2, "hash": document_hash("T", "so")}]


def test_further_tables_are_named(write: Any, bring: Any) -> None:
    """The source is the first table, and --table names the others."""
    test, train = write("a.csv", LABELLED), write("b.csv", LABELLED)
    done = bring("csv", test, kind="classification", table=(f"train={train}",))
    assert done.imported.rows == {"test": 20, "train": 20}


def test_a_kind_of_several_tables_takes_the_one_that_fits(write: Any, bring: Any) -> None:
    """Four words are a question, two are a pair."""
    file = write("q.jsonl", '{"a": "1", "b": "2", "c": "3", "d": "4"}\n{"a": "1", "b": "2", "c": "5", "d": "6"}\n')
    assert bring("jsonl", file, kind="analogy").imported.rows == {"analogies": 2}


def test_two_words_are_a_pair(write: Any, bring: Any) -> None:
    """Without c and d the table is the one of pairs."""
    file = write("q.csv", "a,b\n1,2\n3,4\n")
    assert bring("csv", file, kind="analogy").imported.rows == {"pairs": 2}


def test_labels_in_words_are_judged(write: Any, bring: Any) -> None:
    """--positive says which are a match; how often each occurs is told."""
    file = write("p.tsv", "sentence1\tsentence2\tis\na\tb\tyes\na\tc\tno\na\td\tmaybe\n")
    done = bring("tsv", file, kind="pairs", map=("label=is",), positive=("yes",))
    assert [row["label"] for row in done.rows("pairs")] == ["1", "0", "0"]
    assert done.imported.notes[0] == "1 pairs labelled 'yes' are 1"


def test_questions_and_answers_in_one_file(write: Any, bring: Any) -> None:
    """The same answer is one document, the same question one query, the same row one judgement."""
    file = write("faq.csv", "question,answer\nq1,a\nq2,a\nq1,b\nq2,a\n")
    done = bring("csv", file, **FLAT)
    assert done.rows("queries") == [{"_id": "q1", "text": "q1"}, {"_id": "q2", "text": "q2"}]
    assert done.rows("corpus") == [{"_id": "d1", "text": "a"}, {"_id": "d2", "text": "b"}]
    assert [(row["query-id"], row["corpus-id"]) for row in done.rows("qrels")] == [
        ("q1", "d1"),
        ("q2", "d1"),
        ("q1", "d2"),
    ]
    assert done.rows("qrels")[0]["hash"] == document_hash("", "a")
    assert done.imported.notes == ("1 rows left out: the same question and answer stand further up",)


def test_answers_with_titles_groups_and_grades(write: Any, bring: Any) -> None:
    """Two documents of one text and different titles are two."""
    text = '{"q": "1", "a": "x", "t": "A", "g": "k", "s": 2}\n{"q": "1", "a": "x", "t": "B", "g": "k", "s": 0}\n'
    mapping = ("query=q", "document=a", "title=t", "group=g", "score=s")
    done = bring("jsonl", write("f.jsonl", text), kind="retrieval", map=mapping)
    assert [row["title"] for row in done.rows("corpus")] == ["A", "B"]
    assert done.rows("queries") == [{"_id": "q1", "text": "1", "group": "k"}]
    assert [row["score"] for row in done.rows("qrels")] == ["2", "0"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "p.csv: no rows: the file is empty, or holds a header only"),
        ("sentence1,sentence2,score\n", "p.csv: no rows: the file is empty, or holds a header only"),
        ("sentence1,b,score\na,b,1\n", "p.csv [sentence2]: missing column: the source has sentence1, b, score; "),
        ("sentence1,sentence2,score\na,b,x\nc,d,1\n", "p.csv:2 [score]: not a number: 'x'"),
        ('sentence1,sentence2,score\n"a\nb",c,1\nd,,1\n', "p.csv:4 [sentence2]: empty text: write one"),
        (
            "id,sentence1,sentence2,score\n1,a,b,1\n\n1,c,d,2\n",
            "p.csv:4 [id]: duplicate id: '1' stands in line 2 already",
        ),
        ("sentence1,sentence2,score\na,b\n", "p.csv:2: wrong number of cells: 2, the header has 3"),
        (b"sentence1,sentence2,score\na,\xff,1\n", "p.csv:2: not UTF-8: character 3 of the line"),
        ("sentence1,sentence2,score\na,b\0,1\n", "p.csv:2: NUL byte: a binary file, or one in UTF-16"),
        (b"sentence1,sentence2,score\n" + b"a" * 9_000_000, "p.csv:2: line too long: more than 8 MiB"),
        ('sentence1,sentence2,score\n"a,b,1\n', "p.csv:2: not CSV: unexpected end of data"),
    ],
)
def test_faults_name_the_line_of_the_source(write: Any, refused: Any, content: str | bytes, fault: str) -> None:
    """What is wrong with a row is told with the line that the row has in the user's own file."""
    lines = refused("csv", write("p.csv", content), kind="similarity")
    assert any(line.startswith(fault) for line in lines), lines


def test_faults_name_the_column_of_the_source(write: Any, refused: Any) -> None:
    """The column is called as the user calls it."""
    file = write("p.csv", "l,r,grade\na,b,good\nc,d,1\ne,f,2\n")
    lines = refused("csv", file, kind="similarity", map=("sentence1=l", "sentence2=r", "score=grade"))
    assert lines[1:] == ["p.csv:2 [grade]: not a number: 'good'"]


def test_an_earlier_line_is_told_as_the_source_counts(write: Any, refused: Any) -> None:
    """A cell over several lines shifts every line after it, in the message too."""
    file = write("p.csv", 'id,sentence1,sentence2,score\n1,"a\n\nb",c,1\n1,d,e,2\n')
    assert refused("csv", file, kind="similarity")[1].endswith(
        "p.csv:5 [id]: duplicate id: '1' stands in line 2 already"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "--kind is missing"),
        ({"kind": "similarty"}, "Did you mean 'similarity'?"),
        (
            {"kind": "similarity", "map": ("sentense1=a",)},
            "--map sentense1: there is no such field. Did you mean 'sentence1'?",
        ),
        ({"kind": "similarity", "map": ("score",)}, "--map 'score' is no assignment"),
        ({"kind": "similarity", "map": ("score=a", "score=b")}, "--map score is given twice"),
        ({"kind": "similarity", "split": "test"}, "--split is no option of the format csv"),
        ({"kind": "similarity", "table": ("x=p.csv",)}, "--table x: there is no such table"),
        ({"kind": "similarity", "positive": ("1",)}, "--positive says which labels of pairs are a match"),
        ({"kind": "retrieval"}, "its columns: sentence1, sentence2, score. Several files: --table corpus=FILE"),
        ({"kind": "retrieval", "map": ("query=sentence1",)}, "--map document=COLUMN is missing"),
        (
            {"kind": "retrieval", "map": ("text=sentence1",)},
            "has no table corpus, which retrieval needs: --table",
        ),
        ({"kind": "retrieval", "map": ("sentence1=query",)}, "Write FIELD=COLUMN: --map query=sentence1"),
        ({"kind": "similarity", "map": ("red=sentence1",)}, "Write FIELD=COLUMN: --map sentence1=red"),
        ({"kind": "retrieval", "map": ("query=a", "document=b", "c=title")}, "Write FIELD=COLUMN: --map title=c"),
        ({"kind": "retrieval", "map": ("query=a", "document=a")}, "query and document are one column, a"),
        ({"kind": "similarity", "delimiter": "ab"}, "--delimiter 'ab' is not what cells are parted by"),
        ({"kind": "similarity", "delimiter": '"'}, "is not what cells are parted by"),
        ({"kind": "similarity", "encoding": "hex"}, "--encoding hex: there is no such encoding"),
        (
            {"kind": "retrieval", "map": ("query=a", "document=b", "x=c")},
            "--map x: questions and answers have the fields",
        ),
    ],
)
def test_a_request_that_cannot_be_meant(write: Any, refused: Any, options: dict[str, Any], message: str) -> None:
    """What to write instead is said."""
    file = write("p.csv", "sentence1,sentence2,score\na,b,1\n")
    assert message in " ".join(refused("csv", file, **options))


def test_a_positive_label_that_never_occurs(write: Any, refused: Any) -> None:
    """A typing error would make every pair a mismatch."""
    file = write("p.tsv", "sentence1\tsentence2\tlabel\na\tb\tyes\na\tc\tno\n")
    lines = refused("tsv", file, kind="pairs", positive=("yse",))
    assert lines[1] == "p.tsv [label]: no such label: --positive yse, but the column has yes, no"


def test_one_pair_judged_in_two_ways(write: Any, refused: Any) -> None:
    """The same question and answer with another score is a fault."""
    file = write("f.csv", "q,a,s\nx,y,1\nx,y,2\n")
    lines = refused("csv", file, kind="retrieval", map=("query=q", "document=a", "score=s"))
    assert lines[1] == "f.csv:3 [s]: judged twice: 2 here, 1 further up"


def test_blank_questions_and_answers_that_are_no_text(write: Any, refused: Any) -> None:
    """Every row is told, and what it has instead."""
    values = ('" "', "null", "[]", "true")
    rows = [f'{{"question": {value}, "answer": "x"}}' for value in values]
    assert refused("jsonl", write("f.jsonl", "\n".join([*rows, '{"question": "x"}'])), **FLAT)[1:] == [
        "f.jsonl:1 [question]: empty text: write one or delete the row",
        "f.jsonl:2 [question]: empty text: NULL; write one or delete the row",
        "f.jsonl:3 [question]: not a text: a list, an object or bytes; a question and an answer are texts",
        "f.jsonl:4 [question]: not a text: true or false; a question and an answer are texts",
        "f.jsonl:5 [answer]: missing column: the row has question",
    ]


def test_half_a_character(write: Any, refused: Any) -> None:
    """JSON can escape what no file can hold; it is refused with its line."""
    file = write("p.jsonl", '{"sentence1": "\\ud83d", "sentence2": "b", "score": 1}\n')
    assert refused("jsonl", file, kind="similarity")[1].startswith("p.jsonl:1 [sentence1]: broken character")


def test_a_folder_in_place_of_a_file_and_a_file_that_is_not_there(write: Any, refused: Any) -> None:
    """Both say what would be right."""
    folder = write("in/other.csv", "").parent
    assert "holds none of pairs.csv" in refused("csv", folder, kind="similarity")[0]
    assert "check the path" in refused("csv", folder / "none.csv", kind="similarity")[0]
    (folder / "pairs.csv").mkdir()
    assert refused("csv", folder, kind="similarity")[1].endswith("cannot be read: it is a folder; name a file")


def test_a_table_twice_in_a_folder(write: Any, refused: Any) -> None:
    """Nobody can know which is meant."""
    folder = write("in/pairs.csv", "").parent
    write("in/pairs.csv.gz", b"")
    assert "holds both pairs.csv and pairs.csv.gz" in refused("csv", folder, kind="similarity")[0]


@pytest.mark.parametrize("size", [10, 30])
def test_a_truncated_gzip_file(write: Any, refused: Any, size: int) -> None:
    """What unpacks without end or breaks off is a fault of the file."""
    packed = gzip.compress(b"sentence1\tsentence2\tscore\na\tb\t1\nc\td\t0\n")
    lines = refused("tsv", write("p.tsv.gz", packed[:size]), kind="similarity")
    assert lines[1].startswith("p.tsv.gz: cannot be read: broken gzip file")


def test_a_gzip_bomb(write: Any, refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that unpacks to much more than its size is not unpacked whole."""
    monkeypatch.setattr("harness.catalogue.importers.reading.ANY_EXPANSION", 1 << 20)
    bomb = gzip.compress((b" " * 65535 + b"\n") * 1024)
    lines = refused("tsv", write("p.tsv.gz", bomb), kind="similarity")
    assert lines[1].startswith("p.tsv.gz: cannot be read: it unpacks to more than 4 GiB, or 200 times the size")


def test_parameters_go_into_the_suite(write: Any, bring: Any) -> None:
    """They are checked like those of any suite, and a fault names the option."""
    file = write("f.csv", "question,answer\nx,y\n")
    done = bring("csv", file, {"use_title": False}, **FLAT)
    assert "use_title: false" in (done.folder / "suite.yaml").read_text("utf-8")


def test_an_unknown_parameter_is_told_as_the_option(write: Any, refused: Any) -> None:
    """The suite.yaml is not there any more when the error is read."""
    file = write("f.csv", "question,answer\nx,y\n")
    assert refused("csv", file, parameters={"use_titel": False}, **FLAT)[1].startswith(
        "--parameter [use_titel]: unknown"
    )
