"""What kind of file of word vectors a file is, and where a malformed one is wrong."""

from __future__ import annotations

import gzip
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LONGEST_LINE = 1 << 20
"""Bytes: enough for 40,000 numbers, and a bound where a binary file has no line ends."""

_FASTTEXT_MAGIC = b"\xba\x16O/"
"""793712314, little-endian: how fastText's own binary models begin."""

_HEADER_FIELDS = 2

_SAMPLE = 1024
"""Bytes after the header that are looked at: binary numbers hold control characters, text does not."""

_TEXT_BYTES = bytes([*b"\t\n\v\f\r", *range(32, 256)])
"""Every byte that text may hold, in whatever encoding."""


@dataclass(frozen=True)
class Form:
    """binary: word2vec's binary form. header: the first line tells how many words and dimensions there are."""

    binary: bool
    header: bool

    def __str__(self) -> str:
        return "word2vec's binary form" if self.binary else "text with a word and its numbers per line"


def detect(path: Path, *, binary: bool | None) -> Form:
    """Tell the form of a file from how it begins. `binary` is what the user says, None where nothing.

    Raises EmbedderError when it is no file of word vectors, or a fastText model with subwords.
    """
    try:
        with _opened(path) as file:
            first, sample = file.readline(_LONGEST_LINE), file.read(_SAMPLE)
    except (OSError, EOFError) as error:
        raise EmbedderError(f"cannot read {path.absolute()}: {error}") from error
    if first.startswith(_FASTTEXT_MAGIC):
        raise EmbedderError(f"{path.absolute()} is a fastText model with subwords; give its .vec file instead")
    fields = first.split()
    header = len(fields) == _HEADER_FIELDS and all(field.isdigit() for field in fields)
    if not header and not _is_row(fields, len(fields) - 1):
        raise EmbedderError(f"{path.absolute()}:1: neither a word with its numbers nor the header of word2vec")
    looks_binary = header and bool(sample.translate(None, _TEXT_BYTES))
    return Form(looks_binary if binary is None else binary, header)


def first_fault(path: Path, form: Form) -> str:
    """`:line` of the first line of a text file that is no word with its numbers; empty where there is none."""
    try:
        with _opened(path) as file:
            start = file.readline().split()
            width = int(start[1]) if form.header else len(start) - 1
            for number, line in enumerate(file, start=2):
                if not _is_row(line.split(), width):
                    return f":{number}"
    except (OSError, EOFError):
        return ""
    return ""


def _is_row(fields: Sequence[bytes], width: int) -> bool:
    if width < 1 or len(fields) != width + 1:
        return False
    try:
        return all(math.isfinite(float(field)) for field in fields[1:])
    except ValueError:
        return False


def _opened(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")
