"""Texts of strangers."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from harness.report.text import cut, one_line, printable


def test_what_cannot_be_shown_is_marked() -> None:
    """Control characters, turned directions, halves of characters; ends of lines and emoji stay."""
    assert printable("红烧肉\n\t👩‍👩‍👧\x1b[31m\u202e\ud800\x85\ufdd0") == "红烧肉\n\t👩‍👩‍👧�[31m����"


def test_one_line() -> None:
    """Whatever parts lines is a space."""
    assert one_line(" a\r\n\u2028 b\x0c\x85c\x00 ") == "a b c�"


@pytest.mark.parametrize("text", ["红烧肉怎么做" * 30, "a" * 300, "a" + "\u0301" * 10_000, "👩‍👩‍👧" * 100])
def test_a_cut_text_is_short(text: str) -> None:
    """In cells, and in characters where those take no cell; what fits is left as it is."""
    short = cut(text, 40)
    assert cell_len(short) <= 40
    assert len(short) <= 81
    assert short.endswith("…")
    assert cut("红烧肉", 6) == "红烧肉"
