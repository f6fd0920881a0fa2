"""What goes from the store into a baseline, and what stays out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import StoreError, UsageError
from harness.model import Identity, Interval, ItemScores, Run, Score
from harness.store import Store
from harness.store.baselines import baseline_files, read_baseline
from harness.workflows.baselines import (
    BlessRequest,
    SaveRequest,
    anchor_name,
    baselines_folder,
    bless_baseline,
    document_of,
    facts,
    list_baselines,
    save_baseline,
    show_baseline,
)
from harness.workflows.configuration import Configuration

if TYPE_CHECKING:
    from pathlib import Path

DAY, LATER = date(2026, 7, 1), date(2026, 9, 9)


def made(second: int, embedder: str = "one", value: float = 0.5, **fields: Any) -> Run:
    """A run of two items that started in this second."""
    scores = ItemScores("ndcg@10", ["q1", "q2"], ["q1", "q2"], np.array([value, value]))
    given: dict[str, Any] = {
        "id": f"{embedder}{second}",
        "started_at": f"2026-06-01T00:00:{second:02}.000000+00:00",
        "suite": "zh/a",
        "kind": "retrieval",
        "fingerprint": "f0",
        "embedder": embedder,
        "identity": Identity("fake", embedder, "1"),
        "status": "ok",
        "reason": "",
        "seconds": 1.0,
        "scores": (Score("ndcg@10", value, Interval(0.4, 0.6), 0.1, 2),),
        "items": (scores,),
        "environment": {"python": "3.11", "packages": {"numpy": "2"}},
        "configuration": {"spec": "fake:"},
        "answers": {"q1": "d1"},
    }
    return Run(**given | fields)


def failed(second: int, embedder: str) -> Run:
    """A run that came to nothing."""
    score = Score("ndcg@10", None, Interval(None, None, "down"), None, 0, status="failed", reason="down")
    return made(second, embedder, status="failed", reason="server is down", scores=(score,), items=(), answers={})


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A store of its own."""
    return Configuration(store=tmp_path / "results" / "results.duckdb")


def test_the_latest_runs_are_saved(configuration: Configuration) -> None:
    """Whole, of each embedder on each suite; beside the store."""
    Store(configuration.store).add(made(1, value=0.25), made(2), made(3, "two"), made(4, suite="zh/b"))
    kept = save_baseline(configuration, SaveRequest("main"), DAY)
    assert kept.written
    assert kept.files[0].parent == configuration.store.parent / "baselines"
    runs = read_baseline(baselines_folder(configuration), "main").runs
    assert [(run.suite, run.embedder, run.scores[0].value) for run in runs] == [
        ("zh/a", "one", 0.5),
        ("zh/a", "two", 0.5),
        ("zh/b", "one", 0.5),
    ]
    assert runs[0].items[0].values.tolist() == [0.5, 0.5]
    assert (runs[0].answers, runs[0].environment["python"]) == ({"q1": "d1"}, "3.11")
    assert [row[-1] for row in kept.changes] == ["new", "new", "new"]


def test_what_cannot_be_compared_is_left_out(configuration: Configuration) -> None:
    """What failed, does not apply or was imported; each with its reason."""
    elsewhere = made(3, "published", fingerprint="imported:mteb", items=(), answers={})
    nothing = made(4, "bm25:", status="not_applicable", reason="has no vectors", items=(), answers={})
    Store(configuration.store).add(made(1), failed(2, "two"), elsewhere, nothing)
    kept = save_baseline(configuration, SaveRequest("main"), DAY)
    assert kept.left_out == {
        ("zh/a", "two"): "failed: server is down",
        ("zh/a", "published"): "imported: no items to compare",
        ("zh/a", "bm25:"): "not applicable: has no vectors",
    }
    assert [run.embedder for run in kept.baseline.runs] == ["one"]


def test_what_ran_on_older_data_is_left_out(configuration: Configuration) -> None:
    """And named, where a label has nothing else on that suite."""
    Store(configuration.store).add(made(1), made(2, "behind"), made(3, fingerprint="f1"))
    kept = save_baseline(configuration, SaveRequest("main"), DAY)
    assert kept.left_out == {("zh/a", "behind"): "run on older data of this suite, on 2026-06-01: run it again"}
    assert [(run.embedder, run.fingerprint) for run in kept.baseline.runs] == [("one", "f1")]


