"""Classification: train and test, or folds; what is refused, and what is told beside the scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.embedders.baseline import open_baseline
from harness.errors import SuiteError
from harness.metrics.classified import (
    LinearProbe,
    NearestNeighbours,
    accuracy,
    knn_accuracy,
    knn_macro_f1,
    macro_f1,
)
from harness.model import Finding, Spec
from harness.statistics.intervals import Draws, interval
from harness.tasks.classification import Classification

Build: TypeAlias = Callable[..., Classification]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

TRAIN = [
    {"text": "好", "label": "褒"},
    {"text": "很好", "label": "褒"},
    {"text": "坏", "label": "贬"},
    {"text": "很坏", "label": "贬"},
]
TEST = [
    {"text": "真好", "label": "褒"},
    {"text": "真坏", "label": "贬"},
    {"text": "不坏", "label": "褒"},
]
VECTORS = {
    "好": [1.0, 0.0],
    "很好": [0.9, 0.1],
    "坏": [0.0, 1.0],
    "很坏": [0.1, 0.9],
    "真好": [1.0, 0.2],
    "真坏": [0.2, 1.0],
    "不坏": [0.3, 1.0],
}


def found(task: Classification, judged: dict[type[Any], Any]) -> dict[tuple[str, str], Finding]:
    """The findings by name and subject."""
    return {(one.name, one.subject): one for one in task.findings(judged, np.random.default_rng(0))}


def test_train_and_test_by_hand(build: Build, judge: Judge) -> None:
    """不坏 lies with the bad ones, so that both probes take two of three for what they are.

    F1 of 褒 2·1/(2 + 1), of 贬 2·1/(1 + 2): macro 2/3. Half of the rows learned from have the class of any item: the
    floor of accuracy is ½.
    """
    task = build(Classification, {"test": TEST, "train": TRAIN})
    judged = judge(task, VECTORS)
    assert judged[LinearProbe].predicted.tolist() == [[0], [1], [1]]
    assert judged[NearestNeighbours].predicted.tolist() == [[0], [1], [1]]
    for metric in (accuracy(None), macro_f1(None)):
        assert metric.score(judged[LinearProbe]) == pytest.approx(2 / 3)
    for metric in (knn_accuracy(None), knn_macro_f1(None)):
        assert metric.score(judged[NearestNeighbours]) == pytest.approx(2 / 3)
    assert accuracy(None).floor(judged[LinearProbe]) == 0.5
    assert (task.ids, task.groups) == (["1", "2", "3"], ["真好", "真坏", "不坏"])


def test_the_texts_of_both_tables_are_embedded(build: Build) -> None:
    """Under the names of the tables; without train there is one."""
    assert {
        name: len(asked.texts) for name, asked in build(Classification, {"test": TEST, "train": TRAIN}).texts().items()
    } == {
        "test": 3,
        "train": 4,
    }
    assert list(build(Classification, {"test": TRAIN}, folds=2).texts()) == ["test"]


def test_confused_and_small_classes_are_told(build: Build, judge: Judge) -> None:
    """One of two good ones is taken for bad; both classes have fewer than five items."""
    task = build(Classification, {"test": TEST, "train": TRAIN})
    told = found(task, judge(task, VECTORS))
    confused = told["confused_classes", "褒 → 贬"]
    assert confused.value == 1
    assert confused.note.startswith("of 2 items")
    assert {key: one.value for key, one in told.items() if key[0] == "small_classes"} == {
        ("small_classes", "褒"): 2,
        ("small_classes", "贬"): 1,
    }
    assert len(told) == 3


def test_a_text_in_train_and_test_is_told(build: Build, judge: Judge) -> None:
    """It is no fault: the scores stand, with the number of such rows beside them."""
    task = build(Classification, {"test": [*TEST, TRAIN[0]], "train": TRAIN})
    leak = found(task, judge(task, VECTORS))["leaked_texts", ""]
    assert leak.value == 1
    assert "test.tsv whose text is also in train.tsv" in leak.note


def test_a_text_in_two_groups_is_told(build: Build) -> None:
    """Groups are kept apart, and equal texts are one group unless the table says otherwise."""
    rows = [{"text": f"t{i % 9}", "label": "ab"[i % 2]} for i in range(20)]
    assert build(Classification, {"test": rows}).leaks == ()
    (leak,) = build(Classification, {"test": [row | {"group": str(i)} for i, row in enumerate(rows)]}).leaks
    assert (leak.name, leak.value) == ("leaked_texts", 20)


def two_clouds(build: Build, **parameters: int) -> tuple[Classification, dict[str, Any]]:
    """40 texts of two classes that hardly overlap."""
    labels = np.arange(40) % 2
    rows = [{"text": f"t{i}", "label": f"c{label}"} for i, label in enumerate(labels)]
    vectors = np.random.default_rng(0).standard_normal((40, 3)) + 3 * labels[:, None]
    return build(Classification, {"test": rows}, **parameters), {"test": vectors.astype(np.float32)}


def test_folds_judge_every_row_once_per_seed(build: Build) -> None:
    """A column per assignment; clouds that hardly overlap are told apart in each."""
    task, vectors = two_clouds(build, seeds=4)
    linear, nearest = task.judge(vectors)
    assert linear.predicted.shape == nearest.predicted.shape == (40, 4)
    assert accuracy(None).score(linear) > 0.9
    assert knn_accuracy(None).score(nearest) > 0.8
    assert accuracy(None).floor(linear) == pytest.approx(0.5)


def test_the_same_vectors_give_the_same_predictions_whatever_ran_before(build: Build) -> None:
    """Also in another instance of the task."""
    task, vectors = two_clouds(build)
    first = task.judge(vectors)
    two_clouds(build, folds=3)[0].judge(vectors)
    for again in (task.judge(vectors), two_clouds(build)[0].judge(vectors)):
        assert all((one.predicted == other.predicted).all() for one, other in zip(first, again, strict=True))


def test_fits_that_did_not_converge_are_told(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five folds, three assignments, one step each."""
    monkeypatch.setattr("harness.tasks.probes.STEPS", 1)
    task, vectors = two_clouds(build)
    judged = {type(one): one for one in task.judge(vectors)}
    assert found(task, judged)["unconverged_fits", ""].value == 15


