"""Files of rows become tables, or one clear fault per thing wrong."""

from __future__ import annotations

import gzip
import json
import os
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.tables import LONGEST_LINE, MOST_COLUMNS, read_table
from harness.errors import Faults

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Table


def read(file: Path, content: bytes | str | None = None) -> tuple[Table | None, list[str]]:
    """The table in a file, and the faults as a user sees them."""
    if content is not None:
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    faults = Faults()
    return read_table("corpus", file, file.name, faults), [str(fault) for fault in faults.found]


def rows(table: Table | None) -> list[dict[str, Any]]:
    """The table as a list of rows."""
    assert table is not None
    return [dict(zip(table.columns, values, strict=True)) for values in zip(*table.columns.values(), strict=True)]


SAME = [{"_id": "1", "text": "库存 a"}, {"_id": "2", "text": "b 🙂"}]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.jsonl", "\n".join(json.dumps(row) for row in SAME)),
        ("t.jsonl", "\r\n".join(json.dumps(row, ensure_ascii=False) for row in SAME) + "\r\n"),
        ("t.tsv", "_id\ttext\n1\t库存 a\n2\tb 🙂\n"),
        ("t.tsv", "_id\ttext\r\n1\t库存 a\r\n\r\n2\tb 🙂"),
        ("t.csv", "_id,text\n1,库存 a\n2,b 🙂\n"),
        ("t.csv", '"_id","text"\r\n"1","库存 a"\r\n"2","b 🙂"\r\n'),
        ("T.TSV", "\ufeff_id\ttext\n1\t库存 a\n2\tb 🙂\n"),
        ("t.jsonl", "\ufeff" + "\n".join(json.dumps(row) for row in SAME)),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_format_gives_the_same_rows(tmp_path: Path, name: str, content: str, packed: bool) -> None:  # noqa: FBT001 # parametrised
    """Format, line ends, a byte-order mark and gzip make no difference to the rows."""
    raw = gzip.compress(content.encode()) if packed else content.encode()
    table, faults = read(tmp_path / (name + ".gz" * packed), raw)
    assert faults == []
    assert rows(table) == SAME


def test_upper_case_gz_is_unpacked(tmp_path: Path) -> None:
    """The ending of a packed file may be in capitals, as the ending of a plain one may."""
    table, faults = read(tmp_path / "T.JSONL.GZ", gzip.compress(b'{"_id": "1"}'))
    assert (rows(table), faults) == ([{"_id": "1"}], [])


def test_rows_know_their_lines(tmp_path: Path) -> None:
    """A row carries the line it begins in, past blank lines and cells of several lines."""
    assert read(tmp_path / "t.jsonl", '\n{"a": 1}\n\n \n{"a": 2}\n')[0].lines == [2, 5]
    assert read(tmp_path / "t.tsv", "a\tb\n\n1\t2\n\t\n3\t4\n")[0].lines == [3, 5]
    table, _ = read(tmp_path / "t.csv", 'a,b\n1,"x\ny\nz"\n\n2,"p\nq"\n')
    assert table is not None
    assert table.lines == [2, 6]


def test_csv_keeps_commas_quotes_and_line_breaks_in_cells(tmp_path: Path) -> None:
    """A quoted cell holds commas, doubled quotes and paragraphs, the blank line between them included."""
    table, faults = read(tmp_path / "t.csv", '_id,text\r\n1,"a, ""b""\r\n\r\nc"\r\n')
    assert faults == []
    assert rows(table) == [{"_id": "1", "text": 'a, "b"\n\nc'}]


def test_tsv_has_no_quoting(tmp_path: Path) -> None:
    """A quotation mark in a tab-separated file is a character like any other."""
    assert rows(read(tmp_path / "t.tsv", 'a\tb\n"x\ty"\n')[0]) == [{"a": '"x', "b": 'y"'}]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x1c"])
