"""The items on which two runs differ most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from harness.compare.moved import MOST_PARTS, moved, moved_parts
from harness.errors import NotComparableError
from harness.metrics.named import metric_of
from tests.comparing import of_evidence, run_of

A = run_of({"mrr": [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]}, groups=["d1", "d1", "d1", "d2", "d2", "d2"])
B = run_of({"mrr": [1.0, 0.4, 0.5, 0.6, 0.0, 0.5 + 1e-15]}, name="b")


def test_both_ways_the_largest_first() -> None:
    """As many as asked each way; at the same size, in the order of the ids; what did not move is none of them."""
    assert [(one.id, one.b) for one in moved(A, B, "mrr", 5)] == [
        ("q00000", 1.0),
        ("q00004", 0.0),
        ("q00001", 0.4),
        ("q00003", 0.6),
    ]
    assert [one.id for one in moved(A, B, "mrr", 1)] == ["q00000", "q00004"]
    assert moved(A, A, "mrr", 5) == ()


def test_with_what_each_put_first() -> None:
    """Answers where a run has them; group and measure too."""
    first, *_ = moved(replace(A, answers={"q00000": "d7"}), replace(B, answers={"q00004": "d8"}), "mrr", 1)
    assert (first.answer_a, first.answer_b, first.group, first.metric, first.a) == ("d7", "", "d1", "mrr", 0.5)


def test_other_items_are_refused() -> None:
    """As everywhere."""
    with pytest.raises(NotComparableError, match="not the same items of mrr"):
        moved(A, run_of({"mrr": [0.1]}), "mrr", 3)


GOLD = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
RIGHT, WRONG = ({"gold": GOLD, "predicted": predicted} for predicted in (GOLD, [1.0, 2.0, 6.0, 4.0, 5.0, 3.0]))


def test_parts_of_a_score_that_is_no_mean() -> None:
    """What an item adds: six times the score less five times the score without it, here by scipy."""
    a, b = (of_evidence("spearman", side, name=name) for side, name in ((WRONG, "a"), (RIGHT, "b")))
    found = {one.id: one for one in moved_parts(a, b, metric_of("spearman"), 9)}
    whole = stats.spearmanr(GOLD, WRONG["predicted"]).statistic
    for place, name in ((2, "q00002"), (0, "q00000")):
        without = stats.spearmanr(np.delete(GOLD, place), np.delete(WRONG["predicted"], place)).statistic
        assert found[name].a == pytest.approx(6 * whole - 5 * without)
        assert found[name].b == pytest.approx(1.0)
    assert moved_parts(a, a, metric_of("spearman"), 9) == ()


def test_parts_of_a_mean_are_its_items() -> None:
    """With resampling or without, so that both kinds of metrics are read alike."""
    ami = replace(metric_of("ami"), resample=None, score=lambda judged: float(judged.assigned.mean()))
    codes = [0.0, 1.0, 2.0, 3.0]
    a, b = (of_evidence("ami", {"label": codes, "cluster_1": side}, name="x") for side in (codes, codes[::-1]))
    assert [(one.id, one.a, one.b) for one in moved_parts(a, b, ami, 1)] == [
        ("q00000", pytest.approx(0), pytest.approx(3)),
        ("q00003", pytest.approx(3), pytest.approx(0)),
    ]


def test_nobody_waits_for_the_parts_of_many_items() -> None:
    """Beyond some thousands there are none."""
    gold = [float(place) for place in range(MOST_PARTS + 1)]
    a, b = (of_evidence("spearman", {"gold": gold, "predicted": side}) for side in (gold, gold[::-1]))
    assert moved_parts(a, b, metric_of("spearman"), 1) == ()
