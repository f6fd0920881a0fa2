"""An embedder that embeds nothing, and takes note of what it would have to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.scripts import token_count
from harness.embedders.cached import Cached
from harness.embedders.noticing import STEADINESS, noted, rounds
from harness.embedders.vector_cache import note_key, vector_keys
from harness.model import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.vector_cache import VectorCache
    from harness.model import Embedder, Role, Vectors


@dataclass
class Book:
    """What all embedders of a plan share: what one of them will have put into the cache, no other one asks for.

    tokens: estimated, of each text that was seen.
    """

    promised: set[bytes] = field(default_factory=set)
    tokens: dict[str, int] = field(default_factory=dict)

    def count(self, texts: Sequence[str]) -> int:
        """The estimated tokens of texts; a picture has none."""
        for text in texts:
            if text not in self.tokens:
                self.tokens[text] = 0 if isinstance(text, Image) else token_count(text)
        return sum(self.tokens[text] for text in texts)


class Planned(Cached):
    """The same embedder, asked for nothing; its vectors are zeros of `dimension` numbers.

    texts: how many distinct ones it was asked for, a text in two roles counted as often as the cache would keep it.
    missing: how many of them neither the cache nor an embedder before it has. requests: what a service would be asked,
    of which `checks` are to see whether it is steady and the one that it was. tokens: estimated, of all that; known
    ones of what need not be embedded.
    """

    def __init__(self, inner: Embedder, cache: VectorCache, book: Book, dimension: int) -> None:
        super().__init__(inner, cache)
        self.missing = self.requests = self.checks = self.tokens = self.known = 0
        self.reads_pairs = not self._inner.probes
        self._book = book
        self._dimension = dimension
        self._seen: set[bytes] = set()
        self._promised: set[bytes] = set()
        self._unheld = 0

    @property
    def texts(self) -> int:
        """See the class."""
        return len(self._seen)

    @property
    def held(self) -> bool:
        """Whether the cache has all that it was asked for."""
        return not self._unheld

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Zeros, n × dimension."""
        keys = vector_keys(self.identity, role, texts)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._seen}
        self._seen |= new.keys()
        held = dict(zip(new, self._cache.held(list(new)), strict=True))
        self._unheld += sum(not there for there in held.values())
        missing = {key: text for key, text in new.items() if not held[key] and key not in self._book.promised}
        self._promised |= missing.keys()
        self._book.promised |= missing.keys()
        self.missing += len(missing)
        self.known += sum(self._sizes([text for key, text in new.items() if key not in missing], role))
        # As Cached hands them over, on which depends how they are packed.
        self._ask(sorted(dict.fromkeys(missing.values()), key=len, reverse=True), role)
        return np.broadcast_to(np.zeros(1, np.float32), (len(texts), self._dimension))

    def withdraw(self) -> None:
        """It will not be asked for this after all."""
        self._book.promised -= self._promised

    def look_closer(self) -> None:
        """Count what a service is asked beside the texts of the suites, once these have been asked for."""
        if self.service is None:
            return
        before = self.requests
        if self.missing and self._inner.sentinels:
            self._ask(self._inner.sentinels, "document")
        key = note_key(self.identity, noted(STEADINESS), ())
        if self._inner.probes and key not in self._book.promised and self._cache.note(key) is None:
            self._book.promised.add(key)
            for some in rounds(self._inner.probes):
                self._ask(some, "document")
        self.checks = self.requests - before

    def _ask(self, texts: Sequence[str], role: Role) -> None:
        sizes = self._sizes(texts, role)
        self.requests += len(sizes) if self.service and texts else 0
        self.tokens += sum(sizes)

    def _sizes(self, texts: Sequence[str], role: Role) -> Sequence[int]:
        """The tokens of each request that these texts are to a service; of all of them where there is none."""
        if self.service is None or not texts:
            return [self._book.count(texts)]
        return self._inner.foreseen(texts, role)
