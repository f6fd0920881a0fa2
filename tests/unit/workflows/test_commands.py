"""What a user types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.workflows.commands import places_on_disk, run_command

if TYPE_CHECKING:
    from pathlib import Path


def test_a_command_can_be_pasted_into_a_shell() -> None:
    """Quoted where a shell needs it; suites spelled as they are found."""
    assert run_command("st:我的 模型", ["采购", "b"], {"b": "./b"}) == "harness run -s '采购' -s ./b -e 'st:我的 模型'"
    assert run_command("m", ()) == "harness run -e m"


def test_what_is_nowhere_on_disk_is_passed_over(tmp_path: Path) -> None:
    """A name that only the store knows."""
    assert list(places_on_disk(["gone"], tmp_path)) == []
    assert [typed for typed, place in places_on_disk(["zh/lexical-gap"], None)] == ["zh/lexical-gap"]
