"""Files that a command writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.cli.files import append, write
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_file_is_replaced_and_lengthened(tmp_path: Path) -> None:
    """With the folders that it needs, and nothing left beside it."""
    file = tmp_path / "新" / "x.md"
    for text in ("甲\n", "乙\n"):
        write(file, text)
    append(file, "丙\n")
    assert file.read_bytes().decode() == "乙\n丙\n"
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("put", [write, append])
def test_what_cannot_be_written_is_a_mistake(put: Callable[[Path, str], None], tmp_path: Path) -> None:
    """With the name of the file."""
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match=r"file/x\.md cannot be written: .*Name another file\."):
        put(tmp_path / "file" / "x.md", "text")
