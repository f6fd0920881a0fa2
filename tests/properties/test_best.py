"""The best set: what comes and goes beside the good ones, and in which order, changes nothing about them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.compare.field import Contest, average, field
from harness.compare.inference import Means
from harness.model import Aligned, Field, Interval, Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from harness.model import Floats

NONE = Interval(None, None, "none")
SEEDS = st.integers(0, 2**32 - 1)


def contest(names: Sequence[str], values: Floats, suite: str = "s", per_group: int = 1) -> Contest:
    """A suite of which each embedder has a row of item values; `per_group` items in a row share a group."""
    ids = [f"q{number:04}" for number in range(values.shape[1])]
    groups = [f"g{number // per_group}" for number in range(values.shape[1])]
    entrants = tuple(
        Standing(name, name, "", None, float(row.mean()), NONE) for name, row in zip(names, values, strict=True)
    )
    inference = Means(Aligned("m", ids, groups, values), (suite, "m"))
    return Contest(Field(suite, "m", len(ids), True, 1.0, ()), entrants, (), inference)


def drawn(seed: int, embedders: int, items: int = 60) -> Floats:
    """Item values that go together, of embedders that differ a little: some best sets have one member, some all."""
    random = np.random.default_rng(seed)
    gaps = random.choice([0.0, 0.05, 0.1, 0.2], (embedders, 1))
    return np.asarray(random.normal(0.5, 0.2, items) + random.normal(0, 0.2, (embedders, items)) - gaps)


def order(found: Field) -> list[str]:
    """The embedders that have a place."""
    return [one.embedder for one in found.standings if one.place]


def best(found: Field) -> set[str]:
    """Those that are not shown to be worse than the leader."""
    return {one.embedder for one in found.best}


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 5), st.integers(1, 4), st.floats(-1.0, 1.0), st.integers(1, 4))
def test_more_candidates_never_change_the_order_of_the_others(
    seed: int, embedders: int, more: int, shift: float, per_group: int
) -> None:
    """Whatever the scores of those who come."""
    values = drawn(seed, embedders + more)
    values[embedders:] += shift
    names = [f"e{number}" for number in range(len(values))]
    few = order(field(contest(names[:embedders], values[:embedders], per_group=per_group)))
    many = order(field(contest(names, values, per_group=per_group)))
    assert [name for name in many if name in few] == few


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 5), st.integers(1, 4), st.sampled_from([0.05, 0.1, 0.3]), st.integers(1, 4))
def test_whoever_is_set_aside_has_no_say_in_the_best_set(
    seed: int, embedders: int, more: int, worse: float, per_group: int
) -> None:
    """Several bad candidates, alike or not, that are shown worse than the leader: the best set is as without them."""
    values = drawn(seed, embedders + more)
    values[embedders:] = values[embedders:] - worse
    names = [f"e{number}" for number in range(len(values))]
    many = field(contest(names, values, per_group=per_group))
    aside = [number for number, name in enumerate(names) if number >= embedders and name not in best(many)]
    kept = [number for number in range(len(names)) if number not in aside]
    few = field(contest([names[number] for number in kept], values[kept], per_group=per_group))
    assert best(few) == best(many)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 4), st.integers(1, 3))
def test_nor_in_the_best_set_over_several_suites(seed: int, embedders: int, more: int) -> None:
    """The same holds of the average."""
    suites = [drawn(seed + number, embedders + more) for number in range(3)]
    for values in suites:
        values[embedders:] -= 0.3
    names = [f"e{number}" for number in range(embedders + more)]

    def over_all(count: int) -> Field:
        together, _ = average([contest(names[:count], values[:count], str(at)) for at, values in enumerate(suites)])
        assert together is not None
        return field(together)

    few, many = over_all(embedders), over_all(embedders + more)
    assert order(many)[:embedders] == order(few)
    if not best(many) - set(names[:embedders]):
        assert best(many) == best(few)


SUITES = [f"s{number}" for number in range(5)]
"""Those that the good ones are run on."""
HELD = st.sets(st.sampled_from([*SUITES, "own", "other"]), max_size=7)
"""The suites on which somebody has a score."""


def over_suites(
    names: Sequence[str], values: Mapping[str, Floats], held: Mapping[str, AbstractSet[str]]
) -> Field | None:
    """The average of those who have all suites that count; others failed on those that they lack."""
    contests = []
    for suite in sorted(set().union(*held.values())):
        having = [number for number, name in enumerate(names) if suite in held[name]]
        if having:
            found = contest([names[number] for number in having], values[suite][having], suite)
            lacking = [name for name in names if suite not in held[name]]
            failed = (Standing(name, name, "", None, None, NONE, status="failed", reason="broke") for name in lacking)
            contests.append(replace(found, outside=tuple(failed)))
    together, _ = average(contests)
    return field(together) if together else None


@settings(max_examples=100, deadline=None)
@given(SEEDS, st.integers(2, 5), st.lists(HELD, min_size=1, max_size=4), st.data())
def test_over_suites_bad_candidates_change_nothing_whatever_they_lack(
    seed: int, good: int, bad: list[set[str]], data: st.DataObject
) -> None:
    """Those who come do worse wherever others have a score; they lack most suites, or none, or bring their own.

    Three or more good ones lack one suite at most, each another one or the same; two lack none.
    """
    names = [f"e{number}" for number in range(good + len(bad))]
    gaps = [data.draw(st.sampled_from(["", *SUITES] if good > 2 else [""])) for _ in range(good)]
    held = dict(zip(names, [*({*SUITES} - {gap} for gap in gaps), *bad], strict=True))
    values = {suite: drawn(seed + number, len(names)) for number, suite in enumerate([*SUITES, "own", "other"])}
    for rows in values.values():
        rows[good:] -= np.arange(2, 2 + len(bad))[:, None]
    few = over_suites(names[:good], values, {name: held[name] for name in names[:good]})
    many = over_suites(names, values, held)
    assert few is not None
    assert many is not None
    assert (many.of, many.items) == (few.of, few.items)
    assert [name for name in order(many) if name in names[:good]] == order(few)
    assert {one.embedder: one.value for one in few.standings if one.place}.items() <= {
        one.embedder: one.value for one in many.standings
    }.items()
    assert best(many) == best(few)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.lists(HELD, min_size=2, max_size=5))
def test_over_suites_all_are_averaged_over_the_same_and_nothing_counts_as_zero(seed: int, sets: list[set[str]]) -> None:
    """Whoever has a place has a score on each suite of the average; whoever has none lacks one of them, by name."""
    names = [f"e{number}" for number in range(len(sets))]
    held = dict(zip(names, sets, strict=True))
    values = {suite: drawn(seed + number, len(names)) for number, suite in enumerate([*SUITES, "own", "other"])}
    found = over_suites(names, values, held)
    comparable = any(sets[i] & sets[j] for i in range(len(sets)) for j in range(i)) or sum(map(bool, sets)) == 1
    assert (found is not None) == (comparable and len(set().union(*sets)) > 1)
    for one in found.standings if found else ():
        scores = [float(values[suite][names.index(one.embedder)].mean()) for suite in found.of]
        assert set(one.missing) == {*found.of} - held[one.embedder]
        assert (one.value is None) == bool(one.missing)
        assert one.value is None or math.isclose(one.value, sum(scores) / len(scores))
        assert one.value is not None or one.status == "failed"


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 5), st.randoms(use_true_random=False))
def test_it_does_not_matter_who_is_named_first(seed: int, embedders: int, shuffler: object) -> None:
    """The same standings, letters and p to the last digit of sums, in whatever order the embedders come."""
    values = drawn(seed, embedders)
    names = [f"e{number}" for number in range(embedders)]
    places = list(range(embedders))
    shuffler.shuffle(places)  # type: ignore[attr-defined]  # hypothesis' own random.Random
    straight = field(contest(names, values)).standings
    mixed = field(contest([names[place] for place in places], values[places])).standings
    assert straight == mixed


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(2, 5))
def test_the_same_results_give_the_same_decision(seed: int, embedders: int) -> None:
    """Nothing depends on when it is asked."""
    values = drawn(seed, embedders)
    names = [f"e{number}" for number in range(embedders)]
    assert field(contest(names, values)) == field(contest(names, values))


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 6))
def test_the_leader_beats_exactly_whom_the_best_set_leaves_out(seed: int, embedders: int) -> None:
    """Letters and best set say the same of the leader; nobody beats one who stands above."""
    values = drawn(seed, embedders)
    found = field(contest([f"e{number}" for number in range(embedders)], values))
    letters = [one.letter for one in found.standings]
    assert set(found.standings[0].beats) == {one.letter for one in found.standings if not one.in_best}
    for at, one in enumerate(found.standings):
        assert set(one.beats) <= set(letters[at + 1 :])
