"""Sides for `harness parity` that do on purpose what pipelines do by accident."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from harness.embedders.contract import Checked
from harness.errors import EmbedderError
from harness.model import Identity
from harness.workflows.parity import Compared, Request
from harness.workflows.parity.compare import ask_side, compare_sides
from harness.workflows.parity.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.diagnostics.parity.cause import Cause
    from harness.model import Embedder, Role, Vectors

WIDTH = 64

TOKEN = re.compile(r"[A-Za-z0-9\u00c0-\u024f]+|\n|^ +| +$| {2,}|[^\s]")

ASKED = Request("A", "B", longest=512, patience=math.inf)


@lru_cache(maxsize=100_000)
def vector(token: str, seed: int) -> Vectors:
    """A direction of its own for every token."""
    return np.random.default_rng([crc32(token.encode()), seed]).standard_normal(WIDTH).astype(np.float32)


@dataclass
class Fake:
    """The mean of the vectors of tokens, weighted by place: of [CLS], words, signs, line breaks, and several blanks.

    before: what becomes of a text, in its role. limit: tokens that are read. after: what becomes of the vectors of a
    request. seed: another model.
    """

    before: Callable[[str, Role], str] = lambda text, _: text
    after: Callable[[Vectors, Sequence[str]], Vectors] = lambda vectors, _: vectors
    limit: int | None = None
    seed: int = 0
    identity: Identity = field(default_factory=lambda: Identity("fake", "words", "1"))

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 64, of unit length."""
        rows = np.array([self._one(self.before(text, role)) for text in texts], np.float32).reshape(-1, WIDTH)
        return self.after(rows / np.linalg.norm(rows, axis=1, keepdims=True), texts)

    def _one(self, text: str) -> Vectors:
        tokens = ["[CLS]", *TOKEN.findall(text)][: self.limit]
        weights = 1 + 0.5 * np.cos(np.arange(len(tokens)))[:, None]
        vectors = np.array([vector(token, self.seed) for token in tokens])
        return np.asarray((vectors * weights).mean(axis=0), np.float32)


@dataclass
class Refusing(Fake):
    """Refuses a request with a text that is not wanted in it."""

    unwanted: Callable[[str], bool] = lambda _: False

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 64. Raises EmbedderError."""
        if any(map(self.unwanted, texts)):
            raise EmbedderError("400: not wanted")
        return super().embed(texts, role)


def compared(a: Embedder, b: Embedder, similarity: str = "") -> Compared:
    """The two sides as `harness parity` compares them."""
    asked = Request("A", "B", similarity=similarity, longest=2048, patience=math.inf)
    sides = [ask_side(Live(f"fake:{name}", Checked(side)), asked) for name, side in (("a", a), ("b", b))]
    return compare_sides(sides[0], sides[1], asked)


def hurried(a: Embedder, b: Embedder, longest: int = 8192) -> Compared:
    """Two sides compared by somebody without any patience."""
    asked = Request("A", "B", longest=longest, patience=0)
    sides = [ask_side(Live("fake:", Checked(side)), asked) for side in (a, b)]
    return compare_sides(sides[0], sides[1], asked)


def decisive(found: Compared) -> list[tuple[str, str]]:
    """Name and side of the causes that make the sides differ."""
    return [(cause.name, cause.about) for cause in found.parity.causes if cause.decisive]


def named(found: Compared, name: str) -> Cause:
    """The one cause of that name."""
    (cause,) = (cause for cause in found.parity.causes if cause.name == name)
    return cause


def rows(function: Callable[[Sequence[str]], Any]) -> Callable[[Vectors, Sequence[str]], Vectors]:
    """Every vector times what `function` gives for the texts of a request."""
    return lambda vectors, texts: (vectors * np.array(function(texts), np.float32)[:, None]).astype(np.float32)


def demand_named(side: Fake, name: str, text: str) -> None:
    """The cause `name` is the only one that makes a side differ from an unchanged one, and says `text`."""
    found = compared(Fake(), side)
    assert [cause for cause, _ in decisive(found)] == [name]
    assert text in named(found, name).text
    assert found.parity.word == "different"
