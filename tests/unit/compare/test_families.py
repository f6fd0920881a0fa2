"""Claims counted: which p values belong together, and how they are corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.compare.families import corrected
from harness.compare.pairs import compare
from harness.metrics.named import metric_of
from tests.comparing import run_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.pairs import Paired

RANDOM = np.random.default_rng(3)
ZEROS = np.full(80, 0.5)


def shifted(by: float, items: int = 80) -> list[float]:
    """Values around 0.5 + by, of exactly this mean."""
    noise = RANDOM.normal(0, 0.1, items)
    return [*(0.5 + by + noise - noise.mean())]


def paired(columns: Mapping[str, Sequence[float]], suite: str = "s") -> Paired:
    """B with these values against A with 0.5 everywhere."""
    a = run_of({name: [0.5] * len(values) for name, values in columns.items()}, suite=suite, name="a")
    b = run_of(columns, suite=suite, name="b")
    return compare(a, b, [metric_of(name) for name in columns])


def test_headlines_of_all_suites_are_one_family() -> None:
    """After Holm: of three, the smallest p counts three times, the next twice."""
    raw = [paired({"mrr": shifted(by)}, f"suite-{by}") for by in (0.03, 0.02, 0.0)]
    found = [one.differences[0] for one in corrected(raw)]
    p = [one.comparison.differences[0].p or 0 for one in raw]
    assert p[0] < p[1] < p[2]
    assert [one.adjusted for one in found[:2]] == pytest.approx([3 * p[0], max(3 * p[0], 2 * p[1])])
    assert {one.family for one in found} == {"Holm over 3 suites"}


def test_a_single_claim_needs_no_correction() -> None:
    """One suite, one headline: its p stands."""
    (found,) = corrected([paired({"mrr": shifted(0.02)})])
    assert found.differences[0].adjusted == found.differences[0].p
    assert found.differences[0].family == "1 suite"


def test_metrics_that_share_items_go_together() -> None:
    """Two nearly equal metrics cost maxT hardly more than one; Holm would double their p."""
    values = shifted(0.025)
    near = [min(1.0, value + RANDOM.normal(0, 0.002)) for value in values]
    raw = paired({"mrr": ZEROS, "map": values, "recall@1": near})
    (found,) = corrected([raw])
    _, first, second = found.differences
    assert first.family == second.family == "maxT over 2 metrics"
    assert first.p is not None
    assert first.adjusted is not None
    assert first.p <= first.adjusted < 1.6 * first.p


def test_sets_of_items_are_counted() -> None:
    """Metrics on other items are a maxT of their own, and both count: p is twice what it is alone."""
    values = shifted(0.015)
    (alone,) = corrected([paired({"mrr": ZEROS, "map": values})])
    (found,) = corrected([paired({"mrr": ZEROS, "map": values, "knn_purity@5": shifted(0.03, 60)})])
    assert [one.family for one in found.differences[1:]] == ["1 metric, times 2 sets of metrics"] * 2
    assert alone.differences[1].adjusted is not None
    assert found.differences[1].adjusted == pytest.approx(2 * alone.differences[1].adjusted)


def test_a_correction_never_helps() -> None:
    """Flips may find less to doubt than t does in a few skewed items: its p stands."""
    skewed = [0.51, 0.51, 0.51, 0.51, 0.51, 1.0]
    (found,) = corrected([paired({"mrr": [0.5, 0.6] * 3, "map": skewed, "recall@1": skewed})])
    one = found.differences[1]
    assert one.p is not None
    assert one.cross is not None
    assert one.cross < 0.05 < one.p
    assert one.adjusted == one.p


def test_what_is_no_t_test_is_corrected_by_holm() -> None:
    """A shift without spread has no t: it is a set of its own beside the t tests, and both count."""
    values = shifted(0.015)
    (alone,) = corrected([paired({"mrr": ZEROS, "map": values})])
    (found,) = corrected([paired({"mrr": ZEROS, "map": values, "ndcg@10": [0.6] * 80})])
    by_name = {one.metric: one for one in found.differences}
    assert by_name["ndcg@10"].test == "constant"
    assert by_name["ndcg@10"].family == by_name["map"].family == "1 metric, times 2 sets of metrics"
    # Not exactly: alone, the p of t stands where flips find less.
    assert by_name["map"].adjusted == pytest.approx(2 * (alone.differences[1].adjusted or 0), rel=0.15)


def test_what_did_not_change_costs_nothing() -> None:
    """A metric that is the same on every item claims nothing, so that no other is corrected for it."""
    (found,) = corrected([paired({"mrr": ZEROS, "map": shifted(0.03), "ndcg@10": ZEROS})])
    by_name = {one.metric: one for one in found.differences}
    assert (by_name["ndcg@10"].test, by_name["ndcg@10"].p) == ("constant", 1.0)
    assert by_name["map"].family == "1 metric"


def test_what_was_not_compared_counts_for_nothing() -> None:
    """A metric without items, or with too few, is no claim."""
    a = paired({"mrr": [0.9]}, "tiny")
    b = paired({"mrr": shifted(0.02)}, "whole")
    tiny, whole = (one.differences[0] for one in corrected([a, b]))
    assert (tiny.adjusted, tiny.word, tiny.family) == (None, "undecided", "")
    assert whole.adjusted == whole.p
    assert corrected([]) == []


def test_the_same_embedder_with_the_same_scores_is_equal() -> None:
    """Whatever few items may have missed: there is nothing to miss."""
    a = run_of({"mrr": [0.1, 0.5, 0.9, 0.3, 0.4, 1.0]})
    (same,) = corrected([compare(a, a, [metric_of("mrr")])])
    assert same.differences[0].word == "equal"
    (other,) = corrected([compare(a, run_of({"mrr": a.items[0].values}, name="b"), [metric_of("mrr")])])
    assert other.differences[0].word == "undecided"
    assert other.differences[0].needed is not None


def test_the_same_runs_give_the_same_numbers() -> None:
    """Nothing depends on when, or on what was compared before."""
    raw = paired({"mrr": ZEROS, "map": shifted(0.02), "recall@1": shifted(0.02)})
    assert corrected([raw]) == corrected([raw])
