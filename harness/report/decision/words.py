"""The words of a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.vocabulary import vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.report.phrases import Lang


def words_in(lang: Lang) -> Mapping[str, str]:
    """Name → text, with names in braces to be filled in."""
    return vocabulary("harness.report.decision", "words.tsv")[lang]
