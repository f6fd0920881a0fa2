"""What a layout of a process is worth, by hand and against scipy."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.stats import pearsonr, rankdata, spearmanr

from harness.errors import UsageError
from harness.metrics.correlation import correlation, ranks
from harness.metrics.graph import (
    Claims,
    Layout,
    Layouts,
    Neighbourhoods,
    adjacency_auc,
    direction_accuracy,
    hop_partial_spearman,
    hop_spearman,
    judgements_held,
    knn_purity,
)
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from harness.model import Floats

CHAIN = np.array([[0.0, 1, 2, 3], [1, 0, 1, 2], [2, 1, 0, 1], [3, 2, 1, 0]])
"""Hops of a → b → c → d."""
NEXT = np.eye(4, k=1, dtype=bool)
"""Its edges."""
APART = np.eye(4)
"""Labels without a common bigram."""


def symmetric(*above: float) -> Floats:
    """A 4 × 4 similarity from its pairs ab, ac, ad, bc, bd, cd."""
    matrix = np.eye(4)
    matrix[np.triu_indices(4, 1)] = above
    return np.maximum(matrix, matrix.T)


def layouts(*similarities: Floats, spelling: Floats = APART) -> Layouts:
    """Chains of four steps, one for each similarity."""
    names = [f"p{number}" for number in range(len(similarities))]
    return Layouts(names, [Layout(CHAIN, NEXT, similarity, spelling) for similarity in similarities])


def test_adjacency_by_hand() -> None:
    """Edges ab, bc, cd have 0.9, 0.5, 0.3; the others ac, ad, bd have 0.5, 0.1, 0.4.

    ab beats all three: 3. bc ties with ac and beats two: 2.5. cd beats ad only: 1. Together 6.5 of 9.
    """
    judged = layouts(symmetric(0.9, 0.5, 0.1, 0.5, 0.4, 0.3))
    assert adjacency_auc(None).score(judged) == pytest.approx(6.5 / 9)


def test_the_mean_is_over_processes() -> None:
    """A perfect and a reversed process give one half together, and a value each."""
    perfect = symmetric(0.9, 0.5, 0.1, 0.9, 0.5, 0.9)
    judged = layouts(perfect, 1 - perfect)
    metric = adjacency_auc(None)
    assert metric.items is not None
    assert metric.items(judged).tolist() == [1.0, 0.0]
    assert metric.score(judged) == 0.5
    assert hop_spearman(None).items(judged).tolist() == pytest.approx([1.0, -1.0])


def test_spearman_against_scipy() -> None:
    """The correlation of hops and distances is scipy's, ties included."""
    random = generator("spearman")
    for _ in range(20):
        values = random.integers(0, 5, 6) / 5
        expected = spearmanr([1, 2, 3, 1, 2, 1], 1 - values).statistic
        assert hop_spearman(None).score(layouts(symmetric(*values))) == pytest.approx(expected)


def test_ranks_and_correlation_against_scipy() -> None:
    """Ranks with ties at their mean, and Pearson's r."""
    random = generator("ranks")
    x, y = random.integers(0, 9, 30).astype(np.float64), random.normal(size=30)
    assert ranks(x).tolist() == rankdata(x).tolist()
    assert correlation(x, y) == pytest.approx(pearsonr(x, y).statistic)
    assert math.isnan(correlation(x, np.ones(30)))


def test_partial_correlation_against_residuals() -> None:
    """Holding spelling constant is correlating what is left of the ranks after regressing them on its ranks."""
    random = generator("partial")
    for _ in range(20):
        near, spelled = symmetric(*random.random(6)), symmetric(*random.random(6))
        above = np.triu_indices(4, 1)
        hops, distance, control = (rankdata(values) for values in (CHAIN[above], -near[above], -spelled[above]))
        basis = np.column_stack([np.ones(6), control])
        left = [values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0] for values in (hops, distance)]
        score = hop_partial_spearman(None).score(layouts(near, spelling=spelled))
        assert score == pytest.approx(pearsonr(*left).statistic)


def test_partial_correlation_where_spelling_says_nothing() -> None:
    """With labels that have nothing in common, nothing is held constant."""
    judged = layouts(symmetric(0.9, 0.5, 0.1, 0.5, 0.4, 0.3))
    assert hop_partial_spearman(None).score(judged) == hop_spearman(None).score(judged)


def test_partial_correlation_where_spelling_says_it_all() -> None:
    """A layout that is nothing but spelling has nothing left, so the number is undefined."""
    spelled = symmetric(0.9, 0.5, 0.1, 0.4, 0.3, 0.2)
    assert math.isnan(hop_partial_spearman(None).score(layouts(spelled, spelling=spelled)))


def test_direction_by_hand() -> None:
    """Forward ab, bc, cd 0.9, 0.5, 0.4 and backward 0.2, 0.5, 0.6: one won, one tie, one lost, so 1.5 of 3."""
    similarity = np.eye(4)
    similarity[NEXT] = [0.9, 0.5, 0.4]
    similarity[NEXT.T] = [0.2, 0.5, 0.6]
    assert direction_accuracy(None).score(layouts(similarity)) == pytest.approx(0.5)
    similarity[3, 2] = 0.1
    assert direction_accuracy(None).score(layouts(similarity)) == pytest.approx(2.5 / 3)


