"""harness suites check, new, list and claims, as a user meets them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from harness import plugins

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_notes_are_no_faults(harness: Callable[..., Any], toy_suite: Path) -> None:
    """Warnings come first, with what to do; the exit code is 0, and 3 with --strict."""
    with (toy_suite / "corpus.jsonl").open("a", encoding="utf-8") as corpus:
        corpus.write('{"_id": "d6", "text": "今天天气很好"}\n')
    code, out, err = harness("suites", "check", toy_suite)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "ok  toy: retrieval, 9 texts"
    assert lines[1].split() == ["warning", "duplicates", *lines[1].split()[2:]]
    assert "corpus.jsonl:5 and corpus.jsonl:6: “今天天气很好”" in lines[2]
    assert "→ delete all but one" in lines[3]
    assert max(map(cell_len, lines)) <= 120
    assert harness("suites", "check", toy_suite, "--strict").code == 3


def test_strict_without_warnings(harness: Callable[..., Any]) -> None:
    """A suite of which there is nothing to warn passes."""
    assert harness("suites", "check", "zh/lexical-gap", "--strict").code == 0


@pytest.mark.parametrize("layout", ["json", "csv", "markdown"])
def test_notes_in_every_format(harness: Callable[..., Any], toy_suite: Path, layout: str) -> None:
    """The same rows, faults among them, on stdout."""
    code, out, err = harness("suites", "check", toy_suite, "--format", layout)
    assert (code, err) == (0, "")
    for word in ("suite", "severity", "subject", "shortcut-bm25", "smallest-difference"):
        assert word in out
    if layout == "json":
        assert {row["severity"] for row in json.loads(out)} == {"ok", "info", "warning"}


def test_stamping_from_the_command_line(harness: Callable[..., Any], toy_suite: Path) -> None:
    """Hashes are written, and said to be; built-in suites are refused before anything is written."""
    code, out, _ = harness("suites", "check", toy_suite, "--stamp")
    assert code == 0
    assert "hashes of 3 labels: 3 new" in out
    code, out, err = harness("suites", "check", "zh/process", "--stamp")
    assert (code, out) == (3, "")
    assert "zh/process is built in" in err


def test_a_changed_document_is_told_by_check_and_run(harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """Check names the label; a run still judges it and warns in the table, unless the suite leaves stale labels out."""
    harness("suites", "check", toy_suite, "--stamp")
    corpus = toy_suite / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8").replace("low-cost", "expensive"), "utf-8")
    assert "qrels.tsv:2: q1 → d1" in harness("suites", "check", toy_suite).stdout
    ran = harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store, "--format", "json")
    (row, _) = json.loads(ran.stdout)
    assert row["items"] == 3
    assert any("older than the text of their document: q1 → d1" in warning for warning in row["warnings"])
    with (toy_suite / "suite.yaml").open("a") as declaration:
        declaration.write("parameters: {exclude_stale: true}\n")
    ran = harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store, "--format", "json")
    (row, _) = json.loads(ran.stdout)
    assert (row["items"], row["warnings"]) == (2, [])


@pytest.mark.parametrize("kind", sorted(plugins.names("tasks")))
def test_a_new_suite_is_checked_and_runs(harness: Callable[..., Any], tmp_path: Path, store: Path, kind: str) -> None:
    """Three commands from nothing to a score."""
    folder = tmp_path / "新的" / kind
    code, out, err = harness("suites", "new", folder, "--kind", kind)
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == str(folder / "suite.yaml")
    assert harness("suites", "check", folder).code == 0
    ran = harness("run", "-s", folder, "-e", "baseline:hashing", "--store", store, "--format", "json")
    assert ran.code == 0
    assert json.loads(ran.stdout)[0]["status"] == "ok"


def test_a_new_suite_is_refused(harness: Callable[..., Any], toy_suite: Path, tmp_path: Path) -> None:
    """A folder that holds something, a kind that is none, no kind at all: exit code 3."""
    for arguments in ((toy_suite, "--kind", "pairs"), (tmp_path / "x", "--kind", "pears"), (tmp_path / "x",)):
        code, out, err = harness("suites", "new", *arguments)
        assert (code, out) == (3, "")
        assert err
    assert not (tmp_path / "x").exists()


def test_the_list_ends_with_the_claims(harness: Callable[..., Any]) -> None:
    """Both tables are at most 120 columns wide, Chinese counted double, with a line between the folders."""
    code, out, err = harness("suites", "list")
    assert (code, err) == (0, "")
    suites, _, claims = out.partition("harness suites claims")
    assert suites.count("├") >= 2
    assert "checked by" in claims
    widths = {cell_len(line) for line in out.splitlines() if line and line[0] in "│├┃┏└┡"}
    assert max(widths) <= 120
    assert len({cell_len(line) for line in suites.splitlines() if line[:1] in {"│", "├", "┏", "└"}}) == 1


def test_the_claims_alone(harness: Callable[..., Any]) -> None:
    """As rows of the two columns that the page has."""
    code, out, err = harness("suites", "claims", "--format", "json")
    assert (code, err) == (0, "")
    assert all(row.keys() == {"claim", "checked by"} for row in json.loads(out))
