"""What a file is by its first bytes and its first line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

FAQ = "问题,答案\n怎么付款,用卡\n退货,七天之内可以退\n"
FLAT = {"kind": "retrieval", "map": ("query=问题", "document=答案")}
ANSWERS = ["用卡", "七天之内可以退"]


def answers(done: Any) -> list[str]:
    """The documents of an import."""
    return [row["text"] for row in done.rows("corpus")]


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_other_encodings(write: Any, bring: Any, encoding: str) -> None:
    """--encoding says which, with or without a byte-order mark."""
    assert answers(bring("csv", write("f.csv", FAQ.encode(encoding)), encoding=encoding, **FLAT)) == ANSWERS


def test_a_character_that_is_cut_by_a_chunk(write: Any, bring: Any) -> None:
    """Files are decoded piece by piece."""
    long = "问题\t答案\n" + "x\t" + "货" * 100_000 + "\n"
    done = bring("tsv", write("f.tsv", long.encode("gb18030")), encoding="gb18030", **FLAT)
    assert [len(text) for text in answers(done)] == [100_000]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (FAQ.encode("gbk"), "f.csv:1: not UTF-8: character 1 of the line; it reads as GB18030: add --encoding gb18030"),
        (FAQ.encode("utf-16"), "f.csv: no text: it is UTF-16: add --encoding utf-16"),
        (FAQ.encode("utf-16-le"), "f.csv:1: not UTF-8: character 2 of the line; it reads as UTF-16-LE: add --encoding"),
        ("a,b\nx,Größe, Müller\n".encode("cp1252"), "f.csv:2: not UTF-8: character 5 of the line; convert the file"),
        (b"a\0,\0b\0\n\0", "f.csv:1: NUL byte: a binary file, or one in UTF-16: add --encoding utf-16"),
        (b"PK\x03\x04...", "f.csv: no text: it is an Excel workbook or a zip file"),
        (b"PAR1...", "f.csv: no text: it is a Parquet file: harness suites import parquet reads it"),
        (b"\x1f\x8b...", "f.csv: no text: it is packed with gzip: give its name the ending .gz"),
        ("问题;答案\na;b\nc,d;e\n", "f.csv:1: one column: its cells are parted by ';'; add --delimiter ';'"),
        ("问题\t答案\na\tb\nc,d\te\n", "f.csv:1: one column: its cells are parted by 'tab'; add --delimiter 'tab'"),
        ("问题,答案\ra,b\rc,d\r", "f.csv:1: carriage returns alone end its lines: save the file with line feeds"),
        ("问,答\n" + "a,b\n" * 20, "f.csv [问题]: missing column: the source has 问, 答; say which are meant"),
    ],
)
def test_what_is_another_file_is_one_fault(write: Any, refused: Any, content: str | bytes, fault: str) -> None:
    """Not one a row; a column that is not there is one fault too."""
    lines = refused("csv", write("f.csv", content), **FLAT)[1:]
    assert lines[0].startswith(fault)
    assert len(lines) == (2 if "missing column" in fault else 1)


def test_an_encoding_that_is_not_the_one(write: Any, refused: Any) -> None:
    """The first character that is none in it ends the file."""
    lines = refused("csv", write("f.csv", b"a,b\nx,y\nxyz\xff\xff,y\n\xff\n"), encoding="gb18030", **FLAT)
    assert lines[1:2] == ["f.csv:3: not GB18030: character 4 of the line; name another with --encoding"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ('[{"q": "a", "a": "b"}]\n', "f.jsonl:1: a JSON array: a line has one object; harness suites import sql"),
        ('{\n"q": "a",\n"a": "b"\n}\n', "f.jsonl:1: an object over several lines"),
    ],
)
def test_json_that_is_no_object_a_line(write: Any, refused: Any, content: str, fault: str) -> None:
    """One fault, which names what reads it."""
    [line] = refused("jsonl", write("f.jsonl", content), kind="retrieval")[1:]
    assert line.startswith(fault)


def test_tsv_that_is_csv(write: Any, refused: Any) -> None:
    """It says which format reads it."""
    lines = refused("tsv", write("f.tsv", FAQ), **FLAT)[1:]
    assert lines == ["f.tsv:1: one column: its cells are parted by ','; harness suites import csv --delimiter ','"]


@pytest.mark.parametrize("name", ["\t", "\\t", "tab", "TAB"])
def test_names_of_the_tab(write: Any, bring: Any, name: str) -> None:
    """No shell makes a tab of it."""
    assert answers(bring("csv", write("f.csv", FAQ.replace(",", "\t")), delimiter=name, **FLAT)) == ANSWERS


def test_the_first_line_of_excel(write: Any, refused: Any, bring: Any) -> None:
    """sep=; says what is between cells, and lines are counted with it."""
    text = "\ufeffsep=;\r\n" + FAQ.replace(",", ";").replace("\n", "\r\n")
    assert refused("csv", write("f.csv", text + ";x\r\n"), **FLAT)[1].startswith("f.csv:5 [问题]: empty text")
    assert answers(bring("csv", write("f.csv", text), **FLAT)) == ANSWERS


def test_columns_without_a_name_at_the_end(write: Any, bring: Any) -> None:
    """Spreadsheets leave them behind; they are no columns."""
    text = "".join(f"{line},,\n" for line in FAQ.splitlines())
    assert answers(bring("csv", write("f.csv", text), **FLAT)) == ANSWERS


def test_a_database_in_place_of_text(tmp_path: Path, refused: Any) -> None:
    """It is told from its first bytes."""
    with closing(sqlite3.connect(tmp_path / "f.csv")) as connection:
        connection.execute("create table t (a)")
    [line] = refused("csv", tmp_path / "f.csv", **FLAT)[1:]
    assert line == "f.csv: no text: it is an SQLite database: harness suites import sql reads it"
