"""Every word of the report's own, in English and Chinese: a line of words.tsv each, side by side."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from harness.report.phrases import recorded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.report.phrases import Lang


@cache
def vocabulary() -> Mapping[str, Mapping[str, str]]:
    """Language → name → text. Names in braces are filled in."""
    text = files("harness.report.page").joinpath("templates", "words.tsv").read_text(encoding="utf-8")
    head, *rows = (line.split("\t") for line in text.splitlines())
    return {language: {row[0]: row[column] for row in rows} for column, language in enumerate(head) if column}


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

    def several(self, texts: Sequence[str]) -> str:
        """Texts that may hold commas, one after another."""
        return self("semicolon").join(texts)

    def recorded(self, text: str) -> str:
        """What the harness once said in English, in this language as far as it is known."""
        return recorded(text, self.language)
