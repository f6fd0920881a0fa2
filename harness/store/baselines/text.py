r"""Numbers and strings as the files spell them: always the same way, and never across a line or a column.

A backslash, a tab, a line end, any other control character and half a surrogate pair are written \\ \t \n \r \uXXXX.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from harness.store.baselines.baseline import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHORT = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_LONG = {written[1]: meant for meant, written in _SHORT.items()}
_BREAKING = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Characters that no line of text may hold: some tool takes them for an end of the line, or refuses the file."""
_ODD = re.compile(f"[{_BREAKING}]")
_ODD_OR_BACKSLASH = re.compile(rf"[\\{_BREAKING}]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|(.))")


def fixed(value: float) -> str:
    """A number with all its decimals, so that a column of them lines up and 1 is always written alike."""
    return f"{value:.{DECIMALS}f}"


def escaped(text: str) -> str:
    """A text as a cell of a table."""
    return _ODD_OR_BACKSLASH.sub(lambda found: _SHORT.get(found[0]) or _coded(found), text)


def unescaped(cell: str) -> str:
    """The text that a cell stands for. Raises ValueError for an escape that is none."""
    return _ESCAPE.sub(_meant, cell) if "\\" in cell else cell


def json_line(fields: Mapping[str, object]) -> str:
    """One line of JSON, without its end; numbers that are no integers with fixed decimals."""
    parts = (f"{json.dumps(key)}: {_value(value)}" for key, value in fields.items())
    return _ODD.sub(_coded, f"{{{', '.join(parts)}}}")


def digest(content: bytes) -> str:
    """32 hexadecimal digits of what a file holds."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def _value(value: object) -> str:
    if isinstance(value, float):
        return fixed(value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)


def _coded(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _meant(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    if found[2] not in _LONG:
        raise ValueError(f"there is no escape {found[0]}")
    return _LONG[found[2]]
