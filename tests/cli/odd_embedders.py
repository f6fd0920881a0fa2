"""A plug-in whose embedders misbehave, each in its own way, or tell what they were asked; copied beside a dist-info.

odd:NAME embeds with EMBED[NAME]; every call is first written to the file that ODD_LOG names, one JSON list a line.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from harness.model import Identity, Ranking, Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def letters(texts: Sequence[str]) -> Any:
    """n × 16: how often code points fall into each of 16 classes. Sane."""
    vectors = np.zeros((len(texts), 16), np.float32)
    for row, text in zip(vectors, texts, strict=True):
        for character in text:
            row[ord(character) % 16] += 1
    return vectors


def nan(texts: Sequence[str]) -> Any:
    """The last text has no number."""
    vectors = letters(texts)
    vectors[-1, 0] = np.nan
    return vectors


def growing(texts: Sequence[str]) -> Any:
    """Another dimension for every number of texts."""
    return np.ones((len(texts), len(texts)))


def raising(error: BaseException) -> Callable[[Sequence[str]], Any]:
    """What embeds by raising `error`."""

    def embed(_: Sequence[str]) -> Any:
        raise error

    return embed


def slow(texts: Sequence[str]) -> Any:
    """ODD_SECONDS for each batch."""
    time.sleep(float(os.environ["ODD_SECONDS"]))
    return letters(texts)


def killed(_: Sequence[str]) -> Any:
    """As when memory has run out."""
    os.kill(os.getpid(), signal.SIGKILL)


def left(_: Sequence[str]) -> Any:
    """Ends the process, with a last word."""
    os.write(2, b"Fatal: no engine\n")
    os._exit(7)


def noisy(texts: Sequence[str]) -> Any:
    """Prints, as some libraries do, to stdout."""
    os.write(1, b'{"event": "failed", "reason": "noise"}\nLoading weights 100 %\n')
    return letters(texts)


def random(number: int) -> Callable[[Sequence[str]], Any]:
    """Knows nothing about a text but which one it is; each number knows nothing in its own way."""

    def embed(texts: Sequence[str]) -> Any:
        seeds = [[number, crc32(text.encode())] for text in texts]
        return np.array([np.random.default_rng(seed).standard_normal(64) for seed in seeds])

    return embed


EMBED: dict[str, Callable[[Sequence[str]], Any]] = {
    "sane": letters,
    "mirrored": lambda texts: letters(texts)[:, ::-1],
    "constant": lambda texts: np.ones((len(texts), 3)),
    "nan": nan,
    "rows": lambda texts: letters(texts)[:-1],
    "shape": lambda texts: letters(texts).ravel(),
    "growing": growing,
    "none": lambda _: None,
    "value-error": raising(ValueError("no such token")),
    "memory-error": raising(MemoryError("800 GB")),
    "exit": raising(SystemExit(0)),
    "slow": slow,
    "killed": killed,
    "left": left,
    "noisy": noisy,
    **{f"random-{number}": random(number) for number in range(10)},
}


class Odd:
    """See the module."""

    def __init__(self, spec: Spec) -> None:
        self.identity = Identity("odd", spec.name, "1")

    def embed(self, texts: Sequence[str], role: str) -> Any:
        """Whatever its name says."""
        with Path(os.environ["ODD_LOG"]).open("a", encoding="utf-8") as log:
            log.write(json.dumps([self.identity.name, role, list(texts)]) + "\n")
        return EMBED[self.identity.name](texts)


class Nobody:
    """Cannot say who it is."""

    @property
    def identity(self) -> Identity:
        """Raises."""
        raise RuntimeError("no weights, no name")


class Ranks:
    """Ranks as it is told: n × k indices for each k."""

    def __init__(self, name: str) -> None:
        self.identity = Identity("odd", name, "1")

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Any:
        """Whatever its name says."""
        if self.identity.name == "ranker-raises":
            raise ValueError("no index")
        first = len(documents) if self.identity.name == "ranker-beyond" else 0
        kept = min(k, len(documents))
        order = np.tile(np.arange(first, first + kept), (len(queries), 1))
        if self.identity.name == "ranker-repeats":
            order[:] = 0
        return Ranking(order, np.tile(-np.arange(kept, dtype=np.float32), (len(queries), 1)))


def open_odd(spec: Spec) -> Any:
    """The embedder of a name."""
    if spec.name == "nobody":
        return Nobody()
    if spec.name == "broken":
        raise AttributeError("module 'weights' has no attribute 'load'")
    return Ranks(spec.name) if spec.name.startswith("ranker") else Odd(spec)
