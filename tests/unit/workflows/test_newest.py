"""Which of several runs is the present one."""

from __future__ import annotations

from harness.model import IMPORTED, Identity, Run
from harness.workflows.newest import newest


def made(name: str, day: int, fingerprint: str = "f") -> Run:
    """A run of a day."""
    identity = Identity("fake", "one", name)
    return Run(name, f"2026-01-{day:02}", "s", "k", fingerprint, "one", identity, "ok", "", 1.0)


def test_the_last_run_counts() -> None:
    """In whatever order they come; of two of one moment that with the later id."""
    assert newest([made("b", 2), made("a", 1)]) == newest([made("a", 2), made("b", 2)]) == {("s", "one"): made("b", 2)}


def test_what_was_made_elsewhere_takes_no_place() -> None:
    """However new it is; alone it stands."""
    elsewhere = made("x", 9, f"{IMPORTED}y")
    assert newest([made("a", 1), elsewhere])["s", "one"].id == "a"
    assert newest([elsewhere])["s", "one"].id == "x"
