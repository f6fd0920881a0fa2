"""A sweep: each embedder once per value of an option."""

from __future__ import annotations

import pytest

from harness.embedders.resolve import parse_spec
from harness.errors import UsageError
from harness.workflows.sweep import sweep

NAMED = {"mine": parse_spec("baseline:hashing"), "bm25:": parse_spec("bm25:")}


def swept(*asked: str) -> dict[str, str]:
    """Label → spec as text."""
    return {label: spec.text for label, spec in sweep(NAMED, asked).items()}


def test_every_value_is_an_embedder_of_its_own() -> None:
    """A value is added to the label and to the spec; `full` leaves the option out; what has no vectors stays."""
    assert swept("dimensions=64,full") == {
        "mine?dimensions=64": "baseline:hashing?dimensions=64",
        "mine": "baseline:hashing",
        "bm25:": "bm25:",
    }


def test_two_sweeps_make_every_combination() -> None:
    """Values of one option with values of the other; a default that is written out is the embedder itself."""
    assert list(swept("dimensions=64,full", "precision=float32,binary")) == [
        "mine?dimensions=64&precision=float32",
        "mine?dimensions=64&precision=binary",
        "mine",
        "mine?precision=binary",
        "bm25:",
    ]


def test_what_cannot_be_opened_stays(tmp_path: object) -> None:
    """It will be recorded as failed, once."""
    broken = parse_spec(f"vectors:{tmp_path}/absent.vec")
    assert sweep({"gone": broken}, ["dimensions=64"]) == {"gone": broken}


@pytest.mark.parametrize("text", ["dimensions", "=64", "dimensions=", "dimensions=64,,32"])
def test_a_sweep_without_option_or_values_is_refused(text: str) -> None:
    """The message shows how a sweep is written."""
    with pytest.raises(UsageError, match="dimensions=64,256,full"):
        swept(text)


def test_an_option_of_the_spec_cannot_be_swept_too() -> None:
    """Which of the two would count?"""
    with pytest.raises(UsageError, match="'dimensions' is given twice"):
        sweep({"short": parse_spec("baseline:hashing?dimensions=32")}, ["dimensions=64"])


@pytest.mark.parametrize("specs", [["bm25:"], ["bm25:", "hybrid:rrf(bm25:,baseline:hashing)"]])
def test_a_sweep_over_nothing_is_refused(specs: list[str]) -> None:
    """It would be ignored; the message names who cannot be swept, the option meant, and those there are."""
    with pytest.raises(
        UsageError, match=r"bm25:.* give no vectors\. Did you mean 'dimensions'\?.* knows dimensions, in"
    ):
        sweep({text: parse_spec(text) for text in specs}, ["dimension=64"])
    with pytest.raises(UsageError, match=r"nothing to sweep dimensions and precision over"):
        sweep({text: parse_spec(text) for text in specs}, ["dimensions=64", "precision=int8"])


def test_an_option_that_an_embedder_does_not_know_is_refused() -> None:
    """Beside rankers too."""
    with pytest.raises(UsageError, match="there is no option 'dimension'"):
        swept("dimension=64")


def test_no_sweep_changes_nothing() -> None:
    """The embedders as they were named."""
    assert sweep(NAMED, ()) == NAMED
