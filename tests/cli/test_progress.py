"""What is shown while a run goes on: on a terminal for as long as it lasts, elsewhere as lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cli.progress import progress

if TYPE_CHECKING:
    import pytest

WAITING = "mteb:X: mteb reads its data, once"


def test_what_takes_its_time_is_shown_while_it_does(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With the time that it has taken so far and without a count; it goes when the next thing begins."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    with progress() as watch:
        watch.told(WAITING)
        watch.told(WAITING.replace("X", "Y"))
        waiting = capfd.readouterr().err
        watch.began("mine", "mteb:X", 500)
        capfd.readouterr()
        watch.embedded(12)
    running = capfd.readouterr().err
    assert WAITING in waiting
    assert "0:00:0" in waiting
    assert "texts" not in waiting
    assert "12/500 texts" in running
    assert "reads its data" not in running


def test_elsewhere_it_is_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    """Once, and nothing after it."""
    with progress() as watch:
        watch.told(WAITING)
        watch.began("mine", "mteb:X", 500)
    assert capfd.readouterr() == ("", f"{WAITING}\n")