def test_only_a_newline_ends_a_line(tmp_path: Path, separator: str) -> None:
    """Characters that str.splitlines() would break a line at are text."""
    text = f"a{separator}b"
    row = json.dumps({"text": text}, ensure_ascii=False) if separator > "\x1f" else json.dumps({"text": text})
    assert rows(read(tmp_path / "t.jsonl", row)[0]) == [{"text": text}]
    assert rows(read(tmp_path / "t.tsv", f"text\n{text}\n")[0]) == [{"text": text}]


def test_a_column_that_only_some_objects_have(tmp_path: Path) -> None:
    """A key that an object lacks is null there."""
    table, _ = read(tmp_path / "t.jsonl", '{"a": 1}\n{"a": 2, "title": "x"}\n')
    assert rows(table) == [{"a": 1, "title": None}, {"a": 2, "title": "x"}]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("t.jsonl", "", "t.jsonl: no rows: the file is empty, or holds a header only"),
        ("t.tsv", "", "t.tsv: no rows: the file is empty, or holds a header only"),
        ("t.tsv", "a\tb\n", "t.tsv: no rows: the file is empty, or holds a header only"),
        ("t.csv", "\ufeffa,b\r\n", "t.csv: no rows: the file is empty, or holds a header only"),
        ("t.jsonl", "[1, 2]", "t.jsonl:1: not an object: each line is one {…}, not a list"),
        ("t.jsonl", "null", "t.jsonl:1: not an object: each line is one {…}, not null"),
        ("t.jsonl", "true", "t.jsonl:1: not an object: each line is one {…}, not a boolean"),
        ("t.jsonl", "NaN", "t.jsonl:1: not an object: each line is one {…}, not a number"),
        ("t.jsonl", "{'a': 1}", "t.jsonl:1: not JSON: Expecting property name enclosed in double quotes at ch"),
        ("t.jsonl", '{"a": 1} {"a": 2}', "t.jsonl:1: not JSON: Extra data at character 10"),
        ("t.jsonl", '{"a": 1, "a": 2}', "t.jsonl:1: not JSON: a key is given twice in one object"),
        ("t.jsonl", '{"a": ' + "9" * 5000 + "}", "t.jsonl:1: not JSON: Exceeds the limit (4300 digits)"),
        ("t.jsonl", '{"a": ' + "[" * 100_000, "t.jsonl:1: not JSON: nested too deeply"),
        ("t.tsv", "a\tb\n1\n", "t.tsv:2: wrong number of cells: 1, the header has 2"),
        ("t.csv", "a,b\n1,2,3\n", "t.csv:2: wrong number of cells: 3, the header has 2"),
        ("t.tsv", "a\ta\n1\t2\n", "t.tsv:1 [a]: column given twice: the header names it more than once"),
        ("t.csv", 'a,b\n1,"2\n', "t.csv:2: not CSV: unexpected end of data; the rows after it are not read"),
        ("t.csv", 'a,b\n1,"2"x\n', "t.csv:2: not CSV: ',' expected after '\"'; the rows after it are not read"),
        ("t.jsonl", b'{"a": "\xff"}', "t.jsonl:1: not UTF-8: byte 8 of the line; convert the file to UTF-8"),
        ("t.xlsx", "", "t.xlsx: unknown file type: tables are .jsonl, .tsv, .csv, each also with .gz"),
        ("t", "", "t: unknown file type: tables are .jsonl, .tsv, .csv, each also with .gz"),
        ("t.jsonl.gz", b"plain", "t.jsonl.gz: cannot be read: broken gzip file, Not a gzipped file (b'pl')"),
    ],
)
def test_one_fault_for_one_thing_wrong(tmp_path: Path, name: str, content: str | bytes, fault: str) -> None:
    """A file that is wrong in one way is reported once, with its line and what is wrong."""
    _, faults = read(tmp_path / name, content)
    assert len(faults) == 1
    assert faults[0].startswith(fault)


