"""Metrics of clusters: means over starts, floors, and intervals that repeated items do not inflate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.metrics.clusters import Clustered, ami, ari, purity, silhouette, v_measure
from harness.statistics.intervals import Draws, interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Metric

FACTORIES = [v_measure, ami, ari, purity, silhouette]
AGREEMENTS = [v_measure, ami, ari]


def clustered(gold: str, *starts: str) -> Clustered:
    """A letter per item on both sides, and a silhouette of 0.1 for the first item, 0.2 for the second, …."""
    codes = [np.unique(list(letters), return_inverse=True)[1] for letters in (gold, *starts)]
    ids = [str(i) for i in range(len(gold))]
    return Clustered(ids, [f"g{i}" for i in ids], codes[0], np.array(codes[1:]).T, np.arange(1.0, 1 + len(gold)) / 10)


def mixed(items: int, labels: int, kept: float, seed: int) -> Clustered:
    """One start in which a share `kept` of the items, and some by chance, is in the cluster of its label."""
    random = np.random.default_rng(seed)
    gold = random.integers(labels, size=items)
    found = np.where(random.random(items) < kept, gold, random.integers(labels, size=items))
    ids = [str(i) for i in range(items)]
    return Clustered(ids, ids, gold, found[:, None], np.zeros(items))


def test_scores_are_means_over_starts() -> None:
    """The first start is perfect, the second puts everything together.

    V, AMI and ARI: (1 + 0) / 2. Purity: 1 and 3/5 (a a a b b in one cluster), so 0.8, and a b is right half the time.
    """
    judged = clustered("aaabb", "xxxyy", "xxxxx")
    for factory in AGREEMENTS:
        assert factory(None).score(judged) == pytest.approx(0.5)
    metric = purity(None)
    assert metric.score(judged) == pytest.approx(0.8)
    assert metric.items is not None
    assert metric.items(judged).tolist() == [1, 1, 1, 0.5, 0.5]


def test_the_silhouette_is_a_mean_of_items() -> None:
    """0.1 … 0.5 have the mean 0.3; there is no floor."""
    judged = clustered("aaabb", "xxxyy")
    assert silhouette(None).score(judged) == pytest.approx(0.3)
    assert silhouette(None).floor(judged) is None


def test_floors() -> None:
    """Adjusted scores: 0. Labels a a b b in clusters of 2: one of 3 pairings is perfect (V = 1), the others show 0.

    Purity there: 1 in one of three, ½ in two: 2/3.
    """
    judged = clustered("aabb", "xxyy")
    assert ami(None).floor(judged) == ari(None).floor(judged) == 0.0
    assert v_measure(None).floor(judged) == pytest.approx(1 / 3)
    assert purity(None).floor(judged) == pytest.approx(2 / 3, abs=0.06)


def test_the_floor_of_purity_is_the_mean_over_random_members() -> None:
    """2,000 shuffles of 200 items, within 0.003; the same each time it is asked."""
    judged = mixed(200, 8, 0.5, seed=0)
    random = np.random.default_rng(1)
    metric = purity(None)
    shuffled = [
        metric.score(Clustered(judged.ids, judged.ids, random.permutation(judged.gold), judged.assigned, np.zeros(200)))
        for _ in range(2000)
    ]
    assert metric.floor(judged) == pytest.approx(np.mean(shuffled), abs=0.003)
    assert metric.floor(judged) == metric.floor(mixed(200, 8, 0.5, seed=0))


@pytest.mark.parametrize("factory", AGREEMENTS)
def test_drawing_every_item_once_gives_the_score(factory: Callable[[None], Metric[Clustered]]) -> None:
    """And drawing every item twice, too: that changes no share."""
    metric, judged = factory(None), clustered("aaabbbcc", "xxyyyzzz", "xxxyyyzz")
    assert metric.resample is not None
    assert metric.resample(judged, np.array([[1.0] * 8, [2.0] * 8])) == pytest.approx([metric.score(judged)] * 2)


@pytest.mark.parametrize("factory", AGREEMENTS)
def test_repeated_items_do_not_look_like_agreement(factory: Callable[[None], Metric[Clustered]]) -> None:
    """Over random labels resampled scores have the mean of the score; tables of resampled items score higher."""
    metric, judged = factory(None), mixed(300, 15, 0.0, seed=2)
    assert metric.resample is not None
    counts = np.random.default_rng(0).multinomial(300, np.full(300, 1 / 300), size=100)
    tables = [metric.score(judged.take(np.repeat(np.arange(300), row))) for row in counts]
    assert np.mean(metric.resample(judged, counts.astype(float))) == pytest.approx(metric.score(judged), abs=0.005)
    assert np.mean(tables) > metric.score(judged) + 0.03


@pytest.mark.parametrize("factory", [*AGREEMENTS, purity])
@pytest.mark.parametrize(("items", "labels", "kept"), [(300, 12, 0.0), (200, 8, 0.5), (200, 8, 0.9)])
def test_intervals_hold_the_truth(
    factory: Callable[[None], Metric[Clustered]], items: int, labels: int, kept: float
) -> None:
    """95 % intervals of 40 samples hold the mean score of 200 samples 33 times or more (0.4 % would not, by chance)."""
    metric = factory(None)
    truth = np.mean([metric.score(mixed(items, labels, kept, seed=1000 + seed)) for seed in range(200)])
    found = [
        interval(metric, mixed(items, labels, kept, seed=seed), Draws(np.random.default_rng(seed)))
        for seed in range(40)
    ]
    held = sum(one.low is not None and one.high is not None and one.low <= truth <= one.high for one in found)
    assert held >= 33


def test_a_perfect_clustering_has_no_interval() -> None:
    """It stays perfect without any item, so that the spread cannot be shown; the reason says so."""
    found = interval(ami(None), clustered("aaabbb", "xxxyyy"), Draws(np.random.default_rng(0)))
    assert found.low is None
    assert "same score" in found.reason


def test_evidence_and_taking() -> None:
    """The codes of label and starts; they move together."""
    taken = clustered("aab", "xyy", "xxy").take(np.array([2, 0, 2]))
    assert (taken.ids, taken.groups) == (["2", "0", "2"], ["g2", "g0", "g2"])
    assert {name: values.tolist() for name, values in taken.evidence().items()} == {
        "label": [1, 0, 1],
        "cluster_1": [1, 0, 1],
        "cluster_2": [1, 0, 1],
    }


@pytest.mark.parametrize("factory", FACTORIES)
def test_a_cutoff_is_refused(factory: Callable[[int], Metric[Clustered]]) -> None:
    """The message says what to write."""
    with pytest.raises(UsageError, match=r"Write \w+\."):
        factory(3)
