"""The texts that sides are compared on."""

from __future__ import annotations

import unicodedata

from harness.diagnostics.parity.changes import CHANGES, trials
from harness.diagnostics.parity.probes import ALONE, ORDINARY, PAIRS, PROBES, SHORT, TEXTS, names


def test_each_is_there_once() -> None:
    """A name and a text stand for each other."""
    assert len(TEXTS) == len(PROBES) == len(set(TEXTS.values()))
    assert set(ALONE) <= set(SHORT)
    assert {name for pairs in PAIRS.values() for pair in pairs for name in pair} == set(names("pair"))


def test_ordinary_texts_are_changed_by_prompts_only() -> None:
    """Whatever a tokenizer is told to clean up, it leaves them as they are; half of them are Chinese."""
    ordinary = [TEXTS[name] for name in names(*ORDINARY)]
    for text in ordinary:
        assert text == unicodedata.normalize("NFKC", text.lower().strip())
        assert "\n" not in text
    assert sum(not text.isascii() for text in ordinary) == len(ordinary) / 2


def test_pairs_differ_in_what_they_are_called_after() -> None:
    """Undoing it makes the one the other."""
    undo = {
        "case": str.lower,
        "newlines": lambda text: text.replace("\n", " "),
        "blanks": lambda text: " ".join(text.split()),
        "width": lambda text: unicodedata.normalize("NFKC", text),
        "accents": lambda text: "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)),
    }
    for what, pairs in PAIRS.items():
        for first, second in pairs:
            assert TEXTS[first] != TEXTS[second] == undo[what](TEXTS[first])


def test_long_texts_are_longer_than_512_tokens() -> None:
    """In both languages, with an end of its own."""
    assert len(TEXTS["long english"].split()) > 800
    assert len(TEXTS["long chinese"]) > 1000


def test_every_change_is_tried() -> None:
    """On short texts that it changes, prompts in both roles."""
    tried = list(trials())
    assert {trial.change for trial in tried} == set(CHANGES)
    for trial in tried:
        assert 1 <= len(trial.names) <= 6
        assert all(text != TEXTS[name] for text, name in zip(trial.texts, trial.names, strict=True))
        assert not set(trial.names) & {*names("long"), *names("empty")}
    assert {trial.way for trial in tried if trial.change.family == "prompt"} == {"document", "query"}
