"""Two runs item by item: which test, which numbers, and when there are none."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from harness.compare.pairs import SPARSE, compare, difference
from harness.errors import NotComparableError
from harness.metrics.named import metric_of
from harness.model import Tally
from tests.comparing import of_evidence, run_of, scored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.model import Difference, Run

RANDOM = np.random.default_rng(1)
A = RANDOM.random(60)
B = np.clip(A + RANDOM.normal(0.05, 0.1, 60), 0, 1)
DOCUMENTS = [f"d{place // 5}" for place in range(60)]


def of_metric(a: Sequence[float], b: Sequence[float], metric: str = "ndcg@10") -> Difference:
    """The difference of two lists of values."""
    return difference(run_of({metric: a}), run_of({metric: b}, name="b"), metric_of(metric))


def of_evidence_of(
    a: Mapping[str, Sequence[float]], b: Mapping[str, Sequence[float]], metric: str = "spearman"
) -> Difference:
    """The difference of two runs of a metric that is no mean."""
    return difference(of_evidence(metric, a), of_evidence(metric, b, name="b"), metric_of(metric))


def test_means_are_compared_by_a_paired_t_test() -> None:
    """p, interval and scores are scipy's; wins, losses and effect are counted by hand."""
    found = of_metric(A, B)
    theirs = stats.ttest_rel(B, A)
    interval = theirs.confidence_interval()
    assert (found.test, found.items, found.groups, found.clustered) == ("t", 60, 60, False)
    assert (found.a, found.b) == pytest.approx((A.mean(), B.mean()))
    assert found.value == pytest.approx((B - A).mean())
    assert found.p == pytest.approx(theirs.pvalue, rel=1e-9)
    ours = found.estimate.interval()
    assert (ours.low, ours.high) == pytest.approx((interval.low, interval.high))
    assert found.tally == Tally(int((B > A).sum()), int((A == B).sum()), int((B < A).sum()))
    assert found.effect == pytest.approx((B - A).mean() / (B - A).std(ddof=1))
    assert found.detectable is not None
    assert found.detectable > 0


def test_the_cross_check_agrees_with_t_on_plain_data() -> None:
    """10,000 flips of the signs come near the p of t; they are the same each time, and for B against A."""
    found, again, back = of_metric(A, B), of_metric(A, B), of_metric(B, A)
    assert found.cross == again.cross == back.cross
    assert found.p is not None
    assert found.cross == pytest.approx(found.p, abs=0.01)
    assert back.value == -found.value


def test_groups_widen_the_interval() -> None:
    """Where five items come from one document and go together, p counts documents."""
    a, b = (run_of({"mrr": side}, groups=DOCUMENTS) for side in (np.zeros(60), np.repeat(B[:12], 5)))
    found = difference(a, b, metric_of("mrr"))
    alone = of_metric(np.zeros(60), np.repeat(B[:12], 5), "mrr")
    assert (found.items, found.groups, found.clustered) == (60, 12, True)
    assert found.p is not None
    assert alone.p is not None
    assert found.p > 1000 * alone.p


def test_few_changed_hits_are_compared_exactly() -> None:
    """McNemar up to 25 changed hits among independent items, t beyond and among groups; none changed is no test."""
    a, b = np.zeros(100), np.zeros(100)
    a[:2], b[2:10] = 1, 1
    found = of_metric(a, b, "hit@1")
    assert (found.test, found.tally) == ("mcnemar", Tally(8, 90, 2))
    assert found.p == pytest.approx(stats.binomtest(2, 10).pvalue)
    assert of_metric(a, a, "hit@1").test == "constant"
    b[10 : SPARSE + 10] = 1
    assert of_metric(a, b, "hit@1").test == "t"
    grouped = [run_of({"hit@1": side[:60]}, groups=DOCUMENTS) for side in (a, b)]
    assert difference(*grouped, metric_of("hit@1")).test == "t"


def test_a_metric_where_less_is_better_is_won_by_less() -> None:
    """Wins count for B where its value is smaller, and a negative difference is a gain."""
    less = replace(metric_of("mrr"), higher_is_better=False)
    found = difference(run_of({"mrr": A}), run_of({"mrr": A - np.linspace(0.1, 0.2, 60)}), less)
    assert found.tally == Tally(60, 0, 0)
    assert found.value < 0 < found.gain


def test_metrics_that_are_no_mean_are_resampled() -> None:
    """Spearman from the stored grades and predictions: scores of the same items, an interval around the difference."""
    gold = list(range(60))
    close, far = ([*np.array(gold) + RANDOM.normal(0, spread, 60)] for spread in (2, 40))
    found = of_evidence_of({"gold": gold, "predicted": far}, {"gold": gold, "predicted": close})
    assert (found.test, found.items, found.tally, found.cross) == ("bootstrap", 60, None, None)
    assert (found.a, found.b) == pytest.approx([stats.spearmanr(gold, side).statistic for side in (far, close)])
    assert found.p is not None
    assert found.p < 0.01
    interval = found.estimate.interval()
    assert interval.low is not None
    assert interval.high is not None
    assert 0 < interval.low < found.value < interval.high


def test_evidence_of_another_type_is_passed_over() -> None:
    """A suite may yield judgements of several types, on other items."""
    both = {"label": [0.0, 1.0] * 5, "cluster_1": [0.0] * 10, "gold": list(range(30)), "predicted": list(range(30))}
    found = of_evidence_of(both, both)
    assert (found.items, found.value, found.test) == (30, 0, "constant")


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (A, A[:58], "not the same items of ndcg@10: 2 items are only in A (q00058, q00059)"),
        (A[:59], A, "not the same items of ndcg@10: 1 item is only in B (q00059)"),
    ],
)
def test_other_items_are_not_paired(a: Sequence[float], b: Sequence[float], reason: str) -> None:
    """A metric that is missing items is named with some of them, and has no numbers."""
    found = of_metric(a, b)
    assert (found.reason, found.items, found.p, found.word) == (reason, 0, None, "undecided")
    assert found.estimate.interval().low is None


