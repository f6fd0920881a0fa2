"""`refused=zero`: texts that a service refuses have zeros, outside the cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, UsageError
from tests.faults import containing, of_text, refused
from tests.faulty_server import DIMENSION, vectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faulty_server import FaultyServer

pytest.importorskip("openai")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "vectors") as cache:
        yield cache


def embedded(faulty: FaultyServer, cache: VectorCache, texts: list[str], more: str = "&refused=zero") -> Any:
    """Vectors of the texts as queries, through the cache."""
    spec = parse_spec(f"openai:m?base_url={faulty.url}{more}")
    opened: Any = open_embedder(spec, lambda inner: Cached(inner, cache))
    return opened.embed(texts, "query")


def test_only_refused_texts_have_zeros(faulty: FaultyServer, cache: VectorCache) -> None:
    """Wherever they stand, however often, and behind a prompt; all others have their vectors."""
    faulty.faults.append(containing("bad", refused(400, "no")))
    texts = ["bad", "a", "bad", "猫", "very bad", "a"]
    made = embedded(faulty, cache, texts)
    sound = [text for text in texts if "bad" not in text]
    np.testing.assert_allclose(made[[1, 3, 5]], vectors(sound), rtol=1e-6)
    assert not made[[0, 2, 4]].any()
    made = embedded(faulty, cache, texts, "&refused=zero&query_prompt=q:%20")
    np.testing.assert_allclose(made[[1, 3, 5]], vectors(f"q: {text}" for text in sound), rtol=1e-6)


def test_nothing_is_paid_twice_for_it(faulty: FaultyServer, cache: VectorCache) -> None:
    """What was embedded without the option is taken from the cache with it, and zeros are never kept."""
    faulty.faults.append(of_text("bad", refused(400, "no")))
    with pytest.raises(EmbedderError, match="refused=zero"):
        embedded(faulty, cache, ["a", "bad", "b"], "")
    faulty.forget()
    assert embedded(faulty, cache, ["a", "bad", "b"]).any(axis=1).tolist() == [True, False, True]
    assert not {"a", "b"} & set(faulty.texts)
    faulty.faults.clear()
    np.testing.assert_allclose(embedded(faulty, cache, ["bad"]), vectors(["bad"]), rtol=1e-6)


def test_other_failures_stay_failures(faulty: FaultyServer, cache: VectorCache) -> None:
    """A service that takes no text at all, one that lets nobody in; and a text without any other beside it."""
    faulty.faults.append(of_text("bad", refused(400, "no")))
    with pytest.raises(EmbedderError, match="1 of 1 texts got no vector"):
        embedded(faulty, cache, ["bad"])
    faulty.faults.append(refused(401, "go away"))
    with pytest.raises(EmbedderError, match="go away"):
        embedded(faulty, cache, ["c", "bad"])


def test_segments_may_be_refused_too(faulty: FaultyServer, cache: VectorCache) -> None:
    """The mean is over the other segments."""
    faulty.faults.append(containing("bad", refused(400, "no")))
    made = embedded(faulty, cache, ["good bad", "bad"], "&refused=zero&long=mean&segment=1")
    np.testing.assert_allclose(made[0] / np.linalg.norm(made[0]), vectors(["good"])[0], atol=1e-5)
    assert made.shape == (2, DIMENSION)


def test_it_is_part_of_the_identity_and_checked(faulty: FaultyServer) -> None:
    """Of the wrapper alone, and only where it is asked for."""
    spec = f"openai:m?base_url={faulty.url}"
    plain, forgiving = (open_embedder(parse_spec(spec + more)).identity for more in ("&refused=fail", "&refused=zero"))
    assert plain == open_embedder(parse_spec(spec)).identity
    assert forgiving == plain.with_options((("refused", "zero"),))
    with pytest.raises(UsageError, match="one of fail, zero"):
        open_embedder(parse_spec(f"{spec}&refused=ignore"))
