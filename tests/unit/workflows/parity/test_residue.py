"""What nothing else accounts for: made to happen on purpose, called by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.parity_sides import WIDTH, Fake, compared, decisive, demand_named, named, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Vectors


def coarse_weights(vectors: Vectors, _: Sequence[str]) -> Vectors:
    """Every vector a little off, as rounded weights put it."""
    noise = np.random.default_rng(1).standard_normal((WIDTH, WIDTH)) / 8
    return np.asarray(vectors + 0.1 * vectors @ noise, np.float32)


def test_several_causes_are_all_named() -> None:
    """A prompt, fewer dimensions and no unit length at once; the lengths are no cause under cosine."""
    found = compared(Fake(), Fake(lambda text, _: "query: " + text, after=lambda vectors, _: 3 * vectors[:, :16]))
    assert decisive(found) == [("fewer dimensions", "B"), ("prompt", "B")]
    cut = compared(Fake(), Fake(limit=100, after=rows(lambda texts: [bool(text.strip()) for text in texts])))
    assert {name for name, _ in decisive(cut)} == {"truncation"}
    assert named(cut, "empty texts").text.endswith("A gives a vector of length 1, B gives zeros")


FAULTS = {
    "coarse weights": (Fake(after=coarse_weights), "precision", "the quantisation of the weights differs"),
    "another model": (Fake(seed=1), "another model", "these are two models, not one"),
    "another model, another dimension": (
        Fake(seed=1, after=lambda vectors, _: vectors[:, :32]),
        "another model",
        "these are two models, not one",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_whatever_else_differs_is_named(what: str) -> None:
    """The one cause that makes the sides differ, and nothing beside it."""
    demand_named(*FAULTS[what])
