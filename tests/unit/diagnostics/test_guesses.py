"""How far labels can be guessed."""

from __future__ import annotations

from harness.diagnostics.guesses import TellingWord, telling_word, way


def test_the_way_from_chance() -> None:
    """0.75 is half-way from 0.5 to 1; a floor of 1 leaves no way."""
    assert way(0.75, 0.5) == 0.5
    assert way(1.0, 1.0) == 0.0


def test_the_telling_word_by_hand() -> None:
    """“bad” is in 3 of 4 complaints and in no praise: 3 + 4 of 8 are right, or 7/8; without a word 4/8."""
    words = [frozenset({"bad", "the"})] * 3 + [frozenset({"the"})] + [frozenset({"the", "good"})] * 4
    labels = ["complaint"] * 4 + ["praise"] * 4
    found = telling_word(words, labels)
    assert found == TellingWord("good", "praise", 1.0, 0.5)
    assert telling_word(words[:5], labels[:5]) == TellingWord("bad", "complaint", 0.8, 0.8)


def test_no_word_tells_where_none_is_repeated() -> None:
    """A word that stands in fewer than three texts is chance."""
    assert telling_word([frozenset({"a"}), frozenset({"a"}), frozenset({"b"})], ["x", "x", "y"]) is None
