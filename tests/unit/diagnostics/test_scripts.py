"""Stretches of scripts in a text."""

from __future__ import annotations

import pytest

from harness.diagnostics.scripts import SCRIPTS, estimated_tokens, runs


def test_words_and_unspaced_runs_are_told_apart() -> None:
    """A change of script ends a run; punctuation belongs to none."""
    assert list(runs("SAP系统、purchase_order")) == [
        ("SAP", False),
        ("系统", True),
        ("purchase", False),
        ("order", False),
    ]


@pytest.mark.parametrize("end", [code for ends in SCRIPTS["Han"] for code in ends])
def test_han_is_unspaced(end: int) -> None:
    """So is the first and the last character of each range, assigned or not."""
    assert estimated_tokens(f"{chr(end)}x") == [(0, 1), (1, 2)]


def test_tokens_are_estimated_by_script() -> None:
    """A character of Chinese is a token, and so are four letters and a sign; blanks are none."""
    assert estimated_tokens("采购 abcde.") == [(0, 1), (1, 2), (3, 7), (7, 8), (8, 9)]
    assert estimated_tokens("") == []
