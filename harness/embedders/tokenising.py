"""How a model takes texts apart: the tokens of a text, and where in the text they stand.

A tokenizer that can say where its tokens stand gives exact places. For one that cannot, they are estimated: tokens
stand where their letters are found one after the other, or else as densely as an estimate has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from harness.diagnostics.scripts import estimated_tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from harness.model import Index, Role


@dataclass(frozen=True)
class Tokens:
    """The tokens of one text in their order, without those that a model puts around every text.

    spans: t × 2, where in the text each begins and ends, in characters. unknown: t flags, True for a token that stands
    for anything the vocabulary lacks; None where the tokenizer does not say.
    """

    spans: Index
    unknown: NDArray[np.bool_] | None

    def __len__(self) -> int:
        return len(self.spans)


class Tokenizer(Protocol):
    """Takes texts apart as its model does. Nothing is loaded before the first call, and never the model's weights."""

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The tokens of each text, however long it is. Raises EmbedderError when the tokenizer cannot be loaded."""
        ...

    def room(self, role: Role) -> int | None:
        """How many tokens of a text in this role the model reads, its prompt taken off; None: all of them."""
        ...


class Estimate:
    """The tokenizer of an embedder that has none: its tokens are an estimate, and nothing is cut."""

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """A token per Han, kana or Hangul character, per 4 letters of a word, per sign."""
        return [Tokens(spans_of(estimated_tokens(text)), None) for text in texts]

    def room(self, role: Role) -> int | None:  # noqa: ARG002  # the same in every role
        """All of them."""
        return None


def located(text: str, pieces: Sequence[str]) -> Index:
    """Where the pieces of a text stand, t × 2: each is looked for behind the one before, whatever its case.

    A piece that is not found (its tokenizer has rewritten it) makes all of the places an estimate, see `spread`.
    """
    lowered = text.lower()
    spans: list[tuple[int, int]] = []
    end = 0
    for piece in pieces if len(lowered) == len(text) else ():
        start = lowered.find(piece.lower(), end)
        if start < 0:
            break
        end = start + len(piece)
        spans.append((start, end))
    return spans_of(spans) if len(spans) == len(pieces) else spread(text, len(pieces))


def spread(text: str, count: int) -> Index:
    """So many tokens over a text, count × 2, as densely as the tokens of `Estimate` stand in it: an estimate."""
    starts = [start for start, _ in estimated_tokens(text)]
    edges = np.array([0, *starts[1:], len(text)])
    cuts = np.interp(np.linspace(0, len(edges) - 1, count + 1), np.arange(len(edges)), edges).round().astype(np.intp)
    return np.stack([cuts[:-1], cuts[1:]], axis=1)


def spans_of(offsets: Sequence[tuple[int, int]]) -> Index:
    """Offsets as a tokenizer gives them, t × 2."""
    return np.array(offsets, np.intp).reshape(-1, 2)
