"""An import leaves a whole suite or nothing, whatever happens on the way."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from harness.catalogue import importers
from harness.catalogue.importers import draft
from harness.catalogue.importers.draft import WriteError
from harness.catalogue.importers.request import Request, parameters
from harness.errors import HarnessError, SuiteError, UsageError
from harness.workflows import imports
from harness.workflows.imports import FaultyRowsError, Imported, import_suite

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "sentence1\tsentence2\tscore\na\tb\t2\nc\td\t0\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two scored pairs."""
    file = tmp_path / "in" / "p.tsv"
    file.parent.mkdir()
    file.write_text(GOOD, "utf-8")
    return file


def bring(source: object, destination: Path, layout: str = "sts", **options: Any) -> Imported:
    """Import without a word on the way."""
    return import_suite(Request(layout, str(source), options), destination, lambda _: None)


def test_folders_on_the_way_are_made(source: Path, tmp_path: Path) -> None:
    """And stay, once there is something in them."""
    done = bring(source, tmp_path / "a/b/mine")
    assert done == Imported("mine", "similarity", tmp_path / "a/b/mine", {"pairs": 2}, (), labelled=True)
    assert sorted(path.name for path in (tmp_path / "a/b").iterdir()) == ["mine"]


def test_nothing_stays_of_an_import_that_fails(source: Path, tmp_path: Path) -> None:
    """Neither the folder nor those on the way to it."""
    source.write_text("x\n", "utf-8")
    with pytest.raises(HarnessError):
        bring(source, tmp_path / "a/b/mine")
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_stays_of_an_import_that_is_stopped(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    """By Ctrl-C, or by a bug."""

    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(imports, "_load", stop)
    with pytest.raises(error):
        bring(source, tmp_path / "a/mine")
    assert not (tmp_path / "a").exists()


def test_an_empty_folder_is_filled(source: Path, tmp_path: Path) -> None:
    """It may have been made for this."""
    (tmp_path / "mine").mkdir()
    bring(source, tmp_path / "mine")
    assert (tmp_path / "mine" / "suite.yaml").is_file()


def test_what_is_there_is_never_touched(source: Path, tmp_path: Path) -> None:
    """A folder that holds something, a file, a link to nowhere."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    problems = {tmp_path / "full": "and not empty", source: "a file", tmp_path / "link": "a link that leads nowhere"}
    for destination, problem in problems.items():
        with pytest.raises(UsageError, match=f"is there already, {problem}"):
            bring(source, destination)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "in/p.tsv/mine", "/proc/none/mine"])
def test_a_destination_that_cannot_be(source: Path, tmp_path: Path, name: str) -> None:
    """Too long, no name, below a file, where nobody may write."""
    with pytest.raises(UsageError):
        bring(source, tmp_path / name)


def test_a_destination_below_a_file(source: Path) -> None:
    """The file is named."""
    with pytest.raises(UsageError, match=r"p\.tsv is a file; choose another folder"):
        bring(source, source / "a" / "b")


def test_a_long_chinese_name(source: Path, tmp_path: Path) -> None:
    """Eighty characters are 240 bytes, to which the hidden folder beside must not add."""
    assert bring(source, tmp_path / ("长" * 80)).rows == {"pairs": 2}


def test_faults_of_rows_are_told_apart(source: Path, tmp_path: Path) -> None:
    """They can be left out, where the format can; what is wrong with a file cannot."""
    source.write_text(GOOD + "e\tf\tx\n", "utf-8")
    with pytest.raises(FaultyRowsError, match="not a number"):
        bring(source, tmp_path / "mine", "tsv", kind="similarity")
    done = bring(source, tmp_path / "mine", "tsv", kind="similarity", skip_faulty=True)
    assert (done.rows, done.notes) == ({"pairs": 2}, (f"1 left out: not a number [score], first at {source}:4",))
    source.write_text(GOOD.replace("score", "grade") + "e\tf\n", "utf-8")
    with pytest.raises(SuiteError, match="missing column") as caught:
        bring(source, tmp_path / "other", "tsv", kind="similarity")
    assert not isinstance(caught.value, FaultyRowsError)


def test_the_first_of_two_imports_wins(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one is under way, another one to the same place ends; the first to end is kept whole."""
    load = imports._load

    def overtaken(half: Any) -> None:
        monkeypatch.setattr(imports, "_load", load)
        bring(source, tmp_path / "mine")
        (source.parent / "won").write_text(str((tmp_path / "mine").stat().st_ino), "utf-8")
        load(half)

    monkeypatch.setattr(imports, "_load", overtaken)
    with pytest.raises(UsageError, match="another import may have been faster"):
        bring(source, tmp_path / "mine")
    assert (source.parent / "won").read_text("utf-8") == str((tmp_path / "mine").stat().st_ino)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name[0] == ".") == []


