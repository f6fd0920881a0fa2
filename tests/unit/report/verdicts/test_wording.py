"""What all forms of a verdict say alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from harness.model import Gate, Limit
from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Answer, Difference, Policy, Ruling, Verdict

ADVISORY = Gate("zh/process", "mrr@10", 0.02, primary=False)


@pytest.mark.parametrize(
    ("answer", "policy", "weight"),
    [
        ("pass", "fail", "pass"),
        ("regression", "warn", "failure"),
        ("probable loss", "warn", "warning"),
        ("probable loss", "fail", "failure"),
        ("inconclusive", "warn", "warning"),
        ("inconclusive", "fail", "failure"),
        ("failed", "warn", "error"),
        ("incomparable", "warn", "error"),
    ],
)
def test_the_weight_of_a_ruling(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], answer: Answer, policy: Policy, weight: str
) -> None:
    """What breaks a build has an exit code of its own; what is advisory never breaks one."""
    one = ruling(answer=answer)
    found = verdict(one, policy=policy)
    assert wording.weight(one, found) == weight
    assert (weight in {"failure", "error"}) is (found.exit_code != 0)
    advisory = ruling(answer=answer, asked=ADVISORY)
    assert wording.weight(advisory, found) == ("pass" if answer == "pass" else "warning")


@pytest.mark.parametrize(
    ("answers", "policy", "told"),
    [
        (["pass", "pass"], "warn", "Passed. Gates: 2 pass."),
        (["pass", "inconclusive"], "warn", "Passed with warnings. Gates: 1 inconclusive, 1 pass."),
        (["pass", "inconclusive"], "fail", "Inconclusive. Gates: 1 inconclusive, 1 pass."),
        (["pass", "regression"], "warn", "Regression. Gates: 1 regression, 1 pass."),
        (["incomparable", "regression"], "warn", "Not comparable. Gates: 1 incomparable, 1 regression."),
        (["failed", "incomparable"], "warn", "Failed. Gates: 1 failed, 1 incomparable."),
    ],
)
def test_the_sentence(
    ruling: Callable[..., Ruling],
    verdict: Callable[..., Verdict],
    answers: list[Answer],
    policy: Policy,
    told: str,
) -> None:
    """The verdict in a plain word, then how many gates say what, the gravest first."""
    assert wording.sentence(verdict(*(ruling(answer=answer) for answer in answers), policy=policy)) == told


def test_advisory_gates_are_told_apart(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """A regression that is only advisory passes, and is counted on its own."""
    found = verdict(ruling(answer="pass"), ruling(asked=ADVISORY))
    assert wording.sentence(found) == "Passed. Gates: 1 pass. Advisory: 1 regression."
    assert wording.answer(found.rulings[1]) == "regression, advisory"


def test_a_verdict_on_nothing(verdict: Callable[..., Verdict]) -> None:
    """It does not say that anything passed."""
    assert wording.sentence(verdict(rulings=())) == "Nothing was asked: there are no gates and no limits."


def test_the_cells_of_a_gate(ruling: Callable[..., Ruling]) -> None:
    """Before, now, difference with its 90 % interval, margin: t(0.95, 99) = 1.6604, so the ends are −0.09 ± 0.0498."""
    found = wording.cells(ruling())
    assert (found.scores, found.difference, found.margin) == ("0.700 → 0.610", "-0.090", "0.02")
    assert found.interval == "-0.140 to -0.040"
    assert wording.title(ruling()) == "zh/lexical-gap ndcg@10 against baseline main"


def test_the_cells_of_a_limit(ruling: Callable[..., Ruling]) -> None:
    """A budget is held against its bound, and has no before."""
    one = ruling(asked=Limit("", "latency p95", "<=", 80, "ms"), difference=None, reference="", value=61.234)
    assert wording.cells(one) == wording.Cells(now="61.23 ms")
    assert wording.cells(one).scores == "61.23 ms"
    assert wording.title(one) == "budget latency p95 <= 80 ms"


def test_what_could_not_be_compared_has_no_numbers(
    ruling: Callable[..., Ruling], difference: Callable[..., Difference]
) -> None:
    """Neither a difference with a reason nor a limit without a value shows a zero."""
    limit = Limit("", "latency p95", "<=", 80, "ms")
    assert wording.cells(ruling(difference=difference(reason="other items"))) == wording.Cells(margin="0.02")
    for value in (None, math.nan):
        assert wording.cells(ruling(asked=limit, difference=None, value=value)) == wording.Cells()


def test_the_age(verdict: Callable[..., Verdict]) -> None:
    """In days; nothing where there is no baseline; a day ahead of the clock is today."""
    ages = {0: "is from today", 1: "is 1 day old", 1200: "is 1,200 days old", None: "is of an unknown age"}
    assert {age: wording.age(verdict(age=age)) for age in ages} == ages
    assert wording.age(verdict(baseline="", age=None)) == ""
    assert wording.age(verdict(age=-1)) == "is from today"


def test_the_gravest_come_first(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """Passes are left out."""
    answers: list[Answer] = ["inconclusive", "pass", "regression", "failed"]
    found = wording.troubled(verdict(*(ruling(answer=answer) for answer in answers)))
    assert [one.answer for one in found] == ["failed", "regression", "inconclusive"]


def test_plain_text_is_one_line_of_words() -> None:
    """Control characters, turned directions and halves of characters are replaced; emoji and Chinese stay."""
    assert wording.plain("红烧肉\r\n  怎么做 👩‍👩‍👧 ✅") == "红烧肉 怎么做 👩‍👩‍👧 ✅"
    assert wording.plain("a\x1b[31mb\x00c\u202ed\ud800e\x85f") == "a�[31mb�c�d�e f"
    assert wording.plain("x ##[error]y") == "x ## [error]y"
