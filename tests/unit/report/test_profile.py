"""What embedders cost, side by side."""

from __future__ import annotations

import csv
import io
import json

import pytest
from rich.cells import cell_len

from harness.diagnostics.cost import Measure, Profile, absent, said, yes_or_no
from harness.report.profile import COLUMNS, profiles, shown

MEASURES = (
    Measure("cold_start", 1.25, "s", "whole", low=1.0, high=2.0),
    Measure("cold_start", 0.5, "s", "Python", "process"),
    Measure("query_latency", 8.123, "ms", "the longest of only 50 queries", "p99", caution=True),
    absent("gpu_memory", "there is no GPU"),
    Measure("parameters", 22_713_216.0, "numbers", "in all"),
    said("licence", "Apache-2.0"),
    yes_or_no("needs_key", False, "a secret"),
)
ONE = Profile("模型:一", None, "ok", "", MEASURES, 1.0)
OTHER = Profile("two", None, "ok", "", (Measure("pairs_per_second", 12345.6, "pairs/s", ""),), 1.0)
FAILED = Profile("three", None, "failed", "out of memory", (), 1.0)


def rows(text: str) -> list[list[str]]:
    """The cells of a terminal table."""
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines() if line.startswith("│")]


@pytest.mark.parametrize(
    ("measure", "text"),
    [
        (MEASURES[0], "1.25 s (1–2)"),
        (MEASURES[4], "22.7M"),
        (MEASURES[5], "Apache-2.0"),
        (MEASURES[6], "no"),
        (Measure("index_size", 1536.0, "MB", ""), "1,536 MB"),
        (Measure("throughput", 99.94, "texts/s", ""), "99.9"),
        (Measure("query_latency", 0.03391, "ms", ""), "0.0339 ms"),
        (Measure("dimension", 8.0, "numbers", ""), "8"),
        (Measure("embedding_cost", 40.0, "USD", ""), "40 USD"),
    ],
)
def test_values_have_three_digits_and_a_unit(measure: Measure, text: str) -> None:
    """More digits only before the point; millions shortened; units where the row does not name them."""
    assert shown(measure) == text


def test_measures_stand_side_by_side() -> None:
    """A row per measure, parts below the whole, a dash for what an embedder has not; notes say what is not there."""
    text = profiles([ONE, OTHER], "table")
    assert rows(text) == [
        ["cold start", "1.25 s (1–2)", "–"],
        ["process", "0.5 s", "–"],
        ["one query, p99", "8.12 ms [1]", "–"],
        ["pairs/s", "–", "12,346"],
        ["GPU memory", "– [2]", "–"],
        ["parameters", "22.7M", "–"],
        ["needs a key", "no", "–"],
        ["licence", "Apache-2.0", "–"],
    ]
    assert "[1] the longest of only 50 queries\n[2] there is no GPU\n" in text


def test_lines_are_equally_wide_under_chinese() -> None:
    """Counted in cells."""
    lines = [line for line in profiles([ONE, OTHER], "table").splitlines() if line[0] in "┏┃┡│└"]
    assert len({cell_len(line) for line in lines}) == 1


def test_a_failed_embedder_says_why_once() -> None:
    """In its first row; alone, it is a table too."""
    assert rows(profiles([FAILED], "table")) == [["cold start", "failed [1]"]]
    text = profiles([ONE, FAILED], "table")
    assert rows(text)[0] == ["cold start", "1.25 s (1–2)", "failed [1]"]
    assert "[1] out of memory\n" in text


def test_a_narrow_terminal_gets_several_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """At 50 columns one embedder each, with the rows that it has, and no line beyond the width."""
    monkeypatch.setenv("COLUMNS", "50")
    text = profiles([ONE, OTHER], "table")
    assert text.count("┏") == 2
    assert [cells[0] for cells in rows(text)][-1] == "pairs/s"
    assert max(cell_len(line) for line in text.splitlines() if line[0] in "┏┃┡│└") <= 50


def test_markdown_has_the_same_cells() -> None:
    """Nothing in a cell is taken for a link; the notes stand below."""
    lines = profiles([ONE, FAILED], "markdown").splitlines()
    assert lines[0] == "|  | 模型:一 | three |"
    assert lines[2] == r"| cold start | 1.25 s (1–2) | failed \[1] |"
    assert lines[3] == "| – process | 0.5 s | – |"
    assert "1. out of memory" in lines


def test_json_and_csv_have_every_number_in_full() -> None:
    """An object or a line per embedder and measure; one that failed has its reason."""
    objects = json.loads(profiles([ONE, FAILED], "json"))
    assert all(tuple(one) == COLUMNS for one in objects)
    assert objects[0] == {
        "embedder": "模型:一",
        "finding": "cold_start",
        "subject": "",
        "value": 1.25,
        "low": 1.0,
        "high": 2.0,
        "unit": "s",
        "note": "whole",
    }
    assert (objects[-1]["finding"], objects[-1]["value"], objects[-1]["note"]) == (
        "not_measured",
        None,
        "out of memory",
    )
    lines = list(csv.DictReader(io.StringIO(profiles([ONE, FAILED], "csv"))))
    assert [line["note"] for line in lines] == [one["note"] for one in objects]
