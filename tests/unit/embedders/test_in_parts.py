"""Vectors that are handed over as they come: each part is checked, and kept before more is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.contract import TOGETHER, Checked
from harness.embedders.options import Options
from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.service import open_service
from harness.embedders.resolve import parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError
from harness.model import Identity, Image, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Whole:
    """Embeds a text as its length and 1; remembers how many texts each call had."""

    identity = Identity("fake", "whole", "1")

    def __init__(self) -> None:
        self.calls: list[int] = []

    def embed(self, texts: Sequence[str], role: Role) -> Any:
        """n × 2."""
        del role
        self.calls.append(len(texts))
        return [[len(text), 1] for text in texts]


class Parting(Whole):
    """Hands over the last text first, one by one, and fails for a text `bad` after all others; keeps a diary."""

    def __init__(self, diary: list[str]) -> None:
        super().__init__()
        self.diary = diary

    def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Sequence[int], Any]]:
        """One place at a time."""
        for place in reversed(range(len(texts))):
            if texts[place] != "bad":
                self.diary.append(f"asked {texts[place]}")
                yield [place], self.embed([texts[place]], role)
        if "bad" in texts:
            raise EmbedderError("'bad' was refused")


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "cache") as cache:
        yield cache


def test_an_embedder_that_takes_all_at_once_is_given_some_after_the_others() -> None:
    """So many texts at a time as it says, 256 where it does not; every place comes once."""
    for together in (None, 100):
        inner = Whole()
        if together:
            inner.together = together
        texts = ["a" * (place % 7) for place in range(2 * TOGETHER + 3)]
        parts = list(Checked(inner).parts(texts, "query"))
        assert max(inner.calls) == (together or TOGETHER)
        assert [place for places, _ in parts for place in places] == list(range(len(texts)))
        assert [row[0] for _, rows in parts for row in rows.tolist()] == [len(text) for text in texts]
    assert list(Checked(Whole()).parts([], "query")) == []


def test_parts_in_any_order_land_where_they_belong(cache: VectorCache) -> None:
    """Places are those of the texts asked for, also when some of them are in the cache and some stand twice."""
    cached = Cached(Parting([]), cache)
    cached.embed(["bb"], "query")
    assert cached.embed(["a", "bb", "dddd", "a", "ccc"], "query")[:, 0].tolist() == [1, 2, 4, 1, 3]
    assert cached.embedded == 4


def test_each_part_is_kept_before_the_next_is_asked_for(cache: VectorCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asking and keeping take turns."""
    diary: list[str] = []
    put = cache.put

    def noting(keys: Sequence[bytes], rows: Any) -> None:
        put(keys, rows)
        diary.append(f"kept {int(rows[0, 0])}")

    monkeypatch.setattr(cache, "put", noting)
    Cached(Parting(diary), cache).embed(["a", "bb", "ccc"], "query")
    assert diary == ["asked a", "kept 1", "asked bb", "kept 2", "asked ccc", "kept 3"]


def test_what_came_before_a_failure_is_kept(cache: VectorCache) -> None:
    """The texts that were not refused are not asked for again."""
    with pytest.raises(EmbedderError, match="'bad' was refused"):
        Cached(Parting([]), cache).embed(["a", "bad", "dddd"], "query")
    again = Cached(inner := Parting([]), cache)
    assert again.embed(["a", "dddd"], "query")[:, 0].tolist() == [1, 4]
    assert inner.calls == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[np.nan, 1.0]], "NaN or infinity .*'one'"),
        ([[1.0, 1.0], [1.0, 1.0]], r"shape \(2, 2\) for 1 texts"),
        ([[1.0, 1.0, 1.0]], "of 3 dimensions, and of 2 before"),
    ],
)
def test_every_part_is_checked(rows: Any, message: str) -> None:
    """A part that breaks the contract is an error, and what came before it is not."""

    class Breaking(Whole):
        def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Sequence[int], Any]]:
            del texts, role
            yield [1], np.ones((1, 2))
            yield [0], rows

    parts = Checked(Breaking()).parts(["one", "two"], "query")
    assert next(parts)[0] == [1]
    with pytest.raises(EmbedderError, match=message):
        next(parts)


def test_any_exception_between_parts_is_the_embedders(cache: VectorCache) -> None:
    """Third-party code may raise anything, in the first step or in a later one; a picture is refused before."""

    class Raising(Whole):
        def parts(self, texts: Sequence[str], role: Role) -> Iterator[tuple[Sequence[int], Any]]:
            yield [0], self.embed(texts[:1], role)
            raise KeyError("weights")

    with pytest.raises(EmbedderError, match="failed with KeyError: 'weights'"):
        Cached(Raising(), cache).embed(["a", "bb"], "query")
    assert cache.info().entries == 1
    with pytest.raises(EmbedderError, match="there is a picture among these"):
        next(Checked(Parting([])).parts([Image(Path("a.png"), b"")], "query"))


def test_what_a_service_would_be_asked_is_foreseen() -> None:
    """As the embedder says, else as its texts are packed: two to a request, of 1 and 2 and 1 tokens; else nothing."""

    class Asking(Whole):
        service = open_service(Options(parse_spec("x:m?batch_size=2")), Endpoint("http://127.0.0.1:9/v1"))

    class Knowing(Asking):
        def foreseen(self, texts: Sequence[str], role: Role) -> Sequence[int]:
            del role
            return [len(texts)]

    texts = ["a", "b c", "d"]
    assert Checked(Asking()).foreseen(texts, "query") == [3, 1]
    assert Checked(Knowing()).foreseen(texts, "query") == [3]
    assert Checked(Whole()).foreseen(texts, "query") == ()
