"""`ce:MODEL`: a reranker on this machine, or with `base_url` one behind an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.embedders.pair_scores import PairScorer
    from harness.model import Spec


def open_pair_scorer(spec: Spec) -> PairScorer:
    """Who scores the pairs of a spec. Raises UsageError, and for a model of this machine EmbedderError."""
    if "base_url" in spec.options:
        from harness.embedders.rerank_api import RerankService

        return RerankService(spec)
    from harness.embedders.st.cross_encoder import CrossEncoder

    return CrossEncoder(spec)
