"""What the kinds whose tables hold texts in rows, with no corpus beside them, have in common: ids, groups, columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import Column, Table, Texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


PAIR: Mapping[str, Column] = {
    "id": Column("id", required=False, unique=True),
    "sentence1": Column("text"),
    "sentence2": Column("text"),
    "group": Column("label", required=False),
}
"""The columns of a table of sentence pairs, but for what is said about each pair."""


def sentence_ids(table: Table) -> list[str]:
    """The ids given, else the 1-based number of each row."""
    return list(table.columns["id"]) if "id" in table.columns else [str(row + 1) for row in range(len(table))]


def sentence_groups(table: Table, first: Sequence[str]) -> list[str]:
    """The groups given, else the first sentence: rows that share it are not independent."""
    return list(table.columns.get("group", first))


def sentence_texts(columns: Mapping[str, Sequence[str]]) -> Mapping[str, Texts]:
    """Columns of sentences, by name, that are neither queries nor documents."""
    return {name: Texts(texts, "either") for name, texts in columns.items()}
