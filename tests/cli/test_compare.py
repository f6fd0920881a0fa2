"""harness compare: what goes in, what comes out, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import shlex
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EMBEDDERS = ("baseline:random", "baseline:hashing", "bm25:")


@pytest.fixture
def ran(harness: Callable[..., Any], store: Path) -> Callable[..., Any]:
    """Three embedders on two built-in suites; then compares."""
    named = [part for name in EMBEDDERS for part in ("-e", name)]
    assert harness("run", "-s", "zh/tables", "-s", "zh/process", *named, "--store", store).code == 0
    return lambda *arguments: harness("compare", "--store", store, *arguments)


def test_what_is_compared_and_what_is_not(ran: Callable[..., Any]) -> None:
    """A table, a sentence a suite, items with texts; a suite that B does not apply to, with the reason."""
    code, out, err = ran("baseline:hashing", "bm25:")
    assert (code, err) == (0, "")
    assert out.startswith("A  baseline:hashing  (run ")
    assert "· B is better on zh/tables: ndcg@10 " in out
    assert " 183 items in 87 groups: B does better on " in " ".join(out.split())
    assert "zh/tables, ndcg@10: where B gains most" in out
    assert "端午带孩子住有小床的，还空几间" in out
    assert "· zh/process: B is not applicable: bm25: ranks documents" in out


def test_formats_say_the_same(ran: Callable[..., Any]) -> None:
    """json and csv hold every metric with the same numbers; markdown has the table."""
    both = ("baseline:random", "baseline:hashing")
    found = json.loads(ran(*both, "--format", "json").stdout, parse_constant=pytest.fail)
    told = [difference | {"suite": suite["suite"]} for suite in found["suites"] for difference in suite["differences"]]
    rows = list(csv.DictReader(io.StringIO(ran(*both, "--format", "csv").stdout)))
    assert [(row["suite"], row["metric"]) for row in rows] == [(one["suite"], one["metric"]) for one in told]
    assert len(rows) > 10
    for row, one in zip(rows, told, strict=True):
        assert row["p_adjusted"] == ("" if one["p_adjusted"] is None else str(one["p_adjusted"]))
    assert "| zh/tables | ndcg@10 | 183 in 87 groups |" in ran(*both, "--format", "markdown").stdout
    assert "recall@1" in ran(*both, "--all-metrics").stdout
    assert found == json.loads(ran(*both, "--format", "json").stdout)


def test_options_reach_the_comparison(ran: Callable[..., Any]) -> None:
    """Suites, metrics, margin and items; a number that is none is a mistake."""
    both = ("baseline:random", "baseline:hashing", "--format", "json")
    options = ("-s", "zh/tables", "--metric", "recall@1", "--margin", "0.5", "--items", "1")
    found = json.loads(ran(*both, *options).stdout)
    (suite,) = found["suites"]
    assert [one["metric"] for one in suite["differences"]] == ["recall@1"]
    assert (found["margin"], len(suite["moved"])) == (0.5, 1)
    for wrong in (("--margin", "nan"), ("--margin", "-1"), ("--items", "-1")):
        assert ran(*both, *wrong).code == 3


def test_refusals_are_exit_3(ran: Callable[..., Any], harness: Callable[..., Any], tmp_path: Path) -> None:
    """An unknown name, nothing comparable; without a store it is 4."""
    code, out, err = ran("baseline:hashin", "bm25:")
    assert (code, out) == (3, "")
    assert "Did you mean 'baseline:hashing'?" in err
    code, out, err = ran("baseline:hashing", "bm25:", "-s", "zh/process")
    assert (code, out) == (3, "")
    assert "cannot be compared on any suite:\n  zh/process: B is not applicable" in err
    assert harness("compare", "a:", "b:", "--store", tmp_path / "none.duckdb").code == 4


def test_changed_data_are_refused(harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """A suite that was edited between two runs: both fingerprints, and the item that is new."""
    harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store)
    for file, line in (("queries.jsonl", '{"_id": "q4", "text": "new"}\n'), ("qrels.tsv", "q4\td5\t1\n")):
        with (toy_suite / file).open("a", encoding="utf-8") as table:
            table.write(line)
    harness("run", "-s", toy_suite, "-e", "baseline:hashing", "--store", store)
    code, out, err = harness("compare", "bm25:", "baseline:hashing", "-s", toy_suite, "--store", store)
    assert (code, out) == (3, "")
    assert "error: the data of toy differ: fingerprint " in err
    assert "1 item is only in B (q4) of 4" in err


def test_few_items_are_not_judged(harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """Three queries say nothing, and that is said; the same embedder is identical with itself."""
    harness("run", "-s", toy_suite, "-e", "bm25:", "-e", "baseline:hashing", "--store", store)
    out = harness("compare", "bm25:", "baseline:hashing", "--store", store).stdout
    assert "A and B are undecided on toy" in out
    assert "at least 5 are needed" in out
    assert "no interval" in out


@pytest.fixture
def own(harness: Callable[..., Any], toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, entered, where two embedders were run on the toy suite in `./我的 数据`, and a third elsewhere."""
    folder = tmp_path / "project"
    shutil.copytree(toy_suite, folder / "我的 数据" / "toy")
    monkeypatch.chdir(folder)
    for embedder in ("baseline:random", "bm25:"):
        assert harness("run", "-s", "./我的 数据", "-e", embedder).code == 0
    assert harness("run", "-s", "zh/tables", "-e", "baseline:hashing").code == 0
    return folder


