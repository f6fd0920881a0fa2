"""What people who write plug-ins are given. tests/contract shows that each clause can fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness import testing
from harness.catalogue import builtin_places
from harness.errors import SuiteError
from harness.testing import FakeEmbedder, check_embedder, check_suite

if TYPE_CHECKING:
    from pathlib import Path


def test_all_that_is_public_is_there() -> None:
    """Sorted, as in the package itself."""
    assert testing.__all__ == sorted(testing.__all__)
    assert all(hasattr(testing, name) for name in testing.__all__)


def test_the_fake_embeds_word_lengths() -> None:
    """Its vectors can be worked out by hand, and it keeps the contract."""
    vectors = FakeEmbedder().embed(["hello you", "采购", "", "a b c d e f g h i"], "query")
    assert vectors.tolist() == [[5, 3, 0, 0, 0, 0, 0, 0], [2] + [0] * 7, [0] * 8, [1] * 8]
    assert FakeEmbedder().embed([], "document").shape == (0, 8)
    assert all(check.passed and not check.note for check in check_embedder(FakeEmbedder()))


def test_a_suite_is_checked_end_to_end(toy_suite: Path) -> None:
    """Read and judged; a fault raises with its place."""
    suite = check_suite(toy_suite)
    assert (suite.name, suite.kind) == ("toy", "retrieval")
    (toy_suite / "corpus.jsonl").write_text("", "utf-8")
    with pytest.raises(SuiteError, match=r"corpus\.jsonl"):
        check_suite(toy_suite)


@pytest.mark.parametrize("place", builtin_places(), ids=lambda place: place.name)
def test_built_in_suites_pass(place: object) -> None:
    """Every one of them."""
    assert check_suite(place.folder).metrics  # type: ignore[attr-defined]  # a Place
