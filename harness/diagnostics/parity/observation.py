"""What was seen of one side: its vectors of the probes, how steady it is, and how far it reads. Pure data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from harness.diagnostics.parity.probes import ALONE, TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from harness.model import Floats, Vectors

Way: TypeAlias = Literal["document", "query", "either", "alone"]
"""How a text was asked for: in a batch in one of the roles, or by itself as a document."""

Key: TypeAlias = "tuple[Way, str]"
"""A way and a text."""


@dataclass(frozen=True)
class Answers:
    """One row per text, n × d; zeros where there is no vector, and then the reason says why."""

    rows: Vectors
    reasons: tuple[str, ...]

    @property
    def there(self) -> NDArray[np.bool_]:
        """Which texts have a vector, n."""
        return np.array([not reason for reason in self.reasons], np.bool_)

    def take(self, places: Sequence[int]) -> Answers:
        """Some of the rows, in the order of `places`."""
        return Answers(self.rows[list(places)], tuple(self.reasons[place] for place in places))


UNKNOWN = "was not asked when these vectors were stored"
"""Why there is no vector of a text that a stored side was never given."""


@dataclass(frozen=True)
class Steadiness:
    """The smallest cosine of a vector with the vector of the same text asked again, alone, or in reversed order.

    None where nothing could be compared. worst: the probe whose vector depends most on the batch.
    """

    again: float | None
    alone: float | None
    reordered: float | None
    worst: str = ""


@dataclass(frozen=True)
class Reach:
    """How much of a long text decides its vector, in words or characters: more than `known`, at most `end`.

    end: None where all of `known` is read, the longest that was tried. refused: texts beyond have no vector. blind:
    short texts of different lengths have one vector already, so that nothing can be said. seconds: after which nothing
    longer was tried, None where time was no reason.
    """

    known: int
    end: int | None
    refused: bool = False
    blind: bool = False
    seconds: float | None = None

    @property
    def upper(self) -> float:
        """What it surely reads no more than."""
        return float("inf") if self.end is None else self.end


@dataclass(frozen=True)
class Side:
    """Who was asked, and with what. identity and revision: as an `Identity` has them; environment: versions."""

    identity: str
    revision: str
    environment: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Observation:
    """Everything seen of one side. vectors: of each way and text, or why there is none."""

    side: Side
    vectors: Mapping[Key, Vectors | str]
    steadiness: Steadiness
    reach: Mapping[str, Reach]

    @property
    def dimension(self) -> int:
        """0 where there is no vector at all."""
        return next((len(row) for row in self.vectors.values() if not isinstance(row, str)), 0)

    def knowing(self, more: Mapping[Key, Vectors | str]) -> Observation:
        """The same side with vectors of more texts."""
        return replace(self, vectors={**more, **self.vectors})

    def probes(self, way: Way, names: Iterable[str] = tuple(TEXTS)) -> Answers:
        """The vectors of the probes of these names."""
        return self.texts(way, [TEXTS[name] for name in names])

    def alone(self) -> Answers:
        """The vectors of the probes that were asked for one by one."""
        return self.probes("alone", ALONE)

    def texts(self, way: Way, texts: Sequence[str]) -> Answers:
        """The vectors of any texts; those that were never asked for have none."""
        found = [self.vectors.get((way, text), UNKNOWN) for text in texts]
        rows = [np.zeros(self.dimension, np.float32) if isinstance(row, str) else row for row in found]
        reasons = tuple(row if isinstance(row, str) else "" for row in found)
        return Answers(np.array(rows, np.float32).reshape(len(texts), self.dimension), reasons)


def keyed(way: Way, texts: Sequence[str], answers: Answers) -> dict[Key, Vectors | str]:
    """Answers as an Observation holds them."""
    return {(way, text): reason or row for text, row, reason in zip(texts, answers.rows, answers.reasons, strict=True)}


def alike(first: Answers, second: Answers) -> Floats:
    """Cosines of the vectors of the same n texts, by the leading dimensions that both have, n.

    1 where both are zeros or both have none, 0 where one is or has.
    """
    width = min(first.rows.shape[1], second.rows.shape[1])
    one, other = first.rows[:, :width].astype(np.float64), second.rows[:, :width].astype(np.float64)
    sizes = np.linalg.norm(one, axis=1), np.linalg.norm(other, axis=1)
    products = np.vecdot(one, other)
    both = (sizes[0] > 0) & (sizes[1] > 0) & first.there & second.there
    neither = (first.there == second.there) & (sizes[0] == 0) & (sizes[1] == 0)
    cosines = np.divide(products, sizes[0] * sizes[1], out=neither.astype(np.float64), where=both)
    return np.asarray(np.clip(cosines, -1.0, 1.0))


def directions(rows: Vectors) -> Floats:
    """Vectors divided by their lengths in float64, n × d; zeros stay."""
    wide = rows.astype(np.float64)
    sizes = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.asarray(wide / np.where(sizes > 0, sizes, 1))
