"""The markdown table: whole outputs, and text that cannot break out of its cell."""

from __future__ import annotations

import re
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from harness.model import Remarks
from harness.report import comparison
from harness.report.markdown import escaped, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Row


def markdown(rows: list[Row]) -> str:
    """What `--format markdown` prints."""
    return comparison(rows, "markdown")


def test_the_whole_table(row: Callable[..., Row]) -> None:
    """The best in bold, a missing cell, an absent value with its note, the floor as the last row."""
    rows = [
        row(embedder="packaged:use-multilingual"),
        row(embedder="bm25:", value=0.0123, low=0.0, high=0.0321),
        row(
            embedder="bm25:",
            suite="我的套件",
            metric="mrr@10",
            value=None,
            reason="ranks",
            status="not_applicable",
        ),
    ]
    assert markdown(rows) == dedent("""\
        | embedder | zh/lexical-gap<br>ndcg@10 n=259 | 我的套件<br>mrr@10 |
        | --- | ---: | ---: |
        | packaged:use-multilingual | **0.500** (0.400–0.600) | – |
        | bm25: | 0.012 (0.000–0.032) | n/a \\[1] |
        | *random floor* | *0.020* | *–* |

        1. ranks
        """)


def test_what_is_to_be_known_stands_below(row: Callable[..., Row]) -> None:
    """A suite's own notes at its heading; what is said of the whole table after all notes, a paragraph each."""
    remarks = Remarks({"mteb:A?subset=zh": ["12 rows | left out", "b"]}, ["c | d", "e"])
    table, notes, *whole = comparison([row(suite="mteb:A?subset=zh")], "markdown", remarks).split("\n\n")
    assert "| mteb:A?subset=zh<br>ndcg@10 n=259 \\[1] |" in table
    assert notes == "1. mteb:A?subset=zh: 12 rows \\| left out; b"
    assert whole == ["c \\| d", "e\n"]


def test_pipes_and_line_ends_cannot_end_a_cell(row: Callable[..., Row]) -> None:
    """Whatever the names and reasons hold, every line of the table has the same number of cells."""
    rows = [
        row(embedder="a|b\nc", suite="x|y"),
        row(embedder="plain", suite="x|y", value=None, reason="first | line\nsecond"),
    ]
    table, notes = markdown(rows).split("\n\n")
    assert {len(re.findall(r"(?<!\\)\|", text)) for text in table.splitlines()} == {3}
    assert notes == "1. first \\| line<br>second\n"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a|b", r"a\|b"),
        ("a\\|b", r"a\\\|b"),
        ("one\r\ntwo", "one<br>two"),
        ("<b>", r"\<b>"),
        ("name [aaaaaa]", r"name \[aaaaaa]"),
        ("同义 异词", "同义 异词"),
    ],
)
def test_escaped(text: str, safe: str) -> None:
    """A pipe, a backslash, a tag, a link and a line end lose what they mean to markdown."""
    assert escaped(text) == safe


def test_line() -> None:
    """One line of a table, cells apart by pipes."""
    assert line(["a", "b"]) == "| a | b |"


def test_no_rows_say_so() -> None:
    """A table without columns would be broken markdown."""
    assert markdown([]) == "no results\n"
