"""Cells become clean values, or one clear fault each."""

from __future__ import annotations

import json
import math
from typing import Any, Literal

import pytest

from harness.catalogue.columns import check_columns, listed
from harness.errors import Faults
from harness.model import Column, Table, TableShape

Reads = Literal["id", "text", "prose", "label", "number"]


def check(column: Column, *cells: Any) -> tuple[list[Any] | None, list[str]]:
    """The clean values of a column, and the messages of its faults; row r stands in line r + 1."""
    table = Table("t", "t.jsonl", {"c": list(cells)}, list(range(1, len(cells) + 1)))
    faults = Faults(shown=99)
    checked = check_columns(table, TableShape({"c": column}), faults)
    return None if checked is None else list(checked.columns["c"]), [str(fault) for fault in faults.found]


@pytest.mark.parametrize(
    ("reads", "cell", "value"),
    [
        ("id", "q1", "q1"),
        ("id", " q1 ", "q1"),
        ("id", 1, "1"),
        ("id", -7, "-7"),
        ("id", 10**400, "1" + "0" * 400),
        ("id", "文档", "文档"),
        ("text", " a ", " a "),
        ("text", "🙂", "🙂"),
        ("text", "a\u2028b", "a\u2028b"),
        ("prose", None, ""),
        ("prose", "", ""),
        ("prose", " x", " x"),
        ("label", True, "true"),
        ("label", 0, "0"),
        ("label", 2.0, "2"),
        ("label", "类", "类"),
        ("number", 1, 1.0),
        ("number", "1.50", 1.5),
        ("number", "-1e3", -1000.0),
    ],
)
def test_good_cells(reads: Reads, cell: Any, value: Any) -> None:
    """Integers are ids and labels as text, null is prose, and text is kept as it is."""
    assert check(Column(reads), cell) == ([value], [])


HALF = json.loads('"a\\ud83d"')


@pytest.mark.parametrize(
    ("reads", "cell", "message"),
    [
        ("id", None, "no id: null; an id is a text or an integer"),
        ("id", "  ", "no id: '  '; an id is a text or an integer"),
        ("id", True, "no id: True; an id is a text or an integer"),
        ("id", 1.5, "no id: 1.5; an id is a text or an integer"),
        ("id", ["a"], "no id: a list; an id is a text or an integer"),
        ("id", HALF, "broken character: half a surrogate pair at character 2"),
        ("text", None, "not a text: null"),
        ("text", 5, "not a text: 5"),
        ("text", ["a"], "not a text: a list"),
        ("text", {"a": 1}, "not a text: an object"),
        ("text", math.nan, "not a text: nan"),
        ("text", "", "empty text: write one or delete the row"),
        ("text", " \u3000\n", "empty text: write one or delete the row"),
        ("text", HALF, "broken character: half a surrogate pair at character 2"),
        ("prose", 5, "not a text: 5"),
        ("prose", HALF, "broken character: half a surrogate pair at character 2"),
        ("label", None, "no label: null; a label is a text, an integer or a boolean"),
        ("label", 1.5, "no label: 1.5; a label is a text, an integer or a boolean"),
        ("label", math.inf, "no label: inf; a label is a text, an integer or a boolean"),
        ("label", {}, "no label: an object; a label is a text, an integer or a boolean"),
        ("label", HALF, "broken character: half a surrogate pair at character 2"),
        ("number", None, "not a number: null"),
        ("number", "", "not a number: ''"),
        ("number", "1,5", "not a number: '1,5'"),
        ("number", True, "not a number: True"),
        ("number", [1], "not a number: a list"),
        ("number", math.nan, "not a number: nan"),
        ("number", -math.inf, "not a number: -inf"),
        ("number", "nan", "not a number: 'nan'"),
        ("number", "Infinity", "not a number: 'Infinity'"),
        ("number", 10**400, f"not a number: 1{'0' * 39}…"),
    ],
)
def test_bad_cells(reads: Reads, cell: Any, message: str) -> None:
    """A cell of the wrong type is one fault with its line and column, and shows the cell."""
    assert check(Column(reads), cell) == (None, [f"t.jsonl:1 [c]: {message}"])


