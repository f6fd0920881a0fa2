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


def test_a_resample_is_having_the_items_so_often() -> None:
    """Counts 2, 1, 0, 1 and 0, 1, 3, 0 give the F1 of taking those items."""
    counts = np.array([[2.0, 1, 0, 1], [0, 1, 3, 0]])
    metric = bitext_f1(None)
    assert metric.resample is not None
    taken = [metric.score(HAND.take(np.repeat(np.arange(4), row.astype(int)))) for row in counts]
    np.testing.assert_allclose(metric.resample(HAND, counts), taken, atol=1e-15)


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
