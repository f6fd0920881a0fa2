"""What tests and intervals promise, simulated with the code that commands run; seeded.

`python -m tests.simulations` prints the tables of harness/statistics/README.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.statistics.corrections import holm
from harness.statistics.estimates import Student, clustered_error, estimate
from harness.statistics.mcnemar import mcnemar
from harness.statistics.permutation import max_t, sign_flips
from harness.statistics.power import items_needed
from harness.statistics.seeding import generator
from tests.simulated_scores import DESIGNS, bootstrapped

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Estimate, Floats, Index

Shares: TypeAlias = "dict[str, float]"
"""`design: outcome` → in what share of the samples."""
Simulation: TypeAlias = "Callable[[], Shares]"
SAMPLES = 4000
FAMILIES = 500
LOSSES = ("regression", "probable loss")
MARGIN = 0.02
BOOTSTRAPS = 300


def changes(items: int, random: np.random.Generator, samples: int = SAMPLES) -> Floats:
    """Differences of mean 0 and sd 0.2, items × samples: half are 0, half have the heavy tails of t₅."""
    heavy = random.standard_t(5, (items, samples)) / np.sqrt(5 / 3)
    return np.asarray(heavy * (random.random((items, samples)) < 0.5) * np.sqrt(2) * 0.2)


def grouped(documents: int, per: int, icc: float, random: np.random.Generator, samples: int = SAMPLES) -> Floats:
    """Differences of mean 0, of `per` questions about each document, which are `icc` alike."""
    shared = np.repeat(random.standard_normal((documents, samples)), per, axis=0)
    own = random.standard_normal((documents * per, samples))
    return np.asarray(0.2 * (np.sqrt(icc) * shared + np.sqrt(1 - icc) * own))


def hits(items: int, losses: float, wins: float, random: np.random.Generator) -> Floats:
    """Differences of hits, items × SAMPLES: −1, 0 or 1."""
    drawn = random.random((items, SAMPLES))
    return (drawn > 1 - wins).astype(float) - (drawn < losses)


def rejected(columns: Floats, groups: Index | None = None) -> float:
    """The share of samples, a column each, that the t test calls different."""
    return float(np.mean([(estimate(column, groups).p() or 0) < 0.05 for column in columns.T]))


def covered(columns: Floats, truth: float, groups: Index | None = None) -> float:
    """The share of samples whose interval holds the true mean: whose p of it is 2.5 % or more on either side."""
    found = [estimate(column, groups) for column in columns.T]
    return float(np.mean([min(one.p_above(truth) or 0, one.p_below(truth) or 0) >= 0.025 for one in found]))


def holds(found: Estimate, truth: float) -> bool:
    """Whether the interval holds the truth."""
    ends = found.interval()
    return ends.low is not None and ends.high is not None and ends.low <= truth <= ends.high


@cache
def false_alarms() -> Shares:
    """Nothing differs: how often each test finds a difference at 5 %."""
    found = {}
    for items in (30, 100, 300):
        columns = changes(items, generator("alarms", str(items)))
        flips = sign_flips(columns, None, generator("flips", str(items)), 2000)
        found[f"{items} items: t"] = rejected(columns)
        found[f"{items} items: sign flips"] = float(np.mean(flips < 0.05))
    columns = hits(200, 0.05, 0.05, generator("hits"))
    counts = [mcnemar(int((one > 0).sum()), int((one < 0).sum())) for one in columns.T]
    found["200 items, 10 % of the hits differ: McNemar"] = float(np.mean(np.array(counts) < 0.05))
    found["200 items, 10 % of the hits differ: few changes"] = rejected(columns)
    return found


@cache
def clustered_alarms() -> Shares:
    """300 questions about fewer documents, nothing differs: how often is a difference found at 5 %."""
    found = {}
    for per, icc in ((3, 0.3), (5, 0.3), (5, 0.5)):
        columns = grouped(300 // per, per, icc, generator("documents", str(per), str(icc)))
        documents, design = np.repeat(np.arange(300 // per), per), f"{per} a document, ICC {icc}"
        flips = sign_flips(columns, documents, generator("flips", design), 2000)
        found[f"{design}: naive t"] = rejected(columns)
        found[f"{design}: clustered t"] = rejected(columns, documents)
        found[f"{design}: sign flips of documents"] = float(np.mean(flips < 0.05))
    return found


@cache
def coverage() -> Shares:
    """How often the 95 % interval of a difference holds the true one."""
    random = generator("coverage")
    found = {f"t, {n} items: coverage": covered(changes(n, random) + 0.03, 0.03) for n in (20, 50, 300)}
    sizes = np.arange(30) % 9 + 1
    documents = np.repeat(np.arange(30), sizes)
    columns = np.repeat(random.standard_normal((30, SAMPLES)), sizes, axis=0) * 0.5
    columns += random.standard_normal(columns.shape)
    found["clustered t, 30 documents of 1 to 9 items: coverage"] = covered(columns, 0.0, documents)
    sparse = hits(150, 0.025, 0.005, random)
    found["t, 150 items, 2.5 % lost and 0.5 % won hits: coverage"] = covered(sparse, -0.02)
    rare = hits(150, 0.005, 0.0, random)
    found["t or constant, 150 items, 0.5 % lost hits: coverage"] = covered(rare, -0.005)
    return found


SIZES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Floats]] = {
    "by 0 to 1": lambda random, shape: random.random(shape),
    "by 0.3": lambda _, shape: np.full(shape, 0.3),
    "by 0.15 on average, exponential": lambda random, shape: np.minimum(0.15 * random.standard_exponential(shape), 1),
    "three in ten by 1, others by 0.1": lambda random, shape: np.where(random.random(shape) < 0.3, 1.0, 0.1),
}
"""By how much an item changes, where it does."""


@cache
def few_changes() -> Shares:
    """How often the 95 % interval holds the true difference where few items change, all of them one way."""
    found = {}
    designs = [(items, share, size) for items, share in ((100, 0.025), (300, 0.025), (100, 0.1)) for size in SIZES]
    designs += [(20, 0.1, "by 0 to 1"), (1000, 0.05, "by 0.15 on average, exponential")]
    for items, share, size in designs:
        random, sizes = generator("few", str(items), str(share), size), SIZES[size]
        drawn = sizes(random, (items, SAMPLES // 2)) * (random.random((items, SAMPLES // 2)) < share)
        truth = share * float(sizes(random, (1000, 1000)).mean())
        design = f"{items} items, {share:.1%} change, {size}"
        found[f"{design}: bare t"] = float(np.mean([holds(bare(column), truth) for column in drawn.T]))
        found[f"{design}: coverage"] = covered(drawn, truth)
    documents = np.repeat(np.arange(60), np.arange(60) % 9 + 1)
    random = generator("few documents")
    drawn = random.random((len(documents), SAMPLES // 2)) * (random.random((60, SAMPLES // 2)) < 0.05)[documents]
    design = "60 documents of 1 to 9 items, 5.0% of them change, by 0 to 1"
    found[f"{design}: bare t"] = float(np.mean([holds(bare(column, documents), 0.025) for column in drawn.T]))
    found[f"{design}: coverage"] = covered(drawn, 0.025, documents)
    return found


def bare(column: Floats, groups: Index | None = None) -> Estimate:
    """By the standard error alone; nothing changed is a constant."""
    group = np.arange(len(column)) if groups is None else groups
    error, freedom = clustered_error(column, group)
    return Student(float(column.mean()), error, freedom, freedom + 1) if column.any() else estimate(column, groups)


@cache
def corpus_metrics() -> Shares:
    """Scores that are no means: coverage of the bootstrapped difference, and false alarms."""
    found = {}
    for name, design in DESIGNS.items():
        differences = bootstrapped(name, BOOTSTRAPS)
        found[f"{name}: coverage"] = float(np.mean([holds(one, design.truth) for one in differences]))
    for name in ("Spearman", "AP in 40 documents"):
        p = np.array([one.p() or 0 for one in bootstrapped(name, BOOTSTRAPS, alike=True)])
        found[f"{name}, both alike: false alarms"] = float(np.mean(p < 0.05))
        found[f"{name}, both alike: at 0.1 %"] = float(np.mean(p < 0.001))
    return found


def ruled(found: Estimate) -> str:
    """The gate's rule for one metric, where no other is gated."""
    if (found.p_above(-MARGIN) or 1) < 0.05:  # the lower bound is above, and this is quicker
        return "pass"
    if (found.p_below(-MARGIN) or 0) < 0.05:
        return "regression"
    return "probable loss" if (found.p_below(0.0) or 0) < 0.05 else "inconclusive"


