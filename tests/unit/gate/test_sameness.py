"""Whether runs have the same value on every item."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from harness.gate.sameness import changed_items, same_results, same_values
from harness.model import ItemScores

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Run


def test_values_are_compared_item_by_item(run: Callable[..., Run]) -> None:
    """In any order of the items; the same mean is not enough, and nothing is not the same as nothing."""
    a = run([0.1, 0.2, 0.3])
    turned = replace(
        a, items=(ItemScores("ndcg@10", ["q00002", "q00000", "q00001"], [""] * 3, np.array([0.3, 0.1, 0.2])),)
    )
    assert same_values(a, turned, "ndcg@10")
    assert not same_values(a, run([0.3, 0.2, 0.1]), "ndcg@10")
    assert not same_values(a, run([0.1, 0.2]), "ndcg@10")
    assert not same_values(replace(a, items=()), replace(a, items=()), "ndcg@10")


def test_a_metric_that_is_no_mean_is_looked_at_through_its_evidence(run: Callable[..., Run]) -> None:
    """Its own name has no items."""
    a = run([0.1, 0.2])
    evidence = ItemScores("similarity", ["p1", "p2"], ["p1", "p2"], np.array([0.5, 0.6]))
    other = replace(evidence, values=np.array([0.5, 0.7]))
    assert same_values(replace(a, items=(evidence,)), replace(a, items=(evidence,)), "spearman")
    assert not same_values(replace(a, items=(evidence,)), replace(a, items=(other,)), "spearman")


def test_the_same_results_are_of_one_embedder_on_one_suite(run: Callable[..., Run]) -> None:
    """Whenever they were made."""
    a = run([0.1, 0.2])
    assert same_results(a, replace(a, id="later"), "ndcg@10")
    assert not same_results(a, run([0.1, 0.2], name="other"), "ndcg@10")
    assert not same_results(a, run([0.1, 0.2], fingerprint="g"), "ndcg@10")
    assert not same_results(a, run([0.1, 0.3]), "ndcg@10")


def test_items_that_changed_in_any_run_are_counted(run: Callable[..., Run]) -> None:
    """Once each; one that is missing in a run has changed."""
    runs = [run([0.1, 0.2, 0.3, 0.4]), run([0.1, 0.5, 0.3, 0.4]), run([0.1, 0.6, 0.9])]
    assert changed_items(runs, "ndcg@10") == 3
    assert changed_items([runs[0], runs[0]], "ndcg@10") == 0
