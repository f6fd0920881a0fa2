"""Opening an embedder to be measured: its vectors are never kept, nor taken from a cache."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import open_embedder, parse_spec
from harness.workflows.terms import under

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.resolve import Candidate
    from harness.model import Embedder


@dataclass(frozen=True)
class Opened:
    """An embedder, ranker or reranker, and what in it calls a model: several in a combination, none in BM25."""

    candidate: Candidate
    models: Sequence[Embedder]


def opened(text: str, allowed: Sequence[str] | None) -> Opened:
    """What the spec `text` stands for, without a cache.

    allowed: hosts that texts may be sent to, None for all; asked for anything else, it raises UsageError. Raises as
    open_embedder does.
    """
    agreed = under(Terms(None if allowed is None else frozenset(allowed)))
    models: list[Embedder] = []

    def keep(embedder: Embedder) -> Embedder:
        models.append(agreed(embedder))
        return embedder

    return Opened(open_embedder(parse_spec(text), keep), models)
