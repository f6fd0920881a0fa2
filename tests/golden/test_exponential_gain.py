"""nDCG with exponential gain equals scikit-learn's ndcg_score on the gains 2^relevance − 1."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from harness.metrics.ranking import Relevant, ndcg_exp, ranked
from harness.model import Ranking


@pytest.mark.parametrize("cutoff", [1, 5, 10, 100])
@pytest.mark.parametrize("seed", range(3))
def test_every_query_scores_as_in_scikit_learn(seed: int, cutoff: int) -> None:
    """50 queries over 40 judged documents with relevance 0 to 4, no ties: within 1e-9."""
    random = np.random.default_rng(seed)
    relevance = random.integers(5, size=(50, 40))
    scores = random.permuted(np.tile(np.arange(40), (50, 1)), axis=1)
    indices = np.argsort(-scores, axis=1)
    ids = [str(row) for row in range(50)]
    gains = [dict(enumerate(map(float, row))) for row in relevance]
    judged = ranked((ids, ids), Ranking(indices, scores), Relevant.of(gains), np.full(50, 40), np.full(50, -1))
    ours = ndcg_exp(cutoff).items
    assert ours is not None
    theirs = [ndcg_score([2.0**row - 1], [order], k=cutoff) for row, order in zip(relevance, scores, strict=True)]
    assert 0 < np.mean(theirs) < 1
    np.testing.assert_allclose(ours(judged), theirs, rtol=0, atol=1e-9)
