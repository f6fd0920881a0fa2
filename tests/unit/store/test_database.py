"""What goes in, what comes out, what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import StoreError, UsageError
from harness.model import Finding, Identity, Interval, ItemScores, Row, Run, Score

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.store import Store

    MakeRun = Callable[..., Run]


def column(store: Store, sql: str) -> list[Any]:
    """The first column of what `sql` selects."""
    return [row[0] for row in store.query(sql)[1]]


def test_a_run_comes_back_as_rows(store: Store, make_run: MakeRun) -> None:
    """What was added is what the table shows, field by field, absence with its reason."""
    run = make_run(7)
    store.add(run)
    shown = store.rows()
    assert run.identity is not None
    common: dict[str, Any] = {
        "suite": "zh/a",
        "kind": "retrieval",
        "embedder": "one",
        "items": 3,
        "run": run.id,
        "fingerprint": "new",
        "seconds": 1.5,
        "identity": run.identity.key,
        "higher_is_better": True,
        "started_at": "2026-01-01T00:00:07.000000+00:00",
    }
    first = Row(
        metric="ndcg@10",
        value=0.5,
        low=0.4,
        high=0.6,
        floor=0.1,
        status="ok",
        reason="",
        headline=True,
        interval_reason="",
        **common,
    )
    second = Row(
        metric="ap",
        value=None,
        low=None,
        high=None,
        floor=None,
        status="not_applicable",
        reason="no positives",
        headline=False,
        interval_reason="no positives",
        **common,
    )
    assert shown.rows == [first, second]
    assert shown.hidden == 0


def test_every_part_of_a_run_is_kept(store: Store, make_run: MakeRun) -> None:
    """Items, findings, environment, configuration and what the identity is made of can be asked for."""
    run = make_run(identity=Identity("fake", "甲", "rev", (("dim", "2"),), symmetric=True), texts=12)
    store.add(run)
    assert store.query("select measure, id, cluster, value from item order by value")[1] == [
        ("ndcg@10", "一", "甲", 0.25),
        ("ndcg@10", "二", "乙", 0.5),
        ("ndcg@10", "三", "甲", 0.75),
    ]
    assert store.query("select name, subject, value, note from finding order by position")[1] == [
        ("unknown words", "甲", 2.0, ""),
        ("note", "", None, "no number"),
    ]
    assert store.query("select backend, name, revision, options, is_symmetric, texts from run") == (
        ["backend", "name", "revision", "options", "is_symmetric", "texts"],
        [("fake", "甲", "rev", '{"dim": "2"}', True, 12)],
    )
    joined = "select e.content, c.content from run join environment e on e.digest = environment "
    joined += "join configuration c on c.digest = configuration"
    assert store.query(joined)[1] == [('{"python": "3.11", "threads": 1}', '{"spec": "fake:一"}')]


def test_equal_environments_are_kept_once(store: Store, make_run: MakeRun) -> None:
    """Two runs in one environment share its row, whatever the order of its keys."""
    store.add(make_run(1, environment={"a": 1, "b": 2}))
    store.add(make_run(2, environment={"b": 2, "a": 1}))
    store.add(make_run(3, environment={"a": 1, "b": 3}))
    assert column(store, "select content from environment order by content") == ['{"a": 1, "b": 2}', '{"a": 1, "b": 3}']


def test_a_start_in_another_zone_is_kept_in_utc(store: Store, make_run: MakeRun) -> None:
    """Moments sort as text, because all are UTC with microseconds."""
    store.add(make_run(started_at="2026-01-01T08:00:00+08:00"))
    assert column(store, "select started_at from run") == ["2026-01-01T00:00:00.000000+00:00"]
    with pytest.raises(ValueError, match="no time zone"):
        store.add(make_run(started_at="2026-01-01T08:00:00"))


def test_preparing_makes_an_empty_store(store: Store) -> None:
    """A store that was only prepared exists and has no rows."""
    assert not store.exists()
    store.prepare()
    assert store.exists()
    assert store.rows().rows == []
    assert [path.name for path in store.path.parent.iterdir()] == ["结果's.duckdb"]


OK = Interval(0.1, 0.2)


@pytest.mark.parametrize(
    "broken",
    [
        {"scores": (Score("m", float("nan"), OK, None, 1),)},
        {"scores": (Score("m", 0.5, OK, float("inf"), 1),)},
        {"scores": (Score("m", None, OK, None, 1),)},
        {"scores": (Score("m", 0.5, OK, None, 1, status="failed", reason="why"),)},
        {"scores": (Score("m", None, Interval(None, None, "why"), None, 1, status="failed"),)},
        {"scores": (Score("m", 0.5, Interval(None, None), None, 1),)},
        {"scores": (Score("m", 0.5, Interval(0.1, None, "why"), None, 1),)},
        {"scores": (Score("m", 0.5, OK, None, 1), Score("m", 0.6, OK, None, 1))},
        {"status": "failed"},
        {"status": "perhaps", "reason": "why"},
        {"identity": None},
        {"seconds": float("nan")},
        {"findings": (Finding("x", None, ""),)},
        {"findings": (Finding("x", float("nan"), "note"),)},
        {"items": (ItemScores("m", ["a"], ["g"], np.array([np.nan])),)},
        {"items": (ItemScores("m", ["a", "a"], ["g", "g"], np.zeros(2)),)},
        {"items": (ItemScores("m", ["a"], ["g", "h"], np.zeros(1)),)},
        {"items": (ItemScores("m", ["a"], ["g"], np.zeros(1)), ItemScores("m", ["b"], ["g"], np.zeros(1)))},
    ],
)
def test_a_broken_run_is_refused_whole(store: Store, make_run: MakeRun, broken: dict[str, Any]) -> None:
    """Not finite, absent without a reason, present with one, or twice: refused, and nothing of the run stays."""
    store.prepare()
    with pytest.raises(ValueError, match=r"refused by the store|the items of|measures name"):
        store.add(make_run(**broken))
    for table in ("run", "score", "item", "answer", "finding"):
        assert column(store, f"from {table}") == []


def test_a_repeated_run_is_refused(store: Store, make_run: MakeRun) -> None:
    """The store is append-only: an id is added once."""
    run = make_run()
    store.add(run)
    with pytest.raises(ValueError, match="refused by the store"):
        store.add(run)
    assert column(store, "select count(*) from item") == [3]


def test_a_repeated_item_is_named(store: Store, make_run: MakeRun) -> None:
    """The error says which item of which measure is there twice, and which item has no finite value."""
    twice = ItemScores("m", ["a", "b", "乙", "b", "乙"], ["g"] * 5, np.zeros(5))
    with pytest.raises(ValueError, match="the items of m name 'b' twice"):
        store.add(make_run(items=(twice,)))
    infinite = ItemScores("m", ["a", "乙"], ["g"] * 2, np.array([0, np.inf]))
    with pytest.raises(ValueError, match="the items of m: '乙' has the value inf"):
        store.add(make_run(items=(infinite,)))


def test_only_the_latest_run_is_shown(store: Store, make_run: MakeRun) -> None:
    """The later start wins, not the later insertion; at equal starts the greater id."""
    store.add(make_run(5, id="b"))
    store.add(make_run(3, id="c"))
    assert {row.run for row in store.rows().rows} == {"b"}
    store.add(make_run(5, id="d"))
    store.add(make_run(5, id="a"))
    assert {row.run for row in store.rows().rows} == {"d"}


def test_another_identity_is_another_line(store: Store, make_run: MakeRun) -> None:
    """A name that stood for two sets of weights has a line for each."""
    store.add(make_run(1, id="a", identity=Identity("fake", "one", "1")))
    store.add(make_run(2, id="b", identity=Identity("fake", "one", "2")))
    assert {row.run for row in store.rows().rows} == {"a", "b"}


def test_results_on_older_data_are_hidden_and_counted(store: Store, make_run: MakeRun) -> None:
    """Only runs on the newest data of a suite are shown; who has none is counted, per suite and filter."""
    store.add(make_run(1, fingerprint="old", embedder="one"))
    store.add(make_run(2, fingerprint="old", embedder="two"))
    store.add(make_run(2, fingerprint="old", embedder="two"))
    store.add(make_run(3, fingerprint="new", embedder="one"))
    store.add(make_run(4, fingerprint="else", embedder="two", suite="en/b"))
    shown = store.rows()
    assert {(row.suite, row.embedder, row.fingerprint) for row in shown.rows} == {
        ("en/b", "two", "else"),
        ("zh/a", "one", "new"),
    }
    assert shown.hidden == 1
    assert store.rows(suites=["en"]).hidden == 0
    assert store.rows(embedders=["two"]).hidden == 1


def test_suites_are_found_by_how_their_names_begin(store: Store, make_run: MakeRun) -> None:
    """Each once, in order, those of hidden runs too; % and _ stand for themselves."""
    names = ("mteb:B", "mteb:A?subset=zh", "mteb:A", "zh/mteb:A", "mteb:B")
    store.add(*(make_run(number, suite=name) for number, name in enumerate(names)))
    store.add(make_run(6, suite="mteb:A", fingerprint="newer"))
    assert store.suite_names("mteb:") == ["mteb:A", "mteb:A?subset=zh", "mteb:B"]
    assert store.suite_names("mteb_") == store.suite_names("%") == []
    assert len(store.suite_names("")) == 4


def shown_runs(store: Store, suites: Sequence[str] | None, embedders: Sequence[str] | None) -> list[str]:
    """The runs in the table, one per suite and embedder."""
    return [row.run for row in store.rows(suites, embedders).rows if row.headline]


def test_rows_are_selected_by_suite_folder_and_embedder(store: Store, make_run: MakeRun) -> None:
    """A folder selects what is below it, and no suite that merely begins alike; an empty filter selects all."""
    for name, suite, embedder in (("1", "zh/a", "x"), ("2", "zh/deep/b", "y"), ("3", "zhx/a", "x"), ("4", "zh", "x")):
        store.add(make_run(id=name, suite=suite, embedder=embedder))
    assert shown_runs(store, ["zh"], None) == ["4", "1", "2"]
    assert shown_runs(store, ["zh/"], ["x"]) == ["4", "1"]
    assert shown_runs(store, ["zh/a", "zhx"], None) == ["1", "3"]
    assert shown_runs(store, None, ["y"]) == ["2"]
    assert shown_runs(store, (), ()) == ["4", "1", "2", "3"]
    assert shown_runs(store, ["%"], None) == []


def test_a_failure_to_open_is_shown_until_the_next_run(store: Store, make_run: MakeRun) -> None:
    """A run without identity takes the place of earlier results, and any later run takes its place."""
    failed = {"identity": None, "status": "failed", "reason": "no such model", "items": (), "scores": ()}
    store.add(make_run(1, id="good"))
    store.add(make_run(2, id="bad", **failed))
    shown = store.rows().rows
    assert {row.run for row in shown} == {"bad"}
    (bad,) = shown
    assert (bad.metric, bad.value, bad.status, bad.reason) == ("", None, "failed", "no such model")
    assert (bad.identity, bad.interval_reason, bad.headline) == ("", "no such model", True)
    store.add(make_run(3, id="again"))
    assert {row.run for row in store.rows().rows} == {"again"}


def test_a_suite_that_could_not_be_read_replaces_what_was_run_again(store: Store, make_run: MakeRun) -> None:
    """A run without fingerprint is no newer data: it hides its embedder's earlier result and nobody else's."""
    store.add(make_run(1, id="good"))
    store.add(make_run(1, id="other", embedder="other:"))
    store.add(make_run(2, id="bad", fingerprint="", status="failed", reason="2 faults", items=(), scores=()))
    shown = store.rows()
    assert {row.run for row in shown.rows} == {"other", "bad"}
    assert shown.hidden == 0
    store.add(make_run(3, id="again"))
    assert {row.run for row in store.rows().rows} == {"other", "again"}


def test_numbers_under_another_convention_are_not_set_side_by_side(store: Store, make_run: MakeRun) -> None:
    """After a metric got another convention, only scores made under the newest are in the leaderboard."""
    old = make_run(1, id="old", embedder="a:")
    new = make_run(2, id="new", embedder="b:")
    store.add(old, replace(new, scores=tuple(replace(score, convention="another") for score in new.scores)))
    assert {row.run for row in store.rows().rows} == {"new"}


def test_sql_writes_no_file(store: Store, make_run: MakeRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even into the folder that DuckDB keeps for temporary files."""
    store.add(make_run())
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".tmp").mkdir()
    for statement in ("copy (select 1 a) to '.tmp/x.csv'", "attach '.tmp/z.db' as z"):
        with pytest.raises((StoreError, UsageError)):
            store.query(statement)
    assert list((tmp_path / ".tmp").iterdir()) == []
