"""Where tokens stand in a text, known or estimated."""

from __future__ import annotations

import pytest

from harness.embedders.tokenising import Estimate, located, spread


def test_pieces_are_looked_for_in_their_order() -> None:
    """A piece that occurs twice is found twice, a lower-cased one where the capital stands."""
    assert located("Abc abc", ["abc", "abc"]).tolist() == [[0, 3], [4, 7]]
    assert located("采购order", ["采购", "ord", "er"]).tolist() == [[0, 2], [2, 5], [5, 7]]
    assert located("", []).tolist() == []


@pytest.mark.parametrize(("text", "pieces"), [("ＡＢ", ["ab", "c"]), ("İİ", ["i", "i"])])
def test_rewritten_pieces_are_spread_over_the_text(text: str, pieces: list[str]) -> None:
    """Where one is not in the text, or its lower case is longer than it: still one place per piece, in order."""
    assert located(text, pieces).tolist() == [[0, 1], [1, 2]]


def test_an_estimate_counts_characters_of_unspaced_scripts_and_letters_of_words() -> None:
    """采, 购, purc, hase, the full stop."""
    (tokens,) = Estimate().tokenise(["采购 purchase."])
    assert tokens.spans.tolist() == [[0, 1], [1, 2], [3, 7], [7, 11], [11, 12]]
    assert tokens.unknown is None
    assert Estimate().room("query") is None


def test_spread_tokens_are_dense_where_characters_are_tokens() -> None:
    """Of 8 tokens over 4 Han characters and 16 letters, 4 stand for the characters."""
    spans = spread("采购申请" + "x" * 16, 8)
    assert spans[:4].tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert spans[-1, 1] == 20
    assert len(spread("  ", 0)) == 0
    assert len(spread("ab", 5)) == 5
