"""Probes, F1, agreements and silhouettes equal scikit-learn's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import sklearn.linear_model
import sklearn.metrics
import sklearn.neighbors

from harness.metrics.classified import LinearProbe, accuracy, macro_f1
from harness.metrics.clusters import Clustered, ami, ari, v_measure
from harness.search import COSINE
from harness.tasks.clustering import silhouettes
from harness.tasks.probes import LogisticRegression, nearest_neighbours

if TYPE_CHECKING:
    from harness.model import Index, Vectors

IDS = [str(i) for i in range(300)]


def partitions(labels: int, clusters: int, kept: float) -> tuple[Index, Index]:
    """300 items whose cluster is their label with probability `kept`, else any."""
    random = np.random.default_rng(labels)
    gold = random.integers(labels, size=300)
    return gold, np.where(random.random(300) < kept, gold, random.integers(clusters, size=300))


def clouds(classes: int, unit: bool) -> tuple[Vectors, Index]:  # noqa: FBT001 # a parameter of the tests
    """300 vectors in clouds that overlap."""
    random = np.random.default_rng(classes)
    labels = np.arange(300) % classes
    vectors = random.standard_normal((300, 20)) + random.standard_normal((classes, 20))[labels]
    return (vectors / np.linalg.norm(vectors, axis=1)[:, None] if unit else vectors).astype(np.float32), labels


@pytest.mark.parametrize(
    ("labels", "clusters", "kept"), [(2, 2, 0.8), (5, 9, 0.3), (20, 20, 0.0), (100, 40, 0.5), (7, 1, 0)]
)
def test_agreements_equal_scikit_learn(labels: int, clusters: int, kept: float) -> None:
    """Within 1e-9, and the mean of two starts is the mean of theirs."""
    gold, found = partitions(labels, clusters, kept)
    other = np.roll(found, 1)
    judged = Clustered(IDS, IDS, gold, np.stack([found, other], axis=1), np.zeros(300))
    for metric, theirs in (
        (v_measure(None), sklearn.metrics.v_measure_score),
        (ami(None), sklearn.metrics.adjusted_mutual_info_score),
        (ari(None), sklearn.metrics.adjusted_rand_score),
    ):
        expected = (theirs(gold, found) + theirs(gold, other)) / 2
        assert metric.score(judged) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("classes", "unit"), [(2, True), (4, False), (150, True)])
def test_silhouettes_equal_scikit_learn(classes: int, unit: bool) -> None:  # noqa: FBT001 # a parameter of the tests
    """Of every item, by cosine distance, within 1e-6; with one label of a single item."""
    vectors, labels = clouds(classes, unit)
    labels = np.append(labels[:-1], classes)
    expected = sklearn.metrics.silhouette_samples(vectors.astype(np.float64), labels, metric="cosine")
    np.testing.assert_allclose(silhouettes(vectors, labels), expected, atol=1e-6)


@pytest.mark.parametrize(("classes", "unit"), [(2, True), (5, True), (5, False)])
def test_the_linear_probe_is_converged(classes: int, unit: bool) -> None:  # noqa: FBT001 # a parameter of the tests
    """Its predictions are those of another solver, Newton's with conjugate gradients, run to 1e-10."""
    vectors, labels = clouds(classes, unit)
    model = sklearn.linear_model.LogisticRegression(C=1.0, solver="newton-cg", tol=1e-10, max_iter=1000)
    expected = model.fit(vectors[:200].astype(np.float64), labels[:200]).predict(vectors[200:].astype(np.float64))
    assert (LogisticRegression()(vectors[:200], labels[:200], vectors[200:]) == expected).all()


def test_fewer_vectors_than_dimensions_are_no_other_regression() -> None:
    """The coordinates in which it is fitted then are others, the predictions are not."""
    vectors, labels = clouds(4, unit=True)
    wide = np.random.default_rng(0).standard_normal((20, 500)).astype(np.float32)
    vectors = np.maximum(vectors @ wide, 0)  # bent, so that no 20 directions span the vectors
    model = sklearn.linear_model.LogisticRegression(C=1.0, solver="newton-cg", tol=1e-10, max_iter=1000)
    expected = model.fit(vectors[:100].astype(np.float64), labels[:100]).predict(vectors[100:].astype(np.float64))
    assert (LogisticRegression()(vectors[:100], labels[:100], vectors[100:]) == expected).all()


@pytest.mark.parametrize("neighbours", [1, 5, 15])
def test_votes_equal_scikit_learn(neighbours: int) -> None:
    """Wherever no two classes have equally many votes, which scikit-learn decides by the label alone."""
    vectors, labels = clouds(5, unit=True)
    model = sklearn.neighbors.KNeighborsClassifier(neighbours, metric="cosine").fit(vectors[:200], labels[:200])
    votes = np.sort(model.predict_proba(vectors[200:]), axis=1)
    clear = votes[:, -1] > votes[:, -2] + 1e-9
    found = nearest_neighbours(neighbours, COSINE)(vectors[:200], labels[:200], vectors[200:])
    assert clear.sum() > 50
    assert (found == model.predict(vectors[200:]))[clear].all()


@pytest.mark.parametrize("classes", [2, 10, 40])
def test_scores_equal_scikit_learn(classes: int) -> None:
    """Accuracy and macro F1 of two assignments, within 1e-12."""
    gold, first = partitions(classes, classes, 0.6)
    second = np.roll(first, 2)
    names = [str(code) for code in range(classes)]
    judged = LinearProbe(IDS, IDS, names, gold, np.stack([first, second], axis=1), np.full(300, 1 / classes))
    f1 = [sklearn.metrics.f1_score(gold, codes, average="macro", labels=np.unique(gold)) for codes in (first, second)]
    right = [sklearn.metrics.accuracy_score(gold, codes) for codes in (first, second)]
    assert macro_f1(None).score(judged) == pytest.approx(np.mean(f1), abs=1e-12)
    assert accuracy(None).score(judged) == pytest.approx(np.mean(right), abs=1e-12)
