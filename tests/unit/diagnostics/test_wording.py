"""What a text looks like from outside."""

from __future__ import annotations

import pytest

from harness.diagnostics.notes import shown
from harness.diagnostics.wording import normalised, parts, related, unspaced_share


def test_width_case_and_white_space_do_not_count() -> None:
    """Full-width letters, capitals, the sharp s and any white space."""
    assert normalised(" ＡＢＣ\u3000Straße\n采购 ") == "abc strasse 采购"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cats and cats", {"cats", "and"}),
        ("采购申请", {"采购", "购申", "申请"}),
        ("猫", {"猫"}),
        ("用PO号查订单", {"用", "po", "号查", "查订", "订单"}),
        ("…!", set()),
    ],
)
def test_parts(text: str, expected: set[str]) -> None:
    """Words of spaced scripts, pairs of characters of unspaced ones."""
    assert parts(text) == expected


@pytest.mark.parametrize(("text", "share"), [("采购 PO", 0.5), ("abc", 0.0), ("采购！", 1.0), ("", 0.0)])
def test_unspaced_share(text: str, share: float) -> None:
    """Of letters and digits; punctuation counts for nothing."""
    assert unspaced_share(text) == share


@pytest.mark.parametrize(
    ("one", "other", "kin"),
    [("公鸡", "母鸡", True), ("owl", "owlet", True), ("国王", "女士", False), ("cat", "car", False), ("", "a", False)],
)
def test_related(one: str, other: str, kin: bool) -> None:  # noqa: FBT001 # parametrised
    """A common character, or a common beginning of three letters."""
    assert related(one, other) == kin


def test_examples_are_short() -> None:
    """One line of at most forty characters."""
    assert shown("a\n b") == "“a b”"
    assert shown("采" * 41) == f"“{'采' * 40}…”"
