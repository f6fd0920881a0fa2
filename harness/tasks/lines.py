"""Items and answers as people read them: a line of text each, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BESIDE = " ⟷ "
"""Between the texts of a pair."""


def one_line(text: str) -> str:
    """A text on one line, or the file name of a picture."""
    return f"picture {text.path.name}" if isinstance(text, Image) else " ".join(text.split())


def lines(wanted: Iterable[str], ids: Sequence[str], *columns: Sequence[str], between: str = BESIDE) -> dict[str, str]:
    """id → the texts of its row; of those rows that are wanted."""
    chosen = frozenset(wanted)
    rows = zip(ids, *columns, strict=True)
    return {name: between.join(map(one_line, texts)) for name, *texts in rows if name in chosen}


def themselves(answers: Iterable[str]) -> Mapping[str, str]:
    """Answers that are words or labels."""
    return {answer: one_line(answer) for answer in answers}
