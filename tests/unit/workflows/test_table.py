"""What the store holds, by the names that suites go by."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.embedders.resolve import parse_spec
from harness.errors import MissingExtraError, UsageError
from harness.interop.mteb import door
from harness.model import Remarks
from harness.workflows.configuration import Configuration
from harness.workflows.contamination import CAUTION, TRAINED_ON
from harness.workflows.run import Request, run
from harness.workflows.table import remarks_of, selects, stored_names, table
from tests.mteb_registry import install
from tests.watching import Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Run


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A store and a cache of their own."""
    return Configuration(store=tmp_path / "results.duckdb", cache=tmp_path / "cache")


@pytest.fixture
def made(configuration: Configuration, toy_suite: Path, monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Runs of two embedders on a task of mteb's with two notes."""
    install(monkeypatch)
    with (toy_suite / "suite.yaml").open("a", encoding="utf-8") as declaration:
        declaration.write("notes: [2 rows left out, 缺一行]\n")
    named = toy_suite.rename(toy_suite.with_name("mteb:Facts"))
    specs = {name: parse_spec(name) for name in ("baseline:hashing", "bm25:")}
    return run(Request([str(named)], specs, configuration.store, configuration.cache), Watcher())


@pytest.mark.usefixtures("made")
def test_a_task_of_mtebs_goes_by_its_names(configuration: Configuration) -> None:
    """Of all its subsets, or of all tasks of a benchmark; its data are not looked at."""
    assert stored_names(configuration, ["mteb:Wen"]) == ["mteb:Wen"]
    assert len(stored_names(configuration, ["mteb:Many"])) == 4
    assert stored_names(configuration, ["mteb:Bench(zh, v1)"])[:2] == ["mteb:Wen", "mteb:Old"]
    assert configuration.cache
    assert not (configuration.cache / "mteb").exists()


@pytest.mark.usefixtures("made")
def test_a_task_stands_for_all_that_is_held_of_it(configuration: Configuration, toy_suite: Path) -> None:
    """Whoever judged it, whichever part it is; not for another task whose name begins like it."""
    for name in ("mteb:Facts?protocol=mteb", "mteb:Facts?rows=5&protocol=mteb", "mteb:FactsToo", "Facts"):
        folder = shutil.copytree(toy_suite.with_name("mteb:Facts"), toy_suite.with_name(name))
        run(Request([str(folder)], {"b": parse_spec("bm25:")}, configuration.store, configuration.cache), Watcher())

    def held(selected: str) -> set[str]:
        return {row.suite for row in table(configuration, [selected], [])[0].rows}

    both = {"mteb:Facts?protocol=mteb", "mteb:Facts?rows=5&protocol=mteb"}
    assert held("mteb:Facts") == {"mteb:Facts", *both}
    assert held("mteb:Facts?protocol=mteb") == both
    assert held("mteb:Facts?rows=5") == {"mteb:Facts?rows=5&protocol=mteb"}


@pytest.mark.usefixtures("made")
def test_what_is_no_name_may_still_be_in_the_store(configuration: Configuration) -> None:
    """As of a task that a newer mteb does not have."""
    assert stored_names(configuration, ["mteb:Gone", "gone/suite"]) == ["mteb:Gone", "gone/suite"]


@pytest.mark.usefixtures("made")
def test_stored_results_need_no_mteb(configuration: Configuration, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found by the name that they were stored under."""

    def absent(_: object) -> None:
        raise MissingExtraError("mteb", "mteb")

    monkeypatch.setattr(door, "version", absent)
    monkeypatch.setattr("harness.catalogue.mteb.places.read_registry", absent)
    assert {row.suite for row in table(configuration, ["mteb:Facts"], [])[0].rows} == {"mteb:Facts"}
    with pytest.raises(UsageError, match="holds nothing for mteb:Other"):
        table(configuration, ["mteb:Other"], [])


def test_notes_are_told_once_per_suite(configuration: Configuration, made: list[Run]) -> None:
    """In their order, of runs just made and of stored ones alike."""
    expected = Remarks({"mteb:Facts": ["2 rows left out", "缺一行"]}, (CAUTION,))
    assert remarks_of(made) == expected
    assert table(configuration, [], [])[1] == table(configuration, ["mteb:Facts"], ["bm25:"])[1] == expected


def test_only_tasks_of_mtebs_need_caution(made: list[Run]) -> None:
    """What a model was trained on is known of those alone; one of them in a table is enough."""
    plain = [replace(one, suite="toy", findings=()) for one in made]
    assert remarks_of([]) == remarks_of(plain) == Remarks()
    assert remarks_of([*plain, *made]).whole == (CAUTION,)
    assert TRAINED_ON in CAUTION


@pytest.mark.parametrize(
    ("name", "suite", "expected"),
    [
        ("zh/a", "zh/a", True),
        ("zh", "zh/a", True),
        ("zh/", "zh/a", True),
        ("zh", "zhh/a", False),
        ("zh/a", "zh", False),
        ("mteb:A", "mteb:A?rows=5", True),
        ("mteb:A?rows=5", "mteb:A?protocol=mteb&rows=5", True),
        ("mteb:A?rows=5", "mteb:A", False),
        ("mteb:A?rows=5", "mteb:A/b?rows=5", False),
    ],
)
def test_a_name_selects_its_suite_folder_or_task(name: str, suite: str, *, expected: bool) -> None:
    """And nothing that merely begins alike."""
    assert selects(name, suite) == expected
