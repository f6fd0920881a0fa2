"""How small a difference items can show, worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.diagnostics.size import size_notes
from harness.model import Interval, ItemScores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.diagnostics.notes import Note

NONE = Interval(None, None, "few")


def by_check(items: Sequence[ItemScores], intervals: Sequence[Interval] = ()) -> dict[str, Note]:
    """The notes about a suite with the headline `hit@1`."""
    return {note.check: note for note in size_notes("hit@1", items, intervals)}


def scored(values: Sequence[float], groups: int, measure: str = "hit@1") -> ItemScores:
    """Items in so many groups of equal sizes."""
    ids = [str(row) for row in range(len(values))]
    return ItemScores(measure, ids, [f"g{row % groups}" for row in range(len(values))], np.array(values, np.float64))


def test_nothing_measured_is_nothing_said() -> None:
    """Where every shortcut was too slow."""
    assert by_check([]) == {}


@pytest.mark.parametrize(("groups", "severity"), [(4, "warning"), (5, "info"), (19, "info"), (20, None)])
def test_few_groups_are_told(groups: int, severity: str | None) -> None:
    """Below five there are no intervals, below twenty they are narrow."""
    note = by_check([scored([0.0] * 400, groups)]).get("few-groups")
    assert (note.severity if note else None) == severity


def test_the_mean_of_independent_items() -> None:
    """(1.966 + 0.843) · 0.3 / √400 for 400 items; of three items nothing can be shown."""
    note = by_check([scored([0.0] * 400, 400)])["smallest-difference"]
    assert note.value == pytest.approx(2.809 * 0.3 / 20, rel=1e-3)
    assert note.severity == "info"
    few = by_check([scored([0.0] * 3, 3)])["smallest-difference"]
    assert (few.value, few.severity) == (None, "warning")


def test_two_shortcuts_that_differ_are_compared() -> None:
    """Differences of 1 and 0 in turn have a standard deviation of 0.5."""
    one, other = scored([1.0, 0.0] * 50, 100), scored([0.0] * 100, 100)
    assert "between two shortcuts, groups counted: 0.1" in by_check([one, other])["smallest-difference"].text
    assert "(sd 0.50)" in by_check([one, other])["smallest-difference"].text
    assert "shortcuts" not in by_check([one, one])["smallest-difference"].text


def test_a_headline_that_is_no_mean() -> None:
    """From the widest interval: a standard error of 0.1 with 100 items, times 1.984 + 0.845; or from nothing."""
    evidence = scored([0.0] * 100, 100, "gold")
    note = by_check([evidence], [NONE, Interval(0.0, 0.392), Interval(0.0, 0.1)])["smallest-difference"]
    assert note.value == pytest.approx(2.829 * 0.1, rel=1e-3)
    assert by_check([evidence], [NONE])["smallest-difference"].value is None
