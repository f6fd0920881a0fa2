"""Agreement of two partitions: worked by hand, against trivial partitions, and without one item."""

from __future__ import annotations

from math import log

import numpy as np
import pytest

from harness.metrics.contingency import (
    Contingency,
    Measure,
    adjusted_mutual_information,
    adjusted_rand_index,
    random_v_measure,
    v_measure,
)

MEASURES = [v_measure, adjusted_mutual_information, adjusted_rand_index]


def table(gold: str, clusters: str) -> Contingency:
    """A letter per item on both sides."""
    return Contingency.of(np.array(list(gold)), np.array(list(clusters)))


def test_by_hand() -> None:
    """Labels a a b b in clusters x x x y: the table is [[2, 0], [1, 1]].

    Entropies: H(labels) = ln 2; H(clusters) = −¾ ln ¾ − ¼ ln ¼. H(labels | clusters) = ¾ (ln 3 − ⅔ ln 2), so that
    MI = ln 2 − ¾ ln 3 + ½ ln 2. V = 2 MI / (sum of both entropies).

    Any random clustering with sizes 3 and 1 has the same table, up to the names of the labels: E[MI] = MI and E[V] = V,
    so AMI = 0. Pairs together: in both 1, in labels 2, in clusters 3, of 6 in all; expected 2 · 3 / 6 = 1, so ARI = 0.
    """
    worked = table("aabb", "xxxy")
    information = 1.5 * log(2) - 0.75 * log(3)
    entropies = log(2) - 0.75 * log(0.75) - 0.25 * log(0.25)
    assert worked.counts.tolist() == [[2, 0], [1, 1]]
    assert worked.value(v_measure) == pytest.approx(2 * information / entropies)
    assert worked.value(random_v_measure) == pytest.approx(2 * information / entropies)
    assert worked.value(adjusted_mutual_information) == pytest.approx(0, abs=1e-12)
    assert worked.value(adjusted_rand_index) == pytest.approx(0, abs=1e-12)


def test_adjusted_rand_by_hand() -> None:
    """Five items, a a a b b in x x y y y: together in both 1 + 1 = 2 pairs, in either 3 + 1 = 4, of 10 in all.

    Expected 4 · 4 / 10 = 1.6, so ARI = (2 − 1.6) / (4 − 1.6) = 1/6.
    """
    assert table("aaabb", "xxyyy").value(adjusted_rand_index) == pytest.approx(1 / 6)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("gold", "clusters"), [("aabbc", "zzxxy"), ("aaa", "xxx"), ("abc", "zxy")])
def test_the_same_partition_agrees_fully(measure: Measure, gold: str, clusters: str) -> None:
    """Whatever the clusters are called, also where all or none are together."""
    assert table(gold, clusters).value(measure) == pytest.approx(1)


@pytest.mark.parametrize("measure", MEASURES)
def test_one_cluster_of_everything_shows_nothing(measure: Measure) -> None:
    """It knows nothing of the labels."""
    assert table("aabbc", "xxxxx").value(measure) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(("gold", "clusters"), [("aaabbbcc", "xxyyyzzz"), ("aaaab", "xyxyx"), ("aabb", "xxxx")])
def test_influence_is_what_is_lost_without_an_item(measure: Measure, gold: str, clusters: str) -> None:
    """(n − 1) times the whole less the rest, computed anew for each item, less the mean."""
    whole, n = table(gold, clusters), len(gold)
    rests = [table(gold[:i] + gold[i + 1 :], clusters[:i] + clusters[i + 1 :]).value(measure) for i in range(n)]
    expected = (n - 1) * (whole.value(measure) - np.array(rests))
    np.testing.assert_allclose(whole.influence(measure), expected - expected.mean(), atol=1e-9)


def test_the_random_v_measure_is_the_mean_over_random_members() -> None:
    """4,000 shuffles of the clusters, within four standard errors; the adjusted scores are 0 on average."""
    random = np.random.default_rng(0)
    gold, clusters = random.integers(6, size=60), random.integers(4, size=60)
    shuffled = [Contingency.of(gold, random.permutation(clusters)) for _ in range(4000)]
    for measure, expected in [
        (v_measure, Contingency.of(gold, clusters).value(random_v_measure)),
        (adjusted_mutual_information, 0.0),
        (adjusted_rand_index, 0.0),
    ]:
        values = np.array([one.value(measure) for one in shuffled])
        assert values.mean() == pytest.approx(expected, abs=4 * values.std() / np.sqrt(4000))
