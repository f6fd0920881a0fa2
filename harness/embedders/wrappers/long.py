"""Documents that are longer than what a model reads: cut, averaged over their segments, or as good as their best one.

A segment has at most `segment` tokens of the model's own tokenizer (by default as many as the model reads), or of an
estimate where the embedder has none. The segments are embedded through the cache like any other text, and a short text
is its own segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.capabilities import remembered, tokenizer_of
from harness.embedders.noticing import Parts, tell_parted
from harness.embedders.segments import segmented
from harness.embedders.tokenising import Estimate
from harness.embedders.vector_ranker import VectorRanker
from harness.embedders.wrappers.around import Around
from harness.errors import UsageError
from harness.model import Image, reads_images
from harness.search import ordered, unit, usage_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.embedders.tokenising import Tokenizer
    from harness.model import Embedder, Floats, Identity, Index, Ranking, Role, Similarity, Vectors

_VERSION = "2"
"""Raised whenever texts are cut differently."""

_SCORES = 1 << 22
"""Similarities of queries with segments held at a time, 32 MiB."""


class Segmenter:
    """Cuts texts for an embedder. size: tokens of a segment, None for as many as the model reads.

    overlap: tokens that a segment shares with the one before it. Where texts are cut is noted in the embedder's cache,
    so that the tokenizer is not loaded for the same texts again.
    """

    def __init__(self, embedder: Embedder, size: int | None, overlap: int, spec: str) -> None:
        own = tokenizer_of(embedder)
        if own is None and size is None:
            raise UsageError(f"{spec}: this model does not say how much it reads; say segment=TOKENS, an estimate")
        if size is not None and overlap >= size:
            raise UsageError(f"{spec}: overlap={overlap} must be below segment={size}")
        self.estimated = own is None
        self._tokenizer: Tokenizer = own or Estimate()
        self.embedder = embedder
        self.size = size
        self._overlap = overlap
        self._spec = spec

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """What of it belongs into an identity."""
        return (
            *((("segment", str(self.size)),) if self.size is not None else ()),
            *((("overlap", str(self._overlap)),) if self._overlap else ()),
            *((("tokens", "estimated"),) if self.estimated else ()),
        )

    def segments(self, texts: Sequence[str], role: Role) -> list[list[str]]:
        """The segments of each text, at least one; a picture stays whole.

        Raises UsageError for more tokens than the model reads.
        """
        what = f"segments {_VERSION} {role} {self.size} {self._overlap} {self.estimated}"
        cuts = remembered(self.embedder, what, texts, lambda: self._cuts(texts, role))
        return [[text[start:end] for start, end in own] or [text] for text, own in zip(texts, cuts, strict=True)]

    def _cuts(self, texts: Sequence[str], role: Role) -> list[list[tuple[int, int]]]:
        """Where the segments of each text begin and end; nothing for a text that stays whole."""
        size = self._tokens(role)
        cuts: list[list[tuple[int, int]]] = []
        for text, tokens in zip(texts, self._tokenizer.tokenise(texts), strict=True):
            whole = isinstance(text, Image)
            own = [] if whole else segmented(self._tokenizer, text, tokens, size, self._overlap)
            cuts.append(own if len(own) > 1 else [])
        return cuts

    def _tokens(self, role: Role) -> int:
        room = self._tokenizer.room(role)
        size = room if self.size is None else self.size
        if size is None:
            raise UsageError(f"{self._spec}: this model reads texts of any length; say segment=TOKENS")
        if room is not None and size > room:
            raise UsageError(f"{self._spec}: segment={size}, but the model reads {room} tokens of a text")
        if self._overlap >= size:
            raise UsageError(f"{self._spec}: overlap={self._overlap} must be below the {size} tokens of a segment")
        return size


@dataclass(frozen=True)
class FirstSegment(Around):
    """Texts cut behind their first segment."""

    segmenter: Segmenter

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """Vectors of the first segments, n × d."""
        tell_parted(self.inner, texts, role, Parts(self.identity, self.segmenter.size))
        return self.inner.embed([first for first, *_ in self.segmenter.segments(texts, role)], role)


@dataclass(frozen=True)
class MeanOfSegments(Around):
    """The mean of the unit vectors of a text's segments; not scaled, so a short text has its unit vector."""

    segmenter: Segmenter

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × d."""
        tell_parted(self.inner, texts, role, Parts(self.identity, None))
        segments = self.segmenter.segments(texts, role)
        rows = _rows(segments)
        scaled = unit(self.inner.embed(list(rows), role))
        means = [scaled[[rows[segment] for segment in own]].mean(axis=0) for own in segments]
        return np.array(means, np.float32).reshape(len(texts), scaled.shape[1])


class BestSegment:
    """A Ranker and a Reranker: a document is as near to a query as its nearest segment (MaxP, Dai & Callan 2019).

    Near means what the embedder's usage says; its number format is calibrated on the segments.
    """

    def __init__(self, embedder: Embedder, segmenter: Segmenter, identity: Identity) -> None:
        self._embedder = embedder
        self._segmenter = segmenter
        self._usage = usage_of(embedder)
        self.identity = identity

    @property
    def reads_images(self) -> bool:
        """Whether the embedder does."""
        return reads_images(self._embedder)

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The k documents of each query with the nearest segments. Raises EmbedderError, UsageError."""
        scores = list(self._scores(queries, documents))
        everywhere = np.arange(len(documents))
        return ordered([everywhere] * len(queries), scores, min(k, len(documents)))

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """The candidates of each query by their nearest segment. Raises EmbedderError, UsageError."""
        scores = self._scores(queries, documents)
        return ordered(candidates, [own[places] for own, places in zip(scores, candidates, strict=True)])

    def _scores(self, queries: Sequence[str], documents: Sequence[str]) -> Iterator[Floats]:
        """Of every document, query by query."""
        tell_parted(self._segmenter.embedder, documents, "document", Parts(self.identity, None))
        segments = self._segmenter.segments(documents, "document")
        rows = _rows(segments)
        asked, stored = VectorRanker(self._embedder).vectors(queries, list(rows))
        flat = np.array([rows[segment] for own in segments for segment in own], np.intp)
        starts = np.cumsum([0, *(len(own) for own in segments[:-1])])
        for start in range(0, len(queries), height := max(1, _SCORES // max(1, len(flat)))):
            yield from _nearest(self._usage.similarity, asked[start : start + height], stored[flat], starts)


def _rows(segments: Sequence[Sequence[str]]) -> Mapping[str, int]:
    """Each distinct segment with its number, in the order in which they come first."""
    return {segment: row for row, segment in enumerate(dict.fromkeys(one for own in segments for one in own))}


def _nearest(similarity: Similarity, asked: Vectors, stored: Vectors, starts: Index) -> Floats:
    """The largest similarity in each run of rows that begins at `starts`, q × documents."""
    if not len(stored):
        return np.zeros((len(asked), 0))
    return np.asarray(np.maximum.reduceat(similarity.matrix(asked, stored), starts, axis=1))