def test_cells_as_deep_as_the_parser_allows_are_not_written_out() -> None:
    """A message about a nested value does not run into the recursion limit that the parser just missed."""
    for depth in range(800, 1000):
        try:
            cell = json.loads("[" * depth + "]" * depth)
        except RecursionError:
            break
        assert check(Column("text"), cell)[1] == ["t.jsonl:1 [c]: not a text: a list"]


def test_an_integer_and_its_text_are_the_same_id() -> None:
    """1, "1" and " 1" are one id given three times; the message names the line of the first."""
    _, faults = check(Column("id", unique=True), 1, "1", "2", " 1")
    assert faults == [
        "t.jsonl:2 [c]: duplicate id: '1' stands in line 1 already",
        "t.jsonl:4 [c]: duplicate id: '1' stands in line 1 already",
    ]


def test_refused_ids_are_not_duplicates_of_each_other() -> None:
    """Two rows without an id are two missing ids, not a duplicate as well."""
    _, faults = check(Column("id", unique=True), None, None, "a")
    assert [fault.split(": ")[1] for fault in faults] == ["no id", "no id"]


def test_choices() -> None:
    """A value outside the choices is refused with the choices, as it was read."""
    column = Column("label", choices=("0", "1", "true"))
    assert check(column, 0, True, "1") == (["0", "true", "1"], [])
    assert check(column, "yes")[1] == ["t.jsonl:1 [c]: unknown value: 'yes'; allowed are 0, 1, true"]


def test_a_missing_column_names_those_there_are() -> None:
    """A required column that is absent is one fault; an optional one is simply absent."""
    table = Table("t", "t.tsv", {"a": ["x"], "b": ["y"]}, [2])
    faults = Faults()
    shape = TableShape({"a": Column("text"), "c": Column("text"), "d": Column("text", required=False)})
    assert check_columns(table, shape, faults) is None
    assert [str(fault) for fault in faults.found] == ["t.tsv [c]: missing column: the file has a, b"]


def test_columns_that_the_kind_does_not_read_are_dropped() -> None:
    """What no kind asks for, be it NaN, reaches nobody."""
    table = Table("t", "t.jsonl", {"a": ["x"], "metadata": [math.nan]}, [1])
    checked = check_columns(table, TableShape({"a": Column("text")}), Faults())
    assert checked is not None
    assert list(checked.columns) == ["a"]


ROWS: dict[str, list[Any]] = {"_id": ["1", "2", None, "4"], "text": ["a", 5, "c", "d"]}


def test_a_row_that_others_refer_to_stays_with_a_placeholder() -> None:
    """A row with a good id stays although its text is refused, or each reference to it would be a fault too."""
    shape = TableShape({"_id": Column("id", unique=True), "text": Column("text")})
    faults = Faults()
    checked = check_columns(Table("t", "t.jsonl", ROWS, [1, 2, 3, 4]), shape, faults)
    assert checked is not None
    assert (checked.columns["_id"], checked.columns["text"]) == (["1", "2", "4"], ["a", "?", "d"])
    assert checked.lines == [1, 2, 4]
    assert len(faults.found) == 2


def test_a_row_that_nothing_refers_to_is_left_out() -> None:
    """A refused value in a table without keys causes no second fault in what is made of the table."""
    shape = TableShape({"_id": Column("id"), "text": Column("text")})
    checked = check_columns(Table("t", "t.jsonl", ROWS, [1, 2, 3, 4]), shape, Faults())
    assert checked is not None
    assert (checked.columns, checked.lines) == ({"_id": ["1", "4"], "text": ["a", "d"]}, [1, 4])


def test_long_lists_of_names_are_cut_and_printable() -> None:
    """A message lists at most twenty names, each of which a terminal can show."""
    assert listed(["问\n题"]) == r"'问\n题'"
    assert listed([HALF, "b"]) == r"'a\ud83d', b"
    assert listed([str(number) for number in range(25)]).endswith("18, 19 and 5 more")
