"""Whether a gate can answer, before anybody is judged by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.compare.pairs import difference
from harness.gate.planning import Plan, cautions, planned, with_noise
from harness.metrics.named import metric_of
from harness.model import Gate, Interval, Noise

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Run

GATE = Gate("s", "ndcg@10", 0.02)


def test_a_gate_that_cannot_pass_is_named(run: Callable[..., Run]) -> None:
    """sd 0.2 of the differences and a margin of 0.02 need 619 items, as the table of non-inferiority says."""
    base = np.full(150, 0.5)
    spread = 0.2 * np.sqrt(149 / 150)  # of a sample, divided by n − 1
    changed = base + np.tile([-spread, spread], 75)
    found = difference(run(base), run(changed, name="new"), metric_of("ndcg@10"))
    plan = planned(GATE, run(base), [("new", found)])
    assert (plan.items, plan.needed, plan.feasible) == (150, 619, False)
    (said,) = cautions([plan])
    need = "this gate cannot pass reliably: needs 619 items, the suite has 150 (differences of new)"
    assert said == f"s ndcg@10, margin 0.02: {need}"
    assert cautions([plan], [plan]) == [], "it had an answer"


def test_without_differences_those_of_a_related_model_are_assumed(run: Callable[..., Run]) -> None:
    """sd 0.2 of the scores: √(2 (1 − 0.7)) · 0.2 = 0.155 of the differences, and n = (2.486 · 0.155 / 0.02)² = 371."""
    spread = 0.2 * np.sqrt(299 / 300)
    plan = planned(GATE, run(0.5 + np.tile([-spread, spread], 150)))
    assert (plan.items, plan.needed, plan.feasible, plan.basis) == (300, 371, False, "assumed correlation 0.7")


def test_groups_count_not_items(run: Callable[..., Run]) -> None:
    """Five questions from each document that share their scores need five times as many."""
    values = np.repeat(0.5 + np.tile([-0.2, 0.2], 30), 5)
    alone = planned(GATE, run(values)).needed
    together = planned(GATE, run(values, [f"d{place // 5}" for place in range(300)])).needed
    assert alone is not None
    assert together == pytest.approx(5 * alone, rel=0.02)


def test_a_metric_without_items_is_planned_by_its_interval(run: Callable[..., Run]) -> None:
    """SE 0.0306 of the score on 200 items; 0.0237 of a difference."""
    plain = run(np.linspace(0, 1, 200))
    score = replace(plain.scores[0], interval=Interval(0.52, 0.64))
    assert planned(GATE, replace(plain, items=(), scores=(score,))).needed == 1739
    assert planned(GATE, replace(plain, items=())) == Plan(GATE, "m", 200, None, "not known")


@pytest.mark.parametrize(("items", "feasible"), [(12, False), (148, False), (149, True)])
def test_scores_without_spread_need_what_ties_need(run: Callable[..., Run], items: int, feasible: bool) -> None:  # noqa: FBT001 # a case
    """All the same: so many items without a change may miss one of 0.02 up to log 0.05 / log 0.98 = 148.3 of them."""
    plan = planned(GATE, run([1.0] * items))
    assert (plan.needed, plan.feasible) == (149, feasible)
    assert [f"cannot pass reliably: needs 149 items, the suite has {items}" in one for one in cautions([plan])] == (
        [] if feasible else [True]
    )


def noise(largest: float, fingerprint: str = "f", metric: str = "ndcg@10") -> Noise:
    """Five runs of one embedder."""
    return Noise("s", fingerprint, "m", "i", metric, 5, largest, largest / 2, 100, 3, 0.02, 0, 10, "2026-01-01")


def test_a_margin_within_the_noise_is_named(run: Callable[..., Run]) -> None:
    """Less than three times the largest difference; other data and other metrics say nothing."""
    plan = planned(GATE, run(np.tile([0.49, 0.51], 200)))
    seen = with_noise(plan, [noise(0.009), noise(0.001), noise(0.5, "other"), noise(0.5, metric="mrr@10")], "f")
    assert (seen.noise, seen.runs) == (0.009, 5)
    (said,) = cautions([seen])
    assert said == (
        "s ndcg@10, margin 0.02: 5 runs of one embedder differed by up to 0.009; a margin should be 3 times that, "
        "0.027 at least, or noise decides"
    )
    assert cautions([with_noise(plan, [noise(0.005)], "f")]) == []
    assert with_noise(plan, [], "f") == plan


def test_more_than_three_primary_gates_are_many() -> None:
    """Advisory ones are not, and one gate on several candidates is one."""
    plans = [Plan(Gate(f"s{place}", "m", 0.02), "m", 100, 10, "") for place in range(4)]
    (said,) = cautions([*plans, *plans])
    assert said.startswith("4 primary gates: all of them have to pass")
    advisory = [replace(plan, gate=replace(plan.gate, primary=False)) for plan in plans]
    assert cautions([*plans[:3], *advisory]) == []


def test_too_few_groups_never_pass(run: Callable[..., Run]) -> None:
    """Nothing is said of fewer than five, however many questions come from each of them; one item is one group."""
    plan = planned(GATE, run([0.5]))
    (said,) = cautions([plan])
    assert said.endswith("needs 5 items, the suite has 1 (5 independent groups at least)")
    assert planned(GATE, run(np.linspace(0, 1, 40), ["a"] * 20 + ["b"] * 20)).needed == 100


def test_a_gate_is_warned_of_once() -> None:
    """However many candidates stand before it: with the one that needs most."""
    plans = [Plan(GATE, name, 150, needed, "so") for name, needed in (("a", 619), ("b", 700), ("c", 100))]
    (said,) = cautions(plans)
    assert "needs 700 items" in said
