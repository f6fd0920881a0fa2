"""Two embedders' judgements of the same items, drawn at random, for scores that are no means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from harness.metrics.classified import LinearProbe, macro_f1
from harness.metrics.clusters import Clustered, ami, v_measure
from harness.metrics.correlation import Graded, spearman
from harness.metrics.matched import UNKNOWN, Matched, bitext_f1
from harness.metrics.separation import Separated, average_precision
from harness.statistics.intervals import Draws
from harness.statistics.resampled import resampled_difference
from harness.statistics.seeding import generator

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Estimate, Floats, Index, Judgements, Metric

Quality: TypeAlias = "tuple[float, float]"
"""Of the two embedders, on a scale of the score's own."""
Pair: TypeAlias = "tuple[Judgements, Judgements]"


class Design(NamedTuple):
    """A score of two embedders. apart: their qualities, of which `truth` is the true difference. documents: G."""

    metric: Metric[Any]
    draw: Callable[[np.random.Generator, Index, Quality], Pair]
    apart: Quality
    truth: float
    items: int = 120
    documents: int = 120


def graded(random: np.random.Generator, documents: Index, quality: Quality) -> Pair:
    """Scores that follow grades of six steps, with these correlations before the grades are cut."""
    noise, (ids, groups) = _noises(random, documents), _named(documents)
    gold = np.digitize(noise[0], [-0.967, -0.431, 0, 0.431, 0.967]).astype(np.float64)
    scores = [rho * noise[0] + np.sqrt(1 - rho**2) * own for rho, own in zip(quality, noise[1:], strict=True)]
    return Graded(ids, groups, gold, scores[0]), Graded(ids, groups, gold, scores[1])


def separated(random: np.random.Generator, documents: Index, quality: Quality) -> Pair:
    """Scores of pairs, of which 30 % match and score higher by these shifts."""
    noise, (ids, groups) = _noises(random, documents), _named(documents)
    label = noise[0] < -0.524
    scores = [label * shift + own for shift, own in zip(quality, noise[1:], strict=True)]
    return Separated(ids, groups, label, scores[0]), Separated(ids, groups, label, scores[1])


def clustered(random: np.random.Generator, documents: Index, quality: Quality) -> Pair:
    """Items of six labels, of which these shares are in their label's cluster, in three starts."""
    (ids, groups), items = _named(documents), len(documents)
    gold, luck, nothing = random.integers(0, 6, items), random.random((items, 3)), np.full(items, np.nan)
    first, second = (np.where(luck < share, gold[:, None], random.integers(0, 6, (items, 3))) for share in quality)
    return Clustered(ids, groups, gold, first, nothing), Clustered(ids, groups, gold, second, nothing)


def classified(random: np.random.Generator, documents: Index, quality: Quality) -> Pair:
    """Items of six classes, the largest six times the smallest, of which these shares are known, the others guessed."""
    (ids, groups), items = _named(documents), len(documents)
    sizes = np.arange(1, 7) / 21
    gold, luck = random.choice(6, items, p=sizes), random.random(items)
    first, second = (np.where(luck < share, gold, random.choice(6, items, p=sizes)) for share in quality)
    names, chance = [str(code) for code in range(6)], np.full(items, np.nan)
    return (
        LinearProbe(ids, groups, names, gold, first[:, None], chance),
        LinearProbe(ids, groups, names, gold, second[:, None], chance),
    )


def matched(random: np.random.Generator, documents: Index, quality: Quality) -> Pair:
    """Translations of which these shares are found, and any other sentence for the rest."""
    (ids, groups), items = _named(documents), len(documents)
    gold, luck, other = np.arange(items), random.random(items), random.integers(0, items, items)
    first, second = (np.where(luck < share, gold, other) for share in quality)
    unknown = np.full(items, UNKNOWN)
    return Matched(ids, groups, gold, first, *[unknown] * 6), Matched(ids, groups, gold, second, *[unknown] * 6)


DESIGNS = {
    "Spearman": Design(spearman(None), graded, (0.6, 0.7), 0.1003),
    "Spearman in 40 documents": Design(spearman(None), graded, (0.6, 0.7), 0.1003, documents=40),
    "AP": Design(average_precision(None), separated, (1.0, 1.3), 0.0949),
    "AP in 40 documents": Design(average_precision(None), separated, (1.0, 1.3), 0.0949, documents=40),
    "V-measure": Design(v_measure(None), clustered, (0.5, 0.6), 0.1003),
    "AMI, one of them near chance": Design(ami(None), clustered, (0.05, 0.3), 0.1037),
    "bitext F1": Design(bitext_f1(None), matched, (0.5, 0.6), 0.1006),
    "macro-F1": Design(macro_f1(None), classified, (0.5, 0.6), 0.0831),
}
"""The truth of Spearman and AP: on two million pairs. Of the others, whose value depends on the number of items: the
mean of 10,000 samples."""


def bootstrapped(name: str, samples: int, *, alike: bool = False) -> list[Estimate]:
    """Resampled differences of a design, or of two embedders of its first quality."""
    design, found = DESIGNS[name], []
    quality = (design.apart[0],) * 2 if alike else design.apart
    for number in range(samples):
        random = generator(f"{name}, both alike" if alike else name, str(number))
        sides = design.draw(random, np.arange(design.items) % design.documents, quality)
        found.append(resampled_difference(design.metric, *sides, Draws(random)))
    return found


def _named(documents: Index) -> tuple[list[str], list[str]]:
    return list(map(str, range(len(documents)))), list(map(str, documents))


def _noises(random: np.random.Generator, documents: Index) -> Floats:
    """A common truth and the noise of two embedders, which are half alike, 3 × pairs; 30 % is the document's."""
    drawn = np.sqrt(0.3) * random.standard_normal((4, int(documents.max()) + 1))[:, documents]
    drawn += np.sqrt(0.7) * random.standard_normal((4, len(documents)))
    return np.stack([drawn[0], (drawn[1] + drawn[2]) / np.sqrt(2), (drawn[1] + drawn[3]) / np.sqrt(2)])
