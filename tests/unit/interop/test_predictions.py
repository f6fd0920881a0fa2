"""mteb's <Task>_predictions.json."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import UsageError
from harness.interop.mteb.predictions import predictions_file, read_predictions, write_predictions
from harness.interop.mteb.result_reading import Model

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = {"q1": {"文一": 0.5, "d 2": 0.25}, "q2": {}}


def written(folder: Path, data: Any) -> Path:
    """A file with these data."""
    file = folder / "X_predictions.json"
    file.write_text(json.dumps(data), "utf-8")
    return file


def test_predictions_come_back(tmp_path: Path) -> None:
    """Whose they are, and the answers of each subset and split; ids may have blanks."""
    file = predictions_file(tmp_path, "X")
    write_predictions(file, Model("org/m", "r1"), {"default": {"test": ANSWERS}})
    assert file.name == "X_predictions.json"
    found = read_predictions(file)
    assert (found.model, found.revision) == ("org/m", "r1")
    assert found.answers("default", "test") == ANSWERS


def test_a_subset_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With those that are."""
    found = read_predictions(written(tmp_path, {"en": {"test": ANSWERS, "dev": ANSWERS}}))
    assert found.model == ""
    with pytest.raises(UsageError, match=r"no subset 'zh' with split 'test'\. It has: en/test, en/dev"):
        found.answers("zh", "test")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ([1, 2], "is no ranking"),
        ({"q1": [0.5]}, "is no ranking"),
        ({"q1": {"d1": float("nan")}}, "query 'q1', document 'd1': nan is no score"),
        ({"q1": {"d1": "0.5"}}, "'0.5' is no score"),
        ({"q1": {"d1": True}}, "True is no score"),
    ],
)
def test_what_is_no_ranking_is_refused(tmp_path: Path, part: Any, message: str) -> None:
    """Predictions of other kinds of tasks, and scores that order nothing."""
    with pytest.raises(UsageError, match=message):
        read_predictions(written(tmp_path, {"default": {"test": part}})).answers("default", "test")


@pytest.mark.parametrize(("text", "message"), [("{", "cannot be read"), ("[]", "no predictions"), ('{"a": 1}', "no")])
def test_what_is_no_file_of_predictions_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """No JSON, or JSON of something else."""
    file = tmp_path / "X_predictions.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=message):
        read_predictions(file)
