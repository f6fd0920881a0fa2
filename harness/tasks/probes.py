"""What can be read off frozen vectors: a logistic regression, and a vote of the nearest neighbours."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.tasks.learning import scikit_learn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Floats, Index, Similarity, Vectors
    from harness.tasks.folds import Assignment

Probe: TypeAlias = "Callable[[Vectors, Index, Vectors], Index]"
"""(vectors learned from, their classes, vectors to judge) → the classes predicted."""

STEPS = 1000
"""Of the solver, at most."""
TOLERANCE = 1e-8
"""Largest gradient of a converged fit; probabilities are then within 1e-6 of their limit."""
_DECIMALS = 6
"""To which float32 vectors can tell sums of similarities apart."""


def predictions(probe: Probe, vectors: Vectors, labels: Index, assignments: Sequence[Assignment], items: int) -> Index:
    """What `probe` predicts for the first `items` rows of `vectors`, n × assignments."""
    predicted = np.empty((items, len(assignments)), dtype=np.intp)
    for number, assignment in enumerate(assignments):
        for fold in assignment:
            known = vectors[fold.learned], labels[fold.learned]
            predicted[fold.judged, number] = probe(*known, vectors[fold.judged])
    return predicted


class LogisticRegression:
    """Multinomial logistic regression with an L2 penalty, C = 1, on the vectors as they are (scikit-learn, L-BFGS).

    There is nothing random in it. unconverged: fits that took all STEPS.
    """

    def __init__(self) -> None:
        self.unconverged = 0

    def __call__(self, known: Vectors, classes: Index, asked: Vectors) -> Index:
        """See `Probe`. Raises MissingExtraError without scikit-learn."""
        if (classes == classes[0]).all():
            return np.full(len(asked), classes[0])
        model = scikit_learn("sklearn.linear_model").LogisticRegression(C=1.0, max_iter=STEPS, tol=TOLERANCE)
        threads = scikit_learn("threadpoolctl")
        # A step is too little work to share: threads that wait for each other take ten times as long on a busy machine.
        with threads.threadpool_limits(limits=1), warnings.catch_warnings():
            basis = _basis(known.astype(np.float64))
            warnings.simplefilter("ignore")  # that it did not converge is told by `unconverged`
            model.fit(known @ basis, classes)
            self.unconverged += int(model.n_iter_.max() >= STEPS)
            return np.asarray(model.predict(asked @ basis), dtype=np.intp)


def _basis(known: Floats) -> Floats:
    """Orthonormal directions that span n vectors of d dimensions, d × min(n, d).

    The L2 penalty is blind to rotations and leaves no weight outside the span, so that the regression is the same in
    these coordinates, with fewer weights to find where n < d.
    """
    items, dimensions = known.shape
    return np.linalg.qr(known.T)[0] if items < dimensions else np.eye(dimensions)


def nearest_neighbours(count: int, similarity: Similarity) -> Probe:
    """The most frequent class among the `count` most similar vectors.

    Of equally frequent classes the one with the larger sum of the scores that order the neighbours (for Euclidean
    distance: the smaller sum of squares), then the first.
    """

    def probe(known: Vectors, classes: Index, asked: Vectors) -> Index:
        found = similarity.search(asked, known, min(count, len(known)))
        votes = np.zeros((len(asked), int(classes.max()) + 1))
        sums = np.zeros_like(votes)
        cells = np.arange(len(asked))[:, None], classes[found.indices]
        np.add.at(votes, cells, 1.0)
        np.add.at(sums, cells, found.scores)
        ahead = votes == votes.max(axis=1, keepdims=True)
        return np.asarray(np.where(ahead, sums.round(_DECIMALS), -np.inf).argmax(axis=1))

    return probe
