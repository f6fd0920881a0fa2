"""Judgements made again from what the store keeps of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.metrics import classified, clusters, correlation, matched, separation
from harness.model import Restorable

if TYPE_CHECKING:
    from harness.model import Judgements, Metric

ITEMS = 60
IDS = [f"句{number}" for number in range(ITEMS)]
GROUPS = [f"g{number // 4}" for number in range(ITEMS)]


def graded() -> correlation.Graded:
    """Grades with ties, and predictions that follow them."""
    random = np.random.default_rng(1)
    gold = random.integers(0, 6, ITEMS).astype(np.float64)
    return correlation.Graded(IDS, GROUPS, gold, gold / 6 + random.normal(size=ITEMS))


def separated() -> separation.Separated:
    """Matches that score higher than the others, with ties."""
    random = np.random.default_rng(2)
    label = random.random(ITEMS) < 0.4
    return separation.Separated(IDS, GROUPS, label, np.round(label + random.normal(size=ITEMS), 1))


def clustered() -> clusters.Clustered:
    """Eleven starts: more than have one digit."""
    random = np.random.default_rng(3)
    gold = random.integers(0, 5, ITEMS)
    assigned = np.where(random.random((ITEMS, 11)) < 0.6, gold[:, None], random.integers(0, 5, (ITEMS, 11)))
    return clusters.Clustered(IDS, GROUPS, gold, assigned, random.random(ITEMS))


def probed(reads: type[classified.Classified]) -> classified.Classified:
    """Twelve assignments to four classes."""
    random = np.random.default_rng(4)
    gold = random.integers(0, 4, ITEMS)
    predicted = np.where(random.random((ITEMS, 12)) < 0.6, gold[:, None], random.integers(0, 4, (ITEMS, 12)))
    return reads(IDS, GROUPS, ["甲", "乙", "丙", "丁"], gold, predicted, random.random(ITEMS))


def paired() -> matched.Matched:
    """Translations, some of them found."""
    random = np.random.default_rng(5)
    gold = random.integers(0, 30, ITEMS)
    found = np.where(random.random(ITEMS) < 0.5, gold, random.integers(0, 40, ITEMS))
    there = gold, found, np.full(ITEMS, 40), np.ones(ITEMS, np.intp)
    return matched.Matched(IDS, GROUPS, *there, *there)


RESTORED: list[tuple[Judgements, Metric[Any]]] = [
    (graded(), correlation.spearman(None)),
    (graded(), correlation.pearson(None)),
    (separated(), separation.average_precision(None)),
    (separated(), separation.best_f1(None)),
    (separated(), separation.best_accuracy(None)),
    (separated(), separation.auc(None)),
    (clustered(), clusters.v_measure(None)),
    (clustered(), clusters.ami(None)),
    (clustered(), clusters.ari(None)),
    (probed(classified.LinearProbe), classified.macro_f1(None)),
    (probed(classified.NearestNeighbours), classified.knn_macro_f1(None)),
    (paired(), matched.bitext_f1(None)),
]


def again(judged: Judgements) -> Any:
    """The same, as the store has it."""
    kind = type(judged)
    assert issubclass(kind, Restorable)
    return kind.restored(judged.ids, judged.groups, judged.evidence())


@pytest.mark.parametrize(("judged", "metric"), RESTORED, ids=[metric.name for _, metric in RESTORED])
def test_evidence_is_enough_for_a_metric_that_is_no_mean(judged: Judgements, metric: Metric[Any]) -> None:
    """Score and resamples are those of the judgements that the evidence was taken from, to the last bit."""
    counts = np.random.default_rng(0).multinomial(ITEMS, np.full(ITEMS, 1 / ITEMS), 50).astype(np.float64)
    restored = again(judged)
    assert metric.items is None
    assert metric.resample is not None
    assert metric.score(restored) == metric.score(judged)
    assert metric.resample(restored, counts).tolist() == metric.resample(judged, counts).tolist()
    assert restored.ids == judged.ids
    assert restored.groups == judged.groups


def test_what_evidence_does_not_tell_is_no_number() -> None:
    """A metric or a floor that needs what was lost is NaN or unknown, never a number."""
    lost = [
        clusters.silhouette(None).score(again(clustered())),
        matched.bitext_reverse_accuracy(None).score(again(paired())),
        matched.bitext_reverse_accuracy(None).floor(again(paired())),
        matched.bitext_accuracy(None).floor(again(paired())),
        classified.accuracy(None).floor(again(probed(classified.LinearProbe))),
        classified.macro_f1(None).floor(again(probed(classified.LinearProbe))),
    ]
    assert all(value is not None and math.isnan(value) for value in lost)
    assert matched.bitext_f1(None).floor(again(paired())) is None


def test_missing_evidence_is_an_error() -> None:
    """A column that is not there is named."""
    with pytest.raises(KeyError, match="cluster_1"):
        clusters.Clustered.restored(IDS, GROUPS, {"label": np.zeros(ITEMS)})
