"""A comparison as lines of text that are not laid out yet: what terminal and markdown share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.report.compared.sentences import TESTS, sentence
from harness.report.numbers import change, interval, p_value, score
from harness.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Compared, Comparison, Difference, Moved

NOTHING = "–"
_MANY = 2
"""Suites, from which on they are counted."""


@dataclass(frozen=True)
class Line:
    """One metric of one suite. Each cell is two lines: what counts, and what it rests on."""

    difference: Difference
    place: tuple[str, str]
    items: tuple[str, str]
    a: str
    b: str
    change: tuple[str, str]
    tally: tuple[str, str]
    p: tuple[str, str]
    verdict: tuple[str, str]


def lines(outcome: Compared, *, every: bool) -> list[list[Line]]:
    """The metrics of each suite, only the first of each unless `every`."""
    return [
        [_line(one) for one in comparison.differences[: None if every else 1]] for comparison in outcome.comparisons
    ]


def sides(outcome: Compared) -> list[str]:
    """`A  bm25:` and `B  …`, with what tells two of one name apart."""
    found = []
    for letter, name, shown in (
        ("A", outcome.a, {one.a for one in outcome.comparisons}),
        ("B", outcome.b, {one.b for one in outcome.comparisons}),
    ):
        runs = ", ".join(f"run {one.run[:8]} of {one.started_at[:10]}" for one in shown) if len(shown) == 1 else ""
        found.append(f"{letter}  {one_line(name)}" + (f"  ({one_line(runs)})" if runs else ""))
    return found


def tallied(outcome: Compared) -> str:
    """On how many suites B is what; empty for one suite, which needs no count."""
    words = [first.word for one in outcome.comparisons for first in one.differences[:1] if not first.reason]
    if len(words) < _MANY:
        return ""
    found = ", ".join(f"{word} on {words.count(word)}" for word in ("better", "worse", "equal", "undecided"))
    return f"Of {len(words)} suites, B is {found}."


def sentences(outcome: Compared) -> list[str]:
    """What is claimed of each suite; `refused` tells of those of which nothing is."""
    firsts = ((one, first) for one in outcome.comparisons for first in one.differences[:1])
    return [one_line(sentence(one, first)) for one, first in firsts if not first.reason]


def legend(outcome: Compared, suites: Sequence[Sequence[Line]]) -> str:
    """What the numbers are."""
    holm = next((own[0].difference.family for own in suites if own and "Holm" in own[0].difference.family), "")
    others = any(line.difference.family for own in suites for line in own[1:])
    families = [*([holm] if holm else []), *(["maxT or Holm over the other metrics of a suite"] if others else [])]
    p = f"p: corrected ({'; '.join(families)}), and that of the test" if families else "p: of the test"
    equal = f"Equal: within {outcome.margin:g}. " if outcome.margin else ""
    return f"B - A on the same items, with its 95 % interval. {equal}{p}."


def refused(outcome: Compared, suites: Sequence[Sequence[Line]]) -> list[str]:
    """Suites, and metrics of those shown, that could not be compared, those of one reason together."""
    by_reason: dict[str, list[str]] = {}
    for one in (line.difference for own in suites for line in own):
        if one.reason:
            by_reason.setdefault(one.reason, []).append(f"{one.metric} of {one.suite}")
    for suite in outcome.not_compared:
        by_reason.setdefault(suite.reason, []).append(suite.suite)
    return [one_line(f"{', '.join(names)}: {reason}") for reason, names in by_reason.items()]


def both_ways(comparison: Comparison) -> Iterator[tuple[str, Sequence[Moved]]]:
    """The items that moved, those on which B does better first, each with its heading."""
    first = comparison.differences[0] if comparison.differences else None
    sign = 1 if first is None or first.higher_is_better else -1
    parts = ", by what an item adds to the score" if first is not None and first.tally is None else ""
    for way, side in (("gains", sign), ("loses", -sign)):
        chosen = [one for one in comparison.moved if (one.b - one.a) * side > 0]
        if chosen:
            yield f"{one_line(comparison.suite)}, {chosen[0].metric}: where B {way} most{parts}", chosen


def answers(moved: Moved) -> list[tuple[str, str]]:
    """What each put first, by letter; once where it was the same."""
    if moved.answer_a == moved.answer_b:
        return [("A, B", moved.answer_a)] if moved.answer_a else []
    return [(letter, text or NOTHING) for letter, text in (("A", moved.answer_a), ("B", moved.answer_b))]


def _line(difference: Difference) -> Line:
    place = (one_line(difference.suite), one_line(difference.metric))
    if difference.reason:
        blank = (NOTHING, "")
        return Line(difference, place, blank, NOTHING, NOTHING, blank, blank, blank, ("not compared", ""))
    reach = interval(difference.interval, change) or "no interval"
    return Line(
        difference,
        place,
        (f"{difference.items:,}", f"{difference.groups:,} groups" if difference.clustered else ""),
        score(difference.a),
        score(difference.b),
        (change(difference.value), reach),
        _tally(difference),
        (
            p_value(difference.adjusted) or NOTHING,
            f"{TESTS[difference.test]} {p_value(difference.p)}" if difference.p else "",
        ),
        (difference.word, f"needs {difference.needed:,}" if difference.needed else ""),
    )


def _tally(difference: Difference) -> tuple[str, str]:
    tally = difference.tally
    if tally is None:
        return NOTHING, ""
    effect = "" if difference.effect is None else f"{difference.effect:+.2f}"
    return f"{tally.wins:,}/{tally.ties:,}/{tally.losses:,}", effect
