"""k-means by scikit-learn, the same on every machine and after whatever was computed before."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from harness.tasks.learning import scikit_learn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Index, Vectors


def k_means(vectors: Vectors, clusters: int, seeds: Sequence[int]) -> Index:
    """The cluster of each vector, n × seeds: Lloyd's algorithm from one k-means++ start per seed.

    Fewer clusters come out where fewer vectors differ. Raises MissingExtraError without scikit-learn.
    """
    cluster, threads = scikit_learn("sklearn.cluster"), scikit_learn("threadpoolctl")
    points = vectors.astype(np.float64)
    # Threads add their parts of a centre in the order in which they finish, and the rounding may move a point.
    with threads.threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # fewer distinct vectors than clusters
        fits = [
            cluster.KMeans(clusters, n_init=1, algorithm="lloyd", random_state=seed).fit_predict(points)
            for seed in seeds
        ]
    return np.array(fits, dtype=np.intp).T
