"""Names that files of other software bring along: some go into the store, all of them onto a terminal."""

from __future__ import annotations

import re

_BROKEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no name has: JSON can escape it, a terminal would obey it, and no database takes half a character."""


def check_names(*names: str) -> None:
    """Raises ValueError for a name that holds control characters or halves of characters."""
    broken = next((name for name in names if _BROKEN.search(name)), None)
    if broken is not None:
        raise ValueError(f"{broken!r} is no name: it has characters that cannot be shown")


def shown(name: str) -> str:
    """A name for a message: as it is, or with what cannot be shown written out."""
    return repr(name) if _BROKEN.search(name) else name
