"""All pairs of 20 candidates on 10,000 items, 10 metrics, 10,000 flips of signs, beside scipy's own functions.

`python tests/bench/bench_statistics.py` prints wall seconds, and the peak of memory that was asked for beyond the data.
scipy.stats.permutation_test takes one pair at a time: one pair of one metric is timed, and the time for all of them is
that times 1,900, as the last lines say. It draws in batches of 100, without which it would ask for 1.6 GB.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import stats

from harness.statistics.estimates import estimate
from harness.statistics.permutation import flips_of_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Floats


class Cost(NamedTuple):
    """Of one run: seconds, and MB."""

    seconds: float
    memory: float


def scores(embedders: int, items: int, metrics: int) -> list[Floats]:
    """Per metric, embedders × items: items are easy or hard for all, embedders differ a little."""
    random = np.random.default_rng(0)
    easy = random.random(items)
    better = np.linspace(0, 0.02, embedders)[:, None]
    return [np.clip(easy + better + random.normal(0, 0.15, (embedders, items)), 0, 1) for _ in range(metrics)]


def cost(run: Callable[[], object]) -> Cost:
    """Time first, without counting memory; then memory, which makes it slower."""
    start = time.perf_counter()
    run()
    seconds = time.perf_counter() - start
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Cost(seconds, peak / 1e6)


def flipped(measured: list[Floats], groups: int | None, permutations: int) -> list[Floats]:
    """Our p values of all pairs, by themselves and adjusted by maxT."""
    items = measured[0].shape[1]
    group = None if groups is None else np.arange(items) % groups
    random = np.random.default_rng(1)
    return [flips_of_pairs(values, group, random, permutations).p for values in measured]


def by_scipy(first: Floats, second: Floats, permutations: int) -> float:
    """The p of one pair on one metric."""
    found = stats.permutation_test(
        (first, second),
        lambda x, y, axis: np.mean(y - x, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=permutations,
        batch=100,
        rng=np.random.default_rng(1),
    )
    return float(found.pvalue)


def main() -> None:
    """Print the costs side by side, and how far the p values are apart."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--embedders", type=int, default=20)
    options.add_argument("--items", type=int, default=10_000)
    options.add_argument("--metrics", type=int, default=10)
    options.add_argument("--permutations", type=int, default=10_000)
    chosen = options.parse_args()
    measured = scores(chosen.embedders, chosen.items, chosen.metrics)
    first, second = np.triu_indices(chosen.embedders, 1)
    pairs = list(zip(first, second, strict=True))
    claims = len(pairs) * chosen.metrics
    one = (measured[0][0], measured[0][1])
    mine = cost(lambda: flipped(measured, None, chosen.permutations))
    grouped = cost(lambda: flipped(measured, max(5, chosen.items // 5), chosen.permutations))
    theirs = cost(lambda: by_scipy(*one, chosen.permutations))
    ours_t = cost(lambda: [estimate(values[j] - values[i]).p() for values in measured for i, j in pairs])
    theirs_t = cost(lambda: [stats.ttest_rel(values[second], values[first], axis=1) for values in measured])
    apart = abs(flipped(measured[:1], None, chosen.permutations)[0][0, 1] - by_scipy(*one, chosen.permutations))
    rows = (
        ("sign flips and maxT", mine, Cost(theirs.seconds * claims, theirs.memory)),
        ("the same, in groups of 5", grouped, None),
        ("paired t", ours_t, theirs_t),
    )
    sys.stdout.write(
        f"{chosen.embedders} embedders, {claims:,} pairs × metrics, {chosen.items:,} items, "
        f"{chosen.permutations:,} permutations\n"
        f"{'':28}{'harness':>12}{'':>10}{'scipy':>12}\n"
        f"{'':28}{'s':>12}{'MB':>10}{'s':>12}{'MB':>10}{'ratio':>10}\n"
    )
    for name, ours, other in rows:
        compared = f"{other.seconds:12.1f}{other.memory:10.1f}{other.seconds / ours.seconds:10.1f}" if other else ""
        sys.stdout.write(f"{name:28}{ours.seconds:12.2f}{ours.memory:10.1f}{compared}\n")
    sys.stdout.write(
        f"scipy.stats.permutation_test: {theirs.seconds:.2f} s for one pair on one metric, in batches of 100, "
        f"times {claims:,}; without maxT\n"
        f"its p and ours differ by {apart:.4f} on that pair\n"
    )


if __name__ == "__main__":
    main()
