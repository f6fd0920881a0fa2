"""Numbers that are unsteady, rounded, turned or fewer: made to happen on purpose, called by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.workflows.parity import shown
from tests.parity_sides import Fake, compared, decisive, demand_named, named, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Vectors


def padded(vectors: Vectors, texts: Sequence[str]) -> Vectors:
    """Padding that is not masked: the longer the longest text of the batch, the more of it in every vector."""
    longest = max(map(len, texts))
    return vectors + np.array([[(longest - len(text)) / longest * 0.1] for text in texts], np.float32)


def test_lengths_matter_only_where_they_are_used() -> None:
    """llama.cpp: not normalised. The same under cosine, with a note; two models under dot product."""
    long = Fake(after=rows(lambda texts: [7] * len(texts)))
    found = compared(Fake(), long)
    assert (found.parity.word, found.parity.same, decisive(found)) == ("same under cosine", True, [])
    assert "B's are 7 times as long" in named(found, "not normalised").evidence
    assert "under dot product these are two models" in shown.verdict(found)
    assert decisive(compared(Fake(), long, "dot")) == [("not normalised", "B")]
    assert compared(long, long, "dot").parity.word == "same"


def test_chance_is_named() -> None:
    """A side that answers differently when asked again is not deterministic, whatever else differs by that much."""
    generator = np.random.default_rng(0)
    noisy = Fake(
        after=lambda vectors, _: (vectors + 0.02 * generator.standard_normal(vectors.shape)).astype(np.float32)
    )
    found = compared(Fake(), noisy)
    assert decisive(found) == [("not deterministic", "B")]


def test_both_sides_may_be_unsteady() -> None:
    """The same fault on both sides does not make them differ, and is noted."""
    found = compared(Fake(after=padded), Fake(after=padded))
    assert (found.parity.word, decisive(found)) == ("same", [])
    assert named(found, "batch").text.startswith("both sides give a text another vector")


FAULTS = {
    "an unmasked batch": (Fake(after=padded), "batch", "B gives a text another vector depending on what else"),
    "fewer dimensions": (
        Fake(after=lambda vectors, _: vectors[:, :16]),
        "fewer dimensions",
        "B is A cut to its leading 16 of 64 dimensions",
    ),
    "zeros behind": (
        Fake(after=lambda vectors, _: np.pad(vectors, ((0, 0), (0, 16)))),
        "fewer dimensions",
        "B is A padded with zeros to 80 dimensions",
    ),
    "coarse vectors": (
        Fake(after=lambda vectors, _: (np.rint(vectors * 16) / 16).astype(np.float32)),
        "quantised vectors",
        "B's vectors are quantised: 8 bits or fewer per number",
    ),
    "other axes": (Fake(after=lambda vectors, _: vectors[:, ::-1]), "another basis", "turned, exchanged or negated"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_whatever_else_differs_is_named(what: str) -> None:
    """The one cause that makes the sides differ, and nothing beside it."""
    demand_named(*FAULTS[what])
