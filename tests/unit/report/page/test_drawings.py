"""Scatter and dots: everything inside, nothing on anything else, what is told by colour told in words too."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.model import Interval
from harness.report.page.dots import Bar, Frame, dots
from harness.report.page.scatter import Axes, Point, scatter
from harness.report.page.shapes import SIZE, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.report.page.shapes import Drawing, Label

AXES = Axes("title", "text", "cost", "quality")
FEW = 3
NONE = Interval(None, None, "none")


def points(count: int, seed: int) -> list[Point]:
    """Points as real candidates lie: crowded at the top, costs over four powers of ten."""
    random = np.random.default_rng(seed)
    return [
        Point(
            f"packaged:multilingual-model-{at}",
            chr(ord("a") + at),
            float(10 ** random.uniform(-1, 3)),
            float(1 - random.exponential(0.1)),
            NONE,
            at % 3 == 0 or count < FEW,
        )
        for at in range(count)
    ]


def box(label: Label) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    return label.x, label.y - SIZE + 2, label.x + width_of(label.text), label.y + 2


def meet(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes have a point in common."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def names(drawing: Drawing) -> list[Label]:
    """The labels of points."""
    return [label for label in drawing.labels if label.kind in {"front", "other"}]


def front(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    """The steps of the front as boxes without width."""
    (path,) = [path.d for path in drawing.paths if path.kind == "steps"]
    x, y = map(float, path[1:].split("H")[0].split())
    found = []
    for step in path.split("H")[1:]:
        right, height = map(float, step.split("V"))
        found += [(x, y, right, y), (right, min(y, height), right, max(y, height))]
        x, y = right, height
    return found


def inside(drawing: Drawing, labels: Sequence[Label]) -> bool:
    """Whether labels that begin at their x lie in the picture."""
    return all(left >= 0 and right <= drawing.width for left, _, right, _ in map(box, labels))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("count", [2, 8, 20])
def test_labels_overlap_neither_each_other_nor_a_point(count: int, seed: int) -> None:
    """Twenty candidates too: a name gives way to a letter."""
    drawing = scatter(points(count, seed), AXES)
    boxes = [box(label) for label in names(drawing)]
    assert len(boxes) == count
    assert inside(drawing, names(drawing))
    assert [pair for pair in combinations(boxes, 2) if meet(*pair)] == []
    dots_there = [(dot.x - 4, dot.y - 4, dot.x + 4, dot.y + 4) for dot in drawing.dots]
    assert sum(meet(one, dot) for one in boxes for dot in dots_there) == 0
    lines = front(drawing)
    assert len(lines) > 1
    assert [pair for pair in ((one, line) for one in boxes for line in lines) if meet(*pair)] == []


def test_every_point_says_who_it_is() -> None:
    """In full while the pointer is on it, with its letter in the label."""
    found = points(20, 1)
    drawing = scatter(found, AXES)
    assert [dot.name.split(": ")[0] for dot in drawing.dots] == [
        f"packaged:multilingual-model-{at}" for at in range(20)
    ]
    assert sorted(label.text[0] for label in names(drawing)) == [point.letter for point in found]


def test_a_letter_has_its_name_below() -> None:
    """Whoever is not named in full in the drawing is named in its key, and nobody else."""
    found = points(20, 1)
    drawing = scatter(found, AXES)
    whole = {label.text for label in names(drawing)}
    assert dict(drawing.key) == {one.letter: one.name for one in found if f"{one.letter} {one.name}" not in whole}
    assert 0 < len(drawing.key) < 20
    assert scatter([replace(one, name=one.letter * 3) for one in points(2, 0)], AXES).key == []


def test_a_label_far_from_its_point_is_tied_to_it() -> None:
    """By a line; one beside it needs none."""
    crowd = [replace(one, x=5.0, y=0.5) for one in points(20, 0)]
    assert [path for path in scatter(crowd, AXES).paths if path.kind == "tie"]
    assert [path for path in scatter(points(2, 0), AXES).paths if path.kind == "tie"] == []


def test_better_is_on_top_and_cheaper_on_the_left() -> None:
    """Also where less is better."""
    good, bad = Point("g", "a", 1.0, 0.9, NONE, front=True), Point("b", "b", 2.0, 0.1, NONE, front=False)
    first, second = scatter([good, bad], AXES).dots
    assert (first.y < second.y, first.x < second.x) == (True, True)
    first, second = scatter([good, bad], Axes("", "", "", "", top=False)).dots
    assert first.y > second.y


def test_the_front_is_joined_by_steps() -> None:
    """From the cheapest on: to the next one's cost, then up to its quality; a front of one has no line."""
    front = [Point(str(at), "a", 1.0 + at, 0.1 * at, Interval(0.0, 0.5), front=True) for at in range(3)]
    (steps,) = [path for path in scatter(front, AXES).paths if path.kind == "steps"]
    assert (steps.d.count("H"), steps.d.count("V")) == (2, 2)
    assert [path for path in scatter([front[0], points(1, 0)[0]], AXES).paths if path.kind == "whisker"]


