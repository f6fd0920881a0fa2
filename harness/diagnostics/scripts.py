"""The scripts that a text is written in: stretches of them, and about how many tokens they come to."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCRIPTS: Mapping[str, Sequence[tuple[int, int]]] = {
    "Han": ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)),
    "Latin": ((0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x24F), (0x1E00, 0x1EFF)),
}
"""The code points of a script, both ends of each range included."""

# For a character class of a regular expression: the scripts that are written without spaces.
_UNSPACED = (
    "\u3005-\u3007"  # 々〆〇
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"  # kana, without the middle dot
    "\uac00-\ud7af"  # Hangul
) + "".join(f"{chr(low)}-{chr(high)}" for low, high in SCRIPTS["Han"])
_RUN = re.compile(rf"([{_UNSPACED}]+)|([^\W_{_UNSPACED}]+)")
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]{{1,4}}|[^\w\s]")


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """The stretches of letters and digits in a text, with True for those written without spaces.

    Unspaced are Han, kana and Hangul: what a token is in them is for the caller to say. Everything else is a
    word. The text is brought to Unicode's form NFKC (full-width `ＡＢＣ` → `ABC`); letters keep their case.
    """
    for unspaced, word in _RUN.findall(unicodedata.normalize("NFKC", text)):
        yield (unspaced, True) if unspaced else (word, False)


def estimated_tokens(text: str) -> list[tuple[int, int]]:
    """About what multilingual vocabularies make of a text: where each token begins and ends, in characters.

    A token per Han, kana or Hangul character, per 4 letters of a word, per sign.
    """
    return [match.span() for match in _TOKEN.finditer(text)]


def token_count(text: str) -> int:
    """How many those are; at least 1, because a request is paid for and takes its turn whatever is in it."""
    return max(1, len(estimated_tokens(text)))
