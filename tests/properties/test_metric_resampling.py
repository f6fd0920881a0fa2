"""Counting an item several times is having it several times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.metrics.correlation import Graded, pearson, spearman
from harness.metrics.separation import Separated, auc, average_precision, best_accuracy, best_f1

if TYPE_CHECKING:
    from harness.model import Metric


@pytest.mark.parametrize(
    "metric", [spearman(None), pearson(None), average_precision(None), best_f1(None), best_accuracy(None), auc(None)]
)
@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), items=st.integers(1, 25), values=st.integers(1, 8))
def test_resampling_by_counts_equals_taking(metric: Metric[Any], seed: int, items: int, values: int) -> None:
    """Both give the same score, and are undefined together."""
    random = np.random.default_rng(seed)
    ids = [str(i) for i in range(items)]
    first, second = random.integers(values, size=items) / 3, random.integers(values, size=items) / 7
    judged = Graded(ids, ids, first, second) if metric.reads is Graded else Separated(ids, ids, first > 0.5, second)
    counts = random.multinomial(items, np.full(items, 1 / items), size=3)
    assert metric.resample is not None
    resampled = metric.resample(judged, counts.astype(float))
    taken = [metric.score(judged.take(np.repeat(np.arange(items), row))) for row in counts]
    np.testing.assert_allclose(resampled, taken, rtol=0, atol=1e-12)
