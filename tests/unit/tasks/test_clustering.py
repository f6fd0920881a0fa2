"""Clustering: labels against k-means, the same whatever ran before, and the silhouette of the labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.embedders.baseline import open_baseline
from harness.errors import SuiteError
from harness.metrics.clusters import Clustered, ami, purity, silhouette, v_measure
from harness.model import Spec
from harness.search import SIMILARITIES
from harness.statistics.intervals import Draws, interval
from harness.tasks.clustering import Clustering, silhouettes

Build: TypeAlias = Callable[..., Clustering]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]

ROWS = [
    {"text": "苹果", "label": "水果"},
    {"text": "梨", "label": "水果"},
    {"text": "狗", "label": "动物"},
    {"text": "猫", "label": "动物"},
    {"text": "梨", "label": "动物"},
]
VECTORS = {"苹果": [1.0, 0.0], "梨": [5.0, 0.0], "狗": [0.0, 1.0], "猫": [0.0, 3.0]}


def test_scores_by_hand(build: Build, judge: Judge) -> None:
    """Under cosine 苹果 and both 梨 are one cluster, 狗 and 猫 the other: 4 of 5 texts have the label of their cluster.

    Silhouettes: 苹果 and the first 梨 are 0 from their label and ⅔ from the other (1, 1, 0): 1. 狗 and 猫 have a = ½
    and b = 1: ½. The last 梨 has a = 1 and b = 0: −1. Mean 0.4.
    """
    judged = judge(build(Clustering, {"texts": ROWS}), VECTORS)[Clustered]
    assert purity(None).score(judged) == pytest.approx(0.8)
    assert judged.silhouette == pytest.approx([1, 1, 0.5, 0.5, -1])
    assert silhouette(None).score(judged) == pytest.approx(0.4)
    assert judged.assigned.shape == (5, 5)


def test_rows_without_ids_are_numbered_and_equal_texts_are_one_group(build: Build) -> None:
    """Unless the table says otherwise."""
    task = build(Clustering, {"texts": ROWS})
    assert (task.ids, task.groups) == (["1", "2", "3", "4", "5"], ["苹果", "梨", "狗", "猫", "梨"])
    named = build(Clustering, {"texts": [row | {"id": f"t{i}", "group": "g"} for i, row in enumerate(ROWS)]})
    assert (named.ids[0], set(named.groups)) == ("t0", {"g"})


@pytest.mark.parametrize(("labels", "message"), [("aaaaa", "one label only"), ("abcde", "no label twice")])
def test_labels_that_make_no_clusters(build: Build, labels: str, message: str) -> None:
    """One label for all, or another one for each, leave nothing to find."""
    with pytest.raises(SuiteError, match=rf"texts\.tsv \[label\]: {message}"):
        build(Clustering, {"texts": [row | {"label": label} for row, label in zip(ROWS, labels, strict=True)]})


def test_k_means_starts_at_least_once(build: Build) -> None:
    """A suite without a start has no score."""
    with pytest.raises(SuiteError, match=r"parameters\.seeds\]: too small: 0"):
        build(Clustering, {"texts": ROWS}, seeds=0)


def noise(build: Build, rows: int = 500, labels: int = 20) -> Clustering:
    """Texts whose labels were drawn at random."""
    drawn = np.random.default_rng(0).integers(labels, size=rows)
    return build(Clustering, {"texts": [{"text": f"text {i}", "label": f"l{label}"} for i, label in enumerate(drawn)]})


def random_vectors(task: Clustering) -> dict[str, Any]:
    """What baseline:random makes of the texts."""
    return {"texts": open_baseline(Spec("baseline:random", "baseline", "random")).embed(task.labelled, "either")}


def test_random_vectors_score_nothing(build: Build) -> None:
    """500 random vectors with 20 random labels: AMI is 0 within its interval, and v-measure is near its floor.

    Resampling rows with replacement before clustering, as mteb 2 does by default, gives both 0.82 here.
    """
    task = noise(build)
    (judged,) = task.judge(random_vectors(task))
    found = interval(ami(None), judged, Draws(np.random.default_rng(0)))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high
    assert abs(ami(None).score(judged)) < 0.03
    assert v_measure(None).score(judged) == pytest.approx(v_measure(None).floor(judged), abs=0.03)
    assert v_measure(None).score(judged) > 0.1


def test_the_same_vectors_give_the_same_clusters_whatever_ran_before(build: Build) -> None:
    """Also in another instance of the task, and after another suite."""
    task = noise(build, 200, 5)
    vectors = random_vectors(task)
    (first,) = task.judge(vectors)
    other = noise(build, 100, 4)
    other.judge(random_vectors(other))
    (again,) = task.judge(vectors)
    (anew,) = noise(build, 200, 5).judge(vectors)
    assert (first.assigned == again.assigned).all()
    assert (first.assigned == anew.assigned).all()


def test_lengths_count_where_the_similarity_is_not_cosine(build: Build) -> None:
    """Along one direction, two short and two long vectors: under Euclidean distance length alone tells them apart."""
    rows = [{"text": name, "label": label} for name, label in zip("abcd", "xxyy", strict=True)]
    task = build(Clustering, {"texts": rows})
    vectors = {"texts": np.array([[1, 0], [1.1, 0], [9, 0], [9.1, 0]], dtype=np.float32)}
    (lengths,) = task.judge(vectors, SIMILARITIES["euclidean"])
    assert ami(None).score(lengths) == pytest.approx(1)
    (directions,) = task.judge(vectors)
    assert ami(None).score(directions) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("vector", [[0.3, 0.1, 0.7], [0.0, 0.0, 0.0]])
def test_a_constant_embedder_shows_nothing(build: Build, judge: Judge, vector: list[float]) -> None:
    """One cluster, adjusted scores and silhouettes of 0, the purity of the largest label."""
    judged = judge(build(Clustering, {"texts": ROWS}), dict.fromkeys(VECTORS, vector))[Clustered]
    assert ami(None).score(judged) == pytest.approx(0, abs=1e-12)
    assert purity(None).score(judged) == pytest.approx(0.6)
    assert judged.silhouette.tolist() == [0] * 5


def test_the_only_one_of_its_label_has_no_silhouette() -> None:
    """Neither near to nor far from the others of its label, it counts 0."""
    points = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert silhouettes(points, np.array([0, 0, 1])).tolist() == [1, 1, 0]


def test_the_spread_of_the_starts_is_told(build: Build) -> None:
    """Largest less smallest AMI."""
    task = noise(build, 100, 5)
    (judged,) = task.judge(random_vectors(task))
    (found,) = task.findings({Clustered: judged}, np.random.default_rng(0))
    each = [
        ami(None).score(Clustered(judged.ids, judged.ids, judged.gold, judged.assigned[:, [i]], judged.silhouette))
        for i in range(5)
    ]
    assert found.name == "start_spread"
    assert found.value == pytest.approx(max(each) - min(each))
    assert "5 starts" in found.note
