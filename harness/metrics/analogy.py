"""Analogies a : b :: c : ?, solved by arithmetic on word vectors, and at which rank the right word d comes.

In the words of others: Mikolov, Yih and Zweig 2013 (3CosAdd), Levy and Goldberg 2014 (3CosMul), Linzen 2016 (the
inputs left in, and the baselines), Rogers, Drozd and Li 2017 (how much of an accuracy comes from leaving them out).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.parts import PerItem, averaged, mean_of, refused, required, titled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from harness.model import Floats, Index, Metric, Vectors

EPSILON = 0.001
"""What Levy and Goldberg add to the denominator of 3CosMul, so that nothing is divided by zero."""

_SLACK = 2e-6
"""Scores that differ by less are equal: three cosines of float32 vectors add up to this much rounding."""

_CELLS = 1 << 22
"""Scores held at a time, 16 MiB in each of some eight arrays."""


@dataclass(frozen=True)
class Questions:
    """q questions over a vocabulary of distinct words: a is to b as c is to d.

    inputs: q × 3, the positions of a, b and c; a is neither b nor c. right: q, that of d, which is none of the three.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    categories: Sequence[str]
    inputs: Index
    right: Index

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class AnalogyRanks(PerItem):
    """How many words, per question, are at least as near as the right one: 0 where it is the nearest alone.

    added: by 3CosAdd among the words other than a, b, c; honest: by 3CosAdd among all words; multiplied: by 3CosMul
    without a, b, c; only_b: by the cosine with the question's third word alone, without a, b, c. pool: the words other
    than a, b, c. ahead: how many of b and c there are, 1 or 2. found: the word that `added` puts first, by position;
    of a tie one that is wrong.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    categories: Sequence[str]
    added: Index
    honest: Index
    multiplied: Index
    only_b: Index
    pool: Index
    ahead: Index
    found: Index


def solve(questions: Questions, words: Vectors) -> AnalogyRanks:
    """Solve every question among all words.

    words: V × d, the vocabulary's vectors, of unit length. 3CosAdd: argmax cos(x, b − a + c), which orders words as
    cos(x, b) − cos(x, a) + cos(x, c) does. 3CosMul: argmax cos(x, b) · cos(x, c) / (cos(x, a) + 0.001) with cosines
    moved to [0, 1]. A tie is lost. Memory does not grow with q × V.
    """
    ranks = np.empty((5, len(questions)), np.intp)
    height = max(1, _CELLS // max(1, len(words)))
    for start in range(0, len(questions), height):
        rows = slice(start, start + height)
        ranks[:, rows] = _ranks(words, questions.inputs[rows], questions.right[rows])
    added, honest, multiplied, only_b, found = ranks
    ahead = 1 + (questions.inputs[:, 1] != questions.inputs[:, 2])
    pool = len(words) - 1 - ahead
    names = (questions.ids, questions.groups, questions.categories)
    return AnalogyRanks(*names, added, honest, multiplied, only_b, pool, ahead, found)


def analogy_accuracy(cutoff: int | None) -> Metric[AnalogyRanks]:
    """Share of questions whose right word is among the first `cutoff` by 3CosAdd, the inputs left out."""
    return _accuracy("analogy_accuracy", cutoff, lambda ranks: ranks.added, "3CosAdd; inputs excluded")


def cosmul_accuracy(cutoff: int | None) -> Metric[AnalogyRanks]:
    """Share of questions whose right word is among the first `cutoff` by 3CosMul, the inputs left out."""
    return _accuracy("cosmul_accuracy", cutoff, lambda ranks: ranks.multiplied, "3CosMul; inputs excluded")


def only_b_accuracy(cutoff: int | None) -> Metric[AnalogyRanks]:
    """The baseline without arithmetic: how often the right word is among the `cutoff` nearest to c alone.

    It is Linzen's Only-b: he writes a : a* :: b : b*, so that his b is the third word, our c.
    """
    return _accuracy("only_b_accuracy", cutoff, lambda ranks: ranks.only_b, "nearest to c; inputs excluded")


def honest_accuracy(cutoff: int | None) -> Metric[AnalogyRanks]:
    """Share of questions whose right word is among the first `cutoff` by 3CosAdd when a, b and c may be answers too.

    Floor: b − a + c is nearer to b and c than to any unrelated word, so random vectors give the right word one of the
    places behind them.
    """
    k = required("honest_accuracy", cutoff)

    def items(ranks: AnalogyRanks) -> Floats:
        return _first(ranks.honest, k)

    def floor(ranks: AnalogyRanks) -> Floats:
        return np.minimum(1.0, np.maximum(0, k - ranks.ahead) / ranks.pool)

    convention = "3CosAdd; inputs may be answers; ties=wrong"
    return averaged(titled("honest_accuracy", k), AnalogyRanks, items, mean_of(floor), convention=convention)


def analogy_mrr(cutoff: int | None) -> Metric[AnalogyRanks]:
    """Mean of 1 / rank of the right word by 3CosAdd, the inputs left out. Raises UsageError for a cutoff."""

    def items(ranks: AnalogyRanks) -> Floats:
        return np.asarray(1 / (ranks.added + 1.0))

    def floor(ranks: AnalogyRanks) -> Floats:
        """H(pool) / pool: every rank is equally likely."""
        harmonic = np.cumsum(1 / np.arange(1, 1 + ranks.pool.max(initial=0)))
        return np.asarray(harmonic[ranks.pool - 1] / ranks.pool)

    name, convention = refused("analogy_mrr", cutoff), "3CosAdd; inputs excluded; ties=wrong"
    return averaged(name, AnalogyRanks, items, mean_of(floor), convention=convention)


def _accuracy(
    name: str, cutoff: int | None, rank: Callable[[AnalogyRanks], Index], convention: str
) -> Metric[AnalogyRanks]:
    k = required(name, cutoff)

    def items(ranks: AnalogyRanks) -> Floats:
        return _first(rank(ranks), k)

    def floor(ranks: AnalogyRanks) -> Floats:
        return np.minimum(1.0, k / ranks.pool)

    return averaged(titled(name, k), AnalogyRanks, items, mean_of(floor), convention=f"{convention}; ties=wrong")


def _first(rank: Index, cutoff: int) -> Floats:
    return (rank < cutoff).astype(np.float64)


def _ranks(vocabulary: Vectors, inputs: Index, right: Index) -> Index:
    """The four ranks of AnalogyRanks for some questions, and the word found: 5 × r."""
    # Questions of a block share most of their words: a cosine is taken once, and looked up for each question.
    words, place = np.unique(inputs, return_inverse=True)
    cosines = vocabulary[words] @ vocabulary.T
    a, b, c = place.reshape(inputs.shape).T
    factors, divisors = _logarithm(cosines), _logarithm(cosines, EPSILON)
    scores = cosines[b] - cosines[a] + cosines[c]
    added = _at_least(scores, right)
    multiplied = _at_least(factors[b] - divisors[a] + factors[c], right)
    near = _at_least(cosines[c], right)
    honest = _count(added)
    for better in (added, multiplied, near):
        better[np.arange(len(inputs))[:, None], inputs] = False
    scores[np.arange(len(inputs))[:, None], np.column_stack([inputs, right])] = -np.inf
    found = np.where(_count(added) == 1, right, scores.argmax(axis=1))
    ranks = np.array([_count(added), honest, _count(multiplied), _count(near)]) - 1
    return np.concatenate([ranks, found[None]])


def _at_least(scores: NDArray[np.float32], right: Index) -> NDArray[np.bool_]:
    """Which words score at least what the right one does, r × V; the right one is always among them."""
    enough = scores[np.arange(len(right)), right] - np.float32(_SLACK)
    return np.asarray(scores >= enough[:, None])


def _count(better: NDArray[np.bool_]) -> Index:
    return np.asarray(np.count_nonzero(better, axis=1))


def _logarithm(cosines: NDArray[np.float32], epsilon: float = 0.0) -> NDArray[np.float32]:
    """Of cosines moved to [0, 1]: products and quotients become sums, which are tied within one slack everywhere."""
    moved = np.maximum((1 + cosines) / 2, np.float32(1e-9)) + np.float32(epsilon)
    return np.asarray(np.log(moved))
