"""From the best set to one embedder: needs, order, front; and why nothing here is weighed against anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.compare.choice import AXES, Needs, admitted, comparable, front, narrowed, unmet, unsure
from harness.model import Facts, Field, Interval, Limit, Standing

if TYPE_CHECKING:
    from harness.model import Comparator

CHEAP = Facts(latency=10.0, price=0.0, memory=200.0, dimension=256, local=True, index=1024)
PAID = Facts(latency=90.0, price=0.02, currency="USD", memory=50.0, dimension=1536, local=False, index=6144)
UNMEASURED = Facts(index=2048, notes={"latency": "not measured: harness profile -e c", "price": "not known"})


def standing(name: str, value: float | None, place: int | None, *, best: bool = True) -> Standing:
    """An embedder in a field."""
    return Standing(name, name, name, place, value, Interval(0.4, 0.6), in_best=best and place is not None)


def field(*standings: Standing, up: bool = True) -> Field:
    """A field of these."""
    return Field("s", "m", 50, up, 1.0, standings)


def test_every_need_is_checked_and_says_what_was_found() -> None:
    """In the words in which it is shown; a need that is met is not mentioned."""
    needs = Needs(latency=50, cost=0.01, memory=100, dimension=512, local=True)
    told = [(one.need, one.found, one.known) for one in unmet(needs, PAID, {})]
    assert told == [
        ("latency p95 <= 50 ms", "90 ms", True),
        ("price of 1M tokens <= 0.01 USD", "0.02 USD", True),
        ("local only", "texts leave the machine", True),
        ("dimension <= 512", "1536", True),
    ]
    assert [one.need for one in unmet(needs, CHEAP, {})] == ["memory <= 100 MB"]
    assert needs.texts[-1] == "dimension <= 512"


def test_what_nobody_measured_is_not_met_and_not_missed() -> None:
    """With the reason why it is not known."""
    (latency, cost) = unmet(Needs(latency=50, cost=1.0), UNMEASURED, {})
    assert (latency.known, latency.found) == (False, "not measured: harness profile -e c")
    assert (cost.known, cost.found) == (False, "not known")


def test_prices_in_another_currency_are_not_compared() -> None:
    """What is free is free in every currency."""
    (missed,) = unmet(Needs(cost=1.0, currency="CNY"), PAID, {})
    assert (missed.known, missed.found) == (False, "0.02 USD, which is not in CNY")
    assert unmet(Needs(cost=1.0, currency="CNY"), CHEAP, {}) == ()


@pytest.mark.parametrize(
    ("comparator", "bound", "met"),
    [(">", 0.5, False), (">=", 0.5, True), (">", 0.49, True), ("<=", 0.5, True), ("<", 0.5, False)],
)
def test_a_score_may_have_to_be_on_one_side_of_a_bound(comparator: Comparator, bound: float, *, met: bool) -> None:
    """Or at it."""
    needs = Needs(floors=(Limit("s", "m", comparator, bound),))
    scores = {("s", "m"): standing("a", 0.5, 1)}
    assert (unmet(needs, CHEAP, scores) == ()) == met


def test_a_score_that_is_too_low_is_told_with_its_interval() -> None:
    """And one that is not there with the reason."""
    needs = Needs(floors=(Limit("s", "m", ">", 0.7),))
    (low,) = unmet(needs, CHEAP, {("s", "m"): standing("a", 0.5, 1)})
    assert (low.need, low.found, low.known) == ("s m > 0.7", "0.500 (0.400 to 0.600)", True)
    failed = Standing("a", "", "", None, None, Interval(None, None, "x"), status="failed", reason="out of memory")
    (none,) = unmet(needs, CHEAP, {("s", "m"): failed})
    assert (none.found, none.known) == ("out of memory", False)
    (missing,) = unmet(needs, CHEAP, {})
    assert (missing.found, missing.known) == ("not run", False)


def test_a_floor_that_the_interval_reaches_below_is_told() -> None:
    """Met by 0.5 alone, not by all of 0.4 to 0.6; met by both; not met."""
    found = standing("a", 0.5, 1)
    assert "reaches below" in unsure(Limit("s", "m", ">", 0.45), found)
    assert unsure(Limit("s", "m", ">", 0.3), found) == ""
    assert unsure(Limit("s", "m", ">", 0.7), found) == ""
    bare = Standing("a", "", "a", 1, 0.5, Interval(None, None, "4 groups"))
    assert "without an interval (4 groups)" in unsure(Limit("s", "m", ">", 0.3), bare)


def test_the_cheapest_of_the_best_set_comes_first() -> None:
    """By price, then latency; what is not known last; who misses a need or is not in the best set, never."""
    facts = {"a": PAID, "b": CHEAP, "c": UNMEASURED, "d": Facts(price=0.0, latency=5.0), "e": CHEAP}
    best = field(
        *(standing(name, 0.5, place) for place, name in enumerate("abcd", 1)), standing("e", 0.1, 5, best=False)
    )
    assert admitted(best, facts, {}) == ("d", "b", "a", "c")
    missed = {"d": unmet(Needs(memory=1.0), facts["d"], {})}
    assert admitted(best, facts, missed) == ("b", "a", "c")


def test_at_equal_costs_the_better_score_comes_first() -> None:
    """Quality decides last."""
    best = field(standing("z", 0.6, 1), standing("a", 0.5, 2))
    assert admitted(best, {"z": CHEAP, "a": CHEAP}, {}) == ("z", "a")
    assert admitted(best, {}, {}) == ("z", "a")


def test_amounts_in_the_rarer_currency_count_as_not_known() -> None:
    """Nothing is converted."""
    facts = {"a": Facts(price=9.0, currency="CNY"), "b": Facts(price=2.0, currency="USD"), "c": PAID}
    assert [cost[0] for cost in comparable(facts).values()] == [float("inf"), 2.0, 0.02]


def test_an_irrelevant_candidate_does_not_flip_the_winner() -> None:
    """A(.80, 1000 ms), B(.79, 10 ms), C(.40, 900 ms): a weighted, rescaled sum takes A without C and B with it."""
    facts = {"A": Facts(latency=1000.0), "B": Facts(latency=10.0), "C": Facts(latency=900.0)}
    two = field(standing("A", 0.80, 1), standing("B", 0.79, 2))
    three = field(*two.standings, standing("C", 0.40, 3, best=False))
    assert admitted(two, facts, {}) == admitted(three, facts, {}) == ("B", "A")
    assert front(two, facts)["latency"] == front(three, facts)["latency"] == ("A", "B")


def test_the_front_holds_whom_nobody_beats_on_both() -> None:
    """b is worse and slower than a; c is worse but faster; d is not measured and in nobody's way."""
    latencies = {"a": 20.0, "b": 30.0, "c": 10.0, "d": None, "e": 1.0}
    facts = {name: Facts(latency=latency) for name, latency in latencies.items()}
    found = front(
        field(
            *(standing(name, 0.9 - place / 10, place) for place, name in enumerate("dabc", 1)),
            standing("e", None, None),
        ),
        facts,
    )
    assert found == {"price": (), "latency": ("a", "c"), "memory": (), "index": ()}
    assert tuple(found) == AXES


