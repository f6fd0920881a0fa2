"""The contract of an embedder, checked once, where vectors enter. Nothing after this doubts a vector again.

This is also the one place where any exception is caught: an embedder is third-party code and can raise anything,
and one that fails must be recorded as failed, not end the runs of the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from harness.diagnostics.determinism import PROBES
from harness.diagnostics.scripts import token_count
from harness.embedders.capabilities import Foreseeing, InParts, Notices, Unpinned, service_of, tokenizer_of
from harness.embedders.checks import check_vectors
from harness.embedders.facts import Facts, facts_of
from harness.errors import EmbedderError, HarnessError
from harness.model import Identity, Image, reads_images

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.embedders.remote.service import Service
    from harness.embedders.tokenising import Tokenizer, Tokens
    from harness.model import Embedder, Finding, Ranker, Reranker, Role, Vectors

T = TypeVar("T")

TOGETHER = 256
"""Texts that an embedder is given at a time, unless it has an attribute `together` of its own."""


class CheckedTokenizer:
    """The same tokenizer; whatever it raises is an EmbedderError."""

    def __init__(self, inner: Tokenizer, identity: Identity) -> None:
        self._inner = inner
        self._identity = identity

    def tokenise(self, texts: Sequence[str]) -> Sequence[Tokens]:
        """The inner tokenizer's tokens of each text."""
        found = called(self._identity, lambda: self._inner.tokenise(texts))
        if len(found) != len(texts):
            raise EmbedderError(f"{self._identity}: its tokenizer took {len(texts)} texts for {len(found)}")
        return found

    def room(self, role: Role) -> int | None:
        """The inner tokenizer's."""
        return called(self._identity, lambda: self._inner.room(role))


class Checked:
    """The same embedder, hence the same identity; whatever it raises or gets wrong is an EmbedderError.

    probes: texts that it may be tried with; none where its texts have a form of their own.
    """

    def __init__(self, inner: Embedder, probes: Sequence[str] = PROBES) -> None:
        self._inner = inner
        self.probes = probes
        self._dimension: int | None = None
        self.identity = identified(inner)

    @property
    def reads_images(self) -> bool:
        """Whether the inner embedder does."""
        return called(self.identity, lambda: reads_images(self._inner))

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """The inner embedder's vectors, n × d float32, finite, with d as it was before. Raises EmbedderError."""
        self._refuse_pictures(texts)
        return self._sound(called(self.identity, lambda: self._inner.embed(texts, role)), texts)

    def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Sequence[int], Vectors]]:
        """Places in `texts` and their vectors, checked like those of `embed`, each place once, in any order.

        What is no InParts is given some of the texts after the others. Raises EmbedderError, perhaps after parts that
        are sound.
        """
        inner = self._inner
        if not isinstance(inner, InParts):
            size = self.together
            for start in range(0, len(texts), size):
                some = texts[start : start + size]
                yield range(start, start + len(some)), self.embed(some, role)
            return
        self._refuse_pictures(texts)
        coming = called(self.identity, lambda: iter(inner.parts(texts, role)))
        while (part := called(self.identity, lambda: next(coming, None))) is not None:
            places, vectors = part
            yield places, self._sound(vectors, [texts[place] for place in places])

    @property
    def together(self) -> int:
        """How many texts the inner embedder is given at a time."""
        size: int = getattr(self._inner, "together", TOGETHER)
        return size

    def _refuse_pictures(self, texts: Sequence[str]) -> None:
        if any(isinstance(text, Image) for text in texts) and not self.reads_images:
            raise EmbedderError(f"{self.identity} reads texts, and there is a picture among these")

    def _sound(self, raw: object, texts: Sequence[str]) -> Vectors:
        try:
            vectors = check_vectors(raw, texts, self._dimension)
        except EmbedderError as error:
            raise EmbedderError(f"{self.identity}: {error}") from error
        if len(vectors):
            self.agree(vectors.shape[1])
        return vectors

    @property
    def sentinels(self) -> Sequence[str]:
        """The inner embedder's; none where its identity digests its weights."""
        inner = self._inner
        return inner.sentinels if isinstance(inner, Unpinned) else ()

    @property
    def service(self) -> Service | None:
        """The service that the inner embedder asks."""
        return called(self.identity, lambda: service_of(self._inner))

    def foreseen(self, texts: Sequence[str], role: Role) -> Sequence[int]:
        """The estimated tokens of each request for these texts: as the inner embedder says, else as they are packed."""
        inner, service = self._inner, self.service
        if isinstance(inner, Foreseeing):
            return called(self.identity, lambda: inner.foreseen(texts, role))
        return service.sizes([token_count(text) for text in texts]) if service else ()

    def facts(self) -> Facts:
        """The inner embedder's; nothing is known of one that cannot say."""
        return known_of(self._inner)

    def agree(self, dimension: int) -> None:
        """Take note of vectors that it made before. Raises EmbedderError when they have another dimension."""
        if self._dimension not in {None, dimension}:
            raise EmbedderError(
                f"{self.identity}: there are vectors of {dimension} dimensions in the cache, and of {self._dimension}. "
                "Whatever changes the dimension must change the embedder's identity."
            )
        self._dimension = dimension

    @property
    def tokenizer(self) -> Tokenizer | None:
        """The inner embedder's."""
        tokenizer = called(self.identity, lambda: tokenizer_of(self._inner))
        return CheckedTokenizer(tokenizer, self.identity) if tokenizer else None

    def findings(self, texts: Sequence[str]) -> Sequence[Finding]:
        """What the inner embedder notices about `texts`, if it notices anything."""
        inner = self._inner
        if not isinstance(inner, Notices):
            return ()
        found = tuple(called(self.identity, lambda: inner.findings(texts)))
        for finding in found:
            if not finding.note or (finding.value is not None and not np.isfinite(finding.value)):
                raise EmbedderError(
                    f"{self.identity}: the finding {finding.name!r} has no note, or a value that is not finite"
                )
        return found


def identified(embedder: Embedder | Ranker | Reranker, who: str = "") -> Identity:
    """Who an embedder is; an error calls it `who`, or by its class. Raises EmbedderError when it does not say."""
    who = who or type(embedder).__name__
    identity = called(who, lambda: embedder.identity)
    if not isinstance(identity, Identity):
        raise EmbedderError(f"{who}: its identity is a {type(identity).__name__}, not a harness.Identity")
    return identity


def known_of(inner: object) -> Facts:
    """What is known of third-party code, which may raise: a damaged file is no reason to measure nothing."""
    try:
        return called(type(inner).__name__, lambda: facts_of(inner))
    except EmbedderError:
        return Facts()


def called(who: Identity | str, function: Callable[[], T]) -> T:
    """What `function`, a call of the embedder `who`, returns.

    Whatever it raises becomes EmbedderError with the type and text of the original, sys.exit too; a HarnessError
    stays, and so does an interrupt.
    """
    try:
        return function()
    except HarnessError:
        raise
    except (Exception, SystemExit) as error:  # anything may come: see the module's docstring
        raise EmbedderError(f"{who} failed with {type(error).__name__}: {error}") from error
