"""Near ties: the order of a ranking is that of exact values, not that of the rounding of a matrix product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.model import Usage
from harness.search import PRECISIONS, SIMILARITIES, as_stored, ties, top_k

if TYPE_CHECKING:
    from harness.model import Index, Vectors

EVERY = pytest.mark.parametrize("name", SIMILARITIES)


def normal(rows: int, columns: int, seed: int) -> Vectors:
    """Random vectors, the same for the same seed."""
    return np.random.default_rng(seed).standard_normal((rows, columns)).astype(np.float32)


def by_pairs(name: str, queries: Vectors, documents: Vectors, k: int) -> Index:
    """The order of the values of all pairs, a stable sort."""
    pairs = SIMILARITIES[name].pairs
    values = np.array([pairs(np.tile(query, (len(documents), 1)), documents) for query in queries])
    return np.argsort(-values, axis=1, kind="stable")[:, :k]


@EVERY
@pytest.mark.parametrize("k", [1, 10, 300])
def test_whole_numbers_are_in_the_order_of_exact_values(name: str, k: int) -> None:
    """Small whole numbers tie often, also at the end of the k best and further than is fetched beyond it."""
    random = np.random.default_rng(0)
    queries, documents = (random.integers(-2, 3, (rows, 12)).astype(np.float32) for rows in (20, 800))
    found = SIMILARITIES[name].search(queries, documents, k).indices
    np.testing.assert_array_equal(found, by_pairs(name, queries, documents, k))


def test_scores_are_equal_where_the_values_are() -> None:
    """Multiples of a document have its cosine, although their unit vectors differ in the last bit."""
    random = np.random.default_rng(1)
    queries, documents = (random.integers(-3, 4, (rows, 5)).astype(np.float32) for rows in (20, 400))
    documents *= random.integers(1, 8, (400, 1)).astype(np.float32)
    found = SIMILARITIES["cosine"].search(queries, documents, 40)
    values = -np.sort(-SIMILARITIES["cosine"].matrix(queries, documents), axis=1)[:, :40]
    np.testing.assert_array_equal(np.diff(found.scores) == 0, np.diff(values) == 0)
    np.testing.assert_array_equal(found.indices, by_pairs("cosine", queries, documents, 40))


@EVERY
@pytest.mark.parametrize("length", [1.0, 0.37])
def test_binary_vectors_are_in_the_order_of_hamming_distances(name: str, length: float) -> None:
    """In every row and under every similarity, whatever the lengths that an index kept beside the signs."""
    documents, queries = (normal(rows, 96, seed) for rows, seed in ((2000, 2), (30, 3)))
    given = {"documents": documents * np.float32(length), "queries": queries}
    stored = as_stored(given, ["documents"], Usage(SIMILARITIES[name], PRECISIONS["binary"]))
    found = SIMILARITIES[name].search(stored["queries"], stored["documents"], 10).indices
    agreeing = (queries[:, None] > 0) == (documents[None] > 0)
    if name == "cosine":
        expected = np.argsort(-agreeing.sum(axis=2), axis=1, kind="stable")[:, :10]
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_array_equal(found, by_pairs(name, stored["queries"], stored["documents"], 10))


@EVERY
def test_documents_a_hair_apart_are_told_apart(name: str) -> None:
    """The nearest of two hundred documents that differ by less than the rounding of a float32 product."""
    query = normal(1, 384, 4)
    query /= np.linalg.norm(query)
    documents = query + normal(200, 384, 5) * np.float32(2e-7)
    found = SIMILARITIES[name].search(query, documents, 5).indices
    np.testing.assert_array_equal(found, by_pairs(name, query, documents, 5))


def test_lengths_that_rounding_left_decide_nothing() -> None:
    """Of unit vectors whose lengths are off by rounding, those of one direction tie, and the order is exact."""
    off = np.random.default_rng(14).choice(np.float32([1 - 2.0**-23, 1, 1 + 2.0**-23]), (600, 1))
    directions = normal(150, 3, 15)
    directions /= np.linalg.norm(directions.astype(np.float64), axis=1, keepdims=True).astype(np.float32)
    documents, queries = np.tile(directions, (4, 1)) * off, normal(40, 3, 16)
    assert SIMILARITIES["cosine"].prepare(queries, documents).documents is documents
    found = SIMILARITIES["cosine"].search(queries, documents, 50)
    np.testing.assert_array_equal(found.indices, by_pairs("cosine", queries, documents, 50))


def test_zero_queries_and_zero_documents_tie() -> None:
    """A query of zeros is as near to every document; documents of zeros keep their order among others."""
    documents = normal(60, 8, 6)
    documents[10:50] = 0
    queries = np.vstack([np.zeros((1, 8)), normal(3, 8, 7)]).astype(np.float32)
    found = SIMILARITIES["cosine"].search(queries, documents, 30).indices
    assert found[0].tolist() == list(range(30))
    np.testing.assert_array_equal(found, by_pairs("cosine", queries, documents, 30))


@EVERY
@pytest.mark.parametrize("size", [1e-30, 1e18, 1e30, 3e38])
def test_large_and_small_numbers_have_a_place_in_the_documents(name: str, size: float) -> None:
    """Products that are no float32 numbers, infinite or zero, still give the order of the values, and finite scores."""
    documents = (np.array([[1, 1], [1, -1], [0.5, -1], [0, 0]]) * size).astype(np.float32)
    queries = np.array([[size, -size], [0, 0], [1, 0]], np.float32)
    found = SIMILARITIES[name].search(queries, documents, 4)
    np.testing.assert_array_equal(found.indices, by_pairs(name, queries, documents, 4))
    assert np.isfinite(found.scores).all()


def test_scores_that_stand_apart_are_not_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of random vectors few are near a tie: less than one in ten of those fetched is compared once more."""
    compared: list[int] = []
    of_pairs = ties._Exact.of_pairs  # counts what costs the time

    def counted(exact: ties._Exact, rows: Index, places: Index) -> np.ndarray:
        compared.append(len(rows))
        return of_pairs(exact, rows, places)

    monkeypatch.setattr(ties._Exact, "of_pairs", counted)  # see above
    queries, documents = normal(50, 64, 8), normal(5000, 64, 9)
    found = SIMILARITIES["cosine"].search(queries, documents, 100)
    assert 0 < sum(compared) < 500
    np.testing.assert_array_equal(found.indices, by_pairs("cosine", queries, documents, 100))


def test_the_inner_products_of_top_k_are_the_scores() -> None:
    """Where nothing ties, search by inner product is `top_k`."""
    queries, documents = normal(5, 16, 10), normal(100, 16, 11)
    found, raw = SIMILARITIES["dot"].search(queries, documents, 7), top_k(queries, documents, 7)
    np.testing.assert_array_equal(found.indices, raw.indices)
    np.testing.assert_allclose(found.scores, raw.scores, rtol=1e-5)


@EVERY
def test_one_far_document_does_not_cast_doubt_on_the_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No query has to be searched again whole, and the order is that of the pairs."""
    monkeypatch.setattr(ties._Exact, "best", None)  # would fail if it were called
    queries, documents = normal(20, 32, 12), normal(2000, 32, 13)
    documents[7] *= 1000
    found = SIMILARITIES[name].search(queries, documents, 10).indices
    np.testing.assert_array_equal(found, by_pairs(name, queries, documents, 10))
