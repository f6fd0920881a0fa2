"""Fusing rankings, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from harness.embedders.combinations.fusion import NORMALISATIONS, fuse, min_max, reciprocal_ranks, weighted, z_score
from harness.model import Ranking
from harness.search import ordered


def ranking(*rows: dict[int, float]) -> Ranking:
    """Documents and scores of each query, best first, filled with −1 and −inf."""
    width = max(map(len, rows))
    indices = np.array([[*row, *[-1] * (width - len(row))] for row in rows], np.intp)
    scores = np.array([[*row.values(), *[-np.inf] * (width - len(row))] for row in rows], np.float32)
    return Ranking(indices, scores)


def test_reciprocal_rank_fusion_by_hand() -> None:
    """k = 60; lists 7, 5, 2 and 5, 9.

    5: 1/62 + 1/61 = 0.03252; 7: 1/61 = 0.01639; 9: 1/62 = 0.01613; 2: 1/63 = 0.01587.
    """
    lists = [ranking({7: 3, 5: 2, 2: 1}), ranking({5: 0.9, 9: 0.1})]
    fused = fuse(lists, [reciprocal_ranks(60)] * 2, 5)
    assert fused.indices.tolist() == [[5, 7, 9, 2, -1]]
    np.testing.assert_allclose(fused.scores[0, :4], [1 / 62 + 1 / 61, 1 / 61, 1 / 62, 1 / 63], rtol=1e-6)
    assert fused.scores[0, 4] == -np.inf
    assert fuse(lists, [reciprocal_ranks(60)] * 2, 2).indices.tolist() == [[5, 7]]


def test_equal_sums_go_to_the_earlier_document() -> None:
    """3, 1 and 1, 3 have the same two ranks, in another order in three lists."""
    lists = [ranking({3: 2, 1: 1}), ranking({1: 2, 3: 1}), ranking({4: 2, 3: 1, 1: 0}), ranking({4: 2, 1: 1, 3: 0})]
    assert fuse(lists, [reciprocal_ranks(60)] * 4, 3).indices.tolist() == [[1, 3, 4]]


@pytest.mark.parametrize("contribution", [reciprocal_ranks(60), reciprocal_ranks(0), min_max, z_score])
def test_fusing_a_ranking_with_itself_changes_no_order(contribution: object) -> None:
    """Three times the same 200 rankings of up to 50 documents, distinct scores."""
    random = np.random.default_rng(0)
    rows = [random.permutation(300)[: random.integers(1, 50)] for _ in range(200)]
    one = ranking(*({int(d): 100.0 - place for place, d in enumerate(row)} for row in rows))
    fused = fuse([one] * 3, [contribution] * 3, one.indices.shape[1])  # type: ignore[list-item]  # contributions
    assert fused.indices.tolist() == one.indices.tolist()


def test_normalised_scores_by_hand() -> None:
    """Scores 5, 3, 1: minmax 1, ½, 0; z-scores ±√(3/2) and 0, moved up to 0. Equal scores, or one, are 1 each."""
    given = ranking({4: 5, 2: 3, 9: 1}, {1: 2, 3: 2}, {8: 7}, {})
    np.testing.assert_allclose(min_max(given), [[1, 0.5, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    high = np.sqrt(1.5)
    np.testing.assert_allclose(z_score(given), [[2 * high, high, 0], [1, 1, 0], [1, 0, 0], [0, 0, 0]])
    assert set(NORMALISATIONS) == {"minmax", "zscore"}


def test_a_document_that_a_list_lacks_has_the_lowest_of_the_list() -> None:
    """Weights 0.3 and 0.7. 4: 0.3·1 + 0.7·0 = 0.3; 2: 0.3·½ + 0.7·1 = 0.85; 9: 0 + 0.7·½ = 0.35; 6: 0.7·0 = 0."""
    lists = [ranking({4: 5, 2: 3, 9: 1}), ranking({2: 0.9, 9: 0.5, 6: 0.1})]
    fused = fuse(lists, [weighted(min_max, 0.3), weighted(min_max, 0.7)], 4)
    assert fused.indices.tolist() == [[2, 9, 4, 6]]
    np.testing.assert_allclose(fused.scores, [[0.85, 0.35, 0.3, 0]], atol=1e-7)


def test_a_list_may_be_empty() -> None:
    """Of one query, of all of them, or of no query."""
    one, empty = ranking({1: 2}, {}), Ranking(np.empty((2, 0), np.intp), np.empty((2, 0), np.float32))
    for contribution in (min_max, z_score, reciprocal_ranks(60)):
        assert fuse([one, empty], [contribution] * 2, 2).indices.tolist() == [[1, -1], [-1, -1]]
    nobody = Ranking(np.empty((0, 3), np.intp), np.empty((0, 3), np.float32))
    assert fuse([nobody, nobody], [min_max] * 2, 2).indices.shape == (0, 2)


def test_candidates_are_ordered_by_their_scores() -> None:
    """Best first, the earlier at a tie, at most `width`, −1 behind the last."""
    places = [np.array([1, 4, 6]), np.array([2])]
    scores = [np.array([0.5, 0.9, 0.5]), np.array([3.0])]
    assert ordered(places, scores).indices.tolist() == [[4, 1, 6], [2, -1, -1]]
    assert ordered(places, scores, 2).indices.tolist() == [[4, 1], [2, -1]]
    assert ordered(places, scores, 2).scores.tolist() == [[np.float32(0.9), 0.5], [3.0, -np.inf]]
