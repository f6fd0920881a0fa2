"""Embedders without a model: what a score is worth is seen against them.

random   knows nothing about a text but whether it is the same text: the floor.
onehot   knows its words, and none of them is nearer to any other: what exact words alone can do.
hashing  knows its spelling: a name in two spellings is near, a synonym is not.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeAlias
from unicodedata import normalize
from zlib import crc32

import numpy as np

from harness.embedders.facts import PLAIN, Facts
from harness.embedders.options import deciding, options
from harness.embedders.tokens import words
from harness.errors import UsageError, nearest
from harness.model import Identity, Role, Spec, Vectors

Fill: TypeAlias = Callable[[str, Vectors], None]
"""Writes the vector of a text into a row of zeros."""

_SIGN_BIT = 1 << 31


@dataclass(frozen=True)
class Baseline:
    """An embedder that computes each vector from the characters of the text alone.

    reads_images: whether a picture is as good as a text to it, which it is to one that only sees whether two are equal.
    """

    identity: Identity
    fill: Fill
    dimension: int
    reads_images: bool

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:  # noqa: ARG002  # the same in every role
        """Vectors of `texts`, n × dimension. A text without letters or digits may get the zero vector."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            self.fill(text, row)
        return vectors

    def facts(self) -> Facts:
        """There is no model."""
        return PLAIN


def fill_random(text: str, row: Vectors) -> None:
    """A draw from the standard normal distribution, seeded by the text: the same in every process."""
    seed = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "little")
    row[:] = np.random.default_rng(seed).standard_normal(len(row), dtype=np.float32)


def fill_onehot(text: str, row: Vectors) -> None:
    """How often each token occurs: a word of a spaced script, a single character of an unspaced one.

    Every token ought to have an axis of its own; so that the dimension is known beforehand, tokens are hashed
    onto the axes, and two tokens share one with probability 1/dimension. At 4096 axes, two sentences of 10
    tokens each with none in common seem to share one in 2 % of all cases (10 · 10 / 4096).
    """
    for token in words(text):
        row[_hash(token) % len(row)] += 1.0


def fill_hashing(text: str, row: Vectors) -> None:
    """Signed feature hashing (Weinberger et al., 2009) of character 1- to 3-grams, weight 1 + ln(count)."""
    letters = " ".join(normalize("NFKC", text).lower().split())
    grams = Counter(letters[i : i + n] for n in (1, 2, 3) for i in range(len(letters) - n + 1))
    for gram, count in grams.items():
        hashed = _hash(gram)
        weight = 1.0 + math.log(count)
        row[hashed % len(row)] += weight if hashed & _SIGN_BIT else -weight


def _hash(token: str) -> int:
    # The built-in hash() of a string differs from process to process.
    return crc32(token.encode("utf-8", "surrogatepass"))


BASELINES: dict[str, tuple[Fill, int]] = {
    "random": (fill_random, 256),
    "onehot": (fill_onehot, 4096),
    "hashing": (fill_hashing, 1024),
}
"""Name → how a row is filled, and the default dimension."""


def open_baseline(spec: Spec) -> Baseline:
    """`baseline:random`, `baseline:onehot`, `baseline:hashing`; option dim.

    Raises UsageError for another name.
    """
    if spec.name not in BASELINES:
        hint = nearest(spec.name, BASELINES)
        raise UsageError(f"there is no baseline {spec.name!r}. {hint}Known: {', '.join(sorted(BASELINES))}")
    fill, default = BASELINES[spec.name]
    dimension = options(spec, ("dim",)).integer("dim", default)
    identity = Identity(
        backend="baseline",
        name=spec.name,
        revision="1",
        options=deciding({"dim": dimension}, {"dim": default}),
        symmetric=True,
    )
    return Baseline(identity, fill, dimension, reads_images=fill is fill_random)
