"""Offsets by hand: direction, length, shuffles, chance."""

from __future__ import annotations

import numpy as np
import pytest

from harness.metrics.offsets import (
    Offsets,
    PairDirections,
    concentration,
    consistency,
    difference,
    directions,
    evenness,
    ocs,
    offset_length,
    pair_direction,
    pcs,
    shuffles,
    unrelated,
)

RIGHT_ANGLES = np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
"""Three offsets: east, north, and between them."""


def test_concentration_by_hand() -> None:
    """cos 90°, cos 45° and cos 45°: 2√½ / 3."""
    assert concentration(RIGHT_ANGLES) == pytest.approx(2 * np.sqrt(0.5) / 3)


def test_lengths_by_hand() -> None:
    """Lengths 2, 1 and √2: (1/2 + √2/2 + 1/√2) / 3; equal lengths give 1, an offset of nothing 0."""
    assert evenness(RIGHT_ANGLES) == pytest.approx((0.5 + 2 * np.sqrt(0.5)) / 3)
    assert evenness(np.array([[3.0, 0.0], [0.0, -3.0]])) == 1.0
    assert evenness(np.zeros((3, 2))) == 0.0


def test_directions_by_hand() -> None:
    """East with (1, 2)/2: 1/√5. North with (3, 1)/2: 1/√10. Between them with (2, 1)/2: 3/√10."""
    np.testing.assert_allclose(directions(RIGHT_ANGLES), [1 / np.sqrt(5), 1 / np.sqrt(10), 3 / np.sqrt(10)], atol=1e-9)
    assert directions(np.zeros((2, 3))).tolist() == [0.0, 0.0]


def test_one_shift_for_all_pairs_is_consistent() -> None:
    """Capitals that all lie at the same offset from their countries: PCS 1, OCS 1, one length."""
    random = np.random.default_rng(0)
    first = random.normal(size=(20, 50)).astype(np.float32)
    second = first + random.normal(size=50).astype(np.float32)
    offsets = difference(first, second)
    assert consistency(first, second, shuffles(np.arange(20), random)) == pytest.approx(1.0)
    assert concentration(offsets) == pytest.approx(1.0, abs=1e-6)
    assert evenness(offsets) == pytest.approx(1.0, abs=1e-6)


def test_two_classes_without_pairing() -> None:
    """Offsets from one class of words to another are concentrated even if no pair belongs together: PCS tells.

    Classes at a distance of 8 in 50 dimensions of spread 1, 200 relations of 20 pairs: OCS far above 0, PCS 1/2.
    """
    random = np.random.default_rng(1)
    wrong = shuffles(np.arange(20), random)
    found = []
    for _ in range(200):
        first, second = random.normal(size=(2, 20, 50)).astype(np.float32)
        second[:, 0] += 8
        found.append((concentration(difference(first, second)), consistency(first, second, wrong)))
    concentrated, consistent = np.mean(found, axis=0)
    assert concentrated > 0.3
    assert consistent == pytest.approx(0.5, abs=0.01)


def test_a_constant_embedder_has_no_direction() -> None:
    """Offsets of nothing are parallel to nothing: OCS 0, PCS 1/2, length 0."""
    same = np.full((6, 4), 0.3, np.float32)
    assert concentration(difference(same, same)) == 0.0
    assert consistency(same, same, shuffles(np.arange(6), np.random.default_rng(0))) == 0.5


@pytest.mark.parametrize("second", [[0, 1], list(range(9)), [0, 0, 0, 1, 2, 3], [0, 0, 1, 1], [5, 5, 5, 6, 6, 6, 7]])
def test_a_shuffle_gives_no_pair_its_own_word(second: list[int]) -> None:
    """Fifty permutations, none of which leaves a pair with its word, even if another pair has the same."""
    words = np.array(second)
    wrong = shuffles(words, np.random.default_rng(0))
    assert wrong.shape == (50, len(second))
    assert (np.sort(wrong, axis=1) == np.arange(len(second))).all()
    assert not (words[wrong] == words).any()


def test_shuffles_of_different_words_are_one_cycle() -> None:
    """Following a shuffle from pair to pair comes back after all of them."""
    for shuffle in shuffles(np.arange(7), np.random.default_rng(0)):
        place, steps = int(shuffle[0]), 1
        while place:
            place, steps = int(shuffle[place]), steps + 1
        assert steps == 7


def test_a_word_in_most_pairs_cannot_be_shuffled_away() -> None:
    """Three pairs of five with one word: no shuffles, so PCS is undefined."""
    none = shuffles(np.array([1, 1, 1, 2, 3]), np.random.default_rng(0))
    assert none.shape == (0, 5)
    assert np.isnan(consistency(np.eye(5, dtype=np.float32), np.eye(5, dtype=np.float32), none))


def test_chance_of_pairs_that_share_words() -> None:
    """Offsets to a shared word are 60° apart, chained ones 120°: (1/2 + 0 − 1/2 …)/3 by hand.

    Pairs (0, 1), (2, 1), (1, 3): the first two share their b: 1/2; the third begins where each of them ends: −1/2
    twice. Mean −1/6.
    """
    assert concentration(unrelated(np.array([0, 2, 1]), np.array([1, 1, 3]))) == pytest.approx(-1 / 6)
    assert concentration(unrelated(np.array([0, 2]), np.array([1, 3]))) == 0.0


def test_scores_are_means_over_relations() -> None:
    """A relation whose PCS is undefined is left out of the mean of PCS only."""
    relations = Offsets(
        ["r", "s"], ["r", "s"], np.array([0.2, 0.4]), np.array([0.9, np.nan]), np.array([0.5, 0.7]),
        np.array([20, 3]), np.array([0.0, 0.1]),
    )  # fmt: skip
    assert ocs(None).score(relations) == pytest.approx(0.3)
    assert ocs(None).floor(relations) == pytest.approx(0.05)
    assert (pcs(None).score(relations), pcs(None).floor(relations)) == (0.9, 0.5)
    assert (offset_length(None).score(relations), offset_length(None).floor(relations)) == (pytest.approx(0.6), None)
    pairs = PairDirections(["p"], ["r"], np.array([0.4]), np.array([0.1]))
    assert (pair_direction(None).score(pairs), pair_direction(None).floor(pairs)) == (0.4, 0.1)
