"""The picture that a cell of a table names: read once, so that the suite depends on its bytes and not on its path."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from stat import S_ISREG
from typing import TYPE_CHECKING, Any

from harness.model import Image

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 16 * 1024 * 1024
"""Bytes of a picture's file."""
ENDINGS: Mapping[str, str] = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WebP"}


class BadPictureError(Exception):
    """Its text is the message of the fault."""


def picture(folder: Path, written: Any) -> Image | None:
    """The picture whose path, relative to `folder`, a cell holds; None for an empty cell.

    Only a regular file in the folder or below it is read, and only one that begins as a PNG, JPEG or WebP does. Raises
    BadPictureError for any other.
    """
    if written is None or written == "":
        return None
    if not isinstance(written, str):
        raise BadPictureError("not a path: a picture is named by a text, as in images/1.png")
    path = PurePosixPath(written)
    if path.is_absolute() or ".." in path.parts or "\\" in written:
        raise BadPictureError(f"path leads out: {written!r}; pictures lie in the folder of the table or below it")
    if path.suffix.lower() not in ENDINGS:
        raise BadPictureError(f"no picture: {written!r}; pictures end in {', '.join(ENDINGS)}")
    file = folder / path
    content = _content(folder, file, written)
    wanted = ENDINGS[path.suffix.lower()]
    if _format(content) != wanted:
        raise BadPictureError(f"no picture: {written!r} does not begin as a {wanted} file does")
    return Image(file, content)


def _content(folder: Path, file: Path, written: str) -> bytes:
    try:
        if not file.resolve().is_relative_to(folder.resolve()):
            raise BadPictureError(f"path leads out: {written!r} is a link to another folder")
        status = file.stat()
        if not S_ISREG(status.st_mode):  # reading from a pipe or a device may never end
            raise BadPictureError(f"no file: {written!r} is a folder or a device")
        if status.st_size > LARGEST:
            raise BadPictureError(f"too large: {written!r} has more than {LARGEST // 2**20} MiB")
        return file.read_bytes()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a zero byte
        reason = getattr(error, "strerror", None) or str(error)
        raise BadPictureError(f"cannot be read: {written!r}, {reason}") from error


def _format(content: bytes) -> str:
    """What the first bytes say, empty for nothing known."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    return "WebP" if content.startswith(b"RIFF") and content[8:12] == b"WEBP" else ""
