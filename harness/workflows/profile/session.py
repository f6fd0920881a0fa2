"""What is asked of an embedder, a ranker and a reranker while it is measured."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol

import numpy as np

from harness.diagnostics.cost import TokenCount
from harness.embedders.capabilities import service_of, tokenizer_of
from harness.embedders.remote.spending import Spending
from harness.embedders.tokenising import Estimate
from harness.model import Ranker, Reranker
from harness.workflows.profile.load import load_of
from harness.workflows.profile.measuring import ranking
from harness.workflows.profile.observed import CANDIDATES, NO_TOKENS, Timings
from harness.workflows.profile.texts import documents, drawn, queries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Embedder
    from harness.workflows.profile.measuring import Stopwatch
    from harness.workflows.profile.opening import Opened

_COUNTED = 256
"""Documents whose tokens are counted: whole strata."""


@dataclass(frozen=True)
class Texts:
    """What is embedded. own: the user's texts, none for made-up ones."""

    own: Sequence[str] = ()

    def queries(self) -> Iterator[str]:
        """One after the other, endless."""
        return drawn(self.own) if self.own else queries()

    def documents(self) -> Iterator[str]:
        """One after the other, endless."""
        return drawn(self.own) if self.own else documents()


class Session(Protocol):
    """One embedder, ranker or reranker while it is measured."""

    def first(self) -> None:
        """Its first answer, which loads it. Raises EmbedderError."""
        ...

    def timed(self, watch: Stopwatch) -> Timings:
        """What there is to time. Raises EmbedderError."""
        ...

    def tokens(self) -> TokenCount:
        """Tokens of the documents."""
        ...


def session(whole: Opened, texts: Texts) -> Session:
    """The session of whoever was opened."""
    candidate = whole.candidate
    if isinstance(candidate, Ranker):
        return _Ranking(candidate, texts)
    if isinstance(candidate, Reranker):
        return _Reranking(candidate, texts)
    return _Embedding(candidate, whole.models, texts)


class _Embedding:
    def __init__(self, embedder: Embedder, models: Sequence[Embedder], texts: Texts) -> None:
        self._embedder = embedder
        self._models = models
        self._texts = texts
        self._queries = texts.queries()
        self._dimension = 0
        self._documents = 0
        self._sent = Spending()

    def first(self) -> None:
        self._dimension = self._embedder.embed([next(self._queries)], "query").shape[1]

    def timed(self, watch: Stopwatch) -> Timings:
        latencies = watch.latencies(lambda query: self._embedder.embed([query], "query"), self._queries)
        before = self._spent()
        load = load_of(self._models, self._texts.documents)
        rates, skipped = watch.rates(self._embed, self._texts.documents(), load)
        self._sent = self._spent() - before
        return Timings("embedder", self._dimension, tuple(latencies), rates=tuple(rates), skipped=skipped)

    def tokens(self) -> TokenCount:
        if self._sent.tokens and not self._sent.estimated:
            return TokenCount(self._sent.tokens / self._documents, own=True, billed=True)
        counted = list(islice(self._texts.documents(), _COUNTED))
        own = tokenizer_of(self._embedder)
        tokenizer = own or Estimate()
        room = tokenizer.room("document")
        numbers = [len(tokens) for tokens in tokenizer.tokenise(counted)]
        return TokenCount(float(np.minimum(numbers, np.inf if room is None else room).mean()), own=own is not None)

    def _embed(self, some: Sequence[str]) -> None:
        self._embedder.embed(some, "document")
        self._documents += len(some)

    def _spent(self) -> Spending:
        services = [service for model in self._models if (service := service_of(model))]
        return sum((service.spent for service in services), Spending())


class _Ranking:
    def __init__(self, ranker: Ranker, texts: Texts) -> None:
        self._ranker = ranker
        self._queries, self._documents = texts.queries(), texts.documents()

    def first(self) -> None:
        self._ranker.rank([next(self._queries)], list(islice(self._documents, 1)), 1)

    def timed(self, watch: Stopwatch) -> Timings:
        indexing, more = ranking(self._ranker, self._queries, self._documents, watch)
        return Timings("ranker", latencies=tuple(more), indexing=tuple(indexing))

    def tokens(self) -> TokenCount:
        return NO_TOKENS


class _Reranking:
    def __init__(self, reranker: Reranker, texts: Texts) -> None:
        self._reranker = reranker
        self._queries = texts.queries()
        self._documents = list(islice(texts.documents(), CANDIDATES))

    def first(self) -> None:
        self._rerank(next(self._queries), self._documents[:1])

    def timed(self, watch: Stopwatch) -> Timings:
        return Timings("reranker", latencies=tuple(watch.latencies(self._of_all, self._queries)))

    def tokens(self) -> TokenCount:
        return NO_TOKENS

    def _of_all(self, query: str) -> None:
        self._rerank(query, self._documents)

    def _rerank(self, query: str, documents: Sequence[str]) -> None:
        self._reranker.rerank([query], documents, [np.arange(len(documents))])
