"""How small a difference between embedders the items of a suite can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.notes import Note, severity
from harness.statistics.estimates import clustered_error
from harness.statistics.intervals import FEWEST_GROUPS
from harness.statistics.power import design_effect, effect_of, minimum_detectable_effect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Index, Interval, ItemScores

NARROW_GROUPS = 20
"""With fewer independent groups, intervals are a little too narrow."""
ASSUMED = (0.2, 0.3, 0.4)
"""Standard deviations of paired differences, where none can be measured: nDCG, then hit rates."""
_USUAL = 0.3
COARSE = 0.1
"""A suite that cannot show smaller differences cannot tell most embedders apart."""
_ICC = 0.3
"""Of differences in one group; found with several questions per document."""
_CORRELATED = 0.5
"""Errors of two embedders on the same items; assumed."""


def size_notes(headline: str, measured: Sequence[ItemScores], intervals: Sequence[Interval]) -> Iterator[Note]:
    """What the independent groups and the items of a suite come to; nothing where nothing was measured.

    measured: of each shortcut the item values of the headline, or what it is computed from. intervals: of the same
    shortcuts, the headline's.
    """
    if not measured:
        return
    sizes = np.unique(measured[0].groups, return_counts=True)[1]
    yield from _groups(sizes)
    if measured[0].measure == headline:
        yield _of_mean(headline, measured, sizes)
    else:
        yield _of_intervals(headline, int(sizes.sum()), intervals)


def _groups(sizes: Index) -> Iterator[Note]:
    groups, items = len(sizes), int(sizes.sum())
    if groups < NARROW_GROUPS:
        effect = "there are no intervals" if groups < FEWEST_GROUPS else "intervals are a little too narrow"
        text = f"{items:,} items come from {groups} independent groups: {effect}"
        advice = "more sources (documents, processes, first sentences) help, more items from the same do not"
        yield Note("few-groups", severity(warned=groups < FEWEST_GROUPS), float(groups), "items", text, (), advice)


def _of_mean(name: str, measured: Sequence[ItemScores], sizes: Index) -> Note:
    """The smallest difference between two embedders that would be seen, at 80 % power and two-sided 5 %."""
    n, groups = int(sizes.sum()), len(sizes)
    assumed = {sd: minimum_detectable_effect(n, sd) for sd in ASSUMED}
    if not np.isfinite(assumed[_USUAL]):
        return Note("smallest-difference", "warning", None, "items", f"{n} items are too few to show any difference")
    effects = ", ".join(f"{effect:.3f} (sd {sd})" for sd, effect in assumed.items())
    text = f"{n:,} items show differences in {name} of {effects} and more"
    if groups < n:
        inflation = design_effect(sizes, _ICC) ** 0.5
        text += f"; × {inflation:.2f} if the items of a group are alike (ICC {_ICC}, {groups:,} groups)"
    warned = assumed[_USUAL] > COARSE
    advice = "for half the difference, four times as many items" if warned else ""
    text += _of_shortcuts(measured)
    return Note("smallest-difference", severity(warned=warned), assumed[_USUAL], "items", text, (), advice)


def _of_shortcuts(measured: Sequence[ItemScores]) -> str:
    """What could be shown of the difference between two shortcuts, if they differ as much as embedders do."""
    if len(measured) < 2 or list(measured[0].ids) != list(measured[1].ids):  # noqa: PLR2004 # a pair
        return ""
    differences = measured[0].values - measured[1].values
    sd = float(differences.std())
    if sd < min(ASSUMED):
        return ""
    effect = effect_of(*clustered_error(differences, np.unique(measured[0].groups, return_inverse=True)[1]))
    if not np.isfinite(effect):
        return ""
    return f"; between two shortcuts, groups counted: {effect:.3f} (sd {sd:.2f})"


def _of_intervals(name: str, n: int, intervals: Sequence[Interval]) -> Note:
    """For a headline that is no mean: from the width of the shortcuts' intervals."""
    widths = [of.high - of.low for of in intervals if of.low is not None and of.high is not None]
    if not widths:
        return Note("smallest-difference", "info", None, "items", f"{name} has no interval here: nobody can tell")
    # A 95 % interval is 3.92 standard errors wide, and that of a difference √(2 (1 − r)) times as wide.
    error = max(widths) / 3.92 * (2 * (1 - _CORRELATED)) ** 0.5
    effect = effect_of(error, n - 1)
    text = f"{n:,} items show differences in {name} of about {effect:.2f} and more near chance, less near 1"
    return Note("smallest-difference", "info", effect, "items", text)
