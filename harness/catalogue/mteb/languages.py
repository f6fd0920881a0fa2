"""Languages as people write them, and as mteb does: zh, ZHO, zho-hans → zho-Hans and cmn-Hans."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CHINESE = ("cmn", "zho")
"""Some of mteb's tasks are in the one, others in the other: Mandarin, and Chinese of any kind."""
TWO_LETTERS = {
    "ar": "ara",
    "de": "deu",
    "en": "eng",
    "es": "spa",
    "fr": "fra",
    "hi": "hin",
    "it": "ita",
    "ja": "jpn",
    "ko": "kor",
    "nl": "nld",
    "pl": "pol",
    "pt": "por",
    "ru": "rus",
    "th": "tha",
    "tr": "tur",
    "vi": "vie",
    "zh": "zho",
}
"""What people write → ISO 639-3, which is what mteb writes."""


def asked(written: str) -> list[str]:
    """The codes that a language stands for, its script kept: zh → cmn, zho; zh-Hant → cmn-Hant, zho-Hant; en → eng."""
    language, dash, script = written.strip().partition("-")
    code = TWO_LETTERS.get(language.lower(), language.lower())
    return [f"{one}{dash}{script.title()}" for one in (CHINESE if code in CHINESE else (code,))]


def speaks(languages: Iterable[str], codes: Sequence[str]) -> bool:
    """Whether one of the languages, as zho-Hans, is among those that are asked for, as zho or zho-Hans."""
    return any(f"{language}-".startswith(f"{code}-") for language in languages for code in codes)
