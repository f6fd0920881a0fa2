"""One writer at a time."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from harness.errors import StoreError
from harness.store.baselines import alone


def test_another_one_waits_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to a bound; once the first is done, the next one comes in, and nothing is left over."""
    monkeypatch.setattr(alone, "_PATIENCE", 0.0)
    with alone.alone(tmp_path):
        assert [file.name for file in tmp_path.iterdir()] == [".lock"]
        with (
            pytest.raises(StoreError, match=r"held by another process that writes there; waited 0 s"),
            alone.alone(tmp_path),
        ):
            pass
    assert list(tmp_path.iterdir()) == []
    with alone.alone(tmp_path):
        pass


def test_what_is_left_over_locks_nothing(tmp_path: Path) -> None:
    """As a process that was killed leaves it."""
    (tmp_path / ".lock").touch()
    with alone.alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_was_taken_away_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waited for a file that its holder took away at the end holds the one that others will find."""
    real = alone._place
    gone = iter([True, False])

    def place(lock: Path) -> int:
        found = real(lock)
        if next(gone, False):
            kept.append(lock.rename(tmp_path / "kept"))  # so that its number is not given to another file
        return found

    kept: list[Path] = []
    monkeypatch.setattr(alone, "_place", place)
    with alone.alone(tmp_path):
        assert (tmp_path / ".lock").is_file()
    assert [file.name for file in tmp_path.iterdir()] == ["kept"]


def test_a_file_that_is_open_may_have_to_be_closed_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where no file goes away that somebody has open."""
    real, tries = Path.unlink, count()

    def unlink(self: Path) -> None:
        if not next(tries):
            raise PermissionError
        real(self)

    monkeypatch.setattr(Path, "unlink", unlink)
    with alone.alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_lock_is_named(tmp_path: Path) -> None:
    """A folder of that name."""
    (tmp_path / ".lock").mkdir()
    with pytest.raises(StoreError, match=r"cannot be written: \.lock: unable to open"), alone.alone(tmp_path):
        pass