def test_points_at_the_same_place_are_all_labelled() -> None:
    """Two embedders that are the same have two names."""
    same = [Point(f"name-{at}", "ab"[at], 5.0, 0.5, NONE, front=True) for at in range(2)]
    boxes = [box(label) for label in names(scatter(same, AXES))]
    assert len(boxes) == 2
    assert not meet(*boxes)


def bars() -> list[Bar]:
    """Two with a score, one of them without an interval, and one without."""
    return [
        Bar("a" * 60, "a", 0.9, Interval(0.8, 1.0), best=True),
        Bar("文" * 40, "b", 0.5, NONE, best=False),
        Bar("c", "c", None, NONE, best=False, word="failed"),
    ]


def test_a_bar_has_a_dot_a_line_and_its_number() -> None:
    """What has no score has a word and no dot; what has no interval has no line."""
    drawing = dots(bars(), Frame("t", "d", "ndcg", 0.1, "chance"))
    assert [dot.kind for dot in drawing.dots] == ["front", ""]
    spans = [path for path in drawing.paths if path.kind.startswith("span")]
    assert [path.kind for path in spans] == ["span best"]
    texts = [label.text for label in drawing.labels]
    assert {"0.900", "0.500", "failed", "chance"} <= set(texts)


def test_the_ends_of_a_short_interval_are_seen_around_its_dot() -> None:
    """They are higher, in a scatter wider, than the dot."""
    short = Interval(0.499, 0.501)
    row = dots(
        [Bar("a", "a", 0.5, short, best=True), Bar("b", "b", 0.9, NONE, best=False)], Frame("", "", "", None, "")
    )
    (line,) = [path.d for path in row.paths if path.kind == "span best"]
    assert line.count("m0 -5v10") == 2
    assert row.dots[0].radius < 5
    plot = scatter([Point("a", "a", 1.0, 0.5, short, front=True), Point("b", "b", 2.0, 0.9, NONE, front=True)], AXES)
    (line,) = [path.d for path in plot.paths if path.kind == "whisker"]
    assert line.count("m-6 0h12") == 2
    assert plot.dots[0].radius < 6


def test_names_of_bars_do_not_reach_beyond_the_left_edge() -> None:
    """They end where the bars begin, and are shortened to that."""
    drawing = dots(bars(), Frame("t", "d", "ndcg", None, "chance"))
    ends = [label for label in drawing.labels if label.anchor == "end" and label.x < 200]
    assert len(ends) == 3
    assert all(label.x - width_of(label.text) >= 0 for label in ends)
    assert "chance" not in [label.text for label in drawing.labels]


def test_a_suite_without_scores_is_drawn() -> None:
    """Nobody has a score, and no floor is known: names and words, no dots."""
    drawing = dots([bars()[2]], Frame("t", "d", "", None, "chance"))
    assert drawing.dots == []
    assert "failed" in [label.text for label in drawing.labels]
