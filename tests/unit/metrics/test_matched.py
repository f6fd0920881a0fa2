"""Bitext metrics by hand: accuracy in both directions, weighted F1, resamples, chance."""

from __future__ import annotations

import numpy as np
import pytest

from harness.metrics.matched import Matched, bitext_accuracy, bitext_f1, bitext_reverse_accuracy


def matched(gold: list[int], predicted: list[int], candidates: int, right: int = 1) -> Matched:
    """Judgements whose way back is the same as the way there, but for what is right."""
    names = [str(row) for row in range(len(gold))]
    there = (np.array(gold), np.array(predicted), np.full(len(gold), candidates), np.full(len(gold), right))
    return Matched(names, names, *there, there[0][::-1], *there[1:])


HAND = matched([0, 1, 2, 3], [0, 0, 2, 1], 4)
"""Sentences 0 and 2 find their translation; 1 finds that of 0, and 3 that of 1."""


def test_accuracy_by_hand() -> None:
    """Two of four there; back, with 3, 2, 1, 0 for right, none of 0, 0, 2, 1 is."""
    assert bitext_accuracy(None).score(HAND) == 0.5
    assert bitext_reverse_accuracy(None).score(HAND) == 0.0
    assert bitext_accuracy(None).floor(HAND) == 0.25


def test_f1_by_hand() -> None:
    """Sentence 0: once right, twice found: 2/3. Sentence 2: 1. The others: 0. Mean (2/3 + 1)/4."""
    assert bitext_f1(None).score(HAND) == pytest.approx((2 / 3 + 1) / 4)


DRAWN = matched([0, 1, 2, 0, 3, 4, 4, 5], [0, 0, 2, 3, 0, 4, 1, 4], 6)
"""Classes that are right twice, one that is found where another is right, and one that is never found."""


def test_a_resample_without_a_pair_is_as_taking_it_away() -> None:
    """For each of eight pairs, up to a constant: influence is the jackknife's, centred."""
    metric = bitext_f1(None)
    assert metric.resample is not None
    without = 1 - np.eye(8)
    taken = np.array([metric.score(DRAWN.take(np.flatnonzero(row))) for row in without])
    resampled = metric.resample(DRAWN, without)
    np.testing.assert_allclose(resampled - resampled.mean(), taken - taken.mean(), atol=1e-12)


def test_a_resample_of_everything_once_is_the_score() -> None:
    """However many times everything is drawn."""
    metric = bitext_f1(None)
    assert metric.resample is not None
    assert metric.resample(DRAWN, np.array([[1.0] * 8, [2.0] * 8])) == pytest.approx([metric.score(DRAWN)] * 2)


def test_resamples_are_not_better_than_the_score() -> None:
    """Of 300 pairs, half of them wrong, resampled scores have the mean of the score; drawn pairs score higher."""
    random, gold = np.random.default_rng(0), np.arange(300)
    found = np.where(random.random(300) < 0.5, gold, random.integers(0, 300, 300))
    judged, metric = matched(gold.tolist(), found.tolist(), 300), bitext_f1(None)
    counts = random.multinomial(300, np.full(300, 1 / 300), size=500)
    assert metric.resample is not None
    assert np.mean(metric.resample(judged, counts.astype(float))) == pytest.approx(metric.score(judged), abs=0.005)
    drawn = [metric.score(judged.take(np.repeat(gold, row))) for row in counts[:50]]
    assert np.mean(drawn) > metric.score(judged) + 0.02


def test_resamples_need_no_more_than_the_evidence() -> None:
    """What the store keeps gives the same resamples to the last digit."""
    metric, counts = bitext_f1(None), np.array([[2.0, 1, 0, 1, 0, 3, 1, 0]])
    assert metric.resample is not None
    restored = Matched.restored(DRAWN.ids, DRAWN.groups, DRAWN.evidence())
    assert metric.resample(restored, counts) == metric.resample(DRAWN, counts)


def test_the_evidence_of_f1() -> None:
    """What was right and what was found."""
    assert {name: values.tolist() for name, values in HAND.evidence().items()} == {
        "gold": [0.0, 1.0, 2.0, 3.0],
        "predicted": [0.0, 0.0, 2.0, 1.0],
    }


@pytest.mark.parametrize("gold", [[0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 2]])
def test_the_floor_of_f1_is_the_mean_over_guesses(gold: list[int]) -> None:
    """20,000 times six guesses, within four standard errors."""
    candidates = max(gold) + 1
    guesses = np.random.default_rng(0).integers(candidates, size=(20_000, 6))
    metric = bitext_f1(None)
    simulated = np.array([metric.score(matched(gold, row.tolist(), candidates)) for row in guesses[:5000]])
    floor = metric.floor(matched(gold, gold, candidates))
    assert floor == pytest.approx(simulated.mean(), abs=4 * simulated.std() / np.sqrt(len(simulated)))


def test_one_candidate_is_always_found() -> None:
    """The floor of the only answer is 1."""
    assert bitext_f1(None).floor(matched([0, 0], [0, 0], 1)) == pytest.approx(1.0)


def test_floors_of_several_right_answers() -> None:
    """Two of four are right for each: ½ of the guesses; F1, whose classes then depend on the guess, has none."""
    judged = matched([0, 1, 2, 3], [0, 0, 2, 1], 4, right=2)
    assert bitext_accuracy(None).floor(judged) == 0.5
    assert bitext_reverse_accuracy(None).floor(judged) == 0.5
    assert bitext_f1(None).floor(judged) is None
