"""How far a label can be guessed from what is no meaning: how far a shortcut goes, and the most telling word."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

HALF = 0.5
"""A shortcut that goes more than this part of the way from chance to 1 says more than the labels should let it."""
GUESSED = 0.5 + HALF / 2
"""That, for an area under the curve."""
_FEWEST = 3
"""Texts that a telling word stands in."""


class TellingWord(NamedTuple):
    """A word, the label that it tells, and the accuracy of guessing by it alone. majority: that of no word at all."""

    word: str
    label: str
    accuracy: float
    majority: float


def way(value: float, floor: float) -> float:
    """How far a score is on the way from its floor to 1."""
    return (value - floor) / (1 - floor) if floor < 1 else 0.0


def telling_word(words: Sequence[frozenset[str]], labels: Sequence[str]) -> TellingWord | None:
    """The best guess from one word: texts with it get the most frequent label among them, all others likewise.

    words: what each text holds. None where no word is in three texts. Of equally good words the first by alphabet.
    """
    held: dict[str, Counter[str]] = {}
    for of_text, label in zip(words, labels, strict=True):
        for word in of_text:
            held.setdefault(word, Counter())[label] += 1
    total = Counter(labels)
    best: TellingWord | None = None
    for word in sorted(word for word, counts in held.items() if counts.total() >= _FEWEST):
        counts = held[word]
        label, inside = counts.most_common(1)[0]
        outside = max(count - counts[other] for other, count in total.items())
        accuracy = (inside + outside) / len(labels)
        if best is None or accuracy > best.accuracy:
            best = TellingWord(word, label, accuracy, max(total.values()) / len(labels))
    return best
