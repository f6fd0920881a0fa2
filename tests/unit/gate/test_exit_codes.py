"""From answers and the policy to the exit code."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from harness.model import Gate, Limit, Ruling, Verdict

if TYPE_CHECKING:
    from harness.model import Answer, Policy

CODES: dict[Answer, dict[Policy, int]] = {
    "pass": {"warn": 0, "fail": 0},
    "probable loss": {"warn": 0, "fail": 2},
    "inconclusive": {"warn": 0, "fail": 2},
    "regression": {"warn": 1, "fail": 1},
    "incomparable": {"warn": 3, "fail": 3},
    "failed": {"warn": 4, "fail": 4},
}
"""From the mildest to the worst."""


def verdict(policy: Policy, *answers: Answer, primary: bool = True) -> int:
    """The exit code of a gate per answer."""
    rulings = [Ruling(Gate("s", "m", 0.02, primary), "e", answer, "") for answer in answers]
    return Verdict(tuple(rulings), policy).exit_code


@pytest.mark.parametrize("policy", ["warn", "fail"])
@pytest.mark.parametrize("answer", CODES)
def test_each_answer_has_its_code(answer: Answer, policy: Policy) -> None:
    """Alone, beside a pass, and advisory: then it never decides."""
    assert verdict(policy, answer) == CODES[answer][policy]
    assert verdict(policy, "pass", answer) == CODES[answer][policy]
    assert verdict(policy, answer, primary=False) == 0


@pytest.mark.parametrize(
    ("milder", "worse"),
    list(combinations(["pass", "inconclusive", "regression", "incomparable", "failed"], 2)),
)
def test_the_worst_answer_decides(milder: Answer, worse: Answer) -> None:
    """In whatever order."""
    assert verdict("fail", milder, worse) == verdict("fail", worse, milder) == CODES[worse]["fail"]


def test_limits_count_as_gates_do() -> None:
    """A budget that was not measured is no pass."""
    limit = Limit("", "latency p95", "<=", 80, "ms")
    assert Verdict((Ruling(limit, "e", "incomparable", "not measured"),), "warn").exit_code == 3
