"""hybrid: weights by their proportions, members without instruction, and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.catalogue import find_places, load_suite
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import UsageError
from harness.evaluate import evaluate
from harness.model import Suite, reads_images

if TYPE_CHECKING:
    from harness.model import Identity

DOCUMENTS = ["a contract", "order contract", "lunch", "contract order order number"]


def identity(options: str, members: str = "bm25:,baseline:hashing") -> Identity:
    """That of a weighted combination."""
    return open_embedder(parse_spec(f"hybrid:weighted({members}){options}")).identity


@pytest.mark.parametrize(
    ("one", "other"),
    [("?weights=2,2", ""), ("?weights=1,2", "?weights=0.1,0.2"), ("?weights=0.3,0.7", "?weights=3,7")],
)
def test_weights_of_one_proportion_are_one_combination(one: str, other: str) -> None:
    """As their rankings are the same, so is their column in the store."""
    assert identity(one) == identity(other)


def test_proportions_tell_combinations_apart() -> None:
    """Small differences too; the weights shown add up to 1."""
    assert len({identity(f"?weights={text}") for text in ("1,1", "1,1.000001", "1,2", "2,1")}) == 4
    assert str(identity("?weights=1,3")).endswith("?weights=0.25,0.75")
    assert identity("?weights=1,1,1", "bm25:,bm25:?b=0,baseline:hashing").options == ()


def test_rankings_of_one_proportion_are_equal() -> None:
    """Scores included."""
    first, second = (
        open_embedder(parse_spec(f"hybrid:weighted(bm25:,baseline:hashing)?weights={text}")).rank(  # type: ignore[union-attr]  # ranks
            ["contract order"], DOCUMENTS, 4
        )
        for text in ("1,3", "2,6")
    )
    np.testing.assert_array_equal(first.indices, second.indices)
    np.testing.assert_array_equal(first.scores, second.scores)


def test_weights_without_a_finite_sum_are_refused() -> None:
    """They have no proportions."""
    with pytest.raises(UsageError, match="weights must be 2 numbers"):
        identity("?weights=1e308,1e308")


@pytest.mark.parametrize("value", ["on", "off"])
def test_a_member_has_no_say_about_the_instruction(value: str) -> None:
    """It never gets one, nor in an inner combination: the option would make another name, not another ranking."""
    for text in (
        f"hybrid:rrf(bm25:,baseline:hashing?instruction={value})",
        f"hybrid:rrf(bm25:,hybrid:rrf(bm25:,baseline:hashing?instruction={value}))",
    ):
        with pytest.raises(UsageError, match="a member never gets the instruction of a suite"):
            open_embedder(parse_spec(text))


@pytest.mark.parametrize(
    ("spec", "reads"),
    [
        ("hybrid:rrf(baseline:random,baseline:random?dim=8)", True),
        ("hybrid:weighted(baseline:random,bm25:)", False),
        ("hybrid:rerank(baseline:random,baseline:random?dim=8)", True),
        ("hybrid:rerank(baseline:random,baseline:hashing)", False),
        ("hybrid:rerank(baseline:hashing,baseline:random)", False),
        ("hybrid:rrf(baseline:random,hybrid:rrf(baseline:random,baseline:random?dim=8))", True),
        ("baseline:random?long=max&segment=9", True),
        ("baseline:hashing?long=max&segment=9", False),
    ],
)
def test_a_combination_reads_pictures_if_all_its_members_do(spec: str, *, reads: bool) -> None:
    """Then a suite of pictures gives it a score."""
    opened = open_embedder(parse_spec(spec))
    assert reads_images(opened) is reads
    (place,) = find_places("pictures/en")
    suite = load_suite(place)
    assert isinstance(suite, Suite)
    assert evaluate(suite, opened).status == ("ok" if reads else "not_applicable")