def test_what_was_not_measured_has_a_reason() -> None:
    """Neither score, nor items, nor evidence is ever taken for a zero."""
    a = run_of({"ndcg@10": A, "mrr": A})
    bare = replace(a, items=a.items[:1])
    absent = replace(a, scores=(a.scores[0], replace(scored("mrr"), value=None, status="failed", reason="no ranks")))
    of_mrr = metric_of("mrr")
    assert difference(a, bare, of_mrr).reason == "B has no items of mrr"
    assert difference(a, absent, of_mrr).reason == "B has no score: no ranks"
    assert difference(a, run_of({"ndcg@10": A}), of_mrr).reason == "B was not scored with mrr"
    lone = of_evidence_of({"gold": [1.0] * 9}, {"gold": [1.0] * 9})
    assert lone.reason == "A has no items that spearman is computed from"
    flat = {"gold": list(range(9)), "predicted": [0.5] * 9}
    assert of_evidence_of(flat, flat).reason == "spearman is undefined for A: all values are equal"


def test_one_item_tells_nothing() -> None:
    """Scores and difference are there, p and interval are not, and why."""
    found = of_metric([0.2], [0.9])
    assert (found.a, found.b, found.p, found.test, found.cross, found.effect) == (0.2, 0.9, None, "none", None, None)
    assert found.tally == Tally(1, 0, 0)
    assert of_metric([0.0] * 4, [1.0] * 4, "hit@1").p is None
    assert "at least 5 are needed" in found.estimate.interval().reason


@pytest.mark.parametrize("shift", [0.0, 0.1])
def test_without_spread_there_is_no_certainty(shift: float) -> None:
    """All ties, or one shift everywhere: the interval has a width, and p is no 0."""
    found = of_metric(A / 2, A / 2 + shift)
    interval = found.estimate.interval()
    assert (found.test, found.effect) == ("constant", None)
    assert interval.low is not None
    assert interval.high is not None
    assert interval.low < shift < interval.high
    assert found.p is not None
    assert 0 < found.p <= 1


def test_values_beyond_shares_have_a_wider_reach() -> None:
    """Where values are no shares, what nobody saw may be as large as what was seen."""
    few, wide = of_metric([0.0, 1.0] * 5, [0.0, 1.0] * 5), of_metric([-3.0, 5.0] * 5, [-3.0, 5.0] * 5)
    reaches = [found.estimate.upper() for found in (few, wide)]
    assert None not in reaches
    assert reaches[1] == pytest.approx(8 * (reaches[0] or 0))


def test_the_order_of_items_does_not_matter() -> None:
    """Rows of one run in another order are still put side by side by id."""
    a, b = run_of({"mrr": A}), run_of({"mrr": B})
    (items,) = b.items
    turned = replace(
        items, ids=[*reversed(items.ids)], groups=[*reversed(items.groups)], values=items.values[::-1].copy()
    )
    assert difference(a, replace(b, items=(turned,)), metric_of("mrr")) == difference(a, b, metric_of("mrr"))


@pytest.mark.parametrize(
    ("b", "reason"),
    [
        (run_of({"ndcg@10": B}, suite="zh/process"), "A ran on zh/lexical-gap, B on zh/process"),
        (run_of({"ndcg@10": B}, fingerprint="imported:x"), "B is imported"),
        (run_of({"ndcg@10": B}, status="failed", reason="no memory"), "B failed: no memory"),
        (run_of({"ndcg@10": B}, status="not_applicable", reason="ranks"), "B is not applicable: ranks"),
        (run_of({"ndcg@10": B}, items=()), "B has no scores per item: not computed here"),
        (run_of({"ndcg@10": B}, fingerprint="f2"), "fingerprint f1 for A .* f2 for B"),
        (
            run_of({"ndcg@10": B}, scores=(replace(scored("ndcg@10"), convention="gain=2^rel"),)),
            "ndcg@10 was computed in two ways: no convention for A, gain=2.rel for B",
        ),
    ],
)
def test_what_must_not_be_compared_is_refused(b: Run, reason: str) -> None:
    """Other suites, data and conventions, imported runs, and those that did not succeed."""
    with pytest.raises(NotComparableError, match=reason):
        difference(run_of({"ndcg@10": A}), b, metric_of("ndcg@10"))


def test_all_metrics_of_a_suite() -> None:
    """The headline of the newer run first; one convention that differs is the reason of its metric alone."""
    a = run_of({"mrr": A, "ndcg@10": A})
    b = run_of({"ndcg@10": B, "mrr": B}, name="b", started_at="2026-02-02T03:04:05.000006+00:00")
    b = replace(b, scores=(b.scores[0], replace(b.scores[1], convention="other")))
    made = compare(a, b, [metric_of("mrr"), metric_of("ndcg@10")], margin=0.5)
    found = made.comparison
    assert [(one.metric, one.headline) for one in found.differences] == [("ndcg@10", True), ("mrr", False)]
    assert {one.margin for one in found.differences} == {0.5}
    assert "computed in two ways" in found.differences[1].reason
    assert list(made.columns) == ["ndcg@10"]
    assert (found.a.label, found.b.run, found.fingerprint) == ("bm25:", "b-run", "f1")
    alone = difference(a, b, metric_of("ndcg@10"), margin=0.5)
    assert alone == found.differences[0]
    assert not math.isnan(alone.value)
