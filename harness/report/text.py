"""Texts of strangers, made fit to be shown: nothing in them steers a terminal, turns its direction or breaks a file."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size

_UNFIT = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
"""Control characters, marks that turn the direction of what follows, halves of characters, no characters."""
_MARKED = 2
"""Characters to a cell at most, in a text that is cut."""


def printable(text: str) -> str:
    """The same, with a mark where a character cannot be shown. Tabs and ends of lines stay."""
    return _UNFIT.sub("\ufffd", text)


def one_line(text: str) -> str:
    """The same on one line, words a space apart."""
    return printable(" ".join(text.split()))


def cut(text: str, most: int) -> str:
    """A line of `most` cells at most; one that is cut ends in an ellipsis.

    Marks that take no cell are cut too where there are as many of them as of cells.
    """
    if len(text) > _MARKED * most:
        text = f"{text[: _MARKED * most]}…"
    return text if cell_len(text) <= most else f"{set_cell_size(text, most - 1).rstrip()}…"
