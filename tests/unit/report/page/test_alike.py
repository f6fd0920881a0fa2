"""Messages that differ in percentages only."""

from __future__ import annotations

import pytest

from harness.report.page.alike import gist, merged
from harness.report.page.blocks import Footnotes, Notes


def test_messages_that_differ_in_percentages_are_alike() -> None:
    """Other numbers, and names, tell them apart."""
    cut = "{} % of the texts are cut at {} tokens; 23.8 % of their tokens are lost"
    assert gist(cut.format("1.4", 254)) == gist(cut.format("79", 254))
    assert gist(cut.format("1.4", 254)) != gist(cut.format("1.4", 512))
    assert gist("model-5 % x") != gist("model-6 % x")


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["a 9.5 % of 10 %"], "a 9.5 % of 10 %"),
        (["a 9.5 % of 10 %", "a 12 % of 10 %", "a 10 % of 10 %"], "a 9.5 to 12 % of 10 %"),
        (["no number", "no number"], "no number"),
        (["", ""], ""),
    ],
)
def test_they_are_told_as_one(texts: list[str], told: str) -> None:
    """With the smallest and the largest number of each place."""
    assert merged(texts, "to") == told


def test_footnotes_name_a_few() -> None:
    """Up to three embedders; of more, the numbers in the table tell."""
    notes = Footnotes(", ", "to")
    assert [notes.of(f"{at} % cut", about=f"e{at}") for at in (1, 2, 3)] == [(1,)] * 3
    assert notes.of("slow", "1.5 % cut", about="e1") == (2, 1)
    assert notes.blocks == [Notes(["e1, e2, e3 · 1 to 3 % cut", "e1 · slow"])]
    notes.of("9 % cut", about="e4")
    assert notes.blocks == [Notes(["1 to 9 % cut", "e1 · slow"])]