def test_equals_are_both_on_the_front() -> None:
    """Neither beats the other; where less is better, the lower score is the better one."""
    facts = {"a": CHEAP, "b": CHEAP, "c": CHEAP}
    standings = (standing("a", 0.1, 1), standing("b", 0.1, 2), standing("c", 0.2, 3))
    assert front(field(*standings, up=False), facts)["price"] == ("a", "b")


def decided(facts: dict[str, Facts]) -> list[tuple[str, tuple[str, ...], dict[str, float | None]]]:
    """Each step that leaves fewer of these."""
    return [(step.axis, step.left, dict(step.behind)) for step in narrowed(tuple(facts), facts)]


def test_the_first_axis_that_leaves_fewer_decides() -> None:
    """Equal prices, then latency; an axis that nobody is known on is passed over; who is not known on one is behind."""
    fast, slow = Facts(price=0.0, latency=1.0), Facts(price=0.0, latency=2.0)
    assert decided({"a": fast, "b": slow}) == [("latency", ("a",), {"b": 2.0})]
    assert decided({"a": fast, "b": PAID}) == [("price", ("a",), {"b": 0.02})]
    assert decided({"a": fast, "b": Facts(price=0.0)}) == [("latency", ("a",), {"b": None})]
    assert decided({"a": Facts(index=1), "b": Facts(index=2)}) == [("index", ("a",), {"b": 2.0})]
    assert decided({"a": CHEAP, "b": CHEAP}) == decided({"a": CHEAP}) == []


@pytest.mark.parametrize(
    ("latencies", "swings", "left"),
    [
        ((10.0, 12.4), (None, None), "ab"),
        ((10.0, 12.6), (None, None), "a"),
        ((10.8, 19.8), (1.5, 3.9), "ab"),
        ((10.8, 19.8), (1.5, 1.6), "a"),
        ((10.8, 19.8), (1.9, None), "ab"),
    ],
)
def test_latencies_that_a_profile_cannot_tell_apart_are_level(
    latencies: tuple[float, float], swings: tuple[float | None, float | None], left: str
) -> None:
    """Within 25 %, or within what the stretches of either profile differ by; then the index decides."""
    given = zip("ab", latencies, swings, (2, 1), strict=True)
    facts = {name: Facts(latency=latency, swing=swing, index=index) for name, latency, swing, index in given}
    best = field(standing("a", 0.6, 1), standing("b", 0.5, 2))
    assert admitted(best, facts, {}) == (("b", "a") if left == "ab" else ("a", "b"))


def test_memory_is_level_within_a_quarter_and_what_is_counted_never_is() -> None:
    """Prices and bytes are not measured: any difference decides."""
    assert decided({"a": Facts(memory=100.0), "b": Facts(memory=120.0)}) == []
    assert decided({"a": Facts(memory=100.0), "b": Facts(memory=130.0)}) == [("memory", ("a",), {"b": 130.0})]
    assert decided({"a": Facts(index=100), "b": Facts(index=101)}) == [("index", ("a",), {"b": 101.0})]
    priced = {name: Facts(price=price, currency="USD") for name, price in (("a", 0.1), ("b", 0.11))}
    assert decided(priced) == [("price", ("a",), {"b": 0.11})]


def test_who_is_behind_on_one_axis_has_no_say_on_the_next() -> None:
    """c has the smallest index and is slow."""
    facts = {"a": Facts(latency=1.0, index=9), "b": Facts(latency=1.1, index=8), "c": Facts(latency=5.0, index=1)}
    assert decided(facts) == [("latency", ("a", "b"), {"c": 5.0}), ("index", ("b",), {"a": 9.0})]
