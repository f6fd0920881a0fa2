"""Cosine, inner product and Euclidean distance: values, order, agreement on unit vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from harness.search import SIMILARITIES, unit

if TYPE_CHECKING:
    from harness.model import Floats, Vectors

EVERY = pytest.mark.parametrize("name", SIMILARITIES)


@pytest.fixture
def queries() -> Vectors:
    """Seven queries of uneven length, far from the origin."""
    return np.random.default_rng(1).normal(3, 2, (7, 5)).astype(np.float32)


@pytest.fixture
def documents() -> Vectors:
    """Fifty documents of uneven length, far from the origin."""
    return np.random.default_rng(2).normal(3, 2, (50, 5)).astype(np.float32)


def expected(name: str, queries: Vectors, documents: Vectors) -> Floats:
    """By scipy, q × n."""
    if name == "dot":
        return queries.astype(np.float64) @ documents.astype(np.float64).T
    return (name == "cosine") - cdist(queries, documents, name)


@EVERY
def test_values_are_scipys(name: str, queries: Vectors, documents: Vectors) -> None:
    """Pair by pair and as a matrix; a distance has a minus sign, so that larger is nearer."""
    similarity = SIMILARITIES[name]
    every = expected(name, queries, documents)
    np.testing.assert_allclose(similarity.matrix(queries, documents), every, atol=1e-5)
    np.testing.assert_allclose(similarity.pairs(queries, documents[:7]), np.diag(every[:, :7]), atol=1e-6)


@EVERY
def test_search_orders_by_the_similarity(name: str, queries: Vectors, documents: Vectors) -> None:
    """The whole ranking of each query is the order of the values."""
    found = SIMILARITIES[name].search(queries, documents, 50)
    np.testing.assert_array_equal(found.indices, np.argsort(-expected(name, queries, documents), axis=1))


def test_the_three_disagree_on_vectors_of_uneven_length() -> None:
    """To [1, 0] the nearest by angle is [2, 0], by distance [1, 0.5], by inner product [5, 5]."""
    documents = np.array([[2, 0], [1, 0.5], [5, 5]], np.float32)
    query = np.array([[1, 0]], np.float32)
    nearest = {name: int(one.search(query, documents, 1).indices[0, 0]) for name, one in SIMILARITIES.items()}
    assert nearest == {"cosine": 0, "euclidean": 1, "dot": 2}


def test_the_three_agree_on_unit_vectors(queries: Vectors, documents: Vectors) -> None:
    """‖a − b‖² = 2 − 2 a·b."""
    rankings = [one.search(unit(queries), unit(documents), 50).indices for one in SIMILARITIES.values()]
    for ranking in rankings[1:]:
        np.testing.assert_array_equal(ranking, rankings[0])


@EVERY
def test_identical_documents_tie(name: str, queries: Vectors) -> None:
    """The earlier of two equal documents comes first, wherever they stand."""
    documents = np.tile(queries[:2], (20, 1))
    found = SIMILARITIES[name].search(queries, documents, 40).indices
    assert (np.diff(found[:, :20], axis=1) > 0).all()


def test_distance_far_from_the_origin() -> None:
    """Documents 1 apart are told apart 10,000 away from the origin."""
    documents = np.array([[10_000, 0], [10_001, 0], [10_002, 0]], np.float32)
    found = SIMILARITIES["euclidean"].search(documents[1:2] + np.float32([0, 1]), documents, 3)
    assert found.indices[0].tolist() == [1, 0, 2]


@EVERY
def test_no_documents(name: str, queries: Vectors) -> None:
    """Nothing is found among nothing."""
    assert SIMILARITIES[name].search(queries, queries[:0], 3).indices.shape == (7, 0)


@EVERY
@pytest.mark.parametrize("size", [1.0, 1e4])
def test_a_matrix_has_the_values_of_the_pairs(name: str, size: float) -> None:
    """To nine digits, on the diagonal and beside it, and whatever stands in the other columns."""
    random = np.random.default_rng(3)
    rows, columns = (random.normal(1, 1, (count, 64)).astype(np.float32) for count in (9, 40))
    columns[:9] = rows
    columns[39] *= np.float32(size)
    similarity = SIMILARITIES[name]
    found = similarity.matrix(rows, columns)
    pairs = [similarity.pairs(np.tile(row, (40, 1)), columns) for row in rows]
    np.testing.assert_allclose(found, pairs, rtol=1e-12, atol=1.1e-9)
    np.testing.assert_allclose(found[:, :20], similarity.matrix(rows, columns[:20]), rtol=1e-12, atol=1.1e-9)


def test_a_vector_is_at_no_distance_from_itself() -> None:
    """0 on the whole diagonal, not the rounding of the difference of two squares."""
    vectors = np.random.default_rng(4).normal(5, 1, (30, 384)).astype(np.float32)
    assert (np.diag(SIMILARITIES["euclidean"].matrix(vectors, vectors)) == 0).all()


def test_documents_of_unit_length_are_not_copied() -> None:
    """They are searched as they are, also where rounding left them a little longer or shorter; others are copied."""
    documents = unit(np.random.default_rng(5).normal(size=(600, 32)).astype(np.float32))
    documents[7] *= np.float32(1 + 2.0**-23)
    prepared = SIMILARITIES["cosine"].prepare(documents[:3], documents)
    assert prepared.documents is documents
    documents[599] *= np.float32(1.001)
    copied = SIMILARITIES["cosine"].prepare(documents[:3], documents).documents
    assert not np.shares_memory(copied, documents)
    np.testing.assert_allclose(np.linalg.norm(copied, axis=1), 1, atol=1e-6)
