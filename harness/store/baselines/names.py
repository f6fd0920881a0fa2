"""What a baseline may be called: anything that is a file's name on every system, and no path."""

from __future__ import annotations

import re
import unicodedata

from harness.errors import UsageError

_NAME = re.compile(r"\w(?:[\w.-]*\w)?")
_LONGEST = 60
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Devices of Windows, with any ending."""


def check_name(name: str) -> str:
    """The name, composed (NFC) as not every file system leaves it. Raises UsageError for what cannot be one."""
    composed = unicodedata.normalize("NFC", name)
    if len(composed) > _LONGEST or not _NAME.fullmatch(composed) or _RESERVED.fullmatch(composed):
        raise UsageError(
            f"a baseline cannot be called {name!r}: use letters, digits and . _ - between them, at most {_LONGEST}, "
            "as in main or 2026-q3"
        )
    return composed
