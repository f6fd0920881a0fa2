"""Rows that are missing, of nothing, or elsewhere: made to happen on purpose, called by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import EmbedderError
from harness.workflows.parity import shown
from tests.parity_sides import Fake, Refusing, compared, decisive, demand_named, named, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Role, Vectors


@pytest.mark.parametrize(
    ("side", "text", "evidence"),
    [
        (Refusing(unwanted=lambda text: not text), "A gives a vector of length 1, B refuses empty", "400: not wanted"),
        (
            Refusing(unwanted=lambda text: not text.strip()),
            "A gives a vector of length 1, B refuses a blank, a line break, empty",
            "400: not wanted",
        ),
        (
            Fake(after=rows(lambda texts: [bool(text) for text in texts])),
            "A gives a vector of length 1, B gives a zero vector for an empty text",
            "cosine 0.0000 for empty",
        ),
    ],
)
def test_empty_texts_alone_make_no_other_model(side: Fake, text: str, evidence: str) -> None:
    """A service may refuse them or put zeros there: a note, and the verdict says that it is without them."""
    found = compared(Fake(), side)
    assert (found.parity.word, decisive(found)) == ("same", [])
    cause = named(found, "empty texts")
    assert (cause.text, cause.evidence) == (f"empty texts are handled differently: {text}", evidence)
    assert "every text's two vectors, empty ones aside, is 1 or more" in shown.verdict(found)
    assert compared(side, Fake()).parity.same
    assert decisive(compared(Fake(lambda text, _: "query: " + text), side)) == [("prompt", "A")]


def test_a_side_that_refuses_some_texts() -> None:
    """Each refused text is found, the others are compared; a side that refuses everything is an error."""
    found = compared(Fake(), Refusing(unwanted=lambda text: not text.strip() or "2026" in text))
    cause = named(found, "no vector")
    assert cause.text == "B gives no vector for some texts: numbers, width 0 plain"
    assert cause.evidence == "400: not wanted"
    assert decisive(found) == [("no vector", "B")]

    class Closed(Fake):
        def embed(self, texts: Sequence[str], role: Role) -> Vectors:
            raise EmbedderError(f"401 for {len(texts)} texts, {role}")

    with pytest.raises(EmbedderError, match="401 for 1 texts"):
        compared(Fake(), Closed())


FAULTS = {
    "NaN everywhere": (Fake(after=rows(lambda texts: [np.nan] * len(texts))), "not finite", "B gives NaN for any text"),
    "NaN for blanks": (
        Fake(after=rows(lambda texts: [1 if text.strip() else np.nan for text in texts])),
        "not finite",
        "B gives NaN for some texts: empty, a blank, a line break",
    ),
    "shifted rows": (Fake(after=lambda vectors, _: np.roll(vectors, 1, 0)), "row order", "shifted by 1"),
    "reversed rows": (Fake(after=lambda vectors, _: vectors[::-1]), "row order", "reversed"),
    "sorted rows": (
        Fake(after=lambda vectors, texts: vectors[np.argsort([len(text) for text in texts], kind="stable")]),
        "row order",
        "sorted by the length of the texts",
    ),
}


@pytest.mark.parametrize("what", FAULTS)
def test_whatever_else_differs_is_named(what: str) -> None:
    """The one cause that makes the sides differ, and nothing beside it."""
    demand_named(*FAULTS[what])
