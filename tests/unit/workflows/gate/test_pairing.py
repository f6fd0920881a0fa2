"""Two runs → what there is to answer a gate with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.gate.rules import rulings
from harness.model import Gate, Identity, Interval, ItemScores, Run, Score
from harness.workflows.gate.choosing import Pair
from harness.workflows.gate.pairing import Reference, case_of, run_command

GATE = Gate("s", "ndcg@10", 0.02)
MAIN = Reference("baseline main", 'harness baseline bless main --reason "…"')


def run(ids: str = "abcdefgh", revision: str = "1", fingerprint: str = "one", values: float = 0.5) -> Run:
    """An item per letter."""
    score = Score("ndcg@10", values, Interval(None, None, "-"), None, len(ids))
    items = ItemScores("ndcg@10", list(ids), list(ids), np.full(len(ids), values))
    return Run(
        "r", "2026-01-01T00:00:00+00:00", "s", "retrieval", fingerprint, "m", Identity("fake", "m", revision), "ok", "",
        0.0, (score,), (items,),
    )  # fmt: skip


def answer(a: Run | None, b: Run | None) -> tuple[str, str]:
    """The answer to a gate, and why."""
    (ruling,) = rulings([case_of(GATE, Pair("new", "old"), MAIN, a, b)])
    assert (ruling.embedder, ruling.reference, ruling.asked) == ("new", "baseline main", GATE)
    return ruling.answer, ruling.words


def test_the_same_embedder_with_the_same_values_passes() -> None:
    """On however few items; another embedder, or other values, have to show it."""
    assert answer(run(), run()) == ("pass", "the same embedder, the same scores")
    assert answer(run(), run(revision="2"))[0] == "inconclusive"
    assert answer(run(), run(values=0.49))[0] == "inconclusive"
    nobody = replace(run(), identity=None)
    assert answer(nobody, nobody)[0] == "inconclusive"


def test_missing_items_are_incomparable() -> None:
    """Not a zero, and not left out."""
    said, words = answer(run(), run("abcdefg"))
    assert said == "incomparable"
    assert "1 item is only in A (h) (A is the baseline main, B the candidate)" in words
    assert words.endswith(MAIN.refresh)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (run(fingerprint="two"), "fingerprint one for A"),
        (replace(run(), scores=(replace(run().scores[0], convention="other"),)), "ndcg@10 was computed in two ways"),
        (replace(run(), scores=()), "B was not scored with ndcg@10"),
        (replace(run(), status="not_applicable", reason="no vectors"), "not applicable: no vectors"),
        (None, "there is no run. Make one with: harness run -s s -e new"),
    ],
)
def test_what_must_not_be_compared(other: Run | None, words: str) -> None:
    """With what differs."""
    said, found = answer(run(), other)
    assert said == "incomparable"
    assert words in found


def test_a_failed_run_has_failed() -> None:
    """With its reason and how it is run again."""
    failed = replace(run(), status="failed", reason="out of memory.", scores=(), items=())
    assert answer(run(), failed) == ("failed", "out of memory. Run it again: harness run -s s -e new")


def test_a_reference_that_is_missing_is_incomparable() -> None:
    """It says who is."""
    said, words = answer(None, run())
    assert said == "incomparable"
    assert words.startswith("the baseline main has no results of old on s.")


def test_a_metric_that_only_other_software_knows_is_incomparable() -> None:
    """One suite that it judged does not keep the others from their answers."""
    foreign = replace(run(), scores=(replace(run().scores[0], metric="main_score"),), items=())
    found = case_of(Gate("s", "main_score", 0.02), Pair("new", "old"), MAIN, foreign, foreign)
    assert (found.answer, found.difference) == ("incomparable", None)
    assert "there is no 'main_score' among the metrics" in found.words


def test_commands_can_be_pasted() -> None:
    """Signs that a shell takes for its own are quoted."""
    assert (
        run_command("st:x?a=1&b=2", ["zh/a", "我的 套件"], {}) == "harness run -s zh/a -s '我的 套件' -e 'st:x?a=1&b=2'"
    )


def test_a_suite_of_a_folder_is_run_by_its_folder() -> None:
    """Its name alone is not found by `-s`."""
    assert run_command("m", ["zh/a", "s"], {"s": "/data/s"}) == "harness run -s zh/a -s /data/s -e m"
    (ruling,) = rulings([case_of(GATE, Pair("new", "old"), Reference("", "", {"s": "/data/s"}), run(), None)])
    assert ruling.words == "there is no run. Make one with: harness run -s /data/s -e new"
