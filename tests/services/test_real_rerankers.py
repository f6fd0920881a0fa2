"""A cross-encoder behind a real server is the same reranker as in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from tests.tiny_cross_encoder import make_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

QUERIES = ["the contract order", "采购申请", "invoice"]
DOCUMENTS = ["a contract", "order contract", "采购申请", "contract order order", "申请 采购 a", "the 采 order"]
CANDIDATES = [np.arange(6), np.array([1, 2, 5]), np.array([0, 3])]

pytestmark = pytest.mark.real("sentence_transformers")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny cross-encoder."""
    return make_model(tmp_path_factory.mktemp("reranker") / "tiny")


@pytest.fixture(scope="module")
def url(model: Path, infinity_of: Callable[[Path, str], AbstractContextManager[Any]]) -> Iterator[str]:
    """Where infinity serves it."""
    with infinity_of(model, "tiny") as server:
        yield server.url


def ranked(spec: str) -> Any:
    """The candidates as the reranker of a spec has them."""
    opened: Any = open_embedder(parse_spec(spec))
    return opened.rerank(QUERIES, DOCUMENTS, CANDIDATES)


@pytest.mark.parametrize("size", [1, 4, 128])
def test_infinity_gives_the_scores_of_its_model_in_process(model: Path, url: str, size: int) -> None:
    """Before the sigmoid, in the same order, however many documents are in a request."""
    ours = ranked(f"ce:{model}?device=cpu")
    theirs = ranked(f"ce:tiny?base_url={url}&api=infinity&batch_size={size}")
    assert theirs.indices.tolist() == ours.indices.tolist()
    np.testing.assert_allclose(theirs.scores, ours.scores, atol=1e-5)


def test_what_others_are_asked_too_is_understood(model: Path, url: str) -> None:
    """Without a word for scores before the sigmoid, those behind it come, in the same order."""
    ours = ranked(f"ce:{model}?device=cpu")
    for api in ("jina", "cohere"):
        theirs = ranked(f"ce:tiny?base_url={url}&api={api}")
        assert theirs.indices.tolist() == ours.indices.tolist()
        np.testing.assert_allclose(theirs.scores[0], 1 / (1 + np.exp(-ours.scores[0])), atol=1e-5)
