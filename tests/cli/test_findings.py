"""harness findings: what is stored beside scores, and the warnings that reach the table."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIELDS = ["warning", "suite", "embedder", "finding", "subject", "value", "note"]


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    """A retrieval suite of steps of processes: what follows on 采购申请 and the like."""
    folder = tmp_path / "步骤"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "title: 步骤\nlicence: CC0-1.0\ntask: retrieval\n"
        "tables: {queries: queries.jsonl, corpus: corpus.jsonl, qrels: qrels.tsv}\nmetrics: [recall@1]\n",
        "utf-8",
    )
    for name, texts in (
        ("queries", ["采购申请–审批", "采购申请–发票"]),
        ("corpus", ["部门领导批准", "供应商开具发票"]),
    ):
        lines = [json.dumps({"_id": str(number), "text": text}) for number, text in enumerate(texts)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n0\t0\t1\n1\t1\t1\n", "utf-8")
    return folder


@pytest.fixture
def ran(harness: Callable[..., Any], chinese: Path, toy_suite: Path, store: Path) -> Callable[..., Any]:
    """Two embedders on two suites; then asks for findings."""
    suites = ("-s", chinese, "-s", toy_suite)
    assert harness("run", *suites, "-e", "baseline:hashing", "-e", "bm25:", "--store", store).code == 0
    return lambda *arguments: harness("findings", "--store", store, *arguments)


def test_findings_are_listed(ran: Callable[..., Any]) -> None:
    """Of every suite and embedder that has vectors, in the order of the store; json and csv say the same."""
    code, out, err = ran("--format", "json")
    assert (code, err) == (0, "")
    rows = json.loads(out)
    assert all(list(row) == FIELDS for row in rows)
    assert {row["suite"] for row in rows} == {"toy", "步骤"}
    names = [row["finding"] for row in rows if row["suite"] == "步骤" and row["embedder"] == "baseline:hashing"]
    assert {"mean_cosine", "duplicate_vectors", "determinism_batch"} <= set(names)
    assert not any(row["finding"].startswith("determinism") for row in rows if row["embedder"] == "bm25:")
    lines = list(csv.DictReader(io.StringIO(ran("--format", "csv").stdout)))
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows] == lines


def test_findings_are_selected(ran: Callable[..., Any]) -> None:
    """By suite, embedder and name; a name that nothing has is a mistake, and what there is is named."""
    selected = ("-s", "toy", "-e", "baseline:hashing", "--name", "mean_cosine", "--name", "unit_length")
    rows = json.loads(ran(*selected, "--format", "json").stdout)
    assert sorted(row["finding"] for row in rows) == ["mean_cosine", "unit_length"]
    code, out, err = ran("--name", "mean_cosin")
    assert (code, out) == (3, "")
    assert "no run has a finding 'mean_cosin'. Did you mean 'mean_cosine'?" in err
    assert "holds nothing for other" in ran("-e", "other").stderr


def test_the_table_lines_up_under_chinese(ran: Callable[..., Any]) -> None:
    """Every line of the terminal table is equally wide in cells; markdown has the same columns."""
    from rich.cells import cell_len

    out = ran("--name", "mean_cosine").stdout
    assert len({cell_len(line) for line in out.splitlines()}) == 1
    assert re.search(r"│ 步骤 +│ baseline:hashing │ mean_cosine │ ", out)
    head = ran("--name", "mean_cosine", "--format", "markdown").stdout.splitlines()[0]
    assert head == "| ! | suite | embedder | finding | value | note |"


def test_an_empty_store_has_no_findings(harness: Callable[..., Any], store: Path) -> None:
    """It says where it looked."""
    code, _, err = harness("findings", "--store", store)
    assert code == 4
    assert f"there are no results at {store} yet" in err


@pytest.mark.real
def test_a_model_that_cannot_read_is_warned_of(harness: Callable[..., Any], chinese: Path, store: Path) -> None:
    """To all-MiniLM-L6-v2, 采购申请–审批 and 采购申请–发票 are one text: the table, stderr and findings say so."""
    run = ("run", "-s", chinese, "-e", "packaged:all-MiniLM-L6-v2", "--store", store)
    note = "this model cannot read this suite: 50 % of the texts have a vector that a different text has too"
    result = harness(*run)
    assert result.code == 0
    assert f"warning: {note}" in result.stdout
    assert f"warning: duplicate_vectors 0.5: {note}" in result.stderr
    first, *others = json.loads(harness("findings", "--store", store, "--format", "json").stdout)
    assert (first["warning"], first["finding"], first["value"]) == (True, "duplicate_vectors", 0.5)
    assert not any(row["warning"] for row in others)
    found = {row["finding"]: row["value"] for row in others if not row["subject"]}
    assert found["unknown_tokens"] > 0.5
    assert found["cut_texts"] == 0.0
    assert found["determinism_batch"] < 1e-5
    (marked,) = (line for line in harness("findings", "--store", store).stdout.splitlines() if line.startswith("│ !"))
    assert "duplicate_vectors" in marked


@pytest.mark.real
def test_what_is_cut_is_warned_of(harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """At 6 tokens, 4 without the special ones, 5 of the 8 texts are cut; nothing is loaded or asked in the next run."""
    spec = "packaged:all-MiniLM-L6-v2?max_length=6"
    results = [harness("run", "-s", toy_suite, "-e", spec, "--store", store) for _ in "ab"]
    for result in results:
        (line,) = (line for line in result.stderr.splitlines() if "cut_texts" in line)
        assert re.search(r"warning: cut_texts 0\.\d+: [\d.]+ % of the texts are cut at 4 tokens; [\d.]+ % of", line)
    assert "(0 texts embedded" in results[1].stderr
