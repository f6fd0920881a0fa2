"""Tasks of mteb's on the command line, without mteb: its registry and the data of one task are made up."""

from __future__ import annotations

import csv
import io
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.load import CONTENTS
from harness.errors import Fault, MissingExtraError, SuiteError
from harness.interop.mteb import door
from harness.workflows import shelf
from harness.workflows.shelf import find_places
from tests.mteb_registry import install

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.catalogue import Place


@pytest.fixture
def facts(toy_suite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of mteb:Facts in the user's cache, with a note."""
    install(monkeypatch)
    (place,) = find_places("mteb:Facts")
    shutil.copytree(toy_suite, place.folder)
    (place.folder / CONTENTS).write_text("{}", "utf-8")
    with (place.folder / "suite.yaml").open("a", encoding="utf-8") as declaration:
        declaration.write("notes: [12 documents without text left out]\n")
    return place.folder


@pytest.mark.usefixtures("facts")
def test_tasks_are_listed_for_people(harness: Callable[..., Any]) -> None:
    """What is to be said about the list goes to stderr."""
    code, out, err = harness("suites", "list", "--mteb", "--language", "zh", "--type", "retrieval")
    assert code == 0
    assert [line.split()[1] for line in out.splitlines() if line.startswith("│")] == ["Many", "Wen"]
    assert "checked by" not in out
    assert err.splitlines() == [
        "2 tasks of mteb 9.9.9",
        "Chinese is zho in some of mteb's tasks and cmn in others: both are listed",
        "to run one: harness run -s mteb:Wen -e …",
    ]


@pytest.mark.usefixtures("facts")
def test_tasks_are_listed_for_programs(harness: Callable[..., Any]) -> None:
    """All columns, in json and csv; benchmarks too."""
    rows = json.loads(harness("suites", "list", "--mteb", "--all", "--format", "json").stdout)
    assert {row["task"]: row["superseded_by"] for row in rows}["Old"] == "Yu"
    found = csv.DictReader(io.StringIO(harness("suites", "list", "--mteb", "--all", "--format", "csv").stdout))
    assert list(found) == rows
    code, out, err = harness("suites", "list", "--mteb", "--benchmarks", "--search", "zh", "--format", "json")
    assert (code, json.loads(out)) == (0, [{"benchmark": "Bench(zh, v1)", "tasks": 3, "languages": 2}])
    assert err == 'to run all tasks of one: harness run -s "mteb:Bench(zh, v1)" -e …\n'


@pytest.mark.usefixtures("facts")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--type", "STS"), "these options choose from the tasks of mteb: say --mteb too"),
        (("--benchmarks",), "say --mteb too"),
        (("--mteb", "--benchmarks", "--type", "STS"), "--benchmarks can be chosen from by --search alone"),
        (("--mteb", "--type", "Retrival"), "Did you mean 'Retrieval'?"),
    ],
)
def test_a_list_that_there_is_not(harness: Callable[..., Any], arguments: tuple[str, ...], message: str) -> None:
    """Is refused with a way out."""
    code, out, err = harness("suites", "list", *arguments)
    assert (code, out) == (3, "")
    assert message in err


def test_without_mteb_its_extra_is_named(harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """By every command that needs it; the built-in suites are listed as before."""

    def absent() -> str:
        raise MissingExtraError("mteb", "mteb")

    monkeypatch.setattr(door, "version", absent)
    for arguments in (("list", "--mteb"), ("show", "mteb:Facts"), ("check", "mteb:Facts")):
        code, _, err = harness("suites", *arguments)
        assert (code, "pip install 'embedding-harness[mteb]'" in err) == (4, True)
    assert harness("suites", "list").code == 0


def test_a_task_is_shown_and_checked(harness: Callable[..., Any], facts: Path) -> None:
    """As any suite, with its notes; nothing is written to it."""
    shown = harness("suites", "show", "mteb:Facts").stdout
    assert shown.startswith("mteb:Facts\n")
    assert "\n  note        12 documents without text left out\n" in shown
    (row,) = json.loads(harness("suites", "show", "mteb:Facts", "--format", "json").stdout)
    assert (row["suite"], row["kind"]) == ("mteb:Facts", "retrieval")
    checked = harness("suites", "check", "mteb:Facts")
    assert checked.code == 0
    assert checked.stdout.startswith("ok  mteb:Facts: retrieval, 8 texts\n")
    assert "smallest-difference" in checked.stdout
    before = (facts / "qrels.tsv").read_bytes()
    stamped = harness("suites", "check", "mteb:Facts", "--stamp")
    assert (stamped.code, (facts / "qrels.tsv").read_bytes()) == (3, before)
    assert "writes nothing into the cache" in stamped.stderr


@pytest.mark.usefixtures("facts")
def test_a_run_shows_what_a_reader_has_to_know(harness: Callable[..., Any], store: Path) -> None:
    """The notes of the suite at its column, and what no footnote means; the table of the store says the same."""
    code, out, _ = harness("run", "-s", "mteb:Facts", "-s", "zh/similarity", "-e", "baseline:hashing", "--store", store)
    assert code == 0
    assert "ndcg@10 n=3 [1]" in out
    assert "\n[1] mteb:Facts: 12 documents without text left out\n" in out
    assert "\nmteb:… A footnote warns where" in out
    again = harness("table", "--store", store).stdout
    assert [line for line in again.splitlines() if line[0] in "[m"] == [
        line for line in out.splitlines() if line[0] in "[m"
    ]
    only = harness("table", "-s", "zh/similarity", "--store", store).stdout
    assert "mteb:" not in only
    found = json.loads(harness("findings", "--name", "suite_note", "--store", store, "--format", "json").stdout)
    assert [(row["suite"], row["note"]) for row in found] == [
        ("mteb:Facts", "12 documents without text left out"),
    ]


@pytest.mark.usefixtures("facts")
def test_data_that_cannot_be_had(harness: Callable[..., Any], store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line while the run goes on, cut where the list of what was tried begins; the table has all of it."""

    def absent(place: Place) -> None:
        raise SuiteError(place.name, (Fault("o/Facts", 0, "", "no data. Tried:\n    - the hub\n    - the cache"),))

    monkeypatch.setattr(shelf, "load_suite", absent)
    code, out, err = harness("run", "-s", "mteb:Facts", "-e", "baseline:hashing", "--store", store)
    assert code == 3
    (line,) = [line for line in err.splitlines() if "failed" in line]
    assert "failed: suite mteb:Facts has 1 fault: o/Facts: no data. Tried: …  (0 texts" in line
    assert "    - the hub\n    - the cache\n" in out
