"""Scales, ticks, and texts that have to be short."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from harness.report.page.shapes import Scale, scale, shortened, width_of


def test_a_scale_leaves_room_around_the_values() -> None:
    """Ends lie beyond the values, but not below zero where all are above."""
    found = scale([0.0, 1.0], 0, 100)
    assert (found.low, found.high) == (0.0, 1.08)
    assert found.at(0.0) == 0.0
    assert 0 < found.at(1.0) < 100


def test_far_values_are_on_a_logarithmic_scale() -> None:
    """From ten times as much on; where one is 0 there is no logarithm."""
    assert scale([1.0, 11.0], 0, 1, log=True).kind == "log"
    assert scale([1.0, 9.0], 0, 1, log=True).kind == "linear"
    assert scale([0.0, 900.0], 0, 1, log=True).kind == "linear"


def test_equal_steps_of_a_logarithmic_scale_are_equal_factors() -> None:
    """1 to 10 takes as much room as 10 to 100."""
    found = Scale(1.0, 100.0, 0.0, 200.0, "log")
    assert [found.at(value) for value in (1.0, 10.0, 100.0)] == [0.0, 100.0, 200.0]


def test_a_value_beyond_an_end_stays_inside() -> None:
    """Nothing is drawn outside the frame."""
    assert Scale(0.0, 1.0, 10.0, 20.0).at(7.0) == 20.0


@pytest.mark.parametrize(
    ("found", "ticks"),
    [
        (Scale(0.0, 1.0, 0, 1), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (Scale(-0.13, 0.31, 0, 1), [-0.1, 0.0, 0.1, 0.2, 0.3]),
        (Scale(0.7, 150.0, 0, 1, "log"), [1.0, 3.0, 10.0, 30.0, 100.0]),
        (Scale(3.0, 40.0, 0, 1, "log"), [5.0, 10.0, 20.0]),
    ],
)
def test_ticks_are_round_numbers(found: Scale, ticks: list[float]) -> None:
    """1, 2, 5 times a power of ten; 1, 3 where there are many."""
    assert found.ticks() == pytest.approx(ticks)


@pytest.mark.parametrize("found", [Scale(1e-7, 1e9, 0, 1, "log"), Scale(0.0, 12345.6, 0, 1), Scale(-1e-6, 1e-6, 0, 1)])
def test_ticks_are_few_and_inside(found: Scale) -> None:
    """Whatever the scale."""
    ticks = found.ticks()
    assert 2 <= len(ticks) <= 7
    assert all(found.low <= tick <= found.high for tick in ticks)


def test_a_scale_of_one_value_is_a_scale() -> None:
    """No division by nothing."""
    for value in (0.0, 5.0, -3.0):
        assert 0 <= scale([value], 0, 100).at(value) <= 100


@pytest.mark.parametrize("text", ["packaged:multilingual-e5-small?dim=64", "文" * 30, "a" * 50, "👩‍🔬" * 12])
def test_a_long_text_keeps_its_ends(text: str) -> None:
    """In cells, so that Chinese takes no more room than it has."""
    short = shortened(text, 20)
    assert cell_len(short) <= 20
    assert short.partition("…")[0]
    assert text.endswith(short.partition("…")[2])


def test_a_short_text_stays() -> None:
    """Nothing is cut without need."""
    assert shortened("bm25:", 5) == "bm25:"


def test_chinese_is_twice_as_wide() -> None:
    """As fonts have it."""
    assert width_of("文") == 2 * width_of("a")
