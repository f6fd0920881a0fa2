"""The Mantel p is a permutation p: never 0, uniform where there is nothing, small where there is something."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.statistics.mantel import PERMUTATIONS, mantel
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Floats


def overall(pairs: Sequence[tuple[Floats, Floats]], random: np.random.Generator) -> float | None:
    """The p of all pairs of matrices together."""
    return mantel(pairs, random).overall


def distances(steps: int, random: np.random.Generator) -> Floats:
    """Distances of so many random points in a plane."""
    points = random.normal(size=(steps, 2))
    return np.asarray(np.linalg.norm(points[:, None] - points[None, :], axis=2))


def chain(steps: int) -> Floats:
    """Hops of a chain of steps."""
    place = np.arange(steps, dtype=np.float64)
    return np.abs(place[:, None] - place[None, :])


def test_a_perfect_layout() -> None:
    """A matrix against itself has the smallest p there is, or nearly: a chain of 7 equals itself turned round.

    Of the 7! = 5040 orders 2 give the observed correlation, so (1 + 999 · 2/5040) / 1000 ≈ 0.0014 is expected.
    """
    p = overall([(chain(7), chain(7))], generator("perfect"))
    assert p is not None
    assert 1 / (PERMUTATIONS + 1) <= p <= 0.005


def test_p_is_never_zero() -> None:
    """Even twenty perfect processes leave the observed order among those counted."""
    assert overall([(chain(9), chain(9))] * 20, generator("many")) == 1 / (PERMUTATIONS + 1)


def test_an_opposite_layout() -> None:
    """The test is one-sided: steps that lie the farther apart the fewer hops there are have a p near 1."""
    p = overall([(chain(7), -chain(7))], generator("opposite"))
    assert p is not None
    assert p > 0.99


def test_all_orders_of_three_steps() -> None:
    """The exact p by hand, from the six orders of three steps.

    The pairs (12, 13, 23) have hops (1, 2, 1), so any order correlates as the distance given to pair 13 stands
    against the two others. Distances (1, 3, 2): 13 is farthest in 2 of 6 orders, so p → 1/3.
    """
    far = np.array([[0.0, 1, 3], [1, 0, 2], [3, 2, 0]])
    p = overall([(chain(3), far)], generator("three"))
    assert p == pytest.approx(1 / 3, abs=0.05)


def test_uniform_where_there_is_nothing() -> None:
    """Of 400 unrelated pairs of matrices 5 % have p ≤ 0.05, half have p ≤ 0.5, give or take three standard errors."""
    random = generator("null")
    p = [overall([(chain(7), distances(7, random))], random) for _ in range(400)]
    for level in (0.05, 0.2, 0.5, 0.8):
        share = np.mean([value is not None and value <= level for value in p])
        assert abs(share - level) < 3 * np.sqrt(level * (1 - level) / 400)


def test_uniform_over_several_processes() -> None:
    """The p of the mean correlation of four unrelated processes of different size is uniform as well."""
    random = generator("null of four")
    p = [overall([(chain(s), distances(s, random)) for s in (4, 5, 6, 8)], random) for _ in range(200)]
    for level in (0.1, 0.5):
        share = np.mean([value is not None and value <= level for value in p])
        assert abs(share - level) < 3 * np.sqrt(level * (1 - level) / 200)


def test_determinism() -> None:
    """The same parts of the seed give the same p, other parts another one."""
    pair = (chain(8), distances(8, generator("layout")))
    assert overall([pair], generator("a")) == overall([pair], generator("a"))
    assert len({overall([pair], generator(str(seed))) for seed in range(9)}) > 1


@pytest.mark.parametrize(
    "matrix",
    [np.zeros((4, 4)), np.full((4, 4), np.inf), np.array([[0.0, 1.0], [1.0, 0.0]]), np.zeros((1, 1)), np.zeros((0, 0))],
)
def test_matrices_that_say_nothing(matrix: Floats) -> None:
    """Where nothing varies, or fewer than two pairs exist, there is no p; other processes are tested without it."""
    assert overall([(matrix, matrix)], generator("none")) is None
    assert overall([], generator("none")) is None
    perfect = (chain(9), chain(9))
    assert overall([perfect, (matrix, matrix)], generator("a")) == overall([perfect], generator("a"))


def test_each_pair_has_its_own_p() -> None:
    """A perfect layout is found beside one that says nothing, and one that does not vary has none."""
    flat = np.ones((6, 6)) - np.eye(6)
    perfect, nothing, constant = mantel(
        [(chain(9), chain(9)), (chain(9), distances(9, generator("b"))), (flat, flat)], generator("a")
    ).each
    assert perfect is not None
    assert nothing is not None
    assert perfect <= 0.005 < nothing
    assert constant is None


def test_the_inputs_are_left_alone() -> None:
    """The matrices are not written to."""
    x, y = chain(5), distances(5, generator("layout"))
    before = x.copy(), y.copy()
    overall([(x, y)], generator("a"))
    assert (x == before[0]).all()
    assert (y == before[1]).all()
