"""Packing sorted texts into batches by a budget of tokens."""

from __future__ import annotations

import numpy as np
import pytest

from harness.embedders.st.batches import packed


def sizes(lengths: list[int], budget: int, batch_size: int | None = None) -> list[int]:
    """How many texts each batch has."""
    return [batch.stop - batch.start for batch in packed(np.array(lengths), budget, batch_size)]


def test_a_batch_holds_what_the_budget_allows_at_its_longest_text() -> None:
    """Budget 20: 9 9 | 9 3 | 3 3 3 3: the padding of the 3 beside the 9 counts, 2 × 9 ≤ 20 < 3 × 9."""
    assert sizes([9, 9, 9, 3, 3, 3, 3, 3], 20) == [2, 2, 4]


def test_a_text_above_the_budget_is_alone() -> None:
    """A text is never cut or left out by packing, however long it is."""
    assert sizes([100, 50, 8], 10) == [1, 1, 1]


def test_a_batch_size_replaces_the_budget() -> None:
    """Who asks for batches of two gets them, the last one shorter."""
    assert sizes([100, 50, 8], 10, batch_size=2) == [2, 1]


@pytest.mark.parametrize("budget", [1, 7, 64, 10_000])
def test_every_text_is_in_exactly_one_batch(budget: int) -> None:
    """The slices follow on each other from the first text to the last, empty texts included."""
    lengths = np.sort(np.random.default_rng(0).integers(0, 50, 200))[::-1]
    batches = list(packed(lengths, budget, None))
    assert [place for batch in batches for place in range(batch.start, batch.stop)] == list(range(200))
