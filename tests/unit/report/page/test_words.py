"""The words of both languages: as many, with the same gaps, and none of the other's."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from harness.report.page import page
from harness.report.page.words import Words, vocabulary
from tests.report_content import small

SPOKEN = {"embedding", "harness", "toml", "Python", "token", "MB", "Holm", "maxT"}
"""Names, units and terms that Chinese texts write so too."""
GIVEN = {"USD", "MIT", "CC", "ndcg", "Linux", "numpy", "torch", "cpu", "abc", "st", "f" * 12}
"""What the small report holds."""
ENGLISH = vocabulary()["en"]
CHINESE = vocabulary()["zh"]


def gaps(text: str) -> set[str]:
    """What a text wants filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def own_words(html: str) -> set[str]:
    """The Latin words that a reader sees, but for commands."""
    seen = re.sub(r"<style>.*?</style>|<pre.*?</pre>|<[^>]*>|&[a-z#0-9]+;", " ", html, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{2,}", seen))


def test_both_languages_have_the_same_names() -> None:
    """Nothing is said in one language only."""
    assert ENGLISH.keys() == CHINESE.keys()


@pytest.mark.parametrize("name", ENGLISH)
def test_a_text_has_the_same_gaps_in_both(name: str) -> None:
    """What is filled in comes out in both; no text is empty."""
    assert gaps(ENGLISH[name]) == gaps(CHINESE[name])
    assert ENGLISH[name].strip()
    assert CHINESE[name].strip()


def test_no_english_is_left_in_a_chinese_page() -> None:
    """Every word of the page's own is Chinese, of what the harness recorded too."""
    assert own_words(page(small(), "html", "zh")) - SPOKEN - GIVEN == set()


def test_english_would_be_found() -> None:
    """The search sees English where there is some."""
    assert {"random", "floor", "decision"} <= own_words(page(small(), "html", "en"))


def test_an_unknown_word_is_an_error() -> None:
    """A name that is not there does not stay blank."""
    with pytest.raises(KeyError):
        Words("en")("nonsense")


def test_numbers_are_filled_in() -> None:
    """Formats are those of Python."""
    assert Words("zh")("weighted", weight=2.0) == "权重 2"