def test_one_identity_for_each_label(configuration: Configuration) -> None:
    """A model that was trained again under the same name: the newer one; imported results do not take its place."""
    again = made(2, value=0.75, identity=Identity("fake", "one", "2"))
    elsewhere = made(3, fingerprint="imported:mteb", items=(), answers={}, identity=Identity("fake", "one", "3"))
    Store(configuration.store).add(made(1), again, elsewhere)
    (run,) = save_baseline(configuration, SaveRequest("main"), DAY).baseline.runs
    assert (run.identity, run.scores[0].value) == (again.identity, 0.75)


def test_selected_suites_and_embedders(configuration: Configuration) -> None:
    """Only what was asked for; what nobody has is refused."""
    Store(configuration.store).add(made(1), made(2, "two"), made(3, suite="zh/b"))
    kept = save_baseline(configuration, SaveRequest("main", ("zh/a",), ("two",)), DAY)
    assert [(run.suite, run.embedder) for run in kept.baseline.runs] == [("zh/a", "two")]
    with pytest.raises(UsageError, match="holds nothing for three"):
        save_baseline(configuration, SaveRequest("main", (), ("three",)), DAY)


def test_there_must_be_something_to_save(configuration: Configuration) -> None:
    """No store, an empty one, or one in which all failed."""
    with pytest.raises(StoreError, match="there are no results"):
        save_baseline(configuration, SaveRequest("main"), DAY)
    Store(configuration.store).prepare()
    with pytest.raises(UsageError, match="there is nothing to save as the baseline main"):
        save_baseline(configuration, SaveRequest("main"), DAY)
    Store(configuration.store).add(failed(1, "two"))
    with pytest.raises(UsageError, match=r"nothing to save[^\n]*\n  two on zh/a: failed: server is down"):
        save_baseline(configuration, SaveRequest("main"), DAY)
    assert not baselines_folder(configuration).exists()


def test_saving_the_same_again(configuration: Configuration) -> None:
    """A new run with the same numbers, on another day: the day of the first saving stays."""
    store = Store(configuration.store)
    store.add(made(1))
    save_baseline(configuration, SaveRequest("main"), DAY)
    store.add(made(2))
    kept = save_baseline(configuration, SaveRequest("main"), LATER)
    assert (kept.written, kept.baseline.saved, kept.changes[0][-1]) == (False, DAY, "same scores")


def test_other_results_are_replaced_only_by_force(configuration: Configuration) -> None:
    """Newer, fewer or more of them; the history of blessings stays, and the advice names the way with a reason."""
    store = Store(configuration.store)
    store.add(made(1), made(1, "two"))
    save_baseline(configuration, SaveRequest("main", (), ("one",)), DAY)
    store.add(made(2, value=0.75))
    bless_baseline(configuration, BlessRequest("main", "better"), DAY)
    store.add(made(3, value=0.25))
    for embedders in (("one",), ("two",), ()):
        with pytest.raises(UsageError, match=r"other results.* baseline bless main --reason.*save main --force"):
            save_baseline(configuration, SaveRequest("main", (), embedders), LATER)
    kept = save_baseline(configuration, SaveRequest("main", force=True), LATER)
    assert (kept.written, kept.baseline.saved, kept.baseline.reason) == (True, LATER, "better")
    assert {run.embedder: run.scores[0].value for run in kept.baseline.runs} == {"one": 0.25, "two": 0.5}


@pytest.mark.parametrize("anchor", [False, True])
def test_an_anchor_and_a_baseline_do_not_become_each_other(configuration: Configuration, anchor: bool) -> None:  # noqa: FBT001 # a case
    """Not by force either: one moves, the other does not."""
    Store(configuration.store).add(made(1))
    save_baseline(configuration, SaveRequest("main", anchor=anchor), DAY)
    for force in (False, True):
        with pytest.raises(UsageError, match=f"main is {'an' if anchor else 'no'} anchor, and stays so"):
            save_baseline(configuration, SaveRequest("main", anchor=not anchor, force=force), LATER)
    assert read_baseline(baselines_folder(configuration), "main").anchor is anchor


