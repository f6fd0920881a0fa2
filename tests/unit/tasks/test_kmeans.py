"""k-means: the same clusters for the same vectors, and a message where its package is missing."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from harness.errors import MissingExtraError
from harness.tasks.folds import stratified_folds
from harness.tasks.kmeans import k_means
from harness.tasks.probes import LogisticRegression

CLOUD = np.random.default_rng(0).standard_normal((3000, 8)).astype(np.float32)


def test_clear_clusters_are_found_from_every_start() -> None:
    """Three points, each three times, are three clusters of three."""
    points = np.repeat(np.array([[0, 0], [9, 0], [0, 9]], dtype=np.float32), 3, axis=0)
    found = k_means(points, 3, [1, 2])
    assert found.shape == (9, 2)
    assert [len({*column[start : start + 3]}) for column in found.T for start in (0, 3, 6)] == [1] * 6
    assert [len({*column}) for column in found.T] == [3, 3]


def test_a_seed_stands_for_one_clustering() -> None:
    """Whatever ran before, and however many threads there are."""
    first = k_means(CLOUD, 10, [1, 2])
    k_means(CLOUD[:100], 3, [7])
    with threadpool_limits(limits=2):
        again = k_means(CLOUD, 10, [2, 1])
    assert (first == again[:, ::-1]).all()
    assert (first[:, 0] != first[:, 1]).any()


def test_fewer_distinct_vectors_than_clusters() -> None:
    """One vector is one cluster, without a warning."""
    assert {*k_means(np.ones((5, 2), dtype=np.float32), 3, [0]).ravel().tolist()} == {0}


def test_without_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever needs it says how to install it."""
    for module in ("sklearn.cluster", "sklearn.linear_model", "sklearn.model_selection"):
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delattr("sklearn.linear_model", raising=False)
    classes = np.arange(3000) % 2
    for needing in (
        lambda: k_means(CLOUD, 2, [0]),
        lambda: LogisticRegression()(CLOUD, classes, CLOUD),
        lambda: stratified_folds(classes, ["a", "b"] * 1500, 2, [0]),
    ):
        with pytest.raises(MissingExtraError, match=r"pip install 'embedding-harness\[probes\]'"):
            needing()
