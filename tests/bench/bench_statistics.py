"""All pairs of 20 candidates on 10,000 items, 10 metrics, 10,000 flips of signs, beside scipy's own functions.

And Spearman's rho and the AUC of the 20 candidates on 1000 resamples of the items, beside scipy's functions for one.

`python tests/bench/bench_statistics.py` prints wall seconds, and the peak of memory that was asked for beyond the data.
scipy.stats.permutation_test takes one pair at a time: one pair of one metric is timed, and the time for all of them is
that times 1,900, as the last lines say. It draws in batches of 100, without which it would ask for 1.6 GB. Of the
resamples 10 are timed, and the time is that of as many as there are.
"""

from __future__ import annotations

import argparse
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import stats

from harness.metrics.correlation import Graded, spearman
from harness.metrics.separation import Separated, auc
from harness.statistics.estimates import estimate
from harness.statistics.intervals import RESAMPLES, Draws, resampled_scores
from harness.statistics.permutation import flips_of_pairs

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from harness.model import Floats, Judgements, Metric


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


def resampled(metric: Metric[Any], judged: list[Judgements]) -> list[Floats]:
    """The scores of each on the same resamples, every item by itself."""
    draws, group = Draws(np.random.default_rng(1)), np.arange(len(judged[0].ids))
    return [resampled_scores(metric, one, group, draws) for one in judged]


def resamplings(measured: Floats) -> tuple[tuple[str, Cost, Cost], ...]:
    """Spearman and AUC of all candidates, beside scipy's."""
    items, random = measured.shape[1], np.random.default_rng(2)
    ids, gold = list(map(str, range(items))), np.round(5 * measured[0] + random.normal(0, 0.5, items), 1)
    match = gold > np.median(gold)
    graded: list[Judgements] = [Graded(ids, ids, gold, one) for one in measured]
    separated: list[Judgements] = [Separated(ids, ids, match, one) for one in measured]
    drawn = random.integers(0, items, (10, items))
    rho = cost(lambda: [stats.spearmanr(gold[one], measured[0][one]) for one in drawn])
    area = cost(lambda: [stats.mannwhitneyu(*halves(measured[0][one], match[one])) for one in drawn])
    times = RESAMPLES / len(drawn) * len(measured)
    return (
        ("Spearman resampled", cost(lambda: resampled(spearman(None), graded)), Cost(rho.seconds * times, rho.memory)),
        ("AUC resampled", cost(lambda: resampled(auc(None), separated)), Cost(area.seconds * times, area.memory)),
    )


def halves(values: Floats, match: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Those of matches, and the others."""
    return values[match], values[~match]


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
        *resamplings(measured[0]),
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
