"""Scores of (query, document) pairs: what a cross-encoder gives, and how the vector cache keeps it.

A pair becomes a text, its score a vector of one dimension: so pairs are checked, cached and counted as texts are, and
whoever can score pairs is a reranker without a line about caching.
"""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np

from harness.embedders.facts import facts_of
from harness.errors import EmbedderError
from harness.search import ordered

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.embedders.facts import Facts
    from harness.embedders.remote.service import Service
    from harness.model import Embedder, Floats, Identity, Index, Ranking, Role, Vectors

Pair: TypeAlias = "tuple[str, str]"
"""A query and a document."""

_TOGETHER = 1 << 14
"""Pairs whose texts are held at a time: every pair repeats its document."""


@runtime_checkable
class PairScorer(Protocol):
    """Says how well a document answers a query, for any pair by itself: a cross-encoder, a service that reranks."""

    @property
    def identity(self) -> Identity:
        """Must be cheap, as an embedder's."""
        ...

    def score(self, pairs: Sequence[Pair]) -> Floats:
        """A number per pair, n; larger is better. Raises EmbedderError."""
        ...


@runtime_checkable
class ServedPairScorer(PairScorer, Protocol):
    """A scorer behind an address, of whose every answer nothing may be lost."""

    @property
    def service(self) -> Service:
        """Who is asked."""
        ...

    @property
    def sentinels(self) -> Sequence[Pair]:
        """A few pairs whose scores tell whether the model is still the same."""
        ...

    def parts(self, pairs: Sequence[Pair]) -> Iterator[tuple[Index, Floats]]:
        """Places in `pairs` and their scores, as answers come. Raises EmbedderError, after all that could be had."""
        ...

    def sizes(self, pairs: Sequence[Pair]) -> Sequence[int]:
        """The estimated tokens of each request that it would make for these pairs, in one call."""
        ...


class PairTexts:
    """A scorer as an embedder of texts that are pairs, `["query", "document"]` in JSON."""

    def __init__(self, scorer: PairScorer) -> None:
        self._scorer = scorer
        self.identity = scorer.identity

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """The scores, n × 1. Raises EmbedderError when there are several per pair, or not one for each."""
        del role
        pairs = _pairs(texts)
        scores = np.asarray(self._scorer.score(pairs))
        if scores.shape != (len(pairs),):
            raise EmbedderError(
                f"{self.identity}: scores of shape {scores.shape} for {len(pairs)} pairs; "
                "who puts candidates in order gives one number per pair"
            )
        return cast("Vectors", scores[:, None])

    def facts(self) -> Facts:
        """The scorer's."""
        return facts_of(self._scorer)


class ServedPairTexts(PairTexts):
    """The same of a scorer behind an address: scores are handed over as they come."""

    def __init__(self, scorer: ServedPairScorer) -> None:
        super().__init__(scorer)
        self.service = scorer.service
        self.sentinels = [_as_text(*pair) for pair in scorer.sentinels]
        self._served = scorer

    def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Index, Vectors]]:
        """Places in `texts` and their scores, n × 1 each. Raises EmbedderError, after all that could be had."""
        del role
        for places, scores in self._served.parts(_pairs(texts)):
            yield places, cast("Vectors", scores[:, None])

    def foreseen(self, texts: Sequence[str], role: Role) -> Sequence[int]:
        """The estimated tokens of each request that would be made for these texts, in one call."""
        del role
        return self._served.sizes(_pairs(texts))


def pair_texts(scorer: PairScorer) -> PairTexts:
    """A scorer as an embedder, which hands over parts where the scorer does."""
    return ServedPairTexts(scorer) if isinstance(scorer, ServedPairScorer) else PairTexts(scorer)


class PairReranker:
    """A Reranker that asks an embedder of pair texts, such as a cached one, for the scores."""

    def __init__(self, scores: Embedder) -> None:
        self._scores = scores
        self.identity = scores.identity

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Index]) -> Ranking:
        """All candidates of each query, best first; each distinct pair is scored once."""
        scores: list[Floats] = []
        for block in _blocks([len(places) for places in candidates]):
            pairs = [
                _as_text(query, documents[place])
                for query, places in zip(queries[block], candidates[block], strict=True)
                for place in places.tolist()
            ]
            distinct = {pair: row for row, pair in enumerate(dict.fromkeys(pairs))}
            known = self._scores.embed(list(distinct), "either")[:, 0] if distinct else np.empty(0)
            ends = np.cumsum([len(places) for places in candidates[block]])
            scores += np.split(known[[distinct[pair] for pair in pairs]], ends[:-1])
        return ordered(candidates, scores)


def _as_text(query: str, document: str) -> str:
    return json.dumps([query, document], ensure_ascii=False)


def _pairs(texts: Sequence[str]) -> list[Pair]:
    return [(query, document) for query, document in map(json.loads, texts)]


def _blocks(sizes: Sequence[int]) -> Iterator[slice]:
    """Slices of queries with at most `_TOGETHER` pairs, or one query that has more."""
    block = np.cumsum(sizes) // _TOGETHER
    starts = [0, *(1 + np.flatnonzero(np.diff(block))).tolist(), len(sizes)] if sizes else []
    yield from (slice(start, end) for start, end in pairwise(starts))
