"""A suite's field and the average: order, best set, letters, who stands outside, what stays open."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from harness.compare.best_set import letter
from harness.compare.field import Contest, average, field, leaning, unsettled
from harness.compare.inference import Average, Means, Resampled, WithoutItems
from harness.compare.inference import average as averaged
from harness.metrics.named import metric_of
from harness.metrics.separation import Separated
from harness.model import Aligned, Field, Interval, Standing
from harness.statistics.estimates import Constant, Student, Unknown

AUC = metric_of("auc")
NONE = Interval(None, None, "none")
ITEMS = np.random.default_rng(7).normal(0.5, 0.2, 60)


def entrant(name: str, value: float) -> Standing:
    """An embedder with a score."""
    return Standing(name, name, "", None, value, NONE)


def contest(rows: dict[str, np.ndarray], suite: str = "s", outside: tuple[Standing, ...] = ()) -> Contest:
    """A suite on which each embedder has these item values."""
    values = np.array(list(rows.values()), np.float64)
    ids = [f"q{number:03}" for number in range(values.shape[1])]
    entrants = tuple(entrant(name, float(np.mean(row))) for name, row in rows.items())
    heading = Field(suite, "m", len(ids), True, 1.0, ())
    return Contest(heading, entrants, outside, Means(Aligned("m", ids, ids, values), (suite, "m")))


def noisy(seed: int, gap: float = 0.0) -> np.ndarray:
    """Values near ITEMS, lower by a gap."""
    return np.asarray(ITEMS + np.random.default_rng(seed).normal(0, 0.1, len(ITEMS)) - gap)


def test_places_letters_and_the_best_set() -> None:
    """a and b differ by noise, c is far below both: {a, b} is the best set, and both beat c."""
    found = field(contest({"bad": noisy(1, 0.5), "good": noisy(2), "fair": noisy(3, 0.01)}))
    told = [(one.place, one.letter, one.embedder, one.in_best, one.beats) for one in found.standings]
    assert told == [(1, "a", "good", True, ("c",)), (2, "b", "fair", True, ("c",)), (3, "c", "bad", False, ())]
    assert found.leader is not None
    assert found.leader.p is None
    fair, bad = found.standings[1:]
    assert bad.p is not None
    assert fair.p is not None
    assert bad.p < 0.05 <= fair.p
    assert "maxT" in found.correction


def test_where_less_is_better_the_lowest_leads() -> None:
    """The order is turned round, not the values."""
    one = contest({"low": noisy(1, 0.5), "high": noisy(2)})
    found = field(replace(one, heading=replace(one.heading, higher_is_better=False)))
    assert [one.embedder for one in found.standings] == ["low", "high"]
    assert found.standings[0].beats == ("b",)


def test_who_has_no_score_stands_outside_with_the_reason() -> None:
    """Without a place, a letter or a number; never as zero."""
    failed = Standing("z", "", "", None, None, NONE, status="failed", reason="out of memory")
    found = field(contest({"a": noisy(1), "b": noisy(2)}, outside=(failed,)))
    assert found.standings[-1] == failed
    assert [one.place for one in found.standings] == [1, 2, None]


def test_nobody_has_a_score() -> None:
    """A field of reasons, without a leader."""
    failed = Standing("z", "", "", None, None, NONE, status="failed", reason="out of memory")
    found = field(Contest(Field("s", "m", 0, True, 1.0, ()), (), (failed,), WithoutItems((), "nobody")))
    assert (found.leader, found.best) == (None, ())
    assert unsettled(contest({"a": ITEMS}), found) == ()


def test_one_embedder_is_the_best_set() -> None:
    """And says that there was nobody to compare with."""
    found = field(contest({"a": ITEMS}))
    assert [one.embedder for one in found.best] == ["a"]
    assert found.correction == "nobody to compare with"


def test_all_ties_are_all_best_in_the_order_of_their_names() -> None:
    """The same values: p is 1, nobody beats anybody, and so many items would show that they are alike."""
    one = contest({"b": ITEMS, "a": ITEMS, "c": ITEMS})
    found = field(one)
    assert [(each.embedder, each.p, each.in_best) for each in found.standings] == [
        ("a", None, True),
        ("b", 1.0, True),
        ("c", 1.0, True),
    ]
    assert [question.needed for question in unsettled(one, found)] == [149, 149]


def test_a_constant_shift_is_a_difference() -> None:
    """Every item lower by the same: no spread, but 60 items all of one sign."""
    found = field(contest({"a": ITEMS, "b": ITEMS - 0.01}))
    assert [one.in_best for one in found.standings] == [True, False]


@pytest.mark.parametrize("items", [1, 4])
def test_few_items_tell_nothing(items: int) -> None:
    """Below five groups all are in the best set, and the field says why."""
    found = field(contest({"a": ITEMS[:items], "b": ITEMS[:items] - 0.5}))
    assert [(one.p, one.in_best) for one in found.standings] == [(None, True), (None, True)]
    assert "at least 5 are needed" in found.correction


def test_items_of_few_groups_tell_nothing_either() -> None:
    """60 items of 3 documents are 3 groups."""
    one = contest({"a": ITEMS, "b": ITEMS - 0.5})
    assert isinstance(one.inference, Means)
    groups = [f"g{number % 3}" for number in range(60)]
    found = field(replace(one, inference=Means(replace(one.inference.aligned, groups=groups), ("s", "m"))))
    assert "3 independent groups" in found.correction


def test_what_stays_open_says_how_many_items_would_settle_it() -> None:
    """n · ((1.96 + 0.84) · SE / Δ)² at the observed difference, the leader against each other of the best set."""
    one = contest({"a": noisy(2), "b": noisy(3, 0.01), "c": noisy(4, 0.5)})
    (question,) = unsettled(one, field(one))
    difference = one.inference.difference(0, 1)
    assert difference.error is not None
    expected = 60 * ((1.959964 + 0.841621) * difference.error / difference.value) ** 2
    assert (question.a, question.b, question.items) == ("a", "b", 60)
    assert question.needed == math.ceil(expected)


def test_who_are_equal_within_the_margin_have_nothing_to_settle() -> None:
    """The 90 % interval of 0.001 ± 0.0026 lies within ±0.02; so does that of two that are the same on 900 items."""
    near = ITEMS + np.random.default_rng(9).normal(0.001, 0.01, 60)
    one = contest({"a": ITEMS, "b": near})
    (question,) = unsettled(one, field(one))
    assert (question.verdict, question.needed) == ("equal", None)
    same = contest({"a": np.tile(ITEMS, 15), "b": np.tile(ITEMS, 15)})
    assert [one.verdict for one in unsettled(same, field(same))] == ["equal"]


def test_no_more_items_are_asked_for_than_a_hundred_times_as_many() -> None:
    """A difference of a thousandth of its standard error would take millions."""
    noise = np.random.default_rng(9).normal(0, 0.3, 60)
    one = contest({"a": ITEMS, "b": ITEMS + noise - noise.mean() + 0.0001})
    (question,) = unsettled(one, field(one))
    assert (question.verdict, question.needed) == ("beyond", None)


def test_a_suite_that_makes_most_of_the_uncertainty_is_named() -> None:
    """12 items on which nothing differs, beside two of 60: what they may have missed outweighs all that is known."""
    suites = [contest({"a": noisy(seed), "b": noisy(seed + 5)}, f"s{seed}") for seed in (1, 2)]
    tiny = contest({"a": np.ones(12), "b": np.ones(12)}, "tiny")
    together, _ = average([*suites, tiny])
    assert together is not None
    (note,) = leaning(together, field(together))
    assert note.startswith("tiny (12 items) makes most of the uncertainty of the average; also where nothing differs")
    assert isinstance(together.inference, Average)
    assert sum(together.inference.shares(0, 1)) == pytest.approx(1)
    for calm in ([*suites, contest({"a": noisy(3), "b": noisy(9)}, "s3")], suites):
        together, _ = average(calm)
        assert together is not None
        assert leaning(together, field(together)) == ()
    assert leaning(tiny, field(tiny)) == ()


def test_the_average_weighs_suites_and_their_errors() -> None:
    """Weights 3 and 1: value (3·0.2 + 0.4)/4 = 0.25, SE √((3·0.01)² + 0.04²)/4 = 0.0125, df by Welch–Satterthwaite."""
    found = averaged([(3.0, Student(0.2, 0.01, 9, 10)), (1.0, Student(0.4, 0.04, 4, 5))])
    assert isinstance(found, Student)
    assert found.value == pytest.approx(0.25)
    assert found.error == pytest.approx(0.0125)
    assert found.freedom == pytest.approx((9 + 16) ** 2 / (9**2 / 9 + 16**2 / 4))


def test_what_never_varies_does_not_make_the_average_surer() -> None:
    """A constant counts with the error of a t interval as wide as its own: (1 − 0.025^(1/20)) / t = 0.168 / 2.093."""
    part = averaged([(1.0, Student(0.2, 0.01, 9, 10)), (1.0, Constant(0.0, 20))])
    assert part.error == pytest.approx(math.hypot(0.01, 0.1684 / 2.0930) / 2, rel=1e-3)
    whole = averaged([(1.0, Constant(0.1, 30)), (1.0, Constant(0.3, 20))])
    assert (whole.method, whole.groups) == ("t", 50)
    assert whole.value == pytest.approx(0.2)
    assert averaged([(1.0, Constant(0.0, 30)), (1.0, Constant(0.0, 20))]).p() == 1.0


def test_six_items_without_spread_show_nothing_of_the_average() -> None:
    """0.4 better on each of six items, as good on 60: shown of those six, not of what others would be like."""
    few = contest({"a": np.full(6, 1.0), "b": np.full(6, 0.6)}, "few")
    many = contest({"a": noisy(1), "b": noisy(2)}, "many")
    together, _ = average([few, many])
    assert together is not None
    assert [one.in_best for one in field(together).standings] == [True, True]


def test_a_suite_of_few_items_does_not_keep_the_others_from_being_averaged() -> None:
    """It is left out with the reason; where all are so small they are averaged, and nothing is told."""
    small = contest({"a": ITEMS[:3], "b": noisy(1)[:3]}, "small")
    others = [contest({"a": noisy(seed), "b": noisy(seed + 5, 0.3)}, f"s{seed}") for seed in (1, 2)]
    together, notes = average([small, *others])
    assert together is not None
    assert notes == ("small is not in the average: 3 independent groups of items: at least 5 are needed",)
    assert [one.in_best for one in field(together).standings] == [True, False]
    together, notes = average([small, replace(small, heading=replace(small.heading, suite="tiny"))])
    assert together is not None
    assert (field(together).correction, notes) == ("3 independent groups of items: at least 5 are needed", ())


def test_of_many_suites_that_somebody_lacks_some_are_named() -> None:
    """Three with their reasons, and how many more."""
    suites = [contest({"a": noisy(seed), "b": noisy(seed + 9)}, f"s{seed}") for seed in range(6)]
    suites.append(contest({"a": noisy(7), "b": noisy(8), "c": noisy(9)}, "s6"))
    together, _ = average(suites)
    assert together is not None
    assert [one.reason for one in together.outside] == ["s0: not run; s1: not run; s2: not run; and 3 suites more"]
    assert [one.missing for one in together.outside] == [tuple(f"s{seed}" for seed in range(6))]


def test_on_the_average_all_ties_say_what_the_items_may_have_missed() -> None:
    """60 and 30 equal items: 1 − 0.025^(1/n) is 0.060 and 0.116, with Welch's error √(0.030² + 0.057²)/2 = 0.0321.

    Where the values differ and only the averages are the same, nothing like that is said.
    """
    first, second = contest({"a": ITEMS, "b": ITEMS}, "s1"), contest({"a": ITEMS[:30], "b": ITEMS[:30]}, "s2")
    together, _ = average([first, second])
    assert together is not None
    (question,) = unsettled(together, field(together))
    assert (question.items, question.needed) == (90, None)
    assert question.missed == pytest.approx(2.0 * 0.0321, rel=0.02)
    varied = contest({"a": ITEMS, "b": ITEMS[::-1]})
    (question,) = unsettled(varied, field(varied))
    assert (question.needed, question.missed) == (None, None)


def test_the_average_of_what_is_not_known_is_not_known() -> None:
    """With the reason of the part."""
    found = averaged([(1.0, Student(0.2, 0.01, 9, 10)), (1.0, Unknown(0.1, 2, "2 groups"))])
    assert (found.p(), found.reason) == (None, "2 groups")


def test_over_suites_everybody_with_all_of_them_has_a_place() -> None:
    """c lacks a suite: it stands outside the average with the reason, and no suite is dropped for it."""
    failed = Standing("c", "", "", None, None, NONE, status="failed", reason="out of memory")
    first = contest({"a": noisy(1), "b": noisy(2, 0.4), "c": noisy(3)}, "s1")
    second = contest({"a": noisy(4), "b": noisy(5, 0.4)}, "s2", (failed,))
    together, notes = average([first, second])
    assert together is not None
    found = field(together)
    assert [(one.embedder, one.place) for one in found.standings] == [("a", 1), ("b", 2), ("c", None)]
    assert (found.standings[2].status, found.standings[2].reason) == ("failed", "s2: out of memory")
    assert (found.suite, found.items, notes) == ("", 120, ())
    expected = (np.mean(noisy(1)) + np.mean(noisy(4))) / 2
    assert found.standings[0].value == pytest.approx(float(expected))
    low, high = found.standings[0].interval.low, found.standings[0].interval.high
    assert low is not None
    assert high is not None
    assert low < expected < high


def test_where_nobody_shares_a_suite_there_is_no_average() -> None:
    """Nobody could be compared in it."""
    assert average([contest({"a": ITEMS}, "s1"), contest({"b": ITEMS}, "s2")]) == (None, ())


def test_a_suite_that_two_of_the_three_best_lack_is_left_out_by_name() -> None:
    """Somebody who comes with a suite of his own, or a suite that all failed on, takes nobody's average away."""
    suites = [contest({"a": noisy(seed), "b": noisy(seed + 5), "new": noisy(seed + 9)}, f"s{seed}") for seed in (1, 2)]
    failed = Standing("a", "", "", None, None, NONE, status="failed", reason="out of memory")
    nobody = Contest(Field("none", "", 0, True, 1.0, ()), (), (failed,), WithoutItems((), "nobody"))
    together, notes = average([*suites, nobody, contest({"new": ITEMS}, "own"), contest({"new": ITEMS}, "too")])
    assert together is not None
    assert [one.embedder for one in together.entrants] == ["a", "b", "new"]
    assert together.heading.of == ("s1", "s2")
    assert list(together.heading.left_out) == ["none", "own", "too"]
    assert notes == (
        "none is not in the average: nobody has a score",
        "own, too are not in the average: of the 3 best, a, b have no score on it",
    )


