"""How far two observations agree: text by text, and in what they find for a query."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from harness.diagnostics.parity.observation import alike
from harness.diagnostics.parity.probes import ORDINARY, SHORT, TEXTS, names
from harness.metrics.correlation import correlation, ranks
from harness.search import unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from harness.diagnostics.parity.observation import Observation, Way
    from harness.model import Floats, Vectors

MIN_COSINE = 0.999
"""Above what float16 and another order of additions do (0.99999), below what 8-bit weights do (0.98 to 0.998)."""

SAME_NORM = 0.01
"""Relative difference of two lengths up to which they are the same; 8 bits per number cost less."""

_NEAREST = 10

Label: TypeAlias = Literal["A", "B"]
"""What a side is called."""

LABELS: tuple[Label, ...] = ("A", "B")
OTHER: Mapping[Label, Label] = {"A": "B", "B": "A"}

Place: TypeAlias = "tuple[Way, str]"
"""A way of asking and the name of a probe."""

ROLES: tuple[Way, ...] = ("document", "query")
"""The ways in which every probe is asked for."""


@dataclass(frozen=True)
class Agreement:
    """Two observations, and how near a vector of one must be to the other's to be the same."""

    a: Observation
    b: Observation
    min_cosine: float = MIN_COSINE

    def side(self, label: Label) -> Observation:
        """The one of that name."""
        return self.a if label == "A" else self.b

    def sides(self) -> Iterator[tuple[Label, Observation, Observation]]:
        """Each side under its name, with the other one."""
        for label in LABELS:
            yield label, self.side(label), self.side(OTHER[label])

    @cached_property
    def cosines(self) -> Mapping[Place, float]:
        """Of every probe in both roles; by the leading dimensions that both have."""
        found: dict[Place, float] = {}
        for way in ROLES:
            values = alike(self.a.probes(way, asked_for(way)), self.b.probes(way, asked_for(way)))
            found |= {(way, name): float(value) for name, value in zip(asked_for(way), values, strict=True)}
        return found

    @cached_property
    def differing(self) -> frozenset[Place]:
        """The probes whose vectors are not the same."""
        return frozenset(place for place, cosine in self.cosines.items() if cosine < self.min_cosine)

    def least(self, places: Iterable[Place]) -> float:
        """The smallest cosine among some probes; 1 among none."""
        return min((self.cosines[place] for place in places), default=1.0)

    def median(self) -> float:
        """The middle of all cosines."""
        return float(np.median(list(self.cosines.values())))

    @cached_property
    def overlap(self) -> float:
        """The share of the 10 documents nearest to a query that both sides find, mean over the queries."""
        nearest = [np.argsort(-scores, axis=1, kind="stable")[:, :_NEAREST] for scores in self._scores]
        shares = [
            len(set(one) & set(other)) / _NEAREST for one, other in zip(*map(np.ndarray.tolist, nearest), strict=True)
        ]
        return float(np.mean(shares))

    @cached_property
    def rank_correlation(self) -> float | None:
        """Spearman's ρ of the documents' cosines with a query, mean over the queries; None where none vary."""
        found = [correlation(ranks(one), ranks(other)) for one, other in zip(*self._scores, strict=True)]
        values = [value for value in found if not np.isnan(value)]
        return float(np.mean(values)) if values else None

    @cached_property
    def norms(self) -> tuple[Floats, Floats]:
        """Lengths of the vectors that both sides have, zeros left out: those of A, those of B."""
        pairs = [tuple(side.probes(way, asked_for(way)) for side in (self.a, self.b)) for way in ROLES]
        of_a, of_b = (np.concatenate([_lengths(pair[side].rows) for pair in pairs]) for side in (0, 1))
        both = np.concatenate([pair[0].there & pair[1].there for pair in pairs]) & (of_a > 0) & (of_b > 0)
        return of_a[both], of_b[both]

    @property
    def same_norms(self) -> bool:
        """Whether each text's vectors are equally long on both sides."""
        of_a, of_b = self.norms
        return bool((np.abs(of_a - of_b) <= SAME_NORM * np.maximum(of_a, of_b)).all())

    @cached_property
    def _scores(self) -> tuple[Floats, Floats]:
        return _cosines_of_queries(self.a), _cosines_of_queries(self.b)


def asked_for(way: Way) -> tuple[str, ...]:
    """The probes of a role."""
    return tuple(TEXTS) if way == "document" else SHORT


def ordinary(ways: Iterable[Way] = ROLES) -> tuple[Place, ...]:
    """The places of the probes that every pipeline should treat alike."""
    return tuple((way, name) for way in ways for name in names(*ORDINARY))


def everything(*ways: Way) -> frozenset[Place]:
    """The places of all probes in some roles."""
    return frozenset((way, name) for way in ways for name in TEXTS)


def _cosines_of_queries(side: Observation) -> Floats:
    """Of every query with every document, q × n, rounded to what float32 can tell."""
    asked, stored = side.probes("query", names("query")).rows, side.probes("document", names("document")).rows
    return np.round(unit(asked).astype(np.float64) @ unit(stored).astype(np.float64).T, 6)


def _lengths(rows: Vectors) -> Floats:
    return np.asarray(np.linalg.norm(rows.astype(np.float64), axis=1))
