"""What holds for paired tests whatever the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.statistics.corrections import holm
from harness.statistics.estimates import Constant, Student, estimate
from harness.statistics.few_changes import FewChanges
from harness.statistics.mcnemar import mcnemar
from harness.statistics.permutation import flips_of_pairs, max_t, sign_flips

if TYPE_CHECKING:
    from harness.model import Floats, Index

ps = st.lists(st.none() | st.floats(0, 1), max_size=12)


@st.composite
def samples(draw: st.DrawFn) -> tuple[Floats, Index | None]:
    """Differences of three metrics, coarse or fine, sparse or dense, of items that come in groups or do not."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    items = draw(st.integers(1, 60))
    columns = random.normal(draw(st.sampled_from([0.0, 0.3])), 1, (items, 3))
    steps = draw(st.sampled_from([None, 1, 3]))
    columns = columns if steps is None else np.round(columns * steps) / steps
    columns *= random.random((items, 3)) < draw(st.sampled_from([0.0, 0.1, 1.0]))
    groups = np.unique(random.integers(0, items, items), return_inverse=True)[1] if draw(st.booleans()) else None
    return columns, groups


def seeded() -> np.random.Generator:
    """The same stream every time."""
    return np.random.default_rng(7)


@settings(max_examples=150, deadline=None)
@given(sample=samples())
def test_a_against_b_is_b_against_a(sample: tuple[Floats, Index | None]) -> None:
    """Swapping the sides negates the estimate and its bounds, and keeps every p."""
    columns, groups = sample
    for column in columns.T:
        one, other = estimate(column, groups), estimate(-column, groups)
        assert one.value == -other.value
        assert one.p() == pytest.approx(other.p())
        assert one.p_above(0.1) == pytest.approx(other.p_below(-0.1))
        if one.lower() is not None:
            assert one.lower() == pytest.approx(-(other.upper() or 0), abs=1e-12)
    for test in (sign_flips, max_t):
        np.testing.assert_array_equal(test(columns, groups, seeded(), 199), test(-columns, groups, seeded(), 199))


@settings(max_examples=150, deadline=None)
@given(sample=samples())
def test_p_values_are_p_values(sample: tuple[Floats, Index | None]) -> None:
    """Never 0, never above 1; adjusted ones are not below their own where every item stands for itself."""
    columns, groups = sample
    alone, together = (test(columns, groups, seeded(), 199) for test in (sign_flips, max_t))
    found = [estimate(column, groups).p() for column in columns.T]
    assert all(one is None or 0 < one <= 1 for one in [*found, *alone, *together])
    if groups is None:
        assert (together >= alone).all()


@settings(max_examples=100, deadline=None)
@given(sample=samples())
def test_pairs(sample: tuple[Floats, Index | None]) -> None:
    """Of all pairs p and adjusted p are symmetric, in (0, 1], and the adjusted one is not below."""
    columns, groups = sample
    found = flips_of_pairs(columns.T.copy(), groups, seeded(), 199)
    for square in (found.p, found.adjusted):
        np.testing.assert_array_equal(square, square.T)
        assert ((square > 0) & (square <= 1)).all()
    assert (found.adjusted >= found.p).all()


@settings(max_examples=100, deadline=None)
@given(sample=samples(), constant=st.sampled_from([-3.0, 0.25, 10.0]))
def test_what_all_embedders_share_cancels_out(sample: tuple[Floats, Index | None], constant: float) -> None:
    """Making every item easier for everybody changes no p of any pair."""
    columns, groups = sample
    easier = flips_of_pairs(columns.T + constant, groups, seeded(), 199)
    np.testing.assert_array_equal(easier.p, flips_of_pairs(columns.T.copy(), groups, seeded(), 199).p)


@settings(max_examples=100, deadline=None)
@given(sample=samples(), seed=st.integers(0, 2**32 - 1))
def test_order_does_not_matter(sample: tuple[Floats, Index | None], seed: int) -> None:
    """Items in another order, and groups under other numbers, give the same estimate and, counted out, the same p."""
    columns, groups = sample
    order = np.random.default_rng(seed).permutation(len(columns))
    shuffled = None if groups is None else np.unique(groups.max() - groups[order], return_inverse=True)[1]
    before, after = estimate(columns[:, 0], groups), estimate(columns[order, 0], shuffled)
    assert after.value == pytest.approx(before.value, abs=1e-12)
    assert after.p() == pytest.approx(before.p())
    if len(columns) <= 10:
        for test in (sign_flips, max_t):
            np.testing.assert_array_equal(test(columns[order], shuffled, seeded()), test(columns, groups, seeded()))


@settings(max_examples=100, deadline=None)
@given(sample=samples(), scale=st.sampled_from([0.5, 4.0]))
def test_units_do_not_matter(sample: tuple[Floats, Index | None], scale: float) -> None:
    """Measured in another unit, a mean and its error are scaled, and every p that has a spread to rest on stays."""
    columns, groups = sample
    one, other = estimate(columns[:, 0], groups), estimate(columns[:, 0] * scale, groups, span=scale)
    assert type(one) is type(other)
    if isinstance(one, Student | FewChanges):
        assert other.error == pytest.approx(one.error * scale)
        assert other.p() == pytest.approx(one.p())
    if isinstance(one, Constant):
        assert other.value == pytest.approx(one.value * scale)
    for test in (sign_flips, max_t):
        np.testing.assert_array_equal(test(columns * scale, groups, seeded(), 99), test(columns, groups, seeded(), 99))


@given(p=ps)
def test_holm(p: list[float | None]) -> None:
    """Adjusted p values are in the order of the raw ones, not below them, not above 1; None stays where it was."""
    adjusted = holm(p)
    assert [one is None for one in adjusted] == [one is None for one in p]
    pairs = sorted((raw, one) for raw, one in zip(p, adjusted, strict=True) if raw is not None and one is not None)
    assert all(raw <= one <= 1 for raw, one in pairs)
    assert [one for _, one in pairs] == sorted(one for _, one in pairs)


@given(wins=st.integers(0, 2000), losses=st.integers(0, 2000))
def test_mcnemar(wins: int, losses: int) -> None:
    """Symmetric and in (0, 1]."""
    assert 0 < mcnemar(wins, losses) == mcnemar(losses, wins) <= 1
