"""Every word of the report's own, in English and Chinese: a line of words.tsv each, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.phrases import recorded
from harness.report.vocabulary import vocabulary as table_of_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.phrases import Lang

_MOST = 6
"""Suites that are named one by one: a table tells of the others."""


def vocabulary() -> Mapping[str, Mapping[str, str]]:
    """Language → name → text. Names in braces are filled in."""
    return table_of_words("harness.report.page", "templates", "words.tsv")


class Words:
    """The words of one language."""

    def __init__(self, language: Lang) -> None:
        self.language = language
        self._texts = vocabulary()[language]

    def __call__(self, name: str, **given: object) -> str:
        """A text with what is given filled in. Raises KeyError for a name, or a part of a text, that is not there."""
        text = self._texts[name]
        return text.format(**given) if given else text

    def listed(self, names: Sequence[str]) -> str:
        """Names one after another."""
        return self("comma").join(names)

    def suites(self, names: Sequence[str], of: int = 0) -> str:
        """Suites one after another; of many the first, and how many there are. of: how many there are at all."""
        if len(names) <= _MOST:
            return self.listed(names)
        if len(names) == of:
            return self("all_suites", count=of)
        shown = names[: _MOST - 1]
        return self("some_suites", names=self.listed(shown), more=len(names) - len(shown))

    def counted(self, names: Sequence[str]) -> str:
        """The only suite, or how many there are."""
        return names[0] if len(names) == 1 else self("count_suites", count=len(names))

    def several(self, texts: Sequence[str]) -> str:
        """Texts that may hold commas, one after another."""
        return self("semicolon").join(texts)

    def recorded(self, text: str) -> str:
        """What the harness once said in English, in this language as far as it is known."""
        return recorded(text, self.language)