def test_an_anchor_is_replaced_only_by_force(configuration: Configuration) -> None:
    """The same runs again change nothing; the advice can be followed."""
    Store(configuration.store).add(made(1))
    assert save_baseline(configuration, SaveRequest("2026-q3", anchor=True), DAY).baseline.anchor
    assert not save_baseline(configuration, SaveRequest("2026-q3", anchor=True), LATER).written
    Store(configuration.store).add(made(2, value=0.75))
    with pytest.raises(UsageError, match="2026-q3 is an anchor of 2026-07-01, which does not move"):
        save_baseline(configuration, SaveRequest("2026-q3", anchor=True), LATER)
    kept = save_baseline(configuration, SaveRequest("2026-q3", anchor=True, force=True), LATER)
    assert (kept.written, kept.baseline.saved) == (True, LATER)


def test_a_damaged_baseline_is_replaced_only_by_force(configuration: Configuration) -> None:
    """Somebody may still want what is in it."""
    Store(configuration.store).add(made(1))
    save_baseline(configuration, SaveRequest("main"), DAY)
    baseline_files(baselines_folder(configuration), "main")[1].write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="baseline save main --force"):
        save_baseline(configuration, SaveRequest("main"), LATER)
    assert save_baseline(configuration, SaveRequest("main", force=True), LATER).written


def test_blessing_keeps_day_and_reason(configuration: Configuration) -> None:
    """One after the other."""
    store = Store(configuration.store)
    store.add(made(1))
    save_baseline(configuration, SaveRequest("main"), DAY)
    for second, reason in ((2, "better\n chunks"), (3, "更好")):
        store.add(made(second, value=second / 10))
        kept = bless_baseline(configuration, BlessRequest("main", reason), LATER)
    assert [(one.day, one.reason) for one in kept.baseline.blessed] == [(LATER, "better chunks"), (LATER, "更好")]
    assert (kept.baseline.saved, kept.changes) == (LATER, [["zh/a", "one", "ndcg@10", 0.2, 0.3, "other scores"]])


def test_blessing_what_is_there_already(configuration: Configuration) -> None:
    """Changes nothing, and records no reason for it."""
    Store(configuration.store).add(made(1))
    save_baseline(configuration, SaveRequest("main"), DAY)
    kept = bless_baseline(configuration, BlessRequest("main", "again"), LATER)
    assert (kept.written, kept.baseline.blessed, kept.baseline.saved) == (False, (), DAY)


def test_blessing_some(configuration: Configuration) -> None:
    """Of what it holds, unless other embedders are named; the rest stays as it was."""
    store = Store(configuration.store)
    store.add(made(1), made(1, "two"), made(1, "three"), made(1, "five", suite="zh/a/below"))
    save_baseline(configuration, SaveRequest("main", ("zh/a",), ("one", "two")), DAY)
    store.add(made(2, value=0.2), made(2, "two", value=0.3), made(2, "three", value=0.4))
    kept = bless_baseline(configuration, BlessRequest("main", "two only", (), ("two",)), LATER)
    assert {run.embedder: run.scores[0].value for run in kept.baseline.runs} == {"one": 0.5, "two": 0.3}
    kept = bless_baseline(configuration, BlessRequest("main", "all that it holds"), LATER)
    assert {run.embedder: run.scores[0].value for run in kept.baseline.runs} == {"one": 0.2, "two": 0.3}
    kept = bless_baseline(configuration, BlessRequest("main", "a third", (), ("three",)), LATER)
    assert {run.embedder: run.scores[0].value for run in kept.baseline.runs} == {"one": 0.2, "two": 0.3, "three": 0.4}


def test_a_failed_run_does_not_empty_a_baseline(configuration: Configuration) -> None:
    """What it holds of that embedder stays, and the reason is told."""
    store = Store(configuration.store)
    store.add(made(1), made(1, "two"))
    save_baseline(configuration, SaveRequest("main"), DAY)
    store.add(failed(2, "one"), made(2, "two", value=0.75))
    kept = bless_baseline(configuration, BlessRequest("main", "new"), LATER)
    assert {run.embedder: run.scores[0].value for run in kept.baseline.runs} == {"one": 0.5, "two": 0.75}
    assert kept.left_out == {("zh/a", "one"): "failed: server is down"}


