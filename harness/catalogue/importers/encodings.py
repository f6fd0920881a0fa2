"""Text in any encoding → UTF-8, and what a file that is no UTF-8 may be."""

from __future__ import annotations

import codecs
import io
from typing import IO, TYPE_CHECKING, Any

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.catalogue.importers.request import Request

UTF8 = "utf-8"
CHUNK = 1 << 16
SAMPLE = 1 << 20
"""Bytes by which an encoding is guessed."""
SIGN = 16
"""Bytes by which a file that is no text is known."""
COMMON = 0.7
"""Of the characters of a Chinese text that are not ASCII, those that the first level of GB 2312 has, at the least."""
_SIGNS: Mapping[bytes, str] = {
    b"PK\x03\x04": "an Excel workbook or a zip file: unpack it, or save the sheet as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "an Excel workbook: save the sheet as CSV UTF-8",
    b"PAR1": "a Parquet file: harness suites import parquet reads it",
    b"SQLite format 3\0": "an SQLite database: harness suites import sql reads it",
    b"\x1f\x8b": "packed with gzip: give its name the ending .gz",
    b"%PDF": "a PDF: save its text as UTF-8",
    b"\xff\xfe": "UTF-16: add --encoding utf-16",
    b"\xfe\xff": "UTF-16: add --encoding utf-16",
}
"""What files that are no text in UTF-8 begin with."""


def encoding_of(asked: Request) -> str:
    """--encoding as Python calls it; UTF-8 without. Raises UsageError for one that is not known."""
    given = str(asked.options.get("encoding", UTF8))
    try:
        "a".encode(given)
        codecs.getincrementaldecoder(given)
    except (LookupError, ValueError) as error:
        known = "gb18030, big5, utf-16, shift_jis, euc_kr, cp1252"
        raise UsageError(f"--encoding {given}: there is no such encoding; known are {known} and others") from error
    return codecs.lookup(given).name


class Recoded(io.RawIOBase):
    """A stream of bytes in some encoding, as UTF-8.

    Reading raises UnicodeError at the first byte that is no text, once all before it has been read; `character` is
    then its place in its line, from 1.
    """

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        super().__init__()
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._encoding = encoding
        self._pending = b""
        self._ended = False
        self._error: UnicodeError | None = None
        self.character = 1

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer."""
        while not self._pending and not self._ended:
            if self._error:
                raise self._error
            self._fill()
        taken, self._pending = self._pending[: len(buffer)], self._pending[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _fill(self) -> None:
        data = self._stream.read(CHUNK)
        try:
            text = self._decoder.decode(data, final=not data)
            self._ended = not data
        except UnicodeDecodeError as error:
            self._error = error
            text = error.object[: error.start].decode(self._encoding, errors="ignore")
        _, newline, after = text.rpartition("\n")
        self.character = len(after) + (1 if newline else self.character)
        self._pending = text.encode(errors="replace")


def foreign(head: bytes) -> str:
    """What a file is by its first bytes, and what to do with it; nothing for one that may be text in UTF-8."""
    return next((what for sign, what in _SIGNS.items() if head.startswith(sign)), "")


def guessed(sample: bytes) -> str:
    """The encoding of bytes that are no UTF-8, where they show it: GB 18030, of which GBK is a part, or UTF-16."""
    if b"\0" in sample:
        return "utf-16-le"
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(sample)
    except UnicodeDecodeError:
        return ""
    beyond = [character for character in text if not character.isascii()]
    return "gb18030" if beyond and sum(map(_is_common, beyond)) >= COMMON * len(beyond) else ""


def _is_common(character: str) -> bool:
    """Whether it is one of the 3755 characters of the first level of GB 2312, or punctuation."""
    code = character.encode("gb2312", errors="ignore")
    return len(code) > 1 and (b"\xb0" <= code[:1] <= b"\xd7" or code[:1] in b"\xa1\xa3")
