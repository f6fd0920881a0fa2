"""Text → tokens without a dictionary, for the embedders and rankers that count words."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSPACED = (
    "\u3005-\u3007"  # 々〆〇
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # kana, without the middle dot
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\uac00-\ud7af"  # Hangul
)
_RUN = re.compile(rf"([{_UNSPACED}]+)|([^\W_{_UNSPACED}]+)")


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The stretches of letters and digits in a text, with True for those written without spaces.

    Unspaced are Han, kana and Hangul: what a token is in them is for the caller to say. Everything else is a
    word. The text is brought to Unicode's form NFKC (full-width `ＡＢＣ` → `ABC`); letters keep their case.
    """
    for unspaced, word in _RUN.findall(unicodedata.normalize("NFKC", text)):
        yield (unspaced, True) if unspaced else (word, False)


def words(text: str) -> list[str]:
    """Lower-cased words; every character of an unspaced run on its own."""
    tokens: list[str] = []
    for run, unspaced in runs(text):
        tokens.extend(run) if unspaced else tokens.append(run.lower())
    return tokens
