"""Where suites of results lie: typed, written in harness.toml, recorded, or nowhere."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.embedders.resolve import parse_spec
from harness.workflows.configuration import Configuration
from harness.workflows.run import Request, run
from harness.workflows.whereabouts import Whereabouts
from tests.watching import Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Run


@pytest.fixture
def project(toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, entered, with the toy suite as one of several in `我的 数据`."""
    folder = tmp_path / "a project"
    shutil.copytree(toy_suite, folder / "我的 数据" / "one")
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def configuration(project: Path) -> Configuration:
    """With a store in it, which has no suites of its own."""
    return Configuration(store=project / "results" / "results.duckdb", cache=project / "vectors")


@pytest.fixture
def ran(configuration: Configuration) -> Run:
    """A run on that suite and one that is built in, recorded."""
    names = ["./我的 数据", "zh/tables"]
    asked = Request(names, {"bm25:": parse_spec("bm25:")}, configuration.store, configuration.cache)
    return run(asked, Watcher())[0]


def test_a_recorded_folder_is_found_from_anywhere(
    ran: Run, project: Path, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By what its runs are called; -s takes the folder that holds it, as it did."""
    assert Whereabouts(configuration).argument(ran.suite) == "./我的 数据"
    monkeypatch.chdir(project.parent)
    assert Whereabouts(configuration).argument(ran.suite) == "./a project/我的 数据"
    (project / "elsewhere").mkdir()
    monkeypatch.chdir(project / "elsewhere")
    where = Whereabouts(configuration)
    assert where.spelled([ran.suite, "zh/tables"]) == {ran.suite: f"{project}/我的 数据", "zh/tables": "zh/tables"}
    found = where.suite(ran.suite, ran.fingerprint)
    assert found is not None
    assert (found.name, found.fingerprint) == ("我的 数据/one", ran.fingerprint)


def test_a_project_that_was_moved_is_whole(
    ran: Run, project: Path, configuration: Configuration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Store and suite lie to each other as they did."""
    monkeypatch.chdir(project.parent)
    project.rename(project.with_name("moved"))
    there = Configuration(store=project.with_name("moved") / "results" / "results.duckdb")
    assert Whereabouts(there).suite(ran.suite, ran.fingerprint) is not None
    assert Whereabouts(configuration).suite(ran.suite, ran.fingerprint) is None


def test_data_that_changed_are_not_those_that_were_judged(
    ran: Run, project: Path, configuration: Configuration
) -> None:
    """Nor is a folder that is gone; the reason names it as one types it here."""
    with (project / "我的 数据" / "one" / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"_id": "more", "text": "more"}\n')
    assert Whereabouts(configuration).suite(ran.suite, ran.fingerprint) is None
    ends = "Name the folder 我的 数据 that has the data of these results: -s PATH"
    said = f"the data in ./我的 数据 are others now, or cannot be read. {ends}"
    assert Whereabouts(configuration).why_missing(ran.suite) == said
    shutil.rmtree(project / "我的 数据")
    assert Whereabouts(configuration).suite(ran.suite, ran.fingerprint) is None
    assert Whereabouts(configuration).why_missing(ran.suite) == f"the data are not in ./我的 数据 any more. {ends}"
    assert Whereabouts(configuration).argument(ran.suite) == "./我的 数据"


def test_what_was_typed_counts_first(ran: Run, project: Path, configuration: Configuration) -> None:
    """Then what harness.toml says, then the store; a folder that is gone counts last."""
    for name in ("typed", "written"):
        shutil.copytree(project / "我的 数据", project / name / "我的 数据")
    written = Configuration(suites=("./written/我的 数据", "zh"), store=configuration.store)
    assert Whereabouts(written, ["typed/我的 数据", "gone"]).argument(ran.suite) == "./typed/我的 数据"
    shutil.rmtree(project / "我的 数据")
    where = Whereabouts(written)
    assert where.argument(ran.suite) == "./written/我的 数据"
    assert where.suite(ran.suite, ran.fingerprint) is not None


def test_a_suite_that_nobody_recorded_is_named_as_it_is(project: Path, configuration: Configuration) -> None:
    """Unless its folder is here; without a store too."""
    where = Whereabouts(configuration)
    assert where.argument("my/suite") == "my/suite"
    assert where.argument("我的 数据/one") == "./我的 数据"
    assert where.argument("mteb:STSBenchmark?subset=zh") == "mteb:STSBenchmark?subset=zh"
    shutil.rmtree(project / "我的 数据")
    assert Whereabouts(configuration).argument("我的 数据/one") == "我的 数据/one"
