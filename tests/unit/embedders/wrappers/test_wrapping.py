"""Options of every embedder: dimensions, precision, similarity, instruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.catalogue import Place, load_suite
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.wrappers import wrapped
from harness.errors import UsageError
from harness.evaluate import evaluate
from harness.search import SIMILARITIES
from harness.testing import FakeEmbedder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.model import Embedder, Role, Vectors


def opened(text: str) -> Embedder:
    """The embedder of a spec."""
    embedder = open_embedder(parse_spec(text))
    assert hasattr(embedder, "embed")
    return embedder  # type: ignore[return-value]  # it embeds


def test_dimensions_are_the_leading_numbers_unscaled() -> None:
    """As truncate_dim of sentence-transformers: not brought back to unit length."""
    whole, short = (opened(spec).embed(["采购申请", "b"], "query") for spec in ("baseline:random", SHORT))
    np.testing.assert_array_equal(short, whole[:, :10])


SHORT = "baseline:random?dimensions=10"


def test_more_dimensions_than_there_are_is_refused() -> None:
    """Not a silent less."""
    with pytest.raises(UsageError, match="dimensions=500, but the model has 256"):
        opened("baseline:random?dimensions=500").embed(["a"], "query")


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("dimensions=0", "at least 1"),
        ("precision=int4", "one of binary, float16, float32, int8"),
        ("similarity=manhattan", "one of cosine, dot, euclidean"),
        ("instruction=maybe", "one of off, on"),
    ],
)
def test_what_does_not_fit_is_refused(option: str, message: str) -> None:
    """The message lists what there is."""
    with pytest.raises(UsageError, match=message):
        opened(f"baseline:random?{option}")


def test_each_setting_has_an_identity_of_its_own() -> None:
    """And a default that is written out has none."""
    base = opened("baseline:random").identity
    settings = ("dimensions=64", "precision=int8", "similarity=dot", "instruction=off", "dimensions=64&precision=int8")
    keys = {base.key, *(opened(f"baseline:random?{setting}").identity.key for setting in settings)}
    assert len(keys) == 1 + len(settings)
    for default in ("precision=float32", "similarity=cosine", "instruction=on"):
        assert opened(f"baseline:random?{default}").identity == base
    assert str(opened("baseline:random?similarity=dot&dimensions=8").identity) == (
        "baseline:random?dimensions=8&similarity=dot"
    )


def test_what_makes_no_vectors_takes_none_of_them() -> None:
    """BM25 has no dimensions to cut."""
    with pytest.raises(UsageError, match=r"bm25:\?dimensions=8: bm25 makes no vectors, so there is no dimensions"):
        open_embedder(parse_spec("bm25:?dimensions=8"))


def test_only_the_model_is_kept() -> None:
    """The cache stands around what embeds; cutting and rounding are done again, so a sweep embeds once."""
    kept: list[Embedder] = []

    def keep(embedder: Embedder) -> Embedder:
        kept.append(embedder)
        return embedder

    for dimensions in (8, 16):
        open_embedder(parse_spec(f"baseline:random?dimensions={dimensions}&precision=int8"), keep)
    assert [one.identity for one in kept] == [opened("baseline:random").identity] * 2


class Heard(FakeEmbedder):
    """The fake, which remembers what it was asked for."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """As the fake."""
        self.texts += texts
        return super().embed(texts, role)


@pytest.mark.parametrize(("setting", "prompted"), [("on", True), ("off", False)])
def test_instructions_can_be_switched_off(toy_suite: Path, setting: str, *, prompted: bool) -> None:
    """The same suite, under one fingerprint, with and without its instruction."""
    with (toy_suite / "suite.yaml").open("a", encoding="utf-8") as declaration:
        declaration.write('parameters: {instruction: "查询："}\n')
    heard = Heard()
    evaluate(load_suite(Place("toy", toy_suite)), wrapped(heard, parse_spec(f"fake:?instruction={setting}")))
    assert any(text.startswith("查询：") for text in heard.texts) == prompted


def test_a_format_decides_the_vectors_and_the_size(toy_suite: Path) -> None:
    """Under one bit per dimension other documents are near; they take a thirty-second of the room."""
    suite = load_suite(Place("toy", toy_suite))
    exact, coarse = (evaluate(suite, opened(f"baseline:random?precision={name}")) for name in ("float32", "binary"))
    assert exact.scores[0].value != coarse.scores[0].value
    assert (exact.vector_bytes, coarse.vector_bytes) == (1024, 32)


def test_a_similarity_decides_what_is_near(toy_suite: Path) -> None:
    """The fake's vectors are not of unit length, so that inner products and cosines order them differently."""
    suite = load_suite(Place("toy", toy_suite))
    outcomes = [evaluate(suite, wrapped(FakeEmbedder(), parse_spec(f"f:?similarity={name}"))) for name in SIMILARITIES]
    assert len({tuple(items.values) for outcome in outcomes for items in outcome.items[:1]}) > 1
