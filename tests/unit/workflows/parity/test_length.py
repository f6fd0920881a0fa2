"""Texts that are cut or refused: made to happen on purpose, called by name."""

from __future__ import annotations

import re

from harness.diagnostics.parity.observation import Reach
from harness.workflows.parity import shown
from tests.parity_sides import Fake, Refusing, compared, decisive, hurried, named


def test_a_silent_cut_is_found() -> None:
    """ollama#11856: 512 tokens, whatever the model reads; shown in both languages and confirmed by asking."""
    found = compared(Fake(limit=1100), Fake(limit=513))
    english, chinese = (cause for cause in found.parity.causes if cause.name == "truncation")
    assert decisive(found) == [("truncation", "B")] * 2
    assert english.text.startswith("B reads only the first ~512 words of a text, A ")
    assert chinese.text.startswith("B reads only the first ~512 Chinese characters of a text, A ~1,1")
    assert "once A is given only what B reads" in english.evidence


def test_an_equal_cut_is_no_difference() -> None:
    """Two sides that read the same are the same, and where they stop is told."""
    found = compared(Fake(limit=255), Fake(limit=255))
    assert found.parity.word == "same"
    (row,) = (row for row in shown.facts(found)[1] if row[0] == "reads of words")
    assert row[1:] == ["~254", "~254"] or row[1:] == ["~256", "~256"]


def test_patience_ends() -> None:
    """Without any, texts much longer than the probes are not tried; whether those are cut is found out all the same."""
    found = hurried(Fake(), Fake(limit=4000))
    assert [side.observation.reach["en"] for side in found.sides.values()] == [Reach(1024, None, seconds=0)] * 2
    assert found.parity.same
    cut = hurried(Fake(), Fake(limit=513))
    assert decisive(cut) == [("truncation", "B")] * 2
    assert cut.parity.causes[0].text.startswith("B reads only the first ~512 words of a text, A all of the 1,024 words")


def test_what_was_not_measured_is_said() -> None:
    """Long texts that differ alone, and no time or no leave to find out how far they are read."""
    late = hurried(Fake(), Fake(limit=1101))
    assert decisive(late) == [("truncation", "both")]
    cause = named(late, "truncation")
    assert cause.text.startswith("probably truncation")
    assert cause.evidence.endswith("how far they are read was not measured within 0 s")
    assert "--patience 60" in cause.advice
    short = hurried(Fake(), Fake(limit=513), longest=64)
    assert decisive(short) == [("truncation", "both")]
    assert "--longest" in named(short, "truncation").advice
    assert ("truncation", "both") not in decisive(hurried(Fake(), Fake(seed=1), longest=64))


def test_a_side_that_refuses_long_texts_does_not_cut_them() -> None:
    """It is said from which length on; a placeholder for a vector that is not there has no cosine."""
    picky = Refusing(unwanted=lambda text: len(text) > 3000)
    found = compared(Fake(), picky)
    assert decisive(found) == [("refused length", "B")]
    cause = named(found, "refused length")
    assert re.fullmatch(
        r"B refuses texts above ~\d\d\d words, A reads all of the 2,048 words that were tried", cause.text
    )
    assert cause.evidence == "400: not wanted"
    (cut,) = (
        cause
        for cause in compared(Fake(limit=101), picky).parity.causes
        if cause.about == "A" and "words" in cause.text
    )
    assert cut.text.startswith("A reads only the first ~100 words of a text, B ~")
    assert cut.text.endswith(" words and refuses longer ones")
    assert "cosine" not in cut.evidence
