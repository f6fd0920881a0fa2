"""A service whose model changes behind its name: noticed before its vectors are mixed with the former ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.drift import SAME
from harness.embedders.remote.embedder import SENTINELS
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError
from harness.model import Identity
from tests.faults import altered, of_text, refused
from tests.faulty_server import vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.faulty_server import FaultyServer


class Unpinned:
    """Returns what it was given for the sentinels, and ones for anything else; counts its calls."""

    sentinels = SENTINELS

    def __init__(self, of_sentinels: Any, name: str = "service") -> None:
        self.of_sentinels = np.asarray(of_sentinels, np.float32)
        self.identity = Identity("fake", name, "")
        self.asked: list[Sequence[str]] = []

    def embed(self, texts: Sequence[str], role: str) -> Any:
        """n × d."""
        del role
        self.asked.append(texts)
        return self.of_sentinels if tuple(texts) == SENTINELS else np.ones((len(texts), self.of_sentinels.shape[1]))


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "vectors") as cache:
        yield cache


def test_a_changed_model_is_named_before_it_is_paid_for(faulty: FaultyServer, cache: VectorCache) -> None:
    """Only the sentinels are asked for; what is cached is still given out; a revision of its own begins anew."""
    pytest.importorskip("openai")
    spec = f"openai:m?base_url={faulty.url}"

    def embed(*texts: str, more: str = "") -> Any:
        return open_embedder(parse_spec(spec + more), lambda inner: Cached(inner, cache)).embed(texts, "document")

    first = embed("a", "b")
    assert [asked.texts for asked in faulty.asked] == [list(SENTINELS), ["a", "b"]]
    faulty.model = "another"
    faulty.forget()
    np.testing.assert_array_equal(embed("a", "b"), first)
    assert faulty.asked == []
    with pytest.raises(EmbedderError, match=r"openai:m.* has changed since 2\d\d\d-.*cosine of .*revision=NAME"):
        embed("a", "b", "c")
    assert [asked.texts for asked in faulty.asked] == [list(SENTINELS)]
    np.testing.assert_allclose(embed("a", "c", more="&revision=2"), vectors(["a", "c"], model="another"), rtol=1e-6)
    faulty.model = ""
    np.testing.assert_allclose(embed("a", "c"), vectors(["a", "c"]), rtol=1e-6)


def test_another_dimension_is_a_change(faulty: FaultyServer, cache: VectorCache) -> None:
    """Said as such."""
    pytest.importorskip("openai")

    def embed(*texts: str) -> Any:
        spec = parse_spec(f"openai:m?base_url={faulty.url}&encoding=float")
        return open_embedder(spec, lambda inner: Cached(inner, cache)).embed(texts, "document")

    embed("a")
    rows = [{"index": index, "embedding": [0.6, 0.8]} for index in range(len(SENTINELS))]
    faulty.faults.append(altered(lambda body: body | {"data": rows[: len(body["data"])]}))
    with pytest.raises(EmbedderError, match="dimensions"):
        embed("b", "c")
    assert cache.info().entries == 1


def test_a_sentinel_that_is_refused_is_no_change(faulty: FaultyServer, cache: VectorCache) -> None:
    """The others are compared."""
    pytest.importorskip("openai")
    faulty.faults.append(of_text(SENTINELS[0], refused(400, "no Chinese")))
    spec = parse_spec(f"openai:m?base_url={faulty.url}&refused=zero")
    for text in ("a", "b"):
        open_embedder(spec, lambda inner: Cached(inner, cache)).embed([text], "document")
    assert cache.info().entries == 2
    faulty.model = "another"
    with pytest.raises(EmbedderError, match="has changed since"):
        open_embedder(spec, lambda inner: Cached(inner, cache)).embed(["c"], "document")


def test_a_little_noise_is_no_change(cache: VectorCache) -> None:
    """Services are not deterministic: vectors may differ by as much as they do, and by no more."""
    former = np.eye(4, 8)
    Cached(Unpinned(former), cache).embed(["a"], "document")
    Cached(Unpinned(former + 0.01), cache).embed(["b"], "document")
    with pytest.raises(EmbedderError, match=r"has changed since .* a cosine of 0\.99"):
        Cached(Unpinned(former + 0.03), cache).embed(["c"], "document")
    assert 0.998 < SAME < 0.9995


def test_scores_of_pairs_are_compared_as_numbers(cache: VectorCache) -> None:
    """One dimension has no angle: 0.5 and 0.9 are a change, 0.5 and 0.5004 are not, nor 12.0 and 12.1."""
    former = np.array([[0.5], [0.1], [-3], [12]])
    Cached(Unpinned(former), cache).embed(["a"], "document")
    Cached(Unpinned(np.add(former, [[0.0004], [0], [0], [0.1]])), cache).embed(["b"], "document")
    with pytest.raises(EmbedderError, match=r"has changed .*the score of one pair was 0\.5 and is 0\.9\."):
        Cached(Unpinned(np.add(former, [[0.4], [0], [0], [0]])), cache).embed(["c"], "document")


@pytest.mark.parametrize(
    ("fresh", "changed"),
    [
        ([0.9995, 0.622, 4e-5], False),  # noise of half precision
        ([1.0, 0.62, 4e-5], False),
        ([0.9990, 0.62, 2e-5], True),  # nothing but 0.00002, and twice as likely
        ([0.9990, 0.66, 4e-5], True),
        ([0.9990, 0.62, 0.0], True),
    ],
)
def test_scores_between_0_and_1_are_compared_as_logits(
    fresh: Sequence[float], *, changed: bool, cache: VectorCache
) -> None:
    """Where a sigmoid is flat, a small difference is another model; where it is steep, a larger one is noise."""
    Cached(Unpinned([[0.9990], [0.62], [4e-5], [0.5]]), cache).embed(["a"], "document")
    again = Cached(Unpinned([[score] for score in (*fresh, 0.5)]), cache)
    if changed:
        with pytest.raises(EmbedderError, match="has changed"):
            again.embed(["b"], "document")
    else:
        assert again.embed(["b"], "document").shape == (1, 1)


def test_a_service_is_tried_once_per_run(cache: VectorCache) -> None:
    """Not with every call, and never for what digests its weights or has no missing text."""
    cached = Cached(inner := Unpinned(np.eye(4)), cache)
    for texts in (["a"], ["b"], ["a", "b"]):
        cached.embed(texts, "document")
    assert [tuple(asked) for asked in inner.asked] == [SENTINELS, ("a",), ("b",)]
    inner = Unpinned(np.eye(4), "pinned")
    inner.sentinels = ()
    Cached(inner, cache).embed(["a"], "document")
    assert inner.asked == [["a"]]
