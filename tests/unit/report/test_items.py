"""A table, or a list where the terminal is too narrow for names that are long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from harness.report.items import table_or_items

if TYPE_CHECKING:
    import pytest

COLUMNS = ("embedder", "texts", "sent to")
ROWS = [["openai:文本向量?dimensions=256", "1,000", "api.openai.com"], ["bm25:", "0", ""]]


def test_what_fits_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a name is folded, as long as 20 cells of it stand on a line."""
    for width in (80, 50):
        monkeypatch.setenv("COLUMNS", str(width))
        text = table_or_items(COLUMNS, ROWS)
        assert "┃ embedder" in text
        assert max(map(cell_len, text.splitlines())) <= width


def test_what_does_not_fit_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names whole, to be copied; what is blank is left out."""
    monkeypatch.setenv("COLUMNS", "45")
    assert table_or_items(COLUMNS, ROWS) == (
        "openai:文本向量?dimensions=256\n    texts 1,000 · sent to api.openai.com\nbm25:\n    texts 0\n"
    )


def test_names_that_are_copied_are_never_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list as soon as a name would be; a table as long as none is."""
    monkeypatch.setenv("COLUMNS", "59")
    assert "│ openai:文本向量?dimensions=256 │" in table_or_items(COLUMNS, ROWS, whole=True)
    monkeypatch.setenv("COLUMNS", "58")
    assert "┃ embedder" in table_or_items(COLUMNS, ROWS)
    assert table_or_items(COLUMNS, ROWS, whole=True).startswith("openai:文本向量?dimensions=256\n    texts")


def test_short_names_are_always_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they need less than that."""
    monkeypatch.setenv("COLUMNS", "40")
    assert "│ bm25:" in table_or_items(COLUMNS, ROWS[1:])


def test_nothing_is_an_empty_table() -> None:
    """With the names of its columns."""
    assert "embedder" in table_or_items(COLUMNS, [])
