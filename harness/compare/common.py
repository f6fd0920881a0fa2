"""Over which suites embedders are averaged where not everybody has a score on all of them: the three best decide.

1. Embedders are compared two by two on the suites that both have; who wins most, and the two next best that share more
   than half of his suites, are the three best.
2. A suite counts where two of the three have a score, or where the third failed and one has; but not where the one who
   lacks it does better than the others on nearly all of their suites: two worse ones that also read pictures do not set
   aside the best one, which does not.
3. Everybody is averaged over the suites that count; who lacks one of them is set aside, by name.

No score is missing in any comparison, and none is taken for 0. Whoever comes behind the three changes nothing about the
suites that count, whatever he has or lacks; nor does a fourth, or a hundredth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

VOICES = 3
"""How many decide: of three, one alone is outvoted."""
_NEARLY_ALL = 3 / 4
_SAME = 1e-12
"""Averages that differ by less are the same number, summed in another order."""


@dataclass(frozen=True)
class Scored:
    """Who has which score. scores: embedder → suite → score, the better the higher; nothing where there is none.

    weights: of all suites. failed: embedder and suite.
    """

    scores: Mapping[str, Mapping[str, float]]
    weights: Mapping[str, float]
    failed: AbstractSet[tuple[str, str]] = frozenset()

    def in_common(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The suites that count, and who decided on them, best first; nothing where no two share a suite.

        A pair is compared on the weighted average of the suites that both have. The first is who does better on most
        suites, added up over these pairs. Besides him, only those decide who have a score on more than half of his
        suites, so that any two of them share some; the best are those who do worse than fewest of them. Where there is
        nobody like that, the best of those who share any decides with him. Where no two of them have all suites that
        would count, those count that the best two have.
        """
        sharing = [name for name in self.scores if any(self._shared(name, one) for one in self.scores if one != name)]
        if not sharing:
            alone = tuple(self.scores) if len(self.scores) == 1 else ()
            return frozenset(suite for name in alone for suite in self.scores[name]), alone
        voices = self._voices(sharing)
        counted = frozenset(suite for suite in self.weights if self._counts(suite, voices))
        if sum(counted <= self.scores[name].keys() for name in voices) > 1:
            return counted, voices
        return frozenset(self._shared(*voices[:2])), voices[:2]

    def _voices(self, sharing: Sequence[str]) -> tuple[str, ...]:
        first = min(sharing, key=lambda name: (-self._lead(name), name))
        common = {name: len(self._shared(first, name)) for name in sharing}
        broad = [name for name in sharing if 2 * common[name] > len(self.scores[first])]
        if len(broad) > 1:
            return tuple(self._ranked(broad)[:VOICES])
        return first, self._ranked([name for name in sharing if name != first and common[name]])[0]

    def _counts(self, suite: str, voices: Sequence[str]) -> bool:
        having = [name for name in voices if suite in self.scores[name]]
        lacking = [name for name in voices if name not in having and (name, suite) not in self.failed]
        outdone = any(all(self._outdoes(name, one) for one in having) for name in lacking)
        return len(having) > len(lacking) and not outdone

    def _outdoes(self, one: str, other: str) -> bool:
        """Whether one does better on nearly all suites of the other."""
        return self._better(one, other) > 0 and len(self._shared(one, other)) > _NEARLY_ALL * len(self.scores[other])

    def _lead(self, name: str) -> int:
        """On how many suites, added up over all pairs, somebody does better, less those on which he does worse."""
        return sum(len(self._shared(name, other)) * self._better(name, other) for other in self.scores)

    def _ranked(self, names: Sequence[str]) -> list[str]:
        """By how many of `names` do better."""
        return sorted(names, key=lambda name: (sum(self._better(other, name) > 0 for other in names), name))

    def _better(self, one: str, other: str) -> int:
        """1 where one does better on what both have, −1 where he does worse, else 0."""
        shared = sorted(self._shared(one, other))
        gaps = (self.weights[suite] * (self.scores[one][suite] - self.scores[other][suite]) for suite in shared)
        gap = math.fsum(gaps)
        return (gap > _SAME) - (gap < -_SAME)

    def _shared(self, one: str, other: str) -> set[str]:
        return self.scores[one].keys() & self.scores[other].keys()
