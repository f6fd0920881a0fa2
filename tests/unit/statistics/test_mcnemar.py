"""McNemar's exact test, worked by hand."""

from __future__ import annotations

import pytest

from harness.statistics.mcnemar import mcnemar


@pytest.mark.parametrize(
    ("wins", "losses", "p"), [(0, 0, 1.0), (1, 0, 1.0), (5, 0, 2 / 32), (1, 5, 2 * 7 / 64), (3, 3, 1.0), (2, 3, 1.0)]
)
def test_by_hand(wins: int, losses: int, p: float) -> None:
    """Twice the smaller tail of a fair coin, 1 at most: (1 + 6) / 64 for one of six."""
    assert mcnemar(wins, losses) == pytest.approx(p)
    assert mcnemar(losses, wins) == pytest.approx(p)


def test_never_zero() -> None:
    """A p too small for a number is small."""
    assert 0 < mcnemar(5000, 0) < 1e-300
