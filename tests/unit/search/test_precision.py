"""Number formats of stored vectors: what comes back, what it weighs."""

from __future__ import annotations

import numpy as np
import pytest

from harness.model import Usage
from harness.search import COSINE, PRECISIONS, SIMILARITIES, as_stored, unit


def kept(name: str, documents: list[list[float]], vectors: list[list[float]]) -> list[list[float]]:
    """`vectors` as they come back from an index of `documents`."""
    keep = PRECISIONS[name].fit(np.array(documents, np.float32))
    return keep(np.array(vectors, np.float32)).tolist()


@pytest.mark.parametrize(("name", "size"), [("float32", 1536), ("float16", 768), ("int8", 384), ("binary", 48)])
def test_sizes(name: str, size: int) -> None:
    """384 dimensions in bytes."""
    assert PRECISIONS[name].size(384) == size


def test_bits_fill_whole_bytes() -> None:
    """Ten bits need two bytes."""
    assert PRECISIONS["binary"].size(10) == 2


def test_float32_changes_nothing() -> None:
    """The very numbers."""
    assert kept("float32", [[1, 2]], [[1.1, -3]]) == np.array([[1.1, -3]], np.float32).tolist()


def test_float16_keeps_eleven_bits() -> None:
    """2049 lies between two half-precision numbers; what is beyond the largest becomes the largest."""
    assert kept("float16", [[1, 1]], [[2049, 1e6]]) == [[2048, 65504]]


def test_int8_by_hand() -> None:
    """Documents reach 12.7, so a step is 0.1 to 16 bits: 0.26 becomes 0.3; a query beyond the reach is cut at it."""
    found = kept("int8", [[12.7, -3]], [[0.26, -0.04], [100, -100]])
    np.testing.assert_allclose(found, [[0.3, 0], [12.7, -12.7]], rtol=2**-16)


def test_int8_is_calibrated_on_the_documents_alone() -> None:
    """A query comes back the same whatever other queries there are: one scale serves both sides."""
    documents = [[1.27, -0.5], [0.1, 0.2]]
    alone = kept("int8", documents, [[0.123, 0.456]])
    assert kept("int8", documents, [[0.123, 0.456], [9, 9]])[0] == alone[0]


def test_int8_loses_next_to_nothing() -> None:
    """On random unit vectors the 10 nearest are the same but for a few; two calibrations would lose a tenth."""
    random = np.random.default_rng(0)
    documents = unit(random.normal(size=(2000, 64)).astype(np.float32))
    queries = unit(random.normal(size=(100, 64)).astype(np.float32))
    keep = PRECISIONS["int8"].fit(documents)
    exact = COSINE.search(queries, documents, 10).indices
    found = COSINE.search(keep(queries), keep(documents), 10).indices
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact, found, strict=True)])
    assert shared > 0.95


def test_binary_orders_by_hamming_distance() -> None:
    """cos = 1 − 2 · Hamming / d on vectors of ±1."""
    random = np.random.default_rng(1)
    vectors = random.normal(size=(30, 16)).astype(np.float32)
    signs = PRECISIONS["binary"].fit(vectors)(vectors)
    hamming = ((vectors[:, None] > 0) != (vectors[None] > 0)).sum(axis=2)
    np.testing.assert_allclose(COSINE.matrix(signs, signs), 1 - 2 * hamming / 16, atol=1e-6)


@pytest.mark.parametrize("name", PRECISIONS)
def test_zeros_stay_finite(name: str) -> None:
    """An index of nothing but zeros has a scale all the same."""
    assert np.isfinite(kept(name, [[0, 0]], [[0, 0], [1, -1]])).all()


@pytest.mark.parametrize("name", PRECISIONS)
def test_zero_vectors_stay_zeros(name: str) -> None:
    """Two texts of which nothing is known are not the same, in any format."""
    assert kept(name, [[1, 2]], [[0, 0]]) == [[0, 0]]


def used(similarity: str, precision: str) -> Usage:
    """How vectors are used."""
    return Usage(SIMILARITIES[similarity], PRECISIONS[precision])


@pytest.mark.parametrize(("name", "loss"), [("float32", 0), ("float16", 1e-3), ("int8", 2e-2)])
def test_under_cosine_vectors_keep_their_lengths(name: str, loss: float) -> None:
    """What comes back differs from what went in by the loss of the format, not by a division by the length.

    Directions are kept as unit vectors; an offset or a linear probe, which looks at lengths, sees them as they were.
    """
    random = np.random.default_rng(2)
    vectors = (random.normal(size=(50, 32)) * np.exp(random.normal(size=(50, 1)))).astype(np.float32)
    sizes = np.linalg.norm(vectors, axis=1, keepdims=True)
    back = as_stored({"texts": vectors}, ["texts"], used("cosine", name))["texts"]
    assert np.abs((back - vectors) / sizes).max() <= loss
    np.testing.assert_allclose(np.linalg.norm(back, axis=1, keepdims=True), sizes, rtol=1e-4)


def test_binary_vectors_keep_their_lengths_as_well() -> None:
    """(3, 4, 0, 0) has length 5: four signs of one size, 5/√4; zeros have no sign and no length."""
    given = {"texts": np.array([[3, 4, 0, 0], [0, 0, 0, 0]], np.float32)}
    back = as_stored(given, ["texts"], used("cosine", "binary"))["texts"]
    np.testing.assert_allclose(back, [[2.5, 2.5, -2.5, -2.5], [0, 0, 0, 0]], rtol=1e-4)


@pytest.mark.parametrize("similarity", ["dot", "euclidean"])
def test_under_other_similarities_the_numbers_themselves_are_kept(similarity: str) -> None:
    """No unit vectors there: half precision leaves 3 and 4 as they are, and one sign is 1."""
    given = {"texts": np.array([[3, 4]], np.float32)}
    assert as_stored(given, ["texts"], used(similarity, "float16"))["texts"].tolist() == [[3, 4]]
    assert as_stored(given, ["texts"], used(similarity, "binary"))["texts"].tolist() == [[1, 1]]


def test_whole_numbers_of_int8_tie_exactly() -> None:
    """Documents (a, b) and (b, a) have the same inner product with (1, 1), in whatever steps they are kept."""
    random = np.random.default_rng(3)
    some = random.normal(size=(200, 2)).astype(np.float32)
    documents = np.stack([some, some[:, ::-1]], axis=1).reshape(400, 2)
    keep = PRECISIONS["int8"].fit(documents)
    products = keep(np.ones((1, 2), np.float32)).astype(np.float64) @ keep(documents).astype(np.float64).T
    assert (products[0, ::2] == products[0, 1::2]).all()
    steps = keep(documents) / keep(documents)[keep(documents) > 0].min()
    np.testing.assert_array_equal(steps.astype(np.float64), np.rint(steps))