def test_what_cannot_be_blessed(configuration: Configuration) -> None:
    """An anchor, anything without a reason, what is not there."""
    Store(configuration.store).add(made(1))
    save_baseline(configuration, SaveRequest("2026-q3", anchor=True), DAY)
    save_baseline(configuration, SaveRequest("main"), DAY)
    for name, reason, said in (
        ("2026-q3", "x", "an anchor, which does not move.* harness baseline save 2026-09-09 --anchor"),
        ("main", " \n", "--reason is empty"),
        ("mian", "x", "Did you mean 'main'"),
    ):
        with pytest.raises(UsageError, match=said):
            bless_baseline(configuration, BlessRequest(name, reason), LATER)


def test_where_nothing_can_be_blessed_each_reason_is_told(configuration: Configuration) -> None:
    """As for saving."""
    store = Store(configuration.store)
    store.add(made(1))
    save_baseline(configuration, SaveRequest("main"), DAY)
    store.add(made(2, status="failed", reason="server is down", scores=(), items=()))
    with pytest.raises(UsageError, match=r"nothing to bless.*\n  one on zh/a: failed: server is down"):
        bless_baseline(configuration, BlessRequest("main", "x"), LATER)


def test_changes_are_told(configuration: Configuration) -> None:
    """Other data, another embedder under the same name, and what is no longer held."""
    store = Store(configuration.store)
    store.add(made(1), made(1, "two"), made(1, "three", suite="zh/b"))
    save_baseline(configuration, SaveRequest("main"), DAY)
    store.add(made(2, identity=Identity("fake", "one", "2")), made(2, "three", suite="zh/b", fingerprint="f1"))
    kept = save_baseline(configuration, SaveRequest("main", (), ("one", "three"), force=True), LATER)
    told = {(suite, embedder): what for suite, embedder, *_, what in kept.changes}
    assert told == {("zh/a", "one"): "other embedder", ("zh/a", "two"): "dropped", ("zh/b", "three"): "other data"}


def test_baselines_are_listed(configuration: Configuration) -> None:
    """With age and contents; a damaged one hides no other."""
    assert list_baselines(configuration, DAY) == ([], {})
    Store(configuration.store).add(made(1), made(2, "two"), made(3, suite="zh/b"))
    for name in ("main", "broken"):
        save_baseline(configuration, SaveRequest(name), DAY)
    baseline_files(baselines_folder(configuration), "broken")[1].unlink()
    rows, faults = list_baselines(configuration, LATER)
    assert rows == [["main", False, "2026-07-01", 70, 2, 2, 4, ""]]
    assert list(faults) == ["broken"]


def test_a_baseline_is_shown(configuration: Configuration) -> None:
    """Its scores as rows of the table, its facts, and all of that as plain values."""
    Store(configuration.store).add(made(1), made(2, "two", environment={"python": "3.12"}))
    save_baseline(configuration, SaveRequest("main"), DAY)
    kept, rows = show_baseline(configuration, "main")
    assert [(row.embedder, row.value, row.headline) for row in rows] == [("one", 0.5, True), ("two", 0.5, True)]
    assert facts(kept, LATER) == [
        ["saved", "baseline", "2026-07-01, 70 day(s) ago"],
        ["data", "zh/a", "f0"],
        ["made with", "", "python 3.11, 3.12, numpy 2"],
    ]
    document: dict[str, Any] = document_of(kept, rows, LATER)
    assert (document["age_days"], document["anchor"], len(document["environments"])) == (70, False, 2)
    assert "started_at" not in document["scores"][0]


@pytest.mark.parametrize(("month", "name"), [(1, "2026-q1"), (3, "2026-q1"), (4, "2026-q2"), (12, "2026-q4")])
def test_anchors_are_called_after_their_quarter(month: int, name: str) -> None:
    """A name that says when."""
    assert anchor_name(date(2026, month, 1)) == name
