"""Sign flips: by hand where all patterns can be counted, and in agreement with themselves."""

from __future__ import annotations

import numpy as np
import pytest

from harness.statistics import permutation
from harness.statistics.estimates import clustered_error
from harness.statistics.permutation import flips_of_pairs, max_t, sign_flips
from harness.statistics.seeding import generator

UNEVEN = np.repeat(np.arange(40), np.arange(40) % 7 + 1)
"""40 groups of one to seven items."""


def seeded() -> np.random.Generator:
    """The same stream every time."""
    return generator("flips")


def test_all_patterns_by_hand() -> None:
    """1 + 2 + 4 = 7 is reached by two of the eight patterns; |1 + 2 − 4| = 1 by all: the sums are ±7, ±5, ±3, ±1."""
    columns = np.array([[1.0, 1.0], [2.0, 2.0], [4.0, -4.0]])
    assert sign_flips(columns, None, seeded()).tolist() == [2 / 8, 1.0]


def test_groups_by_hand() -> None:
    """Two groups with the sums 3 and 4: 7 is reached by two of four patterns, whatever the items in them do."""
    columns = np.array([[5.0], [-2.0], [1.0], [3.0]])
    assert sign_flips(columns, np.array([0, 0, 1, 1]), seeded()).tolist() == [0.5]


def test_the_largest_t_by_hand() -> None:
    """Of four equal differences 2 of 16 patterns give an infinite t; the second column's |t| is reached by more.

    Its values 1, 1, 1, −1 sum to 2, as 8 patterns of either column do, and 2 to 4 of the first: those of the first
    that reach 4 are ±(1, 1, 1, 1), those that reach 2 are the eight with one sign unlike the others. So 10 of 16.
    """
    columns = np.array([[1.0, 1.0], [1.0, 1.0], [1.0, 1.0], [1.0, -1.0]])
    assert max_t(columns[:, :1], None, seeded()).tolist() == [2 / 16]
    adjusted = max_t(columns, None, seeded())
    assert adjusted.tolist() == [4 / 16, 10 / 16]


@pytest.mark.parametrize("groups", [None, UNEVEN])
def test_no_differences(groups: np.ndarray | None) -> None:
    """A column without differences, or with none but rounding, has p = 1 and takes nothing from the others."""
    column = seeded().normal(0.1, 1, len(UNEVEN))
    columns = np.stack([np.zeros(len(column)), column, np.full(len(column), 1e-17)], axis=1)
    for test in (sign_flips, max_t):
        p = test(columns, groups, seeded())
        assert p[[0, 2]].tolist() == [1.0, 1.0]
        assert p[1] == test(columns[:, 1:2], groups, seeded())[0] < 1


def test_equal_differences() -> None:
    """The same difference on 200 items is as clear as can be: only B flips are there to doubt it."""
    columns = np.full((200, 1), 0.1)
    assert sign_flips(columns, None, seeded(), 500).tolist() == [1 / 501]
    assert max_t(columns, None, seeded(), 500).tolist() == [1 / 501]


def test_one_group() -> None:
    """One group says nothing."""
    columns, groups = np.array([[0.1], [0.3]]), np.zeros(2, np.intp)
    assert sign_flips(columns, groups, seeded()).tolist() == [1.0]
    assert max_t(columns, groups, seeded()).tolist() == [1.0]


def test_the_statistic_of_max_t_is_the_clustered_t() -> None:
    """Written out flip by flip, with the standard error of `clustered_error`, the adjusted p is the same."""
    sizes = np.array([1, 2, 3, 1, 4, 2, 1, 3])
    groups = np.repeat(np.arange(8), sizes)
    columns = generator("values").normal(0.3, 1, (len(groups), 3))

    def t(flipped: np.ndarray) -> list[float]:
        return [abs(one.mean()) / clustered_error(one, groups)[0] for one in flipped.T]

    signs = 1 - 2 * ((np.arange(256)[:, None] >> np.arange(8)) & 1)
    flips = np.array([t(columns * one[groups][:, None]) for one in signs])
    observed = np.array(t(columns))
    expected = np.empty(3)
    largest, order = 0.0, np.argsort(-observed)
    for rank, place in enumerate(order):
        reached = flips[:, order[rank:]].max(axis=1) >= observed[place] - 1e-9
        largest = expected[place] = max(largest, float(reached.mean()))
    np.testing.assert_allclose(max_t(columns, groups, seeded()), expected, rtol=0, atol=1e-12)


def test_pairs_are_their_differences() -> None:
    """Each pair has the p of its differences, and the adjusted one of the family of all of them."""
    values = generator("values").random((4, len(UNEVEN)))
    values[3] = values[2]
    first, second = np.triu_indices(4, 1)
    columns = (values[second] - values[first]).T
    found = flips_of_pairs(values, UNEVEN, seeded(), 2000)
    alone, together = (test(columns, UNEVEN, seeded(), 2000) for test in (sign_flips, max_t))
    np.testing.assert_array_equal(found.p[first, second], alone)
    np.testing.assert_array_equal(found.adjusted[first, second], np.maximum(together, alone))
    for square in (found.p, found.adjusted):
        np.testing.assert_array_equal(square, square.T)
        np.testing.assert_array_equal(np.diag(square), np.ones(4))
    assert found.p[2, 3] == 1


def test_a_pair_that_differs_on_one_item() -> None:
    """However many others are alike, one item shows nothing: every flip gives the same sum."""
    values = np.tile(generator("values").random(5000), (2, 1))
    values[1, 7] += 0.5
    assert flips_of_pairs(values, None, seeded(), 200).p[0, 1] == 1


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same flips are drawn in blocks of any size, and whatever the number of columns."""
    columns = generator("values").normal(0.02, 0.2, (150, 4))
    whole = sign_flips(columns, None, seeded(), 999)
    monkeypatch.setattr(permutation, "_BLOCK", 1000)
    np.testing.assert_array_equal(sign_flips(columns, None, seeded(), 999), whole)
    np.testing.assert_array_equal(sign_flips(columns[:, :1], None, seeded(), 999), whole[:1])