def test_a_damaged_gzip_file(tmp_path: Path) -> None:
    """A gzip file that was cut off, or damaged inside, cannot be read, and that is all that is said."""
    whole = gzip.compress(b"\n".join(b'{"_id": "%d"}' % number for number in range(9999)))
    cut, damaged = whole[: len(whole) // 2], bytearray(whole)
    damaged[len(whole) // 2 :] = b"\xff" * (len(whole) - len(whole) // 2)
    for content in (cut, bytes(damaged)):
        table, faults = read(tmp_path / "t.jsonl.gz", content)
        assert table is None
        assert len(faults) == 1
        assert "cannot be read: broken gzip file" in faults[0]


def test_good_rows_around_bad_ones_are_kept(tmp_path: Path) -> None:
    """Bad lines are all reported, and the good lines are read for what else is wrong with them."""
    table, faults = read(tmp_path / "t.jsonl", b'{"a": 1}\n{\n{"a": "\xff"}\n[]\n{"a": 2}\n')
    assert [row["a"] for row in rows(table)] == [1, 2]
    assert [fault.split(":")[1] for fault in faults] == ["2", "3", "4"]


def test_missing_files_folders_and_links_to_nowhere(tmp_path: Path) -> None:
    """What is not there, or no file, is said in the system's words."""
    (tmp_path / "folder.jsonl").mkdir()
    (tmp_path / "link.jsonl").symlink_to("nowhere")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    assert read(tmp_path / "absent.jsonl") == (
        None,
        ["absent.jsonl: cannot be read: No such file or directory"],
    )
    assert read(tmp_path / "folder.jsonl") == (None, ["folder.jsonl: cannot be read: Is a directory"])
    assert read(tmp_path / "link.jsonl") == (None, ["link.jsonl: cannot be read: No such file or directory"])
    assert "cannot be read: Too many levels" in read(tmp_path / "loop.jsonl")[1][0]
    assert "cannot be read: File name too long" in read(tmp_path / f"{'x' * 300}.jsonl")[1][0]


@pytest.mark.parametrize("name", ["t.jsonl", "t.tsv.gz"])
def test_a_pipe_is_no_table(tmp_path: Path, name: str) -> None:
    """A named pipe, which would be waited for without end, and a device, which has none, are not opened."""
    os.mkfifo(tmp_path / name)
    assert read(tmp_path / name) == (None, [f"{name}: cannot be read: not a regular file"])
    (tmp_path / f"device-{name}").symlink_to("/dev/zero")
    assert read(tmp_path / f"device-{name}") == (None, [f"device-{name}: cannot be read: not a regular file"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file(tmp_path: Path) -> None:
    """A file without read permission is a fault, not a crash."""
    file = tmp_path / "t.jsonl"
    file.write_text("{}")
    file.chmod(0)
    assert read(file) == (None, ["t.jsonl: cannot be read: Permission denied"])


def test_an_endless_line_takes_bounded_memory(tmp_path: Path) -> None:
    """A line of nine times the longest allowed length is passed over in the memory of a few such lengths."""
    file = tmp_path / "t.tsv"
    file.write_bytes(b"_id\ttext\n1\t" + b"x" * (9 * LONGEST_LINE) + b"\n2\tshort\n")
    tracemalloc.start()
    table, faults = read(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows(table) == [{"_id": "2", "text": "short"}]
    assert faults == ["t.tsv:2: line too long: more than 8 MiB; split the document"]
    assert peak < 4 * LONGEST_LINE


def test_an_open_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    """A quotation mark that is never closed is noticed after as much as the longest cell may hold."""
    content = b'_id,text\n1,"' + b"x\n" * LONGEST_LINE
    table, faults = read(tmp_path / "t.csv", content)
    assert table is None
    assert faults == ["t.csv:2: not CSV: field larger than field limit (8388608); the rows after it are not read"]


def test_too_many_columns(tmp_path: Path) -> None:
    """Objects that use values as keys are refused before every key becomes a column of every row."""
    content = "\n".join(json.dumps({f"key{number}": 1}) for number in range(MOST_COLUMNS + 1))
    table, faults = read(tmp_path / "t.jsonl", content)
    assert table is None
    assert faults == [f"t.jsonl: too many columns: {MOST_COLUMNS + 1}; at most {MOST_COLUMNS} are read"]