def test_what_a_killed_import_left_is_cleared_by_the_next(source: Path, tmp_path: Path) -> None:
    """A day later; what is young may still be under way, and others' folders are others'."""
    left = {name: tmp_path / f".{name}.importing" for name in ("mine.old", "mine.young", "other.old")}
    for name, folder in left.items():
        folder.mkdir()
        (folder / "half.jsonl").write_text("{", "utf-8")
        age = 2 * imports.ABANDONED if name.endswith("old") else 0
        os.utime(folder, (time.time() - age, time.time() - age))
    bring(source, tmp_path / "mine")
    assert [name for name, folder in left.items() if folder.exists()] == ["mine.young", "other.old"]


def test_a_full_disk(source: Path, tmp_path: Path) -> None:
    """What cannot be written is no fault of the source."""
    with pytest.raises(WriteError, match="the suite cannot be written"):
        draft.Draft(tmp_path / "nowhere", "x", lambda _: None).table("pairs", str(source))


def test_long_imports_tell_how_far_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every few seconds, not every row."""
    monkeypatch.setattr(draft, "PAUSE", -1.0)
    file = tmp_path / "p.tsv"
    file.write_text(GOOD + "e\tf\t3\n" * 25_000, "utf-8")
    told: list[str] = []
    import_suite(Request("sts", str(file)), tmp_path / "mine", told.append)
    assert told == ["10,000 rows written", "20,000 rows written"]


def test_parquet_and_queries(tmp_path: Path) -> None:
    """Rows that only the store reads; faults name the number of the row."""
    rows = "(values ('q', 'a', 1), ('r', 'b', null)) as t(sentence1, sentence2, score)"
    with duckdb.connect(str(tmp_path / "d.duckdb")) as connection:
        connection.execute(f"create table t as select * from {rows}")  # noqa: S608 # our own text
        connection.execute("create table p as select * from t where score = 1 union all select 'x', 'y', 2")
        connection.execute(f"copy p to '{tmp_path}/p.parquet'")
    assert bring(tmp_path / "p.parquet", tmp_path / "one", "parquet", kind="similarity").rows == {"pairs": 2}
    query = {"query": "select sentence1 as question, sentence2 as answer from t"}
    flat = {"kind": "retrieval", "map": ("query=question", "document=answer")}
    assert bring(tmp_path / "d.duckdb", tmp_path / "two", "sql", **query, **flat).rows["corpus"] == 2
    with pytest.raises(HarnessError, match=r"d\.duckdb:2 \[score\]: not a number: null"):
        bring(tmp_path / "d.duckdb", tmp_path / "three", "sql", kind="similarity", query="select * from t order by 1")


def test_formats_and_options_that_are_not_known(source: Path, tmp_path: Path) -> None:
    """The nearest one is named, and which options the format takes."""
    with pytest.raises(UsageError, match="Did you mean 'beir'"):
        bring(source, tmp_path / "mine", "bier")
    with pytest.raises(UsageError, match="--split-by is no option of the format bpmn; it takes none of its own"):
        bring(source, tmp_path / "mine", "bpmn", split_by="file")


def test_every_format_says_what_it_reads() -> None:
    """Its reader can be imported."""
    for name, known in importers.FORMATS.items():
        assert callable(importers.importer(Request(name, "x")))
        assert known.source


def test_every_usual_metric_is_known() -> None:
    """Of every kind there is; whether the kind feeds it, loading says."""
    from harness import plugins
    from harness.catalogue.metrics import METRICS

    assert set(METRICS) == set(plugins.BUILTIN["tasks"])
    assert [
        name for every in METRICS.values() for name in every if name.partition("@")[0] not in plugins.names("metrics")
    ] == []


def test_values_of_parameters() -> None:
    """As YAML has them."""
    given = ("a=true", "b=3", "c=0.5", "d=text", "e=", "f=x=y")
    with pytest.raises(UsageError, match="--parameter 'e=' is no assignment"):
        parameters(given)
    assert parameters([text for text in given if text != "e="]) == {
        "a": True,
        "b": 3,
        "c": 0.5,
        "d": "text",
        "f": "x=y",
    }