@cache
def verdicts() -> Shares:
    """What "not worse by more than 0.02" says, by true difference and number of items."""
    found = {}
    for truth in (0.0, -0.02, -0.04):
        for items in (100, 300, 1000):
            columns = changes(items, generator("verdicts", str(items))) + truth
            counts = Counter(ruled(estimate(column)) for column in columns.T)
            for word in ("pass", "inconclusive", "probable loss", "regression"):
                found[f"true difference {truth:.2f}, {items} items: {word}"] = counts[word] / SAMPLES
    needed = items_needed(100, 0.02, MARGIN, sides=1) or 0
    columns = changes(needed, generator("needed"), SAMPLES // 2)
    found[f"no difference, {needed} items as `items_needed` says: pass"] = float(
        np.mean([ruled(estimate(column)) == "pass" for column in columns.T])
    )
    return found


@cache
def sparse_hits() -> Shares:
    """How often "not worse by more than 0.02" passes where it is worse by 0.02, or not worse, and few hits change."""
    found = {}
    for items in (150, 300):
        for lost, won in ((0.02, 0.0), (0.03, 0.01), (0.01, 0.01)):
            columns = hits(items, lost, won, generator("sparse", str(items), str(lost)))
            passed = [ruled(estimate(column)) == "pass" for column in columns.T]
            found[f"{items} items, {lost:.0%} lost, {won:.0%} won: pass"] = float(np.mean(passed))
    return found


@cache
def the_same_twice() -> Shares:
    """An embedder against itself: exactly the same, and with the noise of a service that is not."""
    same = [estimate(np.zeros(items)) for items in range(5, 1005, 5)]
    noise = generator("noise").normal(0, 0.005, (300, SAMPLES // 2))
    noisy = Counter(ruled(estimate(column)) for column in noise.T)
    return {
        "the same numbers: p < 1": float(np.mean([one.p() != 1 for one in same])),
        "the same numbers: loss or regression": float(np.mean([ruled(one) in LOSSES for one in same])),
        "noise of 0.005 an item, 300 items: not pass": 1 - noisy["pass"] / (SAMPLES // 2),
    }


@cache
def families() -> Shares:
    """Eight metrics of one suite that go together (ρ = 0.8), 200 items, of which none or one differs by 0.04."""
    found: Counter[str] = Counter()
    for number in range(FAMILIES):
        random = generator("family", str(number))
        columns = 0.2 * (
            np.sqrt(0.8) * random.standard_normal((200, 1)) + np.sqrt(0.2) * random.standard_normal((200, 8))
        )
        for case, shift in (("any false claim", 0.0), ("the one true difference", 0.04)):
            shifted = columns + shift * (np.arange(8) == 0)
            p = [estimate(column).p() or 0 for column in shifted.T]
            claims: dict[str, list[float | None]] = {
                "uncorrected": [*p],
                "Holm": holm(p),
                "maxT": [*max_t(shifted, None, random, 500)],
            }
            for name, adjusted in claims.items():
                looked = adjusted[:1] if shift else adjusted
                found[f"{name}: {case}"] += any((one or 0) < 0.05 for one in looked)
    return {name: count / FAMILIES for name, count in found.items()}


@cache
def slow_slide() -> Shares:
    """Six merges that each lose 0.01 (1000 items, sd 0.1): how often all pass."""
    histories = 500
    passed = np.zeros(2)
    for number in range(histories):
        steps = generator("slide", str(number)).normal(-0.01, 0.1, (6, 1000))
        moving = [ruled(estimate(step)) == "pass" for step in steps]
        anchored = [ruled(estimate(sum_)) == "pass" for sum_ in np.cumsum(steps, axis=0)]
        passed += all(moving), all(anchored)
    return {
        "baseline blessed after each merge: all six pass": passed[0] / histories,
        "and an anchor: all six pass": passed[1] / histories,
    }


SIMULATIONS: tuple[Simulation, ...] = (
    false_alarms,
    clustered_alarms,
    coverage,
    few_changes,
    corpus_metrics,
    verdicts,
    sparse_hits,
    the_same_twice,
    families,
    slow_slide,
)


def table(shares: Shares) -> str:
    """Designs as rows, outcomes as columns, percent."""
    cells = {name.partition(": ")[::2]: share for name, share in shares.items()}
    designs, outcomes = (list(dict.fromkeys(part)) for part in zip(*cells, strict=True))
    lines = [f"| | {' | '.join(outcomes)} |", "|---|" + "---:|" * len(outcomes)]
    for design in designs:
        found = [cells.get((design, outcome)) for outcome in outcomes]
        lines.append(f"| {design} | {' | '.join('' if one is None else f'{one:.1%}' for one in found)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for simulation in SIMULATIONS:
        sys.stdout.write(f"{simulation.__doc__}\n<!-- {simulation.__name__} -->\n\n{table(simulation())}\n\n")
