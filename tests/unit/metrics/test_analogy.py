"""Analogies solved by hand: ranks, ties, floors, memory in blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics import analogy
from harness.metrics.analogy import (
    AnalogyRanks,
    Questions,
    analogy_accuracy,
    analogy_mrr,
    cosmul_accuracy,
    honest_accuracy,
    only_b_accuracy,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Metric, Vectors

ACCURACIES = [analogy_accuracy, cosmul_accuracy, honest_accuracy, only_b_accuracy]


def questions(*rows: tuple[int, int, int, int]) -> Questions:
    """Questions by the positions of a, b, c and d."""
    names = [str(row) for row in rows]
    table = np.array(rows)
    return Questions(names, names, ["x"] * len(rows), table[:, :3], table[:, 3])


def random_vectors(words: int, dimensions: int = 16, seed: int = 0) -> Vectors:
    """Random vectors of length 1."""
    vectors = np.random.default_rng(seed).normal(size=(words, dimensions))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def random_questions(words: int, count: int, seed: int = 1) -> Questions:
    """Questions of four different words each."""
    random = np.random.default_rng(seed)
    return questions(*(tuple(random.permutation(words)[:4].tolist()) for _ in range(count)))


def test_ranks_by_hand() -> None:
    """Six words on axes (male, female, royal): man, woman, king, queen, monarch, lady.

    man : woman :: king : ?. b − a + c, with s = 1/√2: (0, 1, 0) − (1, 0, 0) + (s, 0, s) = (−.293, 1, .707). Its inner
    products: man −.293, woman 1, king .293, queen (0, s, s) 1.207, monarch (0, 0, 1) .707, lady (.6, .8, 0) .624. So
    queen is first with and without the inputs. Nearest to king alone: man and monarch .707, queen .5, lady .424:
    without man one word is before queen.
    """
    s = np.sqrt(0.5)
    words = np.array([[1, 0, 0], [0, 1, 0], [s, 0, s], [0, s, s], [0, 0, 1], [0.6, 0.8, 0]], np.float32)
    ranks = solve(questions((0, 1, 2, 3)), words)
    assert (ranks.added.tolist(), ranks.honest.tolist(), ranks.only_b.tolist()) == ([0], [0], [1])
    assert (ranks.pool.tolist(), ranks.ahead.tolist()) == ([3], [2])
    moved = (1 + words @ words.T) / 2
    product = moved[1] * moved[2] / (moved[0] + 0.001)
    assert ranks.multiplied.tolist() == [sum(product[[4, 5]] >= product[3])]


def test_every_rank_is_the_count_of_better_words() -> None:
    """200 questions over 60 words, against the definitions one question at a time in double precision."""
    words, asked = random_vectors(60), random_questions(60, 200)
    ranks = solve(asked, words)
    exact = words.astype(float)
    for row, ((a, b, c), d) in enumerate(zip(asked.inputs.tolist(), asked.right.tolist(), strict=True)):
        added = exact @ (exact[b] - exact[a] + exact[c])
        near = (1 + exact @ exact.T) / 2
        product = near[b] * near[c] / (near[a] + 0.001)
        others = [word for word in range(60) if word not in {a, b, c, d}]
        assert ranks.honest[row] == sum(added[[*others, a, b, c]] > added[d])
        assert ranks.added[row] == sum(added[others] > added[d])
        assert ranks.multiplied[row] == sum(product[others] > product[d])
        assert ranks.only_b[row] == sum(near[c][others] > near[c][d])


def test_blocks_do_not_change_the_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same whether all questions are solved together or three at a time."""
    words, asked = random_vectors(40), random_questions(40, 50)
    whole = solve(asked, words)
    monkeypatch.setattr(analogy, "_CELLS", 3 * 40)
    parts = solve(asked, words)
    for name in ("added", "honest", "multiplied", "only_b"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


@pytest.mark.parametrize("factory", ACCURACIES)
@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_a_constant_embedder_solves_nothing(factory: Callable[[int], Metric[AnalogyRanks]], scale: float) -> None:
    """With one vector for every word, of whatever length, every word ties with the right one, and a tie is lost."""
    vector = random_vectors(1, dimensions=384) * np.float32(scale)
    ranks = solve(random_questions(30, 20), np.repeat(vector, 30, axis=0))
    assert factory(1).score(ranks) == 0.0
    assert factory(5).score(ranks) == 0.0


@pytest.mark.parametrize("factory", [analogy_accuracy, cosmul_accuracy, honest_accuracy, only_b_accuracy])
@pytest.mark.parametrize("cutoff", [1, 5])
def test_random_vectors_reach_the_floor(factory: Callable[[int], Metric[AnalogyRanks]], cutoff: int) -> None:
    """4,000 questions with words of their own: within four standard errors of a share of that size."""
    metric = factory(cutoff)
    parts = [solve(random_questions(20, 40, seed), random_vectors(20, 256, seed)) for seed in range(100)]
    floor = metric.floor(parts[0])
    assert floor is not None
    score = float(np.mean([metric.score(part) for part in parts]))
    assert score == pytest.approx(floor, abs=4 * np.sqrt(0.25 / 4000) if floor else 0)


def test_floors_by_hand() -> None:
    """20 words, 17 of which may be answers: k/17; among all words two of the first five places go to b and c: 3/17."""
    ranks = solve(random_questions(20, 3), random_vectors(20))
    assert analogy_accuracy(5).floor(ranks) == pytest.approx(5 / 17)
    assert honest_accuracy(1).floor(ranks) == 0.0
    assert honest_accuracy(5).floor(ranks) == pytest.approx(3 / 17)
    assert analogy_mrr(None).floor(ranks) == pytest.approx(sum(1 / rank for rank in range(1, 18)) / 17)
    assert analogy_accuracy(50).floor(ranks) == 1.0


def test_scores_are_means_over_questions() -> None:
    """Ranks 0, 1 and 4 (from 0): accuracy@1 1/3, accuracy@5 1, reciprocal ranks (1 + 1/2 + 1/5)/3."""
    rank = np.array([0, 1, 4])
    names = ["p", "q", "r"]
    ranks = AnalogyRanks(names, names, names, rank, rank, rank, rank, rank * 0 + 9, rank * 0 + 2, rank)
    assert [factory(1).score(ranks) for factory in ACCURACIES] == [pytest.approx(1 / 3)] * 4
    assert analogy_accuracy(5).score(ranks) == 1.0
    assert analogy_mrr(None).score(ranks) == pytest.approx(1.7 / 3)


@pytest.mark.parametrize("factory", ACCURACIES)
def test_an_accuracy_needs_a_cutoff(factory: Callable[[int | None], Metric[AnalogyRanks]]) -> None:
    """The message says what to write; the reciprocal rank takes none."""
    with pytest.raises(UsageError, match=r"Write for example \w+@10"):
        factory(None)
    with pytest.raises(UsageError, match="Write analogy_mrr"):
        analogy_mrr(10)
