"""Relations as offsets b − a: do the pairs of a relation differ in one direction, and by one length?

OCS and PCS: Fournier, Dupoux and Dunbar 2020, "Analogies minus analogy test" (CoNLL). Offsets are those of the vectors
as they are, as in their code, and not of unit vectors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.metrics.correlation import probability_above
from harness.metrics.parts import PerItem, averaged, mean_of, refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Floats, Index, Metric, Vectors

SHUFFLES = 50
"""As many as in the source."""


@dataclass(frozen=True)
class Offsets(PerItem):
    """Per relation what its n pairs (a, b) show.

    concentration: OCS. consistency: PCS, NaN where more than half of the pairs have the same b, which cannot be
    shuffled away. length: how equal the offsets are in length. pairs: n. chance: the OCS of words that are all at
    right angles; above 0 where pairs share a word.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    concentration: Floats
    consistency: Floats
    length: Floats
    pairs: Index
    chance: Floats


@dataclass(frozen=True)
class PairDirections(PerItem):
    """Per pair the cosine of its offset with the mean offset of the other pairs of its relation, and that by chance.

    The prototype of SemEval-2012 task 2 (Jurgens et al.), leaving the pair itself out.
    """

    ids: Sequence[str]
    groups: Sequence[str]
    direction: Floats
    chance: Floats


def ocs(cutoff: int | None) -> Metric[Offsets]:
    """Offset concentration score: mean over i < j of cos(bᵢ − aᵢ, bⱼ − aⱼ). Raises UsageError for a cutoff."""
    name = refused("ocs", cutoff)
    return averaged(name, Offsets, lambda relations: relations.concentration, lambda of: float(of.chance.mean()))


def pcs(cutoff: int | None) -> Metric[Offsets]:
    """Pairing consistency score: ROC-AUC of the cosines of true offsets against those of shuffled pairs.

    The mean over SHUFFLES shuffles; 1/2 where a pair is no more parallel to the others than a wrong pairing is.
    Raises UsageError for a cutoff.
    """
    metric = averaged(refused("pcs", cutoff), Offsets, lambda relations: relations.consistency, lambda _: 0.5)
    reason = "in every relation more than half of the pairs have the same b, so that they cannot be shuffled"
    return replace(metric, convention=f"{SHUFFLES} shuffles; ties=1/2", undefined=reason)


def offset_length(cutoff: int | None) -> Metric[Offsets]:
    """Mean over i < j of min(|oᵢ|, |oⱼ|) / max(|oᵢ|, |oⱼ|): 1 where all offsets of a relation are equally long.

    To be read beside ocs: offsets are parallel when both are near 1. It has no floor: offsets of random vectors of one
    length are of nearly one length too, the more so the more dimensions there are. Raises UsageError for a cutoff.
    """
    name = refused("offset_length", cutoff)
    return replace(averaged(name, Offsets, lambda relations: relations.length, lambda _: 0.0), floor=lambda _: None)


def pair_direction(cutoff: int | None) -> Metric[PairDirections]:
    """Mean over pairs of the cosine of an offset with the mean of the others. Raises UsageError for a cutoff."""
    name = refused("pair_direction", cutoff)
    return averaged(name, PairDirections, lambda pairs: pairs.direction, mean_of(lambda pairs: pairs.chance))


def difference(first: Vectors, second: Vectors) -> Floats:
    """The offsets second − first, n × d."""
    return np.asarray(second.astype(np.float64) - first)


def concentration(offsets: Floats) -> float:
    """OCS of n × d offsets, n ≥ 2; an offset of zeros is at a right angle to all."""
    return float(_upper(_cosines(offsets)).mean())


def consistency(first: Vectors, second: Vectors, shuffles: Index) -> float:
    """PCS of the pairs (first, second), n × d each.

    shuffles: s × n, in each row the position of the pair that lends its second word; NaN without shuffles.
    """
    if not len(shuffles):
        return np.nan
    true = _upper(_cosines(difference(first, second)))
    wrong = (_upper(_cosines(difference(first, second[shuffle]))) for shuffle in shuffles)
    return float(np.mean([probability_above(true, cosines) for cosines in wrong]))


def evenness(offsets: Floats) -> float:
    """`offset_length` of n × d offsets, n ≥ 2; 0 beside an offset of length 0."""
    length = np.linalg.norm(offsets, axis=1)
    longer = np.maximum.outer(length, length)
    return float(_upper(np.minimum.outer(length, length) / np.where(longer > 0, longer, 1)).mean())


def directions(offsets: Floats) -> Floats:
    """Cosine of each of n × d offsets with the mean of the others, n; 0 where either is zeros."""
    others = offsets.sum(axis=0) - offsets
    lengths = np.linalg.norm(offsets, axis=1) * np.linalg.norm(others, axis=1)
    return np.asarray(np.round(np.vecdot(offsets, others) / np.where(lengths > 0, lengths, 1), 9))


def unrelated(first: Index, second: Index) -> Floats:
    """Offsets of n pairs whose words are all at right angles to each other, n × distinct words."""
    words, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    axes = np.eye(len(words))
    return np.asarray(axes[place[len(first) :]] - axes[place[: len(first)]])


def shuffles(second: Index, random: np.random.Generator) -> Index:
    """SHUFFLES × n wrong pairings of n second words: no pair keeps its word, not even from another pair.

    Each is a cycle through all pairs, mended by swaps where it gives a pair its own word. None, 0 × n, where one word
    is in more than half of the pairs.
    """
    n = len(second)
    if 2 * np.unique(second, return_counts=True)[1].max() > n:
        return np.empty((0, n), np.intp)
    return np.array([_mended(_cycle(n, random), second, random) for _ in range(SHUFFLES)])


def _cycle(n: int, random: np.random.Generator) -> Index:
    order = random.permutation(n)
    cycle = np.empty(n, np.intp)
    cycle[order] = np.roll(order, 1)
    return cycle


def _mended(shuffle: Index, second: Index, random: np.random.Generator) -> Index:
    """Swaps until no pair has its own word; each swap mends one pair and breaks none."""
    for place in np.flatnonzero(second[shuffle] == second):
        if second[shuffle[place]] != second[place]:
            continue  # mended by an earlier swap
        own = second[place]
        partner = random.choice(np.flatnonzero((second != own) & (second[shuffle] != own)))
        shuffle[[place, partner]] = shuffle[[partner, place]]
    return shuffle


def _cosines(offsets: Floats) -> Floats:
    """n × n, rounded so that equal cosines are equal numbers."""
    lengths = np.linalg.norm(offsets, axis=1, keepdims=True)
    rows = offsets / np.where(lengths > 0, lengths, 1)
    return np.round(rows @ rows.T, 9)


def _upper(matrix: Floats) -> Floats:
    return matrix[np.triu_indices(len(matrix), 1)]