def test_who_lacks_a_suite_that_counts_is_set_aside_with_what_he_lacks() -> None:
    """By name, though he leads on all others; who failed is set aside as failed."""
    many = {"a": noisy(1), "b": noisy(2, 0.1), "c": noisy(3, 0.2), "d": noisy(4, 0.3)}
    failed = Standing("a", "", "", None, None, NONE, status="failed", reason="out of memory")
    few = {name: many[name] for name in "bc"}
    together, notes = average([contest(many, "s1"), contest(many, "s2"), contest(few, "s3", (failed,))])
    assert (together is not None, notes) == (True, ())
    assert together is not None
    assert [one.embedder for one in together.entrants] == ["b", "c"]
    told = [(one.embedder, one.status, one.missing, one.reason) for one in together.outside]
    assert told == [
        ("a", "failed", ("s3",), "s3: out of memory"),
        ("d", "not_applicable", ("s3",), "s3: not run"),
    ]


def test_two_are_averaged_over_what_both_have() -> None:
    """Of two there is no majority."""
    both = {"a": noisy(1), "b": noisy(2)}
    together, notes = average([contest(both, "s1"), contest({"a": ITEMS}, "s2"), contest({"b": ITEMS}, "s3")])
    assert together is not None
    assert together.heading.of == ("s1",)
    assert len(notes) == 2


