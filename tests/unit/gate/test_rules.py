"""From differences and values to answers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.compare.pairs import difference
from harness.gate.rules import SAME, Case, budget_ruling, floor_ruling, rulings
from harness.metrics.named import metric_of
from harness.model import MARGIN, Difference, Gate, Interval, Limit, Run, Score
from harness.statistics.estimates import Student, Unknown, estimate

if TYPE_CHECKING:
    from collections.abc import Callable

GATE = Gate("s", "ndcg@10", MARGIN)


def student(gain: float, error: float, items: int = 1000, *, higher_is_better: bool = True) -> Difference:
    """A difference that is known with this standard error."""
    value = gain if higher_is_better else -gain
    told = Student(value, error, items - 1, items)
    return Difference("s", "ndcg@10", True, higher_is_better, 0.5, 0.5 + value, told, items, items)


def answer(found: Difference, margin: float = MARGIN) -> str:
    """What a lone primary gate answers."""
    return rulings([Case(Gate("s", "ndcg@10", margin), "new", "baseline main", found)])[0].answer


@pytest.mark.parametrize("higher_is_better", [True, False])
@pytest.mark.parametrize(
    ("gain", "error", "said"),
    [
        (0.0, 0.01, "pass"),  # −0.0165 is above −0.02
        (0.0, 0.013, "inconclusive"),  # −0.0214 is not
        (0.01, 0.013, "pass"),
        (-0.01, 0.005, "pass"),  # a loss, within the margin
        (-0.04, 0.01, "regression"),  # at most −0.0235
        (-0.03, 0.01, "probable loss"),  # at most −0.0135: below 0, not below −0.02
        (-0.01, 0.02, "inconclusive"),
        (-0.9, 0.001, "regression"),
    ],
)
def test_the_answers(gain: float, error: float, said: str, higher_is_better: bool) -> None:  # noqa: FBT001 # a case
    """The bounds of the gain against the margin and 0; a metric that is better when lower is turned round."""
    assert answer(student(gain, error, higher_is_better=higher_is_better)) == said


def test_what_is_not_settled_says_how_many_items_would_do() -> None:
    """1000 items with SE 0.013 have s = 0.411: n = (1.645 + 0.842)² · s² / 0.02² = 2,613."""
    (found,) = rulings([Case(GATE, "new", "baseline main", student(0.0, 0.013))])
    assert found.needed == math.ceil(1000 * ((1.6448536 + 0.8416212) * 0.013 / 0.02) ** 2) == 2613
    assert found.words == (
        "gain +0.0000, between -0.0214 and +0.0214: 1,000 items do not tell whether the loss is more than 0.02; "
        "about 2,613 would"
    )


@pytest.mark.parametrize("gain", [-0.0145, -0.0199, -0.0201, -0.025])
def test_near_the_margin_more_items_are_needed_than_there_are(gain: float) -> None:
    """So many items would do if nothing had changed; with this difference only more than there are."""
    (found,) = rulings([Case(GATE, "new", "baseline main", student(gain, 0.004))])
    assert found.answer in {"inconclusive", "probable loss"}
    assert found.needed is not None
    assert found.needed > 1000


def test_exactly_at_the_margin_no_number_of_items_settles_it() -> None:
    """The distance is 0."""
    (found,) = rulings([Case(GATE, "new", "baseline main", student(-0.02, 0.004))])
    assert (found.answer, found.needed) == ("probable loss", None)


def test_rounding_is_no_distance_from_the_margin() -> None:
    """20 of 2,000 items lose 0.7, a mean of 0.007 but for rounding: no number tells it from a margin of 0.007."""
    lost = np.zeros(2000)
    lost[:20] = -0.7
    told = estimate(lost)
    assert told.value + 0.007 != 0
    found = Difference("s", "ndcg@10", True, True, 0.5, 0.493, told, 2000, 2000)
    (ruling,) = rulings([Case(Gate("s", "ndcg@10", 0.007), "new", "baseline main", found)])
    assert (ruling.answer, ruling.needed) == ("probable loss", None)


def test_claims_of_harm_are_corrected() -> None:
    """p 0.03 alone is a regression; the third of three gates of which the others are fine, it is none."""
    hurt = student(-0.02 - 1.8825 * 0.01, 0.01)
    assert hurt.estimate.p_below(-MARGIN) == pytest.approx(0.03, abs=0.001)
    assert answer(hurt) == "regression"
    fine = student(0.01, 0.01)
    claims = [
        Case(Gate(name, "ndcg@10", MARGIN), "new", "baseline main", found)
        for name, found in (("a", fine), ("b", hurt), ("c", fine))
    ]
    assert [found.answer for found in rulings(claims)] == ["pass", "probable loss", "pass"]


def test_the_p_value_that_decided_is_kept() -> None:
    """One-sided and corrected, with its claim; a pass rests on none."""
    beyond, some, fine = student(-0.06, 0.01), student(-0.03, 0.01), student(0.01, 0.01)
    lost, hurt, kept = rulings([Case(GATE, "new", "baseline main", one) for one in (beyond, some, fine)])
    assert [one.answer for one in (lost, hurt, kept)] == ["regression", "probable loss", "pass"]
    for one, before, p, claim in (
        (lost, beyond, 3 * (beyond.estimate.p_below(-MARGIN) or 0), "a loss of more than 0.02"),
        (hurt, some, 2 * (some.estimate.p_below(0.0) or 0), "a loss"),
    ):
        assert one.difference is not None
        assert one.difference.adjusted == pytest.approx(p)
        assert one.difference.family == f"{claim}, one-sided, Holm over 3"
        assert replace(one.difference, adjusted=None, family="") == before
    assert kept.difference == fine


def test_references_with_the_same_results_make_one_claim() -> None:
    """One difference under two names is corrected as one; of two that only look alike, each is a claim."""
    hurt, again = (student(-0.02 - 1.8825 * 0.01, 0.01) for _ in range(2))
    names = ("baseline main", "anchor 2026-q3")
    assert [one.answer for one in rulings([Case(GATE, "new", name, hurt) for name in names])] == ["regression"] * 2
    two = [Case(GATE, "new", name, found) for name, found in zip(names, (hurt, again), strict=True)]
    assert [one.answer for one in rulings(two)] == ["probable loss"] * 2


def test_a_pass_is_not_corrected() -> None:
    """All gates have to pass, each at 5 %: ten that pass alone pass together."""
    fine = student(0.0, 0.012)
    claims = [Case(Gate(f"s{place}", "ndcg@10", MARGIN), "new", "main", fine) for place in range(10)]
    assert {found.answer for found in rulings(claims)} == {"pass"}


def test_advisory_gates_do_not_count_in_the_correction_of_primary_ones() -> None:
    """Two families; the answers come in the order of the claims."""
    hurt, fine = student(-0.02 - 1.8825 * 0.01, 0.01), student(0.01, 0.01)
    advisory = [Case(Gate(f"a{place}", "ndcg@10", MARGIN, primary=False), "new", "main", fine) for place in range(5)]
    found = rulings([*advisory, Case(GATE, "new", "main", hurt)])
    assert [one.answer for one in found] == ["pass"] * 5 + ["regression"]
    assert [one.asked.primary for one in found] == [False] * 5 + [True]


def test_what_could_not_be_compared_is_no_pass() -> None:
    """A reason is an answer of its own, and no claim that counts in the correction."""
    unpaired = Difference("s", "ndcg@10", True, True, 0, 0, Unknown(0.0, 0, ""), 0, 0, reason="2 items are only in A")
    failed = Case(GATE, "new", "main", answer="failed", words="no weights")
    hurt = student(-0.02 - 1.8825 * 0.01, 0.01)
    found = rulings([Case(GATE, "new", "main", unpaired), failed, Case(GATE, "new", "main", hurt)])
    assert [one.answer for one in found] == ["incomparable", "failed", "regression"]
    assert [one.words for one in found[:2]] == ["2 items are only in A", "no weights"]


def test_one_item_tells_nothing(run: Callable[..., Run]) -> None:
    """Inconclusive, with the reason; the number that was planned with is what it would take."""
    found = difference(run([0.5]), run([0.4], name="n"), metric_of("ndcg@10"), MARGIN)
    (ruling,) = rulings([Case(GATE, "n", "baseline main", found, planned=619)])
    assert (ruling.answer, ruling.needed) == ("inconclusive", 619)
    assert "1 independent groups of items: at least 5 are needed" in ruling.words
    assert "1 item does not tell whether" in ruling.words


def test_all_ties_of_few_items_are_no_pass(run: Callable[..., Run]) -> None:
    """Ten items on which nothing changed may hide a change of 26 %: 1 − 0.05^(1/10). 149 are needed for 2 %."""
    values = [0.1 * place for place in range(10)]
    found = difference(run(values), run(values, name="n"), metric_of("ndcg@10"), MARGIN)
    (ruling,) = rulings([Case(GATE, "n", "baseline main", found)])
    assert (ruling.answer, ruling.needed) == ("inconclusive", 149)
    enough = difference(run(np.linspace(0, 1, 149)), run(np.linspace(0, 1, 149), name="n"), metric_of("ndcg@10"))
    assert rulings([Case(GATE, "n", "baseline main", enough)])[0].answer == "pass"


def test_the_same_embedder_with_the_same_scores_passes(run: Callable[..., Run]) -> None:
    """However few items there are."""
    found = difference(run([0.5]), run([0.5]), metric_of("ndcg@10"), MARGIN)
    (ruling,) = rulings([Case(GATE, "m", "baseline main", found, same=True)])
    assert (ruling.answer, ruling.words) == ("pass", SAME)


@pytest.mark.parametrize(
    ("loss", "items", "said"), [(0.05, 300, "regression"), (0.05, 20, "inconclusive"), (0.01, 400, "pass")]
)
def test_a_loss_without_spread(run: Callable[..., Run], loss: float, items: int, said: str) -> None:
    """Every item lost as much, sd = 0: the bounds are those of what so many items may have missed."""
    values = np.linspace(0.2, 1, items)
    found = difference(run(values), run(values - loss, name="n"), metric_of("ndcg@10"), MARGIN)
    assert found.estimate.method == "constant"
    (ruling,) = rulings([Case(GATE, "n", "baseline main", found)])
    assert ruling.answer == said
    assert (ruling.needed or items + 1) > items


def test_items_of_one_document_are_one_witness(run: Callable[..., Run]) -> None:
    """300 items that pass alone do not where each ten of them changed together."""
    values = np.full(300, 0.5)
    changed = values + np.repeat(np.tile([-0.1, 0.1], 15), 10)
    groups = [f"d{place // 10}" for place in range(300)]
    alone = difference(run(values), run(changed, name="n"), metric_of("ndcg@10"), 0.03)
    clustered = difference(run(values, groups), run(changed, groups, name="n"), metric_of("ndcg@10"), 0.03)
    assert answer(alone, 0.03) == "pass"
    assert answer(clustered, 0.03) == "inconclusive"


def test_six_small_losses_pass_one_by_one_and_the_anchor_stops_them(run: Callable[..., Run]) -> None:
    """Re-blessed after every merge of −0.01 the gate never minds; against the anchor −0.06 is a regression."""
    random, metric, halves = np.random.default_rng(1), metric_of("ndcg@10"), np.repeat([-0.1, 0.1], 500)
    anchor = run(random.uniform(0.3, 0.9, 1000), name="v0")
    baseline, answers, against_anchor = anchor, [], []
    for merge in range(1, 7):
        candidate = run(baseline.items[0].values - 0.01 + random.permutation(halves), name=f"v{merge}")
        pair = [
            Case(GATE, candidate.embedder, "baseline main", difference(baseline, candidate, metric)),
            Case(GATE, candidate.embedder, "anchor 2026-q3", difference(anchor, candidate, metric)),
        ]
        first, second = rulings(pair)
        answers.append(first.answer)
        against_anchor.append(second.answer)
        baseline = candidate
    assert answers == ["pass"] * 6
    assert against_anchor[0] == "pass"
    assert against_anchor[-1] == "regression"


@pytest.mark.parametrize(
    ("comparator", "value", "low", "high", "said"),
    [
        (">=", 0.61, 0.55, 0.67, "pass"),
        (">=", 0.60, 0.55, 0.67, "pass"),
        (">=", 0.58, 0.52, 0.64, "inconclusive"),
        (">=", 0.50, 0.42, 0.58, "regression"),
        (">=", 0.58, None, None, "regression"),
        ("<=", 0.58, 0.52, 0.64, "pass"),
        ("<=", 0.62, 0.58, 0.66, "inconclusive"),
        ("<=", 0.70, 0.65, 0.75, "regression"),
    ],
)
def test_floors(comparator: Any, value: float, low: float | None, high: float | None, said: str) -> None:
    """Reached, missed, or missed by less than the interval tells; what has no interval is held to its value."""
    score = Score("ndcg@10", value, Interval(low, high, "" if low else "too few items"), None, 200)
    found = floor_ruling(Limit("s", "ndcg@10", comparator, 0.6), "new", score)
    assert (found.answer, found.value) == (said, value)
    assert (found.needed is not None) == (said == "inconclusive")


def test_a_floor_that_is_nearly_reached_says_how_many_items_would_tell() -> None:
    """SE 0.0306 on 200 items, missed by 0.02: 200 · (2.486 · 0.0306 / 0.02)² = 2,897."""
    score = Score("ndcg@10", 0.58, Interval(0.52, 0.64), None, 200)
    found = floor_ruling(Limit("s", "ndcg@10", ">=", 0.6), "new", score)
    assert found.needed == 2897
    assert found.words == (
        "ndcg@10 is 0.5800, but its 95 % interval reaches to 0.6400: 200 items do not tell; about 2,897 would"
    )


@pytest.mark.parametrize(
    ("value", "said"), [(79.9, "pass"), (80.0, "pass"), (80.1, "regression"), (None, "incomparable")]
)
def test_budgets(value: float | None, said: str) -> None:
    """Within, beyond, or not measured: never a pass without a number."""
    found = budget_ruling(Limit("", "latency p95", "<=", 80, "ms"), "new", value, "why")
    assert (found.answer, found.value, found.words) == (said, value, "why")
