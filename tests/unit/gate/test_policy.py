"""What `[gate]` says."""

from __future__ import annotations

from typing import Any

import pytest

from harness.gate.policy import GatePolicy, faults, policy
from harness.model import MARGIN, Gate, Limit

WHOLE: dict[str, Any] = {
    "baseline": "main",
    "anchor": "2026-q3",
    "inconclusive": "fail",
    "floors": ["zh/lexical-gap ndcg@10 >= 0.6"],
    "budgets": ["latency p95 <= 80 ms"],
    "quality": [
        {"suite": "zh/lexical-gap", "metric": "ndcg@10", "margin": 0.03, "role": "advisory"},
        {"suite": "en/"},
    ],
}


def test_every_key_is_read() -> None:
    """What is left out has a default: the headline, a margin of 0.02, primary."""
    assert faults(WHOLE) == []
    assert policy(WHOLE) == GatePolicy(
        baseline="main",
        anchor="2026-q3",
        inconclusive="fail",
        quality=(Gate("zh/lexical-gap", "ndcg@10", 0.03, primary=False), Gate("en", "", MARGIN)),
        floors=(Limit("zh/lexical-gap", "ndcg@10", ">=", 0.6),),
        budgets=(Limit("", "latency p95", "<=", 80, "ms"),),
    )
    assert (faults({}), policy({})) == ([], GatePolicy())


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"basline": "main"}, "[gate.basline]: unknown key. Did you mean 'baseline'? Known: baseline, anchor,"),
        ({"baseline": ""}, '[gate.baseline]: must be the name of a baseline, like "main"'),
        ({"anchor": 3}, "[gate.anchor]: must be the name of a dated baseline"),
        ({"inconclusive": "block"}, '[gate.inconclusive]: must be "warn" or "fail"'),
        ({"inconclusive": []}, '[gate.inconclusive]: must be "warn" or "fail"'),
        ({"floors": "zh"}, "[gate.floors]: must be a list like"),
        ({"floors": ["zh"]}, "[gate.floors] 1: 'zh' must be like"),
        ({"budgets": ["latency <= 80 ms"]}, "[gate.budgets] 1: 'latency <= 80 ms': nothing is called 'latency'."),
        ({"quality": {"suite": "zh"}}, "[gate.quality]: must be [[gate.quality]] tables"),
        ({"quality": [{}]}, "[gate.quality] 1: suite is missing: the name of a suite"),
        ({"quality": [{"suite": "zh", "metrc": "x"}]}, "[gate.quality] 1: unknown key 'metrc'. Did you mean 'metric'?"),
        ({"quality": [{"suite": "zh", "margin": 0}]}, "[gate.quality] 1: margin must be a number above 0 and below 1"),
        ({"quality": [{"suite": "zh", "margin": -0.02}]}, "margin must be a number above 0"),
        ({"quality": [{"suite": "zh", "margin": True}]}, "margin must be a number above 0"),
        ({"quality": [{"suite": "zh", "margin": float("nan")}]}, "margin must be a number above 0"),
        ({"quality": [{"suite": "zh", "role": "main"}]}, 'role must be "primary" or "advisory"'),
        ({"quality": [{"suite": "zh"}, {"suite": "zh/"}]}, "[gate.quality] 2: zh headline has a gate already"),
        (
            {"budgets": ["dimension <= 512", "dimension <= 256"]},
            "[gate.budgets] 2: 'dimension <= 256': a second one of the same",
        ),
        ({"floors": ["zh a@1 >= 0.1", "zh a@1 >= 0.2"]}, "[gate.floors] 2: 'zh a@1 >= 0.2': a second one of the same"),
    ],
)
def test_faults_have_their_key(values: dict[str, Any], found: str) -> None:
    """One each."""
    (only,) = faults(values)
    assert found in only


def test_all_faults_are_found_together() -> None:
    """In the order of the keys, unknown ones first."""
    found = faults({"quality": [{"margin": 2}], "nonsense": 1, "floors": ["a", "b"], "inconclusive": "x"})
    assert [fault.partition("]")[0] for fault in found] == [
        "[gate.nonsense", "[gate.inconclusive", "[gate.floors", "[gate.floors", "[gate.quality", "[gate.quality",
    ]  # fmt: skip


def test_suites_are_renamed_wherever_they_stand() -> None:
    """As paths are, which are relative to the file."""
    renamed = policy(WHOLE).renamed(str.upper)
    assert [gate.suite for gate in renamed.quality] == ["ZH/LEXICAL-GAP", "EN"]
    assert [limit.suite for limit in renamed.floors] == ["ZH/LEXICAL-GAP"]
    assert renamed.budgets == policy(WHOLE).budgets
