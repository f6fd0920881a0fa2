"""Candidates in the order of their similarity."""

from __future__ import annotations

import numpy as np
import pytest

from harness.search import SIMILARITIES, among, ordered


def test_candidates_by_hand() -> None:
    """Cosines 1, 0 and 0.6; a query without candidates has none; equal ones are in the order of the documents."""
    queries = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    documents = np.array([[0, 1], [3, 0], [3, 4], [6, 8]], np.float32)
    candidates = [np.array([0, 1, 2]), np.array([], np.intp), np.array([0, 2, 3])]
    found = among(SIMILARITIES["cosine"], queries, documents, candidates)
    assert found.indices.tolist() == [[1, 2, 0], [-1, -1, -1], [2, 3, 0]]
    np.testing.assert_allclose(found.scores[[0, 2]], [[1, 0.6, 0], [0.6, 0.6, 0]], atol=1e-6)
    assert np.isneginf(found.scores[1]).all()


@pytest.mark.parametrize("name", SIMILARITIES)
def test_the_order_is_that_of_a_search(name: str) -> None:
    """With every document a candidate."""
    random = np.random.default_rng(4)
    queries, documents = (random.integers(-2, 3, (rows, 6)).astype(np.float32) for rows in (20, 90))
    found = among(SIMILARITIES[name], queries, documents, [np.arange(90)] * 20)
    assert found.indices.tolist() == SIMILARITIES[name].search(queries, documents, 90).indices.tolist()


def test_scores_that_float32_cannot_tell_apart_are_told_apart() -> None:
    """Nor is anything beyond its largest number infinite."""
    found = ordered([np.array([3, 5, 7])], [np.array([0.5, 0.5 + 1e-9, 1e60])])
    assert found.indices.tolist() == [[7, 5, 3]]
    assert found.scores[0, 0] == np.finfo(np.float32).max
