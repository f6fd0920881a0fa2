"""Exact search is a stable sort, whatever the shapes, the ties and the blocks."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.search import exact


@settings(max_examples=200, deadline=None)
@given(
    st.tuples(st.integers(1, 40), st.integers(1, 60), st.integers(1, 12)),
    st.integers(1, 70),
    st.integers(1, 16),
    st.integers(0, 2**32 - 1),
)
def test_top_k_is_the_head_of_a_stable_sort(shape: tuple[int, int, int], k: int, block: int, seed: int) -> None:
    """Small integers as coordinates tie often and have exact inner products in any order of summation."""
    count, documents, width = shape
    random = np.random.default_rng(seed)
    queries = random.integers(-2, 3, (count, width)).astype(np.float32)
    corpus = random.integers(-1, 2, (documents, width)).astype(np.float32)
    scores = queries @ corpus.T
    with patch.object(exact, "_DOCUMENTS", block), patch.object(exact, "_SCORES", 16 * block):
        found = exact.top_k(queries, corpus, k)
    expected = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    np.testing.assert_array_equal(found.indices, expected)
    np.testing.assert_array_equal(found.scores, np.take_along_axis(scores, expected, axis=1))
