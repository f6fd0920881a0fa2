"""Exact search: order, ties, blocks, memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from harness.search import cosines, exact, top_k, unit


def vectors(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """Random vectors, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype(np.float32)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight documents and sixteen queries at a time."""
    monkeypatch.setattr(exact, "_DOCUMENTS", 8)
    monkeypatch.setattr(exact, "_SCORES", 128)


def test_the_nearest_documents_come_first() -> None:
    """Inner products 2, 0, 3 and −1 rank the documents 2, 0, 1, 3."""
    documents = np.array([[2, 9], [0, 9], [3, 9], [-1, 9]], np.float32)
    found = top_k(np.array([[1, 0]], np.float32), documents, 4)
    assert found.indices.tolist() == [[2, 0, 1, 3]]
    assert found.scores.tolist() == [[3, 2, 0, -1]]
    assert found.scores.dtype == np.float32


def test_all_documents_are_returned_where_there_are_fewer_than_k() -> None:
    """Three documents, the best ten: three."""
    assert top_k(vectors(2, 4), vectors(3, 4, 1), 10).indices.shape == (2, 3)


@pytest.mark.parametrize(("queries", "documents"), [(0, 5), (3, 0), (0, 0)])
def test_nothing_to_search_gives_an_empty_ranking(queries: int, documents: int) -> None:
    """No queries or no documents are no error."""
    assert top_k(vectors(queries, 4), vectors(documents, 4), 2).indices.shape == (queries, min(2, documents))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("k", [1, 3, 8, 11, 50])
def test_blocks_do_not_change_the_result(k: int) -> None:
    """Found in blocks of eight documents, the ranking is that of a stable sort of all scores."""
    queries, documents = vectors(37, 5), vectors(50, 5, 1)
    scores = queries.astype(np.float64) @ documents.T.astype(np.float64)
    found = top_k(queries, documents, k)
    assert found.indices.tolist() == np.argsort(-scores, axis=1, kind="stable")[:, :k].tolist()
    np.testing.assert_allclose(found.scores, np.take_along_axis(scores, found.indices, 1), atol=1e-5)


@pytest.mark.parametrize("documents", [7, 100, 9001])
@pytest.mark.parametrize("queries", [1, 5, 33])
def test_a_constant_scorer_ranks_by_position(queries: int, documents: int) -> None:
    """Thousands of identical documents, in several blocks, come out in the order that they went in."""
    found = top_k(vectors(queries, 50), np.tile(vectors(1, 50, 1), (documents, 1)), 20)
    assert (found.indices == np.arange(min(20, documents))).all()
    assert (found.scores == found.scores[:, :1]).all()


def test_identical_documents_have_equal_scores_among_others() -> None:
    """Every second document is a copy of one of three: its copies share a score and keep their order."""
    documents = vectors(5000, 33)
    documents[::2] = vectors(3, 33, 1)[np.arange(2500) % 3]
    found = top_k(vectors(4, 33, 2), documents, 5000)
    for indices, scores in zip(found.indices, found.scores, strict=True):
        for copy in range(3):
            places = np.flatnonzero((indices % 2 == 0) & (indices // 2 % 3 == copy))
            assert len(np.unique(scores[places])) == 1
            assert (np.diff(indices[places]) > 0).all()


def test_vectors_that_share_a_beginning_are_not_taken_for_copies() -> None:
    """Documents that differ in the last of twenty dimensions only are told apart."""
    documents = np.zeros((6, 20), np.float32)
    documents[:, -1] = [0, 3, 1, 3, 2, 0]
    found = top_k(np.ones((1, 20), np.float32), documents, 6)
    assert found.indices.tolist() == [[1, 3, 4, 2, 0, 5]]


def test_a_negative_zero_ties_with_zero() -> None:
    """−0 and 0 are one score: the earlier document wins."""
    documents = np.array([[-0.0, 1], [0.0, 2], [-0.0, 1]], np.float32)
    assert top_k(np.array([[1, 0]], np.float32), documents, 3).indices.tolist() == [[0, 1, 2]]


@pytest.mark.usefixtures("small_blocks")
def test_a_later_block_full_of_better_documents_displaces_the_earlier_ones() -> None:
    """Scores that only rise replace the whole list in every block."""
    documents = np.arange(100, dtype=np.float32)[:, None]
    found = top_k(np.ones((20, 1), np.float32), documents, 3)
    assert (found.indices == [99, 98, 97]).all()


def test_memory_is_bounded_by_the_block() -> None:
    """2,000 queries by 20,000 documents are 160 MB of scores; the search takes less than a third."""
    queries, documents = vectors(2000, 8), vectors(20_000, 8, 1)
    tracemalloc.start()
    top_k(queries, documents, 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 50e6


def test_rows_are_scaled_to_unit_length_and_zeros_stay_zeros() -> None:
    """(3, 4) becomes (.6, .8); (0, 0) stays."""
    np.testing.assert_allclose(unit(np.array([[3, 4], [0, 0]], np.float32)), [[0.6, 0.8], [0, 0]], rtol=1e-7)


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_lengths_neither_vanish_nor_overflow(size: float) -> None:
    """Vectors whose squares are no float32 numbers are scaled like any other."""
    np.testing.assert_allclose(unit(np.array([[3, 4]], np.float32) * np.float32(size)), [[0.6, 0.8]], rtol=1e-6)


def test_cosines_are_taken_row_by_row() -> None:
    """Parallel 1, orthogonal 0, opposite −1, and 0 with a row of zeros."""
    first = np.array([[1, 0], [1, 0], [1, 1], [0, 0]], np.float32)
    second = np.array([[5, 0], [0, 2], [-2, -2], [1, 1]], np.float32)
    np.testing.assert_allclose(cosines(first, second), [1, 0, -1, 0], atol=1e-15)


def test_equal_pairs_have_equal_cosines_wherever_they_stand() -> None:
    """A thousand copies of one pair have one cosine, so that a tie is a tie."""
    first, second = (np.tile(vectors(1, 37, seed), (1000, 1)) for seed in (0, 1))
    assert len(np.unique(cosines(first, second))) == 1
    assert len(np.unique(unit(first), axis=0)) == 1
