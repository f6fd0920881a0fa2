"""What is recorded about where a run was made."""

from __future__ import annotations

import getpass
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from harness.workflows.environment import environment

if TYPE_CHECKING:
    import pytest


def test_versions_are_those_in_use() -> None:
    """Of Python and of what can change a number; a package that is not installed is left out."""
    found = environment()
    assert found["python"] == platform.python_version()
    assert found["packages"]["numpy"] == version("numpy")
    assert all(found["packages"].values())


def test_threads_are_those_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count decides speed, so it stands beside the seconds."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert environment()["threads"] == 3


def test_nothing_says_whose_machine_it_was() -> None:
    """Results are shared: neither host nor user nor a path is in them."""
    text = json.dumps(environment())
    assert platform.node() not in text
    assert f'"{getpass.getuser()}"' not in text
    assert "/" not in text
