"""TREC's topics, judgements and documents."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import SuiteError

if TYPE_CHECKING:
    from pathlib import Path

SGML = """<top>
<num> Number: 301
<title> International
Organized Crime
<desc> Description:
Identify organizations.
<narr> Narrative:
Long.
</top>

<top>
<num> Number: 302 <title> Polio &amp; 疫苗
</top>
"""
XML = """<?xml version="1.0"?>
<topics>
<topic number="301"><query>crime</query><question>who?</question></topic>
</topics>"""
DOCUMENTS = """<DOC>
<DOCNO> FT911-3 </DOCNO>
<HEADLINE>Head</HEADLINE>
<TEXT>
<P>One &lt; two.</P>
Three
</TEXT>
</DOC>
<doc><docno>d2</docno><text>四</text></doc>
"""
QRELS = "301 0 FT911-3 2\n301 0 d2 0\n302 0 d2 1\n"


@pytest.fixture
def folder(write: Any) -> Path:
    """A folder with the usual names."""
    write("in/topics.301-302.txt", SGML)
    write("in/qrels.txt", QRELS)
    file: Path = write("in/documents.sgml", DOCUMENTS)
    return file.parent


def test_sgml_topics_and_documents(folder: Path, bring: Any) -> None:
    """Tags need not be closed, tags within a text are left out, grades and zeros are kept."""
    done = bring("trec", folder)
    assert [(row["_id"], row["text"]) for row in done.rows("queries")] == [
        ("301", "International Organized Crime"),
        ("302", "Polio & 疫苗"),
    ]
    assert done.rows("corpus") == [
        {"_id": "FT911-3", "title": "Head", "text": "One < two. Three"},
        {"_id": "d2", "title": "", "text": "四"},
    ]
    assert [row["score"] for row in done.rows("qrels")] == ["2", "0", "1"]


def test_the_description_is_the_query(folder: Path, write: Any, bring: Any) -> None:
    """--topic-field desc."""
    write("in/topics.301-302.txt", SGML.replace("302 <title>", "302 <desc>"))
    assert bring("trec", folder, topic_field="desc").rows("queries")[0]["text"] == "Identify organizations."


TIPSTER = """<top>
<head> Tipster Topic Description
<num> Number:  051
<dom> Domain:  International Economics
<title> Topic:  Airbus Subsidies
<desc> Description:
Assistance to Airbus.
<smry> Summary:
Short.
<con> Concept(s):
1. Airbus
<fac> Factor(s):
<nat> Nationality: U.S.
<time> Time: Past
</fac>
<def> Definition(s):
</top>
"""


@pytest.mark.parametrize(("field", "text"), [("title", "Airbus Subsidies"), ("desc", "Assistance to Airbus.")])
def test_topics_of_trec_1_and_2(folder: Path, write: Any, bring: Any, field: str, text: str) -> None:
    """Their further fields, none of which is closed, end the one before; judgements leave the zeros out."""
    write("in/topics.301-302.txt", TIPSTER)
    write("in/qrels.txt", "51 0 d2 1\n051 0 FT911-3 1\n")
    done = bring("trec", folder, topic_field=field)
    assert done.rows("queries") == [{"_id": "051", "text": text}]
    assert [row["query-id"] for row in done.rows("qrels")] == ["051", "051"]
    assert done.imported.notes == (
        "1 judgements name a topic without or with zeros before its number: taken as the same",
    )


def test_topics_that_differ_in_zeros_alone(folder: Path, write: Any, refused: Any) -> None:
    """Neither is guessed."""
    write("in/topics.301-302.txt", "051\tx\n0051\ty\n")
    write("in/qrels.txt", "51 0 d2 1\n")
    assert "in/qrels.txt:1 [query-id]: absent query: '51' is not in the queries" in refused("trec", folder)


def test_what_is_a_tag(folder: Path, write: Any, bring: Any) -> None:
    """Not any `<` with a `>` after it; a tag may go on in the next line; lines are counted all the same."""
    text = 'if x <y and z> w <a href="q\n">link</a> <F P=100>f</F> <td nowrap>g <b a\nc'
    write("in/documents.sgml", f"<doc><docno>d2</docno><text>{text}\n</text></doc>\n<DOC\n>\n<DOCNO>d3</DOCNO>\n<DOC>")
    write("in/qrels.txt", "301 0 d2 1\n")
    with pytest.raises(SuiteError) as caught:
        bring("trec", folder)
    assert "documents.sgml:5 [doc]: not closed: the next <doc> begins in line 8" in str(caught.value)
    write("in/documents.sgml", f"<doc><docno>d2</docno><text>{text}\n</text></doc>\n")
    assert bring("trec", folder).rows("corpus")[0]["text"] == "if x <y and z> w link f g <b a c"


@pytest.mark.parametrize(("field", "text"), [("title", "crime"), ("desc", "who?")])
def test_xml_topics(folder: Path, write: Any, bring: Any, field: str, text: str) -> None:
    """The number is an attribute; query and question are what title and description were."""
    write("in/topics.301-302.txt", XML)
    write("in/qrels.txt", "301 0 d2 1\n")
    assert bring("trec", folder, topic_field=field).rows("queries") == [{"_id": "301", "text": text}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("docs.tsv", "FT911-3\tx\nd2\ty\n"),
        ("docs.tsv.gz", gzip.compress(b"FT911-3\tT\tx\nd2\tT\ty\n", mtime=0)),
        ("docs.jsonl", '{"id": "FT911-3", "contents": "x"}\n{"_id": "d2", "text": "y"}\n'),
    ],
    ids=["tsv", "tsv.gz", "jsonl"],
)
def test_documents_in_tables(folder: Path, write: Any, bring: Any, name: str, content: str | bytes) -> None:
    """TSV with or without a title, JSON Lines as pyserini writes them, packed or not."""
    file = write(f"other/{name}", content)
    done = bring("trec", folder, documents=str(file))
    assert [row["text"] for row in done.rows("corpus")] == ["x", "y"]


def test_a_folder_of_documents(folder: Path, write: Any, bring: Any) -> None:
    """All its files are read, but for those that are hidden."""
    write("more/.DS_Store", b"\0\xff")
    write("more/.git/x", "y")
    write("more/a/1.sgml", "<DOC><DOCNO>FT911-3</DOCNO><TEXT>x</TEXT></DOC>")
    file = write("more/b.tsv", "d2\ty\n")
    assert bring("trec", folder, documents=str(file.parent)).imported.rows["corpus"] == 2


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("qrels.txt", "301 0 FT911-3\n", "in/qrels.txt:1: wrong number of cells: 3; a judgement is `topic 0 document"),
        ("qrels.txt", "301 0 d9 1\n", "in/qrels.txt:1 [corpus-id]: absent document: 'd9' is not in the corpus"),
        ("qrels.txt", "", "in/qrels.txt: no rows: the file is empty"),
        ("qrels.txt", "301 0 d2 1\n301 0 d2 1\n", "in/qrels.txt:2 [corpus-id]: judged twice"),
        ("documents.sgml", "<DOC>\n<DOCNO>1\n", "in/documents.sgml:1 [doc]: not closed: the file ends before </doc>"),
        (
            "documents.sgml",
            DOCUMENTS * 2,
            "in/documents.sgml:10 [_id]: duplicate id: 'FT911-3' stands in line 1 already",
        ),
        ("documents.sgml", "<DOC><DOCNO>d2</DOCNO></DOC>\n", "in/documents.sgml:1 [text]: empty text"),
        ("documents.sgml", "<DOC><TEXT>x</TEXT></DOC>\n", "in/documents.sgml:1 [_id]: no id: ''"),
        (
            "documents.sgml",
            "<html>\n",
            "in/documents.sgml: nothing found: the file begins with markup, and holds no <DOC>",
        ),
        ("topics.301-302.txt", "301\n", "in/topics.301-302.txt:1: wrong number of cells: 1"),
        ("topics.301-302.txt", "<top>\n<num> 1\n<top>\n</top>", "in/topics.301-302.txt:1 [top]: not closed: the next"),
    ],
)
def test_faults(folder: Path, write: Any, refused: Any, name: str, content: str, fault: str) -> None:
    """Each with the file and the line that it is in."""
    write(f"in/{name}", content)
    lines = refused("trec", folder)
    assert any(line.startswith(fault) for line in lines), lines


def test_a_file_that_is_none_is_one_fault(folder: Path, write: Any, refused: Any) -> None:
    """However many lines it has."""
    write("in/documents.sgml", "some text\n" * 9)
    write("in/qrels.txt", "")
    [line] = [line for line in refused("trec", folder) if line.startswith("in/documents")]
    assert line.startswith("in/documents.sgml:1: wrong number of cells: 1; a file is <DOC> after another, or an id and")


def test_files_are_looked_for_in_the_source_too(folder: Path, write: Any, bring: Any, refused: Any) -> None:
    """Where there is none of that name here."""
    write("in/other.txt", "301 0 d2 1\n")
    assert bring("trec", folder, qrels="other.txt").imported.rows["qrels"] == 1
    (folder / "other.txt").unlink()
    (folder.parent / "mine").rename(folder.parent / "first")
    assert refused("trec", folder, qrels="other.txt")[0] == "there is no other.txt, and none in in: check the path"


def test_files_in_another_encoding(folder: Path, write: Any, bring: Any) -> None:
    """--encoding says which, for all of them."""
    write("in/topics.301-302.txt", SGML.encode("gbk"))
    write("in/documents.sgml", DOCUMENTS.encode("gbk"))
    done = bring("trec", folder, encoding="gb18030")
    assert (done.rows("queries")[1]["text"], done.rows("corpus")[1]["text"]) == ("Polio & 疫苗", "四")


def test_what_is_faulty_is_left_out(folder: Path, write: Any, bring: Any) -> None:
    """With --skip-faulty, and counted: files and documents, and judgements that are none or of what is absent."""
    write("in/docs/a.sgml", DOCUMENTS + "<DOC><DOCNO>d3</DOCNO></DOC>\n<DOC>\n")
    write("in/docs/b.sgml", b"<DOC><DOCNO>d4</DOCNO><TEXT>x</TEXT></DOC>\n\xff")
    write("in/docs/c.html", "<html>")
    write("in/qrels.txt", QRELS + "301 0 d3 1\n301 0 d4 1\n302 0\n")
    done = bring("trec", folder, documents="docs", skip_faulty=True)
    assert done.imported.rows == {"queries": 2, "corpus": 2, "qrels": 3}
    reasons = [note.partition(", first at ")[0] for note in done.imported.notes]
    assert reasons == [
        "1 left out: not closed [doc]",
        "1 left out: not UTF-8",
        "1 left out: nothing found",
        "1 left out: wrong number of cells",
        "1 left out: empty text [text]",
        "2 left out: absent document [corpus-id]",
    ]


def test_an_endless_document(folder: Path, write: Any, refused: Any) -> None:
    """It takes bounded memory."""
    write("in/documents.sgml", "<DOC>\n<DOCNO>1</DOCNO>\n<TEXT>\n" + "x" * 99 + ("\n" + "y" * 9999) * 1000)
    assert refused("trec", folder)[1].startswith("in/documents.sgml:1 [doc]: too long: more than 8 MiB")


def test_files_that_cannot_be_told(folder: Path, write: Any, refused: Any) -> None:
    """None of a name, or two: --topics, --qrels or --documents says which is meant."""
    write("in/qrels.dev.txt", "")
    assert refused("trec", folder)[0].endswith("holds qrels.dev.txt, qrels.txt: name the qrels with --qrels FILE")
    (folder / "documents.sgml").unlink()
    assert "name the documents with --documents FILE" in refused("trec", folder, qrels=str(folder / "qrels.txt"))[0]
    assert "is no folder: name the topics" in refused("trec", folder / "qrels.txt")[0]
    assert (
        "--topic-field narr: one of title, desc"
        in refused(
            "trec",
            folder,
            topic_field="narr",
            **{name: str(folder / "qrels.txt") for name in ("topics", "qrels", "documents")},
        )[0]
    )
