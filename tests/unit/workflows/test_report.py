"""What a report is gathered from: a store with real runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.compare.choice import Needs
from harness.embedders.resolve import parse_spec
from harness.errors import StoreError, UsageError
from harness.model import Finding, Limit
from harness.report.page import page
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.report import report
from harness.workflows.run import Request, run
from tests.watching import Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Run
    from harness.report.page.content import Content

SPECS = {"words": "baseline:hashing?dimensions=64", "bm25:": "bm25:"}
"""Label → spec: a name of harness.toml, and a spec that is its own name."""


@pytest.fixture
def runs(toy_suite: Path, tmp_path: Path) -> list[Run]:
    """Two embedders on the toy suite, recorded."""
    specs = {label: parse_spec(spec) for label, spec in SPECS.items()}
    return run(Request([str(toy_suite)], specs, tmp_path / "results.duckdb", tmp_path / "vectors"), Watcher())


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """The store of the runs."""
    return Configuration(store=tmp_path / "results.duckdb", cache=tmp_path / "vectors")


def again(made: Run, **changed: object) -> Run:
    """The same run once more, a year later."""
    known = {"id": f"{made.id[:-1]}z", "started_at": "2030-01-01T00:00:00+00:00"}
    return replace(made, **known | changed)  # type: ignore[arg-type]  # whatever a test wants


def whole(configuration: Configuration, runs: list[Run]) -> list[Run]:
    """The runs as the store has them."""
    return Store(configuration.store).runs([made.id for made in runs])


def environments(content: Content) -> list[tuple[object, int]]:
    """The version of Python and the number of runs of each."""
    return [(one.environment["python"], len(one.runs)) for one in content.surroundings]


def test_everything_is_gathered(
    runs: list[Run], configuration: Configuration, toy_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision, headline rows, the suite as it is on disk, who the embedders are, where they ran."""
    monkeypatch.chdir(toy_suite.parent)
    content = report(configuration, [], [])
    assert [field.suite for field in content.decision.fields] == ["toy"]
    assert {row.metric for row in content.rows} == {"ndcg@10"}
    (data,) = content.data
    assert (data.suite, data.title, data.licence, data.items, data.argument) == ("toy", "A toy", "CC0-1.0", 3, "./toy")
    assert [(one.embedder, one.spec) for one in content.models] == sorted(SPECS.items())
    assert environments(content) == [(runs[0].environment["python"], 2)]


@pytest.mark.usefixtures("runs")
def test_a_suite_whose_data_changed_has_no_title(
    configuration: Configuration, toy_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on disk is no longer what was run."""
    monkeypatch.chdir(toy_suite.parent)
    with (toy_suite / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"_id": "d6", "text": "new"}\n')
    assert [(one.title, one.licence) for one in report(configuration, [], []).data] == [("", "")]


@pytest.mark.usefixtures("runs")
def test_a_suite_that_is_not_there_is_reported_nevertheless(
    configuration: Configuration, toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store has its fingerprint, and where it was: from another folder it is found there, as long as it lasts."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (data,) = report(configuration, [], []).data
    assert (data.title, data.argument) == ("A toy", str(toy_suite))
    toy_suite.rename(toy_suite.with_name("gone"))
    (data,) = report(configuration, [], []).data
    assert (data.title, data.argument, len(data.fingerprint) > 8) == ("", str(toy_suite), True)


def test_environments_come_by_how_many_runs_they_made(runs: list[Run], configuration: Configuration) -> None:
    """Each once."""
    first, _ = whole(configuration, runs)
    Store(configuration.store).add(again(first, environment={"python": "9.9"}, embedder="third"))
    assert environments(report(configuration, [], [])) == [(first.environment["python"], 2), ("9.9", 1)]


def test_two_embedders_of_one_name_are_told_apart(runs: list[Run], configuration: Configuration) -> None:
    """In rows, models and the decision by the same names; commands know them by their label."""
    first, _ = whole(configuration, runs)
    assert first.identity
    Store(configuration.store).add(again(first, identity=replace(first.identity, revision="2")))
    content = report(configuration, [], ["words"])
    names = {f"words [{key}]" for key in (first.identity.key[:6], replace(first.identity, revision="2").key[:6])}
    assert {row.embedder for row in content.rows} == names
    assert {one.embedder for one in content.decision.fields[0].standings} == names
    assert {(one.embedder, one.label) for one in content.models} == {(name, "words") for name in names}


def test_what_was_judged_elsewhere_cannot_be_made_again(runs: list[Run], configuration: Configuration) -> None:
    """It has no spec, and its environment is not ours."""
    first, _ = whole(configuration, runs)
    made = again(first, suite="far", fingerprint="imported:x", embedder="theirs", items=(), answers={})
    Store(configuration.store).add(made)
    content = report(configuration, ["far"], [])
    assert [(one.embedder, one.spec) for one in content.models] == [("theirs", "")]
    assert [one.argument for one in content.data] == [""]
    assert content.surroundings == []
    assert "harness run" not in page(content, "markdown", "en").split("## How to reproduce")[1]


def test_a_licence_is_taken_from_the_profile(runs: list[Run], configuration: Configuration) -> None:
    """Where it found one."""
    first, second = whole(configuration, runs)
    for made, note in ((first, "MIT"), (second, "not known: its files do not say")):
        finding = Finding("licence", None, note)
        Store(configuration.store).add(
            again(
                made, id=f"{made.id[:-1]}p", suite="profile", kind="profile", findings=(finding,), scores=(), items=()
            )
        )
    assert {one.embedder: one.licence for one in report(configuration, [], []).models} == {"words": "MIT", "bm25:": ""}


@pytest.mark.usefixtures("runs")
def test_needs_stand_in_the_command_as_they_were_asked(configuration: Configuration) -> None:
    """So that the report can be made again."""
    needs = Needs(50.0, 0.1, "CNY", 512.0, 256, local=True, floors=(Limit("toy", "ndcg@10", ">", 0.5),))
    assert report(configuration, [], [], needs).needs == (
        *("--max-latency-p95", "50ms", "--max-cost", "0.1CNY", "--max-memory", "512MB", "--max-dimension", "256"),
        *("--local-only", "--min", "toy ndcg@10 > 0.5"),
    )


@pytest.mark.usefixtures("runs")
def test_the_same_store_gives_the_same_report(configuration: Configuration) -> None:
    """Byte for byte: there is no clock in it."""
    first, second = (page(report(configuration, [], []), "html", "zh") for _ in range(2))
    assert first == second


def test_a_failed_run_is_reported(runs: list[Run], configuration: Configuration) -> None:
    """With its reason, and without a score."""
    first, _ = whole(configuration, runs)
    failed = again(first, embedder="broken", status="failed", reason="out of memory", scores=(), items=(), findings=())
    Store(configuration.store).add(failed)
    text = page(report(configuration, [], []), "markdown", "en")
    assert "- **broken failed on toy** out of memory" in text


def test_an_empty_store_is_an_error(configuration: Configuration) -> None:
    """As for every command that reads it."""
    with pytest.raises(StoreError, match="there are no results"):
        report(configuration, [], [])


@pytest.mark.usefixtures("runs")
def test_a_name_that_is_not_there_is_an_error(configuration: Configuration) -> None:
    """With what is there."""
    with pytest.raises(UsageError, match="holds nothing for nobody"):
        report(configuration, [], ["nobody"])
