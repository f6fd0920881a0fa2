"""Embedders that know nothing of a text but its length, or its place in a file."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from harness.model import Role, Vectors

_LONGEST = 1e7
"""Characters of a text at the end of the arc."""


@dataclass(frozen=True)
class OnArc:
    """Embeds a number per text as a point on a quarter of a circle: the nearer the numbers, the larger the cosine."""

    identity: Identity
    number: Callable[[str], float]

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 2; number: from 0 to 1."""
        del role
        angle = np.array([self.number(text) for text in texts], np.float64) * np.pi / 2
        return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def by_length() -> OnArc:
    """Texts of like length (as a ratio) are near."""
    return OnArc(Identity("shortcut", "length", "1"), lambda text: math.log1p(len(text)) / math.log1p(_LONGEST))


def by_position(files: Mapping[str, Sequence[str]], instruction: str) -> OnArc:
    """Texts of like relative position among those of their file are near. files: texts in the order of each file."""
    place = {_key(text): row / max(1, len(texts) - 1) for texts in files.values() for row, text in enumerate(texts)}

    def number(text: str) -> float:
        return place.get(_key(text), place.get(_key(text.removeprefix(instruction)), 0.0))

    return OnArc(Identity("shortcut", "position", "1"), number)


def _key(text: str) -> str:
    """A text whatever stands between its words: a title is joined by a blank here and by a newline there."""
    return " ".join(text.split())