def test_one_suite_needs_no_average() -> None:
    """And no note about it."""
    assert average([contest({"a": ITEMS})]) == (None, ())


def test_where_less_is_better_nothing_is_averaged_blindly() -> None:
    """Such a suite is left out with a note; so is one without items."""
    down = contest({"a": ITEMS, "b": noisy(1)}, "down")
    down = replace(down, heading=replace(down.heading, higher_is_better=False))
    bare = Contest(Field("bare", "m", 0, True, 1.0, ()), (entrant("a", 0.5),), (), WithoutItems((0.5,), "no items"))
    together, notes = average([down, bare, contest({"a": ITEMS, "b": noisy(1)}, "up")])
    assert together is not None
    assert isinstance(together.inference, Average)
    assert len(together.inference.parts) == 1
    assert [note.partition(" is not in the average")[0] for note in notes] == ["bare", "down"]


def test_without_items_nobody_is_shown_to_be_worse() -> None:
    """Scores give an order, not a best set."""
    entrants = (entrant("a", 0.1), entrant("b", 0.9))
    found = field(Contest(Field("s", "m", 0, True, 1.0, ()), entrants, (), WithoutItems((0.1, 0.9), "no items of m")))
    assert [(one.embedder, one.in_best, one.p) for one in found.standings] == [("b", True, None), ("a", True, None)]
    assert found.correction == "no items of m"


