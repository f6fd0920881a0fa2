"""harness suites import, as typed."""

from __future__ import annotations

import csv
import io
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.importers import FORMATS
from harness.cli import imports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAQ = "question,answer\nHow do I pay?,By card\n怎么付款,用卡\nHow do I pay?,By card\n"


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    """Questions and answers, one of them twice."""
    file = tmp_path / "faq.csv"
    file.write_text(FAQ, "utf-8")
    return file


COMMAND = ("suites", "import", "csv")
MAP = ("--kind", "retrieval", "--map", "query=question", "--map", "document=answer")


def test_own_data_without_code(harness: Any, faq: Path, tmp_path: Path) -> None:
    """One line says what came of it, the next what to do; that runs."""
    done = harness(*COMMAND, faq, tmp_path / "my faq", *MAP, "--parameter", "use_title=false", "--title", "FAQ 🙂")
    assert done.code == 0
    assert done.stdout == (
        "my faq: retrieval, queries 2, corpus 2, qrels 2\n"
        f"next: harness run -s '{tmp_path}/my faq' -e baseline:hashing\n"
    )
    assert done.stderr == "note: 1 rows left out: the same question and answer stand further up\n"
    ran = harness("run", "-s", tmp_path / "my faq", "-e", "bm25:", "--store", tmp_path / "r.duckdb", "--format", "csv")
    assert ran.code == 0
    assert {row["suite"] for row in csv.DictReader(io.StringIO(ran.stdout))} == {"my faq"}


def test_other_layouts(harness: Any, faq: Path, tmp_path: Path) -> None:
    """One row, with everything that was said."""
    done = harness(*COMMAND, faq, tmp_path / "mine", *MAP, "--format", "csv")
    [row] = csv.DictReader(io.StringIO(done.stdout))
    assert tuple(row) == imports.COLUMNS
    assert row["rows"] == "queries 2, corpus 2, qrels 2"


def test_what_is_still_to_be_labelled_is_no_failure(harness: Any, tmp_path: Path) -> None:
    """It says what is missing."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# A\ntext\n", "utf-8")
    done = harness("suites", "import", "folder", tmp_path / "docs", tmp_path / "mine", "--split-by", "heading")
    assert done.code == 0
    assert "to be labelled: write queries.jsonl and qrels.tsv" in done.stdout
    assert f"next: harness suites check {tmp_path}/mine" in done.stdout


def test_faults_name_the_file_and_the_line(harness: Any, faq: Path, tmp_path: Path) -> None:
    """Exit code 3, nothing on stdout, nothing left behind."""
    faq.write_text(FAQ + " ,x\n", "utf-8")
    done = harness(*COMMAND, faq, tmp_path / "mine", *MAP)
    assert (done.code, done.stdout) == (3, "")
    assert done.stderr.endswith(
        f"{faq}:5 [question]: empty text: write one or delete the row\n"
        "mend them, or leave such rows out: --skip-faulty\n"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["faq.csv"]


def test_faulty_rows_left_out(harness: Any, faq: Path, tmp_path: Path) -> None:
    """What was left out is noted, with the place of the first."""
    faq.write_text(FAQ + " ,x\n,y\n", "utf-8")
    done = harness(*COMMAND, faq, tmp_path / "mine", *MAP, "--skip-faulty")
    assert done.code == 0
    assert done.stderr.endswith(f"note: 2 left out: empty text [question], first at {faq}:5\n")


def test_a_suite_called_like_a_built_in_one(
    harness: Any, faq: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command that is said next runs the folder."""
    monkeypatch.chdir(tmp_path)
    assert "next: harness run -s ./zh -e" in harness(*COMMAND, faq, "zh", *MAP).stdout


def test_an_import_that_is_interrupted(
    harness: Any, faq: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that there is nothing; a run that is interrupted has something."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.workflows.imports.import_suite", stop)
    done = harness(*COMMAND, faq, tmp_path / "mine", *MAP)
    assert (done.code, done.stdout, done.stderr) == (130, "", "interrupted: nothing was written\n")


def test_a_format_that_is_not_known(harness: Any, faq: Path, tmp_path: Path) -> None:
    """Exit code 3, not click's 2."""
    assert harness("suites", "import", "excel", faq, tmp_path / "mine").code == 3


def test_the_formats_of_the_command_are_those_that_there_are() -> None:
    """The command line cannot import them to know."""
    assert sorted(FORMATS) == list(imports.FORMATS)


def test_an_import_that_is_killed(start: Callable[..., Any], harness: Any, tmp_path: Path) -> None:
    """Leaves no suite; a hidden folder is no suite either; and the next import goes through."""
    row = '{"_id": "%d", "text": "some text"}\n'
    (tmp_path / "beir/qrels").mkdir(parents=True)
    source = tmp_path / "beir/corpus.jsonl"
    source.write_text("".join(row % number for number in range(200_000)), "utf-8")
    (tmp_path / "beir/queries.jsonl").write_text(row % 1, "utf-8")
    (tmp_path / "beir/qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\n1\t1\t1\n", "utf-8")
    process = start("suites", "import", "beir", tmp_path / "beir", tmp_path / "out/mine")
    deadline = time.monotonic() + 60
    while not list((tmp_path / "out").glob(".mine.*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "out/mine").exists()
    assert harness("suites", "check", tmp_path / "out").code == 3
    source.write_text(row % 1, "utf-8")
    assert harness("suites", "import", "beir", tmp_path / "beir", tmp_path / "out/mine").code == 0
    assert harness("suites", "check", tmp_path / "out").code == 0