def test_direction_of_a_symmetric_similarity() -> None:
    """A similarity that is the same both ways, but for rounding, has no direction, and the metric says so."""
    near = symmetric(0.9, 0.5, 0.1, 0.5, 0.4, 0.3)
    noise = generator("noise").uniform(-1e-7, 1e-7, (4, 4))
    for similarity in (near, near + noise):
        assert math.isnan(direction_accuracy(None).score(layouts(similarity)))
    assert direction_accuracy(None).undefined == "symmetric: it cannot tell direction"


def test_processes_without_a_value_are_left_out_of_the_mean() -> None:
    """A process whose steps are all adjacent has no AUC; the mean is that of the others."""
    triangle = Layout(1 - np.eye(3), np.eye(3, k=1, dtype=bool), np.eye(3), np.eye(3))
    chain = layouts(symmetric(0.9, 0.5, 0.1, 0.9, 0.5, 0.9)).layouts[0]
    assert adjacency_auc(None).score(Layouts(["p", "q"], [triangle, chain])) == 1.0
    assert math.isnan(adjacency_auc(None).score(Layouts(["p"], [triangle])))
    assert math.isnan(hop_spearman(None).score(Layouts(["p"], [triangle])))


def test_pairs_that_are_not_connected_have_no_hops_and_are_no_edges() -> None:
    """Two separate edges a → b and c → d: only ab and cd have hops, and the four other pairs are there to beat.

    ab (0.1) is nearer than all of ac 0.5, ad 0.9, bc 0.5, bd 0.6; cd (0.7) only than ad: AUC (4 + 1)/8.
    """
    hops = np.full((4, 4), np.inf)
    hops[[0, 1, 2, 3], [1, 0, 3, 2]] = 1
    edges = np.zeros((4, 4), dtype=bool)
    edges[[0, 2], [1, 3]] = True
    layout = Layout(hops, edges, symmetric(0.9, 0.5, 0.1, 0.5, 0.4, 0.3), APART)
    assert [values.tolist() for values in layout.pairs[:2]] == [[1, 1], pytest.approx([0.1, 0.7])]
    assert adjacency_auc(None).score(Layouts(["p"], [layout])) == pytest.approx(5 / 8)


def test_float_noise_tells_no_direction() -> None:
    """A similarity that is symmetric but for the rounding of float32 is symmetric."""
    noisy = symmetric(0.9, 0.5, 0.1, 0.5, 0.4, 0.3)
    noisy[0, 1] += 1e-6
    edges = np.zeros((4, 4), dtype=bool)
    edges[0, 1] = True
    layout = Layout(np.full((4, 4), np.inf), edges, noisy, APART)
    assert math.isnan(direction_accuracy(None).score(Layouts(["p"], [layout])))


def test_knn_purity_by_hand() -> None:
    """Of the two nearest of three steps 2, 1 and 0 are of the own process: (1 + 1/2 + 0) / 3 = 1/2."""
    same = np.array([[True, True, False], [False, True, True], [False, False, True]])
    judged = Neighbourhoods(["a", "b", "c"], ["p", "p", "q"], same, np.array([0.25, 0.25, 0.1]))
    assert knn_purity(2).score(judged) == pytest.approx(0.5)
    assert knn_purity(1).score(judged) == pytest.approx(1 / 3)
    assert knn_purity(2).floor(judged) == pytest.approx(0.2)
    assert knn_purity(2).name == "knn_purity@2"


def test_claims_by_hand() -> None:
    """Two of three judgements hold; without any there is no share."""
    judged = Claims(["1", "2", "3"], ["p", "p", "q"], np.array([1.0, 0.0, 1.0]))
    assert judgements_held(None).score(judged) == pytest.approx(2 / 3)
    assert math.isnan(judgements_held(None).score(judged.take(np.array([], dtype=np.intp))))


def test_taking_items() -> None:
    """Items can be taken in any order and more than once, with all that belongs to them."""
    index = np.array([1, 1, 0])
    one, other = symmetric(0.9, 0.5, 0.1, 0.5, 0.4, 0.3), symmetric(0.1, 0.5, 0.9, 0.5, 0.4, 0.3)
    taken = layouts(one, other).take(index)
    assert (taken.ids, taken.groups) == (["p1", "p1", "p0"], ["p1", "p1", "p0"])
    assert [layout.similarity[0, 1] for layout in taken.layouts] == [0.1, 0.1, 0.9]
    claims = Claims(["a", "b"], ["p", "q"], np.array([True, False])).take(index)
    assert (claims.ids, claims.groups, claims.held.tolist()) == (["b", "b", "a"], ["q", "q", "p"], [False, False, True])
    near = Neighbourhoods(["a", "b"], ["p", "q"], np.eye(2, dtype=bool), np.array([0.1, 0.2])).take(index)
    assert (near.ids, near.groups, near.chance.tolist()) == (["b", "b", "a"], ["q", "q", "p"], [0.2, 0.2, 0.1])
    assert near.same.tolist() == [[False, True], [False, True], [True, False]]


@pytest.mark.parametrize(
    "build", [adjacency_auc, hop_spearman, hop_partial_spearman, direction_accuracy, judgements_held]
)
def test_metrics_without_a_cutoff_refuse_one(build: type) -> None:
    """A cutoff on a metric that has none is a mistake of the suite."""
    with pytest.raises(UsageError, match="@5 has a cutoff"):
        build(5)


def test_knn_purity_needs_a_cutoff() -> None:
    """Purity without a cutoff, or with one of 0, is refused."""
    with pytest.raises(UsageError, match="knn_purity needs a cutoff"):
        knn_purity(None)
    with pytest.raises(UsageError, match="cutoff below 1"):
        knn_purity(0)