def separated(similarity: np.ndarray) -> Separated:
    """Pairs of which the first half are the same; only how alike they are differs between embedders."""
    ids = [f"p{number:03}" for number in range(len(similarity))]
    same = np.arange(len(ids)) < len(ids) // 2
    return Separated(ids, ids, same, similarity)


def test_a_metric_that_is_no_mean_is_resampled() -> None:
    """auc of a good, a similar and a useless embedder: the useless one is set aside, with a p that is never 0."""
    random = np.random.default_rng(0)
    signal = np.where(np.arange(120) < 60, 1.0, 0.0)
    rows = [signal + random.normal(0, 0.7, 120), signal + random.normal(0, 0.7, 120), random.normal(0, 1, 120)]
    judgements = [separated(row) for row in rows]
    inference = Resampled(AUC, judgements, ("s", "auc"))
    entrants = tuple(entrant(name, AUC.score(one)) for name, one in zip("abc", judgements, strict=True))
    found = field(Contest(Field("s", "auc", 120, True, 1.0, ()), entrants, (), inference))
    assert found.standings[2].embedder == "c"
    assert [one.in_best for one in found.standings] == [True, True, False]
    assert found.standings[2].p is not None
    assert 0 < found.standings[2].p < 0.05
    assert (inference.items, inference.own(0).value) == (120, AUC.score(judgements[0]))


