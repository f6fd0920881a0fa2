"""Tests and intervals keep what they promise, and the docs print what the simulation gives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import harness.statistics
from tests import simulations

if TYPE_CHECKING:
    from tests.simulations import Shares

README = Path(harness.statistics.__file__).with_name("README.md")
PERCENT = re.compile(r"\d+\.\d%")


def outcomes(shares: Shares, outcome: str) -> list[float]:
    """The shares of one outcome over all designs."""
    return [share for name, share in shares.items() if name.endswith(f": {outcome}")]


@pytest.mark.parametrize("test", ["t", "sign flips"])
def test_false_alarms_are_nominal(test: str) -> None:
    """Where nothing differs, t and sign flips find a difference in 5 % of the samples, whatever the number of items."""
    assert all(0.035 <= share <= 0.065 for share in outcomes(simulations.false_alarms(), test))


@pytest.mark.parametrize("test", ["McNemar", "few changes"])
def test_counts_are_conservative(test: str) -> None:
    """Neither test of few hits exceeds its level, and neither falls to nothing."""
    assert all(0.01 <= share <= 0.05 for share in outcomes(simulations.false_alarms(), test))


def test_questions_about_one_document_are_not_independent() -> None:
    """Taking them for independent gives false alarms in 12 to 26 %; whole documents give 5 %."""
    found = simulations.clustered_alarms()
    assert all(0.11 <= share <= 0.28 for share in outcomes(found, "naive t"))
    assert all(0.04 <= share <= 0.065 for share in outcomes(found, "clustered t"))
    assert all(0.04 <= share <= 0.065 for share in outcomes(found, "sign flips of documents"))


def test_every_interval_covers() -> None:
    """Every kind of interval holds the true difference in at least 93 % of the samples."""
    tables = simulations.coverage(), simulations.few_changes(), simulations.corpus_metrics()
    found = [share for table in tables for share in outcomes(table, "coverage")]
    assert len(found) == 29
    assert all(share >= 0.93 for share in found)


def test_few_changes_are_why_a_bare_t_is_not_enough() -> None:
    """Where few items change, all one way, an interval of what was seen holds the truth in as little as 63 %."""
    assert min(outcomes(simulations.few_changes(), "bare t")) < 0.7


def test_intervals_are_not_too_wide() -> None:
    """Where differences are many and of all sizes, an interval of 95 % does not hold the truth in 98 %."""
    found = simulations.coverage()
    assert all(share <= 0.97 for name, share in found.items() if name.startswith(("t, 50", "t, 300", "clustered")))
    assert all(share <= 0.985 for share in outcomes(simulations.corpus_metrics(), "coverage"))


def test_false_alarms_of_the_bootstrap() -> None:
    """Where two scores that are no means are alike, a difference is found in about 5 %; few are found at 0.1 %.

    That is beyond the resolution of the draws, where the tail of t takes over.
    """
    assert all(0.02 <= share <= 0.085 for share in outcomes(simulations.corpus_metrics(), "false alarms"))
    assert all(share <= 0.01 for share in outcomes(simulations.corpus_metrics(), "at 0.1 %"))


@pytest.mark.parametrize(("items", "passed"), [(100, 0.28), (300, 0.53), (1000, 0.93)])
def test_what_a_gate_says_of_an_equal_embedder(items: int, passed: float) -> None:
    """It passes as often as power says; "probable loss" is the 5 % of false alarms; regression hardly occurs."""
    found, design = simulations.verdicts(), f"true difference 0.00, {items} items"
    assert found[f"{design}: pass"] == pytest.approx(passed, abs=0.04)
    assert found[f"{design}: probable loss"] == pytest.approx(0.05, abs=0.015)
    assert found[f"{design}: regression"] <= 0.01


@pytest.mark.parametrize("items", [100, 300, 1000])
def test_a_loss_of_the_whole_margin(items: int) -> None:
    """At a true loss of exactly the margin the gate passes 5 % and calls a regression in 5 %: its two errors."""
    found, design = simulations.verdicts(), f"true difference -0.02, {items} items"
    assert found[f"{design}: pass"] == pytest.approx(0.05, abs=0.015)
    assert found[f"{design}: regression"] == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize(("items", "regressions"), [(100, 0.27), (300, 0.54), (1000, 0.94)])
def test_a_loss_of_twice_the_margin(items: int, regressions: float) -> None:
    """It hardly ever passes, and is called a regression the more often the more items there are."""
    found, design = simulations.verdicts(), f"true difference -0.04, {items} items"
    assert found[f"{design}: pass"] <= 0.01
    assert found[f"{design}: regression"] == pytest.approx(regressions, abs=0.04)


def test_as_many_items_as_needed() -> None:
    """619 items, which the formula asks for at sd 0.2 and a margin of 0.02, pass an equal embedder in 80 %."""
    found = simulations.verdicts()
    assert found["no difference, 619 items as `items_needed` says: pass"] == pytest.approx(0.8, abs=0.03)


def test_few_lost_hits_are_not_let_through() -> None:
    """Where few hits change, "not worse" is found at a true loss of the margin in 5 %, not in the 20 % of a bare t."""
    found = simulations.sparse_hits()
    assert all(share <= 0.07 for name, share in found.items() if "1% lost" not in name)
    # What that costs: a bare t passes 58 and 77 % of those that lose no more than they win.
    assert [share for name, share in found.items() if "1% lost" in name] == pytest.approx([0.37, 0.68], abs=0.03)


def test_an_embedder_against_itself() -> None:
    """It is never found to differ from itself, nor is one whose service adds a little noise."""
    assert set(simulations.the_same_twice().values()) == {0.0}


def test_eight_metrics_that_go_together() -> None:
    """Uncorrected, one of eight is claimed falsely in 15 %; Holm and maxT keep 5 %, and maxT sees more."""
    found = simulations.families()
    assert found["uncorrected: any false claim"] > 0.11
    assert found["Holm: any false claim"] <= 0.05
    assert 0.03 <= found["maxT: any false claim"] <= 0.07
    seen = {name: found[f"{name}: the one true difference"] for name in ("Holm", "maxT", "uncorrected")}
    assert seen["Holm"] + 0.05 < seen["maxT"] < seen["uncorrected"]


def test_a_slow_slide() -> None:
    """Six merges of −0.01 each pass one by one in most histories; none of them passes against an anchor."""
    found = simulations.slow_slide()
    assert 0.55 <= found["baseline blessed after each merge: all six pass"] <= 0.75
    assert found["and an anchor: all six pass"] == 0


@pytest.mark.parametrize("simulation", simulations.SIMULATIONS)
def test_the_docs_print_what_was_simulated(simulation: simulations.Simulation) -> None:
    """Each table of the page has the rows and columns of the simulation, and its numbers within 2 points."""
    printed, found = README.read_text("utf-8"), simulations.table(simulation())
    columns, first = found.splitlines()[0], found.splitlines()[2].split("|")[1]
    start = printed.index(columns + "\n", printed.index(f"<!-- {simulation.__name__} -->"))
    table = printed[start : start + len(found) + 40].split("\n\n")[0]
    assert first in table
    assert PERCENT.sub("", table) == PERCENT.sub("", found)
    for ours, theirs in zip(PERCENT.findall(table), PERCENT.findall(found), strict=True):
        assert float(ours[:-1]) == pytest.approx(float(theirs[:-1]), abs=2.0)
