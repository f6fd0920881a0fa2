"""Suites to begin with: one for every kind, that loads and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import plugins
from harness.catalogue import Place, load_suite
from harness.catalogue.metrics import METRICS, usual
from harness.catalogue.new import kinds, new_suite
from harness.errors import UsageError
from harness.evaluate import evaluate
from harness.testing import FakeEmbedder

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Task

EVERY = pytest.mark.parametrize("kind", sorted(plugins.names("tasks")))


def test_every_kind_has_a_template() -> None:
    """And no template is of a kind that there is not."""
    assert kinds() == sorted(plugins.names("tasks"))


@EVERY
def test_a_new_suite_runs(kind: str, tmp_path: Path) -> None:
    """It loads without faults, and every one of its metrics that can be computed on so little is."""
    made = new_suite(tmp_path / "deep" / kind, kind)
    assert made[0].name == "suite.yaml"
    suite = load_suite(Place(kind, tmp_path / "deep" / kind))
    outcome = evaluate(suite, FakeEmbedder())
    assert outcome.status == "ok"
    assert outcome.scores[0].status == "ok"


@EVERY
def test_a_template_explains_itself(kind: str, tmp_path: Path) -> None:
    """Each table and column, and each parameter, is named; the rows are in Chinese and in English."""
    made = new_suite(tmp_path, kind)
    text = made[0].read_text("utf-8")
    comments = "\n".join(line for line in text.splitlines() if "#" in line)
    task: type[Task] = plugins.find("tasks", kind)  # type: ignore[assignment]  # what the group promises
    pictures = {"image"}  # a column that stands in for the text; the README of suites/pictures has it
    for name, shape in task.tables.items():
        assert name in comments
        assert [column for column in shape.columns if column not in comments and column not in pictures] == []
    assert [name for name in task.parameters if name not in text] == []
    rows = "".join(file.read_text("utf-8") for file in made[1:])
    assert any("\u4e00" <= character <= "\u9fff" for character in rows)
    assert any(word.isascii() and word.isalpha() for word in rows.split())


@EVERY
def test_a_template_has_the_usual_metrics(kind: str, tmp_path: Path) -> None:
    """Those that an imported suite of its kind is given too."""
    new_suite(tmp_path, kind)
    suite = load_suite(Place(kind, tmp_path))
    assert tuple(metric.name for metric in suite.metrics) == METRICS[kind]


def test_a_metric_of_a_table_that_is_left_out_is_left_out() -> None:
    """Without judgements none can hold."""
    assert "judgements_held" in usual("process", {"edges", "judgements"})
    assert "judgements_held" not in usual("process", {"edges"})
    assert usual("unheard-of", set()) == ()


def test_nothing_that_exists_is_touched(tmp_path: Path) -> None:
    """An empty folder is filled; a folder that holds something, or a file, is refused."""
    (tmp_path / "empty").mkdir()
    assert new_suite(tmp_path / "empty", "pairs")
    before = {file: file.read_bytes() for file in (tmp_path / "empty").iterdir()}
    with pytest.raises(UsageError, match="holds something already"):
        new_suite(tmp_path / "empty", "retrieval")
    assert {file: file.read_bytes() for file in (tmp_path / "empty").iterdir()} == before
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="cannot be written: File exists"):
        new_suite(tmp_path / "file", "retrieval")
    with pytest.raises(UsageError, match="cannot be written"):
        new_suite(tmp_path / "a\0b", "retrieval")


def test_a_kind_that_there_is_not(tmp_path: Path) -> None:
    """The nearest one is named, and no folder is made."""
    with pytest.raises(UsageError, match="Did you mean 'retrieval'"):
        new_suite(tmp_path / "new", "retreival")
    assert not (tmp_path / "new").exists()


def test_a_kind_of_a_plugin_has_no_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is said, with the kinds that have one."""
    known = {**plugins.BUILTIN["tasks"], "odd": "harness.tasks.pairs:Pairs"}
    monkeypatch.setitem(plugins.BUILTIN, "tasks", known)
    with pytest.raises(
        UsageError, match=r"odd comes from a plug-in, for which there is no template\. There are: analogy"
    ):
        new_suite(tmp_path / "new", "odd")