def told(harness: Callable[..., Any], *arguments: object) -> tuple[set[str], list[str]]:
    """The texts of the items that moved, and the notes."""
    code, out, err = harness("compare", "baseline:random", "bm25:", *arguments, "--format", "json")
    assert code == 0, err
    found = json.loads(out)
    return {one["text"] for suite in found["suites"] for one in suite["moved"]}, found["notes"]


def test_a_suite_in_a_folder_has_its_texts(
    harness: Callable[..., Any], own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From wherever it is compared, without -s; where its data changed or went, its ids, and how to get the texts."""
    texts, notes = told(harness)
    assert (all(texts), bool(texts), notes) == (True, True, [])
    store = ("--store", own / "results" / "results.duckdb")
    monkeypatch.chdir(own.parent)
    assert told(harness, *store) == (texts, [])
    other = own.parent / "backup" / "我的 数据"
    shutil.copytree(own / "我的 数据", other)
    with (own / "我的 数据" / "toy" / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"_id": "more", "text": "more"}\n')
    ids, (note,) = told(harness, *store)
    assert ids == {""}
    assert note.startswith("我的 数据/toy: items are shown by their ids, as the data in ./project/我的 数据 are others")
    assert note.endswith("Name the folder 我的 数据 that has the data of these results: -s PATH")
    assert told(harness, *store, "-s", other) == (texts, [])
    shutil.rmtree(own / "我的 数据")
    _, (note,) = told(harness, *store)
    assert "as the data are not in ./project/我的 数据 any more. Name" in note
    assert told(harness, *store, "-s", other) == (texts, [])


@pytest.mark.usefixtures("own")
def test_advice_can_be_run_as_it_is_printed(harness: Callable[..., Any]) -> None:
    """It names the folder, not the suite, quoted for a shell; afterwards there is something to compare."""
    code, _, err = harness("compare", "bm25:", "baseline:hashing")
    command = err.strip().partition("我的 数据/toy: only bm25: has been run on it: ")[2].partition("\n")[0]
    assert (code, command) == (3, "harness run -s './我的 数据' -e baseline:hashing")
    assert harness(*shlex.split(command)[1:]).code == 0
    assert harness("compare", "bm25:", "baseline:hashing").code == 0


def test_other_data_are_told_with_a_command(harness: Callable[..., Any], own: Path) -> None:
    """That makes both runs comparable again."""
    with (own / "我的 数据" / "toy" / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"_id": "more", "text": "more"}\n')
    assert harness("run", "-s", "./我的 数据", "-e", "bm25:").code == 0
    code, _, err = harness("compare", "baseline:random", "bm25:")
    command = err.strip().rpartition("on the same data: ")[2]
    assert (code, command) == (3, "harness run -s './我的 数据' -e baseline:random -e bm25:")
    assert harness(*shlex.split(command)[1:]).code == 0
    assert told(harness)[1] == []


def test_a_baseline_does_not_say_where_a_suite_lies(harness: Callable[..., Any], own: Path) -> None:
    """It is committed; the store beside it says so."""
    assert harness("baseline", "save", "main", "-e", "bm25:").code == 0
    (own / "results" / "results.duckdb").unlink()
    kept = "".join(file.read_text("utf-8") for file in (own / "results" / "baselines").iterdir() if file.is_file())
    assert "我的 数据/toy" in kept
    assert not [path for path in (str(own), "./我的 数据") if path in kept]


@pytest.mark.parametrize("command", [("compare", "baseline:random", "bm25:"), ("table",), ("findings",)])
def test_an_unknown_suite_beside_a_known_one_is_a_mistake(
    ran: Callable[..., Any], harness: Callable[..., Any], store: Path, command: tuple[str, ...]
) -> None:
    """Nothing that was asked for is left out in silence."""
    ran("baseline:random", "bm25:")
    code, out, err = harness(*command, "-s", "zh/tables", "-s", "zh/tabels", "--store", store)
    assert (code, out) == (3, "")
    assert "holds nothing for zh/tabels. Did you mean 'zh/tables'?" in err


@pytest.mark.usefixtures("own")
def test_a_suite_that_neither_was_run_on_is_told(harness: Callable[..., Any]) -> None:
    """With the commands, beside those that can be compared."""
    code, out, err = harness("compare", "baseline:random", "bm25:", "-s", "./我的 数据", "-s", "zh/tables")
    assert code == 0
    assert "neither has been run on it: harness run -s zh/tables -e baseline:random && harness run" in " ".join(
        (out + err).split()
    )


def test_advice_repeats_configuration_and_store(harness: Callable[..., Any], own: Path) -> None:
    """Where they were given: without them it would look elsewhere, and know no names."""
    (own / "my gate.toml").write_text('[embedders]\nours = "baseline:hashing"\n', "utf-8")
    given = ("--config", "my gate.toml", "--store", "x.duckdb")
    assert harness("run", "-s", "zh/tables", "-e", "bm25:", *given).code == 0
    code, _, err = harness("compare", "bm25:", "ours", *given)
    command = err.strip().rpartition("Make one: ")[2].replace("SUITE", "zh/tables")
    assert (code, command) == (3, "harness run -s zh/tables -e ours --config 'my gate.toml' --store x.duckdb")
    assert harness(*shlex.split(command)[1:]).code == 0
    assert harness("compare", "bm25:", "ours", *given).code == 0


def test_names_that_are_printed_are_taken(
    harness: Callable[..., Any], own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By -s of every command, where harness.toml lists the folder."""
    project = own.parent / "elsewhere"
    project.mkdir()
    monkeypatch.chdir(project)
    text = 'suites = ["../project/我的 数据"]\n[embedders]\nours = "bm25:"\n[gate]\nbaseline = "main"\n'
    (project / "harness.toml").write_text(text, "utf-8")
    which, ours = ("-s", "我的 数据/toy"), ("-e", "ours")
    assert harness("run", *which, *ours, "-e", "baseline:hashing").code == 0
    for command in (
        *(("aa", *ours, "--runs", "2"), ("compare", "ours", "baseline:hashing"), ("table",), ("best",), ("history",)),
        *(("report", "-o", "r.html"), ("findings",), ("baseline", "save", "main"), ("gate",)),
        ("results", "rankings", *ours, "-o", "rankings"),
    ):
        assert (command, *harness(*command, *which))[:2] == (command, 0)
