"""Names of baselines are names of files, on every system."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.store.baselines import check_name


@pytest.mark.parametrize("name", ["main", "2026-q3", "v1.2_x", "主线", "基线-2026.q3", "a", "x" * 60])
def test_sound_names(name: str) -> None:
    """Letters of any script, digits, and . _ - between them."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a\\b",
        "-x",
        "x-",
        ".x",
        "x.",
        "a b",
        "a\n",
        "a\0b",
        "con",
        "NUL.txt",
        "x" * 61,
        "a:b",
    ],
)
def test_names_that_are_none(name: str) -> None:
    """Paths, blanks, hidden files, options, devices of Windows."""
    with pytest.raises(UsageError, match="as in main or 2026-q3"):
        check_name(name)


def test_letters_are_composed() -> None:
    """As some file systems take them apart."""
    assert check_name("cafe\u0301") == "caf\u00e9"
