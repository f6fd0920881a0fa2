"""Files → lines and rows: unpacked, decoded, within limits. What is wrong becomes a fault with its line."""

from __future__ import annotations

import errno
import gzip
import io
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.catalogue.importers.encodings import SAMPLE, SIGN, UTF8, Recoded, foreign, guessed
from harness.catalogue.importers.layout import rows_of
from harness.catalogue.importers.request import Source, shown
from harness.catalogue.tables import lines_of
from harness.errors import Faults, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.catalogue.importers.request import Rows

MOST_UNPACKED = 4 * 2**30
"""Bytes that a packed file may unpack to."""
MOST_EXPANSION = 200
"""How many times its own size a packed file may unpack to: text is packed to a tenth, an event log to a fiftieth."""
ANY_EXPANSION = 64 * 2**20
"""Bytes that may be unpacked whatever the expansion."""


class _Unpacked(io.RawIOBase):
    """What a gzip file holds, up to a limit."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._stream = gzip.open(file)  # noqa: SIM115 # closed by close
        self._left = min(MOST_UNPACKED, max(ANY_EXPANSION, MOST_EXPANSION * file.stat().st_size))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer. Raises OSError when more is unpacked than is allowed."""
        data = self._stream.read(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            limit = f"more than {MOST_UNPACKED >> 30} GiB, or {MOST_EXPANSION} times the size of the file"
            raise OSError(errno.EFBIG, f"it unpacks to {limit}: unpack it yourself, if that is meant")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def is_packed(file: Path) -> bool:
    """Whether a file is gzipped, by its name."""
    return file.suffix.lower() == ".gz"


def suffix(file: Path) -> str:
    """The suffix of a file, in small letters, that of the packing left out."""
    return Path(file.name.lower().removesuffix(".gz")).suffix


def stem(file: Path) -> str:
    """The name of a file without its suffixes."""
    name = file.name[: -len(".gz")] if is_packed(file) else file.name
    return Path(name).stem.encode(errors="replace").decode()


@contextmanager
def opened(file: Path, faults: Faults) -> Iterator[io.BufferedReader | None]:
    """The bytes of a file, unpacked. None, and a fault, when there are none; a fault when they end too soon."""
    if not file.is_file():
        problem = "it is a folder" if file.is_dir() else "there is no such file"
        faults.add(shown(file), 0, "", f"cannot be read: {problem}; name a file")
        yield None
        return
    try:
        raw: Any = _Unpacked(file) if is_packed(file) else io.FileIO(file)
        with io.BufferedReader(raw) as stream:
            yield stream
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or f"broken gzip file, {error}"
        faults.add(shown(file), 0, "", f"cannot be read: {reason}")


def lines(file: Path, faults: Faults, encoding: str = UTF8) -> Iterator[tuple[int, str]]:
    """The lines of a file without their ends, each after its number.

    encoding: what `encodings.encoding_of` says of the request. A file that is no text in it is one fault, and its
    lines end there.
    """
    with opened(file, faults) as stream:
        if stream is None:
            return
        if what := _foreign(stream, encoding):
            faults.add(shown(file), 0, "", f"no text: it is {what}")
            return
        recoded = Recoded(stream, encoding)
        number = 0
        try:
            for number, line in lines_of(io.BufferedReader(recoded), shown(file), faults):
                if "\0" in line:
                    message = "NUL byte: a binary file, or one in UTF-16: add --encoding utf-16"
                    faults.add(shown(file), number, "", message)
                    return
                yield number, line
        except UnicodeError:
            message = _undecodable(file, encoding, recoded.character)
            faults.add(shown(file), number + 1, "", message)


def _foreign(stream: io.BufferedReader, encoding: str) -> str:
    return "" if encoding.startswith(("utf-16", "utf-32")) else foreign(stream.peek(SIGN))


def _undecodable(file: Path, encoding: str, character: int) -> str:
    where = f"not {encoding.upper()}: character {character} of the line"
    if encoding != UTF8:
        return f"{where}; name another with --encoding"
    with opened(file, Faults()) as stream:
        if read := guessed(stream.read(SAMPLE) if stream else b""):
            return f"{where}; it reads as {read.upper()}: add --encoding {read}"
    return f"{where}; convert the file to UTF-8, or name its encoding with --encoding"


def table(file: Path, layout: str, delimiter: str = "", encoding: str = UTF8) -> Source:
    """The rows of a file of tab- or comma-separated cells or of objects; layout: csv, tsv or jsonl."""

    def rows(faults: Faults) -> Rows:
        return rows_of(lines(file, faults, encoding), layout, delimiter, shown(file), faults)

    return Source(shown(file), rows)


def files_in(source: Path, suffixes: Sequence[str]) -> list[Path]:
    """The file itself, or the files in a folder and below it that have such a suffix, packed ones too, sorted.

    Hidden files and folders are left out. Raises UsageError when a folder holds none.
    """
    if not source.is_dir():
        return [source]
    try:
        found = [file for file in source.rglob("*") if suffix(file) in suffixes and file.is_file()]
    except OSError as error:
        raise UsageError(f"the folder {shown(source)} cannot be read: {error.strerror}") from error
    visible = [file for file in found if not any(part.startswith(".") for part in file.relative_to(source).parts)]
    if not visible:
        raise UsageError(f"the folder {shown(source)} holds no file with the suffix {' or '.join(suffixes)}")
    return sorted(visible)