def test_many_embedders_do_not_make_resampling_blind() -> None:
    """190 pairs of 20 embedders: a p of 1 / 1001 per pair, times 190, would never show anything; maxT does."""
    random = np.random.default_rng(1)
    signal = np.where(np.arange(200) < 100, 1.5, 0.0)
    rows = [signal + random.normal(0, 0.5, 200), *(random.normal(0, 1, 200) for _ in range(19))]
    inference = Resampled(AUC, [separated(row) for row in rows], ("s", "auc"))
    pairs = inference.adjusted(range(20))
    assert all(p is not None and p < 0.05 for (first, _), p in pairs.items() if first == 0)


def test_few_judgements_tell_nothing() -> None:
    """Four pairs: no interval, no p."""
    inference = Resampled(AUC, [separated(np.array([0.9, 0.8, 0.1, 0.2]))] * 2, ("s", "auc"))
    assert inference.adjusted([0, 1]) == {(0, 1): None}
    assert "at least 5" in inference.reason
    assert inference.own(0).interval().low is None


def test_equal_scores_that_are_no_means_are_not_told_apart() -> None:
    """The same judgements twice: every resample agrees, and p is 1."""
    one = separated(np.random.default_rng(3).normal(0, 1, 40))
    assert Resampled(AUC, [one, one], ("s", "auc")).adjusted([0, 1]) == {(0, 1): 1.0}


def test_of_five_equals_somebody_is_left_out_in_one_field_of_twenty() -> None:
    """200 fields of five that truly do equally well: all stay in 95 % of them, whoever happens to lead."""
    random = np.random.default_rng(11)
    kept = []
    for number in range(200):
        rows = random.normal(0.5, 0.2, 40) + random.normal(0, 0.2, (5, 40))
        found = field(contest(dict(zip("abcde", rows, strict=True)), f"s{number}"))
        kept.append(len(found.best) == 5)
    assert 0.9 <= np.mean(kept) < 1


@pytest.mark.parametrize(("place", "expected"), [(1, "a"), (26, "z"), (27, "aa"), (52, "az"), (703, "aaa")])
def test_letters_go_on_behind_z(place: int, expected: str) -> None:
    """As columns of a spreadsheet do."""
    assert letter(place) == expected
