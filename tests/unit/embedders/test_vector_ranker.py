"""An embedder that searches: as the loop would search with its vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_ranker import VectorRanker
from harness.evaluate import evaluate
from harness.metrics.ranking import ndcg
from harness.model import Identity, Suite

if TYPE_CHECKING:
    from pathlib import Path

WORDS = ["contract", "order", "invoice", "lunch", "holiday", "采购", "合同", "a", "the"]


def texts(count: int, seed: int) -> list[str]:
    """Random words."""
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, 6)) for _ in range(count)]


@pytest.mark.parametrize(
    "use", ["", "&similarity=dot", "&similarity=euclidean", "&precision=int8", "&precision=binary"]
)
def test_it_scores_as_the_embedder_does(use: str, toy_suite: Path) -> None:
    """Whatever similarity and format: the nDCG of a suite is that of the vectors."""
    from harness.catalogue import Place, load_suite

    suite = load_suite(Place("toy", toy_suite))
    assert isinstance(suite, Suite)
    assert suite.metrics[0].name == ndcg(10).name
    embedder = open_embedder(parse_spec(f"baseline:hashing?dim=64{use}"))
    ranker = VectorRanker(embedder)  # type: ignore[arg-type]  # an embedder
    assert evaluate(suite, ranker).scores[0].value == evaluate(suite, embedder).scores[0].value


@pytest.mark.parametrize("use", ["", "?similarity=euclidean", "?precision=float16"])
def test_reranking_everything_is_ranking(use: str) -> None:
    """Of 20 documents with distinct vectors, up to ties in float32."""
    ranker = VectorRanker(open_embedder(parse_spec(f"baseline:hashing{use}")))  # type: ignore[arg-type]  # an embedder
    queries, documents = texts(5, 0), [f"{text} {number}" for number, text in enumerate(texts(20, 1))]
    ranked = ranker.rank(queries, documents, 20)
    again = ranker.rerank(queries, documents, [np.arange(20)] * 5)
    assert (ranked.indices == again.indices).mean() > 0.9
    some = ranker.rerank(queries[:2], documents, [np.array([3, 7, 11]), np.array([], np.intp)])
    assert sorted(some.indices[0].tolist()) == [3, 7, 11]
    assert some.indices[1].tolist() == [-1, -1, -1]
    assert isinstance(ranker.identity, Identity)
