"""How near two observations are, on vectors of two dimensions that are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from harness.diagnostics.parity.agreement import Agreement
from harness.diagnostics.parity.observation import Answers, Observation, Side, Steadiness, alike, keyed
from harness.diagnostics.parity.probes import SHORT, TEXTS
from harness.diagnostics.parity.steady import steadiness
from harness.diagnostics.parity.verdict import Evidence, judge


def answers(*rows: tuple[float, ...], without: int | None = None) -> Answers:
    """Vectors; the row `without` has none."""
    return Answers(np.array(rows, np.float32), tuple("none" if place == without else "" for place in range(len(rows))))


def side(turned: float = 0.0, length: float = 1.0, revision: str = "1") -> Observation:
    """Every text has a direction of its own on a circle, turned by an angle."""
    angles = np.arange(len(TEXTS)) / 40 + turned
    rows = length * np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    all_answers = Answers(rows.astype(np.float32), ("",) * len(rows))
    short = all_answers.take(range(len(SHORT)))
    vectors = {
        **keyed("document", list(TEXTS.values()), all_answers),
        **keyed("query", [TEXTS[name] for name in SHORT], short),
        **keyed("alone", list(TEXTS.values()), all_answers),
    }
    return Observation(Side("fake:", revision), vectors, Steadiness(1, 1, 1), {})


def test_cosines_of_any_vectors() -> None:
    """Lengths do not count; zeros are like zeros only, no vector is like none only; wide ones are cut."""
    first = answers((1, 0), (3, 0), (0, 0), (0, 0), (1, 0), (1, 0), without=5)
    second = answers((1, 1), (5, 0), (0, 0), (1, 0), (1, 0), (1, 0), without=4)
    assert alike(first, second) == pytest.approx([0.5**0.5, 1, 1, 0, 0, 0])
    assert alike(answers((1, 0, 9)), answers((2, 0))) == pytest.approx([1])


def test_a_turned_circle() -> None:
    """Turned by 60°, all cosines are 0.5, no two texts change their distance, and the lists stay the same."""
    found = Agreement(side(), side(np.pi / 3))
    assert set(np.round(list(found.cosines.values()), 5)) == {0.5}
    assert found.median() == pytest.approx(0.5)
    assert (found.overlap, found.rank_correlation) == (1.0, pytest.approx(1))
    assert found.same_norms
    assert [cause.name for cause in judge(found, Evidence()).causes] == ["another basis"]


def test_lengths() -> None:
    """Of both sides; the same up to 1 %."""
    found = Agreement(side(), side(length=1.005))
    assert found.norms[1] == pytest.approx(np.full(len(found.norms[1]), 1.005), abs=1e-5)
    assert found.same_norms
    assert not Agreement(side(), side(length=1.02)).same_norms


def test_a_new_revision_is_noted() -> None:
    """Where the vectors agree all the same; it keeps nobody apart."""
    parity = judge(Agreement(side(), side(revision="2")), Evidence())
    assert (parity.word, [(cause.name, cause.decisive) for cause in parity.causes]) == ("same", [("revision", False)])
    assert parity.causes[0].evidence == "A 1, B 2"


def test_the_least_steady_text() -> None:
    """(1, 1) alone against (1, 0) in the batch is 0.71; a text without a vector is not compared."""
    batch = answers((1, 0), (0, 1), (1, 1))
    alone = answers((1, 1), (0, 1), (0, 1), without=2)
    found = steadiness(batch, batch, answers((1, 0), (0, 2), (1, 1)), alone, ["one", "two", "three"])
    assert found.worst == "one"
    assert found.alone == pytest.approx(0.5**0.5)
    assert (found.again, found.reordered) == (pytest.approx(1), pytest.approx(1))
    nothing = answers((0, 0), without=0)
    assert steadiness(nothing, nothing, nothing, nothing, ["x"]) == Steadiness(None, None, None)
