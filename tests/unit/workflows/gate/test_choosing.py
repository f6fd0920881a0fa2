"""Who stands against whom, and on which suites and metrics."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from harness.errors import UsageError
from harness.gate.policy import GatePolicy
from harness.model import MARGIN, Gate, Identity, Interval, ItemScores, Limit, Run, Score
from harness.store.baselines import Baseline
from harness.workflows.gate.choosing import Pair, floors, gates, in_anchor, margins, pairs, selected

METRICS = {"zh/lexical-gap": ("ndcg@10", "recall@1"), "zh/similarity": ("spearman",), "采购": ("ndcg@10",)}


def run(suite: str, embedder: str) -> Run:
    """Scores, and items of none but the headline."""
    items = (ItemScores(METRICS[suite][0], ["q"], ["q"], np.zeros(1)),)
    scores = tuple(Score(name, 0.5, Interval(None, None, "-"), None, 100) for name in METRICS[suite])
    identity = Identity("fake", embedder, "1")
    return Run("r", "2026-01-01T00:00:00+00:00", suite, "k", "f", embedder, identity, "ok", "", 0.0, scores, items)


def baseline(*embedders: str) -> Baseline:
    """Results of embedders on all three suites."""
    return Baseline("main", date(2026, 1, 1), tuple(run(suite, one) for suite in METRICS for one in embedders))


def test_without_candidates_everybody_of_the_baseline_is_judged() -> None:
    """Under their own labels."""
    assert pairs((), baseline("a", "b")) == [Pair("a", "a"), Pair("b", "b")]


def test_a_candidate_stands_against_its_own_label_the_only_one_or_the_named_one() -> None:
    """A label may have `=` in it, as specs have."""
    assert pairs(("a", "new"), baseline("a")) == [Pair("a", "a"), Pair("new", "a")]
    old = "st:x?dim=2"
    assert pairs((old, f"st:x?dim=1={old}"), baseline("a", old)) == [Pair(old, old), Pair("st:x?dim=1", old)]
    assert pairs(("st:x?dim=1",), baseline("a")) == [Pair("st:x?dim=1", "a")]


def test_whoever_is_named_twice_is_judged_once() -> None:
    """Two rulings on the same would make two claims of harm of one; against two references they are two."""
    assert pairs(("a", "a", "a=a"), baseline("a", "b")) == [Pair("a", "a")]
    assert pairs(("new=a", "new=b"), baseline("a", "b")) == [Pair("new", "a"), Pair("new", "b")]


def test_whoever_stands_against_nobody_is_refused() -> None:
    """All of them in one message."""
    with pytest.raises(UsageError, match=r"has 2 embedders, and x and c=y is none of them.* Embedders there: a, b"):
        pairs(("a", "x", "c=y"), baseline("a", "b"))


def test_an_anchor_is_stood_against_under_the_label_that_it_knows() -> None:
    """The candidate's, else its reference's, else the only one; else nobody."""
    assert in_anchor(Pair("new", "old"), baseline("new", "old")) == "new"
    assert in_anchor(Pair("new", "old"), baseline("old", "other")) == "old"
    assert in_anchor(Pair("new", "old"), baseline("older")) == "older"
    assert in_anchor(Pair("new", "old"), baseline("a", "b")) == ""


def test_without_gates_every_headline_is_one() -> None:
    """And a note says so."""
    found, (note,) = gates(GatePolicy(), baseline("a"), None)
    assert found == [Gate(suite, names[0], MARGIN) for suite, names in METRICS.items()]
    assert "margin of 0.02" in note


def test_what_has_no_items_is_no_gate_unless_somebody_asks() -> None:
    """What other software judged could only ever be incomparable."""
    whole = baseline("a")
    bare = replace(whole, runs=(*whole.runs[:2], replace(whole.runs[2], items=())))
    found, notes = gates(GatePolicy(), bare, None)
    assert [gate.suite for gate in found] == ["zh/lexical-gap", "zh/similarity"]
    assert notes[1:] == ["no gate on 采购: the baseline has no items there"]
    assert len(gates(GatePolicy(quality=(Gate("采购", "", 0.1),)), bare, None)[0]) == 1


def test_a_folder_is_all_suites_below_it_and_a_suite_of_its_own_goes_first() -> None:
    """Primary ones before advisory ones, suites in the order of the baseline."""
    policy = GatePolicy(quality=(Gate("zh", "", 0.05, primary=False), Gate("zh/lexical-gap", "", 0.01)))
    assert gates(policy, baseline("a"), None) == (
        [Gate("zh/lexical-gap", "ndcg@10", 0.01), Gate("zh/similarity", "spearman", 0.05, primary=False)],
        [],
    )


def test_a_folder_with_a_metric_is_the_suites_that_have_it() -> None:
    """Others are left out, unless none has it."""
    policy = GatePolicy(quality=(Gate("zh", "recall@1", 0.05),))
    assert gates(policy, baseline("a"), None)[0] == [Gate("zh/lexical-gap", "recall@1", 0.05)]


def test_gates_that_stand_for_nothing_are_refused_together() -> None:
    """An unknown suite, an unknown metric, a headline twice."""
    quality = (
        Gate("zh/lexical", "", 0.1),
        Gate("zh", "recal@1", 0.1),
        Gate("采购", "", 0.1),
        Gate("采购", "ndcg@10", 0.1),
    )
    with pytest.raises(UsageError) as raised:
        gates(GatePolicy(quality=quality, file="ci/harness.toml"), baseline("a"), None)
    lines = str(raised.value).splitlines()
    assert lines[0] == "the gate has 3 fault(s):"
    assert all(line.startswith("  ci/harness.toml ") for line in lines[1:])
    assert "[gate.quality] zh/lexical headline: the baseline main has no suite 'zh/lexical'. Did you mean" in lines[1]
    assert any("has no metric 'recal@1' there. Did you mean 'recall@1'?" in line for line in lines)
    assert any("ndcg@10 is the headline of 采购, and has two gates" in line for line in lines)


def test_floors_are_expanded_too() -> None:
    """One per suite; of no suite that is known, a fault."""
    limit = Limit("zh", "ndcg@10", ">=", 0.5)
    found = floors(GatePolicy(floors=(limit,)), METRICS, None)
    assert [one.suite for one in found] == ["zh/lexical-gap", "zh/similarity"]
    with pytest.raises(UsageError, match=r"\[gate\.floors\] 'zhh ndcg@10 >= 0\.5': the store has no suite 'zhh'"):
        floors(GatePolicy(floors=(Limit("zhh", "ndcg@10", ">=", 0.5),)), METRICS, None)


def test_a_suite_is_chosen_by_its_name_before_anything_else() -> None:
    """Or by its folder, with or without a stroke at the end."""
    assert selected("采购", METRICS, None) == ["采购"]
    assert selected("zh/", METRICS, None) == ["zh/lexical-gap", "zh/similarity"]
    assert selected("z", METRICS, None) == []


def test_the_gates_of_one_suite_are_found_without_a_baseline() -> None:
    """The more specific one; none where the others have them, and the headline's own where nobody has."""
    policy = GatePolicy(quality=(Gate("zh", "", 0.05), Gate("zh/lexical-gap", "recall@1", 0.01, primary=False)))
    metrics = ["ndcg@10", "recall@1"]
    assert margins(policy, "zh/lexical-gap", metrics, None) == {
        "recall@1": Gate("zh/lexical-gap", "recall@1", 0.01, primary=False),
        "ndcg@10": Gate("zh/lexical-gap", "ndcg@10", 0.05),
    }
    assert margins(policy, "采购", metrics, None) == {}
    assert margins(GatePolicy(), "采购", metrics, None) == {"ndcg@10": Gate("采购", "ndcg@10", MARGIN)}
