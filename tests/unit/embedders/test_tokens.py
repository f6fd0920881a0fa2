"""Text → tokens without a dictionary."""

from __future__ import annotations

import pytest

from harness.embedders.tokens import words


def test_words_are_lowered_and_han_is_single_characters() -> None:
    """The tokens of a mixed text, in order."""
    assert words("Approve 采购 A1") == ["approve", "采", "购", "a1"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ", ["abc"]),
        ("ﾃｽﾄ・です", ["テ", "ス", "ト", "で", "す"]),
        ("한국어", ["한", "국", "어"]),
        ("𠮷", ["𠮷"]),
        ("Größe Ж", ["größe", "ж"]),
        (" \t…!", []),
        ("", []),
    ],
)
def test_scripts(text: str, expected: list[str]) -> None:
    """Full width, half-width kana, Hangul, rare Han, other alphabets, and nothing."""
    assert words(text) == expected
