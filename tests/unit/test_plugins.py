"""Names → objects: what is built in, and what other distributions bring."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from harness import plugins
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GROUPS = get_args(plugins.Group)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Installs a distribution: its name, and its entry points as in entry_points.txt."""

    def install(name: str, points: str) -> None:
        about = tmp_path / name / f"{name}-1.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n", "utf-8")
        (about / "entry_points.txt").write_text(points, "utf-8")
        # A folder of its own: importlib.metadata may not notice what comes into one that it has read.
        monkeypatch.syspath_prepend(about.parent)

    return install


@pytest.mark.parametrize(("group", "name"), [(group, name) for group in GROUPS for name in plugins.BUILTIN[group]])
def test_everything_built_in_is_there(group: plugins.Group, name: str) -> None:
    """Each name stands for something that can be imported and called."""
    assert callable(plugins.find(group, name))


@pytest.mark.parametrize("name", plugins.BUILTIN["metrics"])
def test_a_metric_is_found_under_its_own_name(name: str) -> None:
    """What is asked for is what the score will be called."""
    build = plugins.find("metrics", name)
    try:
        metric = build(None)  # type: ignore[operator]  # what the group promises
    except UsageError:
        metric = build(3)  # type: ignore[operator]  # the same
    assert metric.name.partition("@")[0] == name


def test_entry_points_are_found(installed: Callable[[str, str], None]) -> None:
    """Of each group, beside what is built in."""
    installed("mine", "[harness.embedders]\nmine = json:loads\n[harness.tasks]\nother = json:dumps\n")
    assert plugins.names("embedders")["mine"] == "json:loads"
    assert "mine" not in plugins.names("tasks")
    assert plugins.names("embedders").items() >= plugins.BUILTIN["embedders"].items()
    assert plugins.find("embedders", "mine").__name__ == "loads"  # type: ignore[attr-defined]  # a function


def test_a_name_belongs_to_one(installed: Callable[[str, str], None]) -> None:
    """A second claim is refused, naming both; the same claim twice is none."""
    installed("first", "[harness.embedders]\nmine = json:loads\n")
    installed("again", "[harness.embedders]\nmine = json:loads\n")
    assert plugins.names("embedders")["mine"] == "json:loads"
    installed("rival", "[harness.embedders]\nmine = json:dumps\n")
    with pytest.raises(UsageError, match=r"two embedders are called 'mine': json:(loads|dumps) and json:(loads|dumps)"):
        plugins.names("embedders")
    plugins.names("metrics")


def test_an_unknown_name_gets_the_nearest() -> None:
    """And all that are known."""
    with pytest.raises(UsageError, match=r"there is no 'ndgc' among the metrics. Did you mean 'ndcg'\? Known: acc"):
        plugins.find("metrics", "ndgc")
    with pytest.raises(UsageError, match=r"there is no '' among the tasks. Known: ana"):
        plugins.find("tasks", "")
