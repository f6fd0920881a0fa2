"""Files that a command writes because it was asked to."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


def write(file: Path, text: str) -> None:
    """Into a file, all of it or nothing, or into what else has that name, such as a pipe or a device.

    Folders that are missing are made. Raises UsageError where it cannot be written.
    """
    with _writing(file):
        if file.exists() and not file.is_file():
            file.write_text(text, encoding="utf-8", newline="\n")
        else:
            _replace(file.resolve(), text)


def append(file: Path, text: str) -> None:
    """At the end of a file that others write to as well. Raises UsageError as `write`."""
    with _writing(file), file.open("a", encoding="utf-8", newline="\n") as output:
        output.write(text)


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}. Name another file.") from error


def _replace(file: Path, text: str) -> None:
    """Whoever has the old file open never sees half of the new one."""
    import os
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    half = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as output:
            output.write(text)
        half.chmod(0o666 & ~_umask())
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)


def _umask() -> int:
    """What other files of this process are not allowed; it can only be read by setting it."""
    import os

    mask = os.umask(0)
    os.umask(mask)
    return mask
