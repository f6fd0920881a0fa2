"""Better, worse, equal or undecided, and what would settle it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from harness.compare.words import disagree, needed, negligible, settled
from harness.model import Comparison, Difference, Side, Tally
from harness.report.compared.sentences import sentence
from harness.statistics.estimates import Constant, Student, Unknown, estimate

SIDES = (Side("a", "run-a", "1", "2026"), Side("b", "run-b", "2", "2026"))


def difference(value: float, error: float, items: int = 200, **changed: Any) -> Difference:
    """One of so many independent items, by a t test."""
    told = Student(value, error, items - 1, items)
    return made(told, **({"items": items, "p": told.p(), "adjusted": told.p()} | changed))


def made(told: Any, **changed: Any) -> Difference:
    """A difference with an estimate, and plain defaults."""
    fields = {
        "suite": "zh/lexical-gap",
        "metric": "ndcg@10",
        "headline": True,
        "higher_is_better": True,
        "a": 0.5,
        "b": 0.5 + told.value,
        "estimate": told,
        "items": told.groups,
        "groups": told.groups,
        "test": told.method,
        "margin": 0.02,
    }
    return Difference(**(fields | changed))


@pytest.mark.parametrize(
    ("found", "word"),
    [
        (difference(0.05, 0.01), "better"),
        (difference(-0.05, 0.01), "worse"),
        (difference(-0.05, 0.01, higher_is_better=False), "better"),
        (difference(0.001, 0.005), "equal"),
        (difference(0.001, 0.05), "undecided"),
        (difference(0.015, 0.02), "undecided"),
        (made(Unknown(0.9, 1, "too few")), "undecided"),
        (made(Constant(0.0, 1000), p=1.0, adjusted=1.0), "equal"),
        (made(Constant(0.0, 20), p=1.0, adjusted=1.0), "undecided"),
    ],
)
def test_the_word_follows_from_the_numbers(found: Difference, word: str) -> None:
    """A difference that is shown, one that is shown to be small, or neither."""
    assert settled(found).word == word


def test_a_correction_may_take_a_claim_back() -> None:
    """What p alone would claim, its adjusted p does not; then more items are needed than there are."""
    found = settled(difference(0.05, 0.02, p=0.013, adjusted=0.2))
    assert found.word == "undecided"
    assert found.needed is not None
    assert found.needed > 200


def test_as_many_items_as_would_settle_it() -> None:
    """To show 0.05 with an error of 0.03 on 200 items: (1.96 + 0.84)² · (0.03 / 0.05)² · 200."""
    assert settled(difference(0.05, 0.03)).needed == 566
    # To show that 0 lies within 0.02: (1.645 + 1.282)² · (0.03 / 0.02)² · 200.
    assert settled(difference(0.0, 0.03)).needed == 3854
    assert settled(difference(0.05, 0.01)).needed is None
    assert settled(made(Unknown(0.9, 1, "too few"))).needed is None


def test_more_items_are_needed_than_there_are() -> None:
    """Whatever leaves a difference undecided, so many items as there are did not settle it."""
    for value in np.linspace(0, 0.03, 31):
        for error in np.linspace(0.001, 0.02, 39):
            found = settled(difference(float(value), float(error)))
            assert found.word != "undecided" or (found.needed or 0) > 200


def test_a_correction_asks_for_more() -> None:
    """At a corrected level the same items show less, and more of them are needed: (3.197 + 0.842)² at 0.05 / 36."""
    alone, among = (settled(difference(0.05, 0.03, adjusted=0.5), level=level) for level in (0.05, 0.05 / 36))
    assert (alone.detectable or 0) == pytest.approx(2.815 * 0.03, rel=0.01)
    assert (among.detectable or 0) == pytest.approx(4.09 * 0.03, rel=0.01)
    assert (alone.needed, among.needed) == (566, 1175)


def test_few_groups_are_not_told_that_they_suffice() -> None:
    """The plan is by the normal; five groups are far from it, and then no number is better than one that is there."""
    few = difference(0.2, 0.04, items=100, groups=5, estimate=Student(0.2, 0.04, 4, 5), p=0.0075, adjusted=0.27)
    found = settled(few, level=0.05 / 36)
    assert (found.word, found.needed) == ("undecided", None)


def test_items_without_a_change_are_counted_by_what_they_may_miss() -> None:
    """149 items without a change show that fewer than 2 % change: 0.98^149 < 0.05."""
    assert needed(made(Constant(0.0, 20))) == 149
    assert 0.98**149 < 0.05 < 0.98**148
    assert settled(made(Constant(0.0, 149), p=1.0)).word == "equal"
    assert needed(made(Constant(0.1, 20))) == 36
    assert needed(made(Constant(0.02, 20), margin=0.0)) == 183
    assert needed(made(Constant(0.0, 20), margin=0.0)) is None


def test_negligible_is_within_the_margin_both_ways() -> None:
    """By the 90 % interval."""
    assert negligible(difference(0.0, 0.01))
    assert not negligible(difference(0.005, 0.01))
    assert not negligible(difference(-0.005, 0.01))
    assert not negligible(made(Unknown(0.0, 1, "")))


def test_tests_disagree_across_the_level_only() -> None:
    """0.03 and 0.06 do, 0.2 and 0.9 do not, and nothing disagrees with no permutation."""
    assert disagree(difference(0.05, 0.02, cross=0.06))
    assert not disagree(difference(0.001, 0.02, cross=0.2))
    assert not disagree(difference(0.05, 0.02))


def said(found: Difference, sides: tuple[Side, Side] = SIDES) -> str:
    """The sentence of one difference."""
    return sentence(Comparison("zh/lexical-gap", "retrieval", "f", *sides, (found,)), found)


def test_a_verdict_in_words() -> None:
    """Verdict, scores, difference, interval, p, items; groups where there are some."""
    found = settled(difference(-0.203, 0.02, groups=87, tally=Tally(21, 109, 70), effect=-0.72, detectable=0.057))
    assert said(found) == (
        "B is worse on zh/lexical-gap: ndcg@10 0.297 against 0.500, -0.203 (-0.242 to -0.164), p <0.001. "
        "200 items in 87 groups: B does better on 21, worse on 70; effect size d -0.72. "
        "These items show a difference of 0.057 or more."
    )
    assert said(settled(difference(0.01, 0.003))).startswith("B is better by less than the margin on")
    assert said(settled(difference(0.001, 0.005))).startswith("A and B are equal within 0.02 on")


def test_a_claim_within_an_interval_that_holds_0_is_explained() -> None:
    """Twelve small losses are no chance, and one large gain may have been missed."""
    told = estimate(np.append(np.full(12, -0.1), np.zeros(88)))
    found = settled(made(told, p=told.p(), adjusted=told.p()))
    assert found.word == "worse"
    assert said(found).endswith(
        "The interval holds 0 all the same (12 of 100 independent groups of items changed: the bounds allow for "
        "another that was missed)."
    )
    assert "holds 0" not in said(settled(difference(-0.203, 0.02)))


def test_an_open_question_in_words() -> None:
    """What these items can show, how many would settle it, the corrected p, and tests that disagree."""
    found = settled(difference(0.05, 0.024, adjusted=0.08, cross=0.06), level=0.025)
    assert said(found).endswith(
        "p 0.038, corrected 0.080. 200 items. These items show a difference of 0.074 or more. About 438 like these "
        "would settle it. The tests disagree at 0.05: t has p 0.038, the sign-flip permutation 0.060."
    )


def test_what_cannot_be_told_in_words() -> None:
    """The reason stands in place of the numbers."""
    assert said(made(Unknown(0.0, 0, ""), reason="B has no items of it")) == (
        "ndcg@10 on zh/lexical-gap is not compared: B has no items of it."
    )
    few = estimate(np.array([0.2, 0.1]))
    assert said(settled(made(few))) == (
        "A and B are undecided on zh/lexical-gap: ndcg@10 0.650 against 0.500, +0.150. 2 items. "
        "2 independent groups of items: at least 5 are needed."
    )


@pytest.mark.parametrize(("run", "what"), [("run-a", "run"), ("run-b", "embedder")])
def test_identity_in_words(run: str, what: str) -> None:
    """The same run, or the same embedder in two runs."""
    found = settled(made(Constant(0.0, 7), p=1.0), same=True)
    assert said(found, (SIDES[0], Side("a", run, "1", "2026"))) == (
        f"A and B are identical on zh/lexical-gap, the same {what} with the same scores: ndcg@10 0.500 on 7 items."
    )
    assert "identical" not in said(found)
