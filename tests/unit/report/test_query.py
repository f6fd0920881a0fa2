"""Any table for people: in a terminal and as markdown."""

from __future__ import annotations

import io
import sys
from textwrap import dedent

import pytest
from rich.cells import cell_len

from harness.report import listing

COLUMNS = ["suite", "mean"]
ROWS = [["zh/同义异词", 0.123456], ["en", None], ["[b]x|y", 12345.678]]


def test_the_whole_terminal_table() -> None:
    """Four digits for a number, nothing for NULL, brackets as they are."""
    assert listing(COLUMNS, ROWS, "table") == dedent("""\
        ┏━━━━━━━━━━━━━┳━━━━━━━━┓
        ┃ suite       ┃ mean   ┃
        ┡━━━━━━━━━━━━━╇━━━━━━━━┩
        │ zh/同义异词 │ 0.1235 │
        │ en          │        │
        │ [b]x|y      │ 12346  │
        └─────────────┴────────┘
        """)


def test_the_whole_markdown_table() -> None:
    """The same, with what would end a cell or open a link escaped."""
    assert listing(COLUMNS, ROWS, "markdown") == dedent("""\
        | suite | mean |
        | --- | --- |
        | zh/同义异词 | 0.1235 |
        | en |  |
        | \\[b]x\\|y | 12346 |
        """)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.00012345, "0.0001234"), (0.5, "0.5"), (9999.9, "10000"), (1e6, "1000000"), (7, "7"), (True, "True")],
)
def test_numbers(value: object, shown: str) -> None:
    """Whole numbers are whole, others have four digits, and no exponent hides how large one is."""
    assert listing(["x"], [[value]], "markdown").splitlines()[-1] == f"| {shown} |"


def test_a_narrow_terminal_folds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too much text takes more lines; nothing is lost and no line is too long."""
    monkeypatch.setenv("COLUMNS", "30")
    text = listing(["title"], [["同义异词检索" * 6]], "table")
    assert {cell_len(line) for line in text.splitlines()} == {30}
    assert sum(text.count(character) for character in "同义异词检索") == 36


def test_the_lines_do_not_depend_on_the_encoding_of_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    """GBK has the characters of a table's frame."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="gbk"))
    assert listing(COLUMNS, ROWS, "table").startswith("┏━")


def test_no_rows_leave_the_header() -> None:
    """A query that finds nothing still says what it asked for."""
    assert listing(COLUMNS, [], "markdown") == "| suite | mean |\n| --- | --- |\n"
    assert "suite" in listing(COLUMNS, [], "table")
