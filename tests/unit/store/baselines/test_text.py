"""How numbers and strings are spelt in the files of a baseline."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.store.baselines.text import escaped, fixed, json_line, unescaped


@given(some.text(alphabet=some.characters()))
def test_every_text_comes_back(text: str) -> None:
    """From a cell that holds no tab and is one line to whatever tool looks at it."""
    cell = escaped(text)
    assert unescaped(cell) == text
    assert len(cell.splitlines()) <= 1
    assert "\t" not in cell
    cell.encode()


@given(some.dictionaries(some.text(alphabet=some.characters()), some.text(alphabet=some.characters())))
def test_every_mapping_comes_back(fields: dict[str, str]) -> None:
    """From one line of JSON in UTF-8."""
    line = json_line(fields)
    assert json.loads(line) == fields
    assert len(line.splitlines()) == 1
    line.encode()


def test_what_cells_look_like() -> None:
    """Chinese is left as it is."""
    assert escaped("三\t\\\n\r\x00\u2028") == "三\\t\\\\\\n\\r\\u0000\\u2028"


@pytest.mark.parametrize("cell", ["\\x", "a\\ b"])
def test_unknown_escapes_are_refused(cell: str) -> None:
    """A backslash that nobody here wrote."""
    with pytest.raises(ValueError, match="there is no escape"):
        unescaped(cell)


def test_numbers_line_up() -> None:
    """Six decimals, in a table as in JSON; a count stays a count."""
    assert (fixed(1.0), json_line({"a": 0.5, "b": 2, "c": None})) == ("1.000000", '{"a": 0.500000, "b": 2, "c": null}')