@pytest.mark.parametrize("trained", [True, False])
def test_random_vectors_get_the_floor(build: Build, trained: bool) -> None:  # noqa: FBT001 # a parameter of the test
    """Classes of 60, 120 and 180 among 360 random vectors: accuracy and F1 hold their floors in their intervals."""
    rows = [{"text": f"t{i}", "label": f"c{(i % 6 > 0) + (i % 6 > 2)}"} for i in range(360)]
    tables = {"test": rows[:180], "train": rows[180:]} if trained else {"test": rows}
    task = build(Classification, tables)
    embedder = open_baseline(Spec("baseline:random", "baseline", "random"))
    vectors = {name: embedder.embed(asked.texts, "either") for name, asked in task.texts().items()}
    linear, _ = task.judge(vectors)
    for metric in (accuracy(None), macro_f1(None)):
        held = interval(metric, linear, Draws(np.random.default_rng(0)))
        floor = metric.floor(linear)
        assert held.low is not None
        assert held.high is not None
        assert floor is not None
        assert held.low <= floor <= held.high


def labelled(labels: str, groups: str = "") -> list[dict[str, str]]:
    """Rows t0, t1, … with a letter of label each, and of group."""
    rows = [{"text": f"t{i}", "label": label} for i, label in enumerate(labels)]
    return [row | {"group": group} for row, group in zip(rows, groups, strict=True)] if groups else rows


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({"test": labelled("aaaaaaa")}, r"test\.tsv \[label\]: one class only"),
        (
            {"test": labelled("aaaaabbbb")},
            r"test\.tsv \[label\]: too few items: class 'b' has 4, fewer than the 5 folds",
        ),
        (
            {"test": labelled("aaaaabbbbb", "vwxyz11111")},
            r"test\.tsv \[group\]: one group: all items of class 'b' are in group '1'",
        ),
        (
            {"test": labelled("aabb" * 5, "1212" * 5)},
            r"test\.tsv \[group\]: too few groups: 2, fewer than the 5 folds, .*set parameters\.folds",
        ),
        ({"test": labelled("ab"), "train": labelled("aa")}, r"train\.tsv \[label\]: one class only"),
        ({"test": labelled("abc"), "train": labelled("ab")}, r"test\.tsv:4 \[label\]: absent class: 'c' has no row in"),
    ],
)
def test_faults(build: Build, tables: dict[str, Any], message: str) -> None:
    """What cannot be learned or judged is refused, with the place and what to do."""
    with pytest.raises(SuiteError, match=message):
        build(Classification, tables)


@pytest.mark.parametrize(("name", "value"), [("folds", 1), ("seeds", 0), ("neighbours", 0)])
def test_parameters_that_make_no_sense(build: Build, name: str, value: int) -> None:
    """They are faults of suite.yaml."""
    with pytest.raises(SuiteError, match=rf"suite\.yaml \[parameters\.{name}\]: too small: {value}"):
        build(Classification, {"test": labelled("aaaaabbbbb")}, **{name: value})
