"""How a share is written."""

from __future__ import annotations

import pytest

from harness.statistics.shares import percent


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.03, "3 %"), (1 / 3, "33.3 %"), (0.0012345, "0.123 %"), (1.0, "100 %")]
)
def test_three_digits(share: float, text: str) -> None:
    """No more than a reader can use, no noughts behind the point."""
    assert percent(share) == text
