"""The table in a terminal: whole outputs, widths in cells, narrow terminals."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from harness.model import Remarks
from harness.report import comparison

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Row

LEGEND = "Second line: 95 % interval. Best of a column: *. Random floor: what random vectors are expected to score."
FRAME = "┏┃┡│├└"


def table(rows: list[Row]) -> str:
    """What `--format table` prints."""
    return comparison(rows, "table")


def framed(text: str) -> list[str]:
    """The lines that belong to tables."""
    return [line for line in text.splitlines() if line[:1] in FRAME and line]


def test_the_whole_table(row: Callable[..., Row]) -> None:
    """Values, intervals, the best, a missing cell, an absent value, the floor, the legend, the footnotes."""
    rows = [
        row(embedder="packaged:use-multilingual"),
        row(embedder="bm25:", value=0.0123, low=0.0, high=0.0321),
        row(
            embedder="bm25:",
            suite="zh/process",
            metric="mrr@10",
            value=None,
            reason="ranks",
            status="not_applicable",
        ),
        row(
            embedder="baseline:random",
            suite="zh/process",
            metric="mrr@10",
            value=0.1,
            low=None,
            high=None,
            interval_reason="too few items",
            items=7,
            floor=None,
        ),
    ]
    assert table(rows) == dedent(f"""\
        ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━┓
        ┃                           ┃ zh/lexical-gap ┃ zh/process ┃
        ┃ embedder                  ┃  ndcg@10 n=259 ┃ mrr@10 n=7 ┃
        ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━┩
        │ packaged:use-multilingual │         *0.500 │          – │
        │                           │    0.400–0.600 │            │
        │ bm25:                     │          0.012 │    n/a [1] │
        │                           │    0.000–0.032 │            │
        │ baseline:random           │              – │ *0.100 [2] │
        ├───────────────────────────┼────────────────┼────────────┤
        │ random floor              │          0.020 │          – │
        └───────────────────────────┴────────────────┴────────────┘
        {LEGEND}
        [1] ranks
        [2] no interval: too few items
        """)


def test_a_task_of_mtebs(row: Callable[..., Row]) -> None:
    """Its options on a line of their own; no n where mteb judges; its notes, and what is said of the whole table."""
    rows = [
        row(embedder="e5", suite="mteb:STSBenchmark", warnings=("it may know these texts",)),
        row(
            embedder="e5",
            suite="mteb:STSBenchmark?protocol=mteb",
            metric="cosine_spearman",
            items=0,
            low=None,
            high=None,
            floor=None,
            interval_reason="judged by mteb 9.9.9, which gives no score per item",
        ),
    ]
    remarks = Remarks({"mteb:STSBenchmark": ["2 rows left out"]}, ["not all is known"])
    assert comparison(rows, "table", remarks) == dedent(f"""\
        ┏━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓
        ┃              ┃                   ┃ mteb:STSBenchmark ┃
        ┃              ┃ mteb:STSBenchmark ┃    ?protocol=mteb ┃
        ┃ embedder     ┃ ndcg@10 n=259 [1] ┃   cosine_spearman ┃
        ┡━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩
        │ e5           │        *0.500 [2] │        *0.500 [3] │
        │              │       0.400–0.600 │                   │
        ├──────────────┼───────────────────┼───────────────────┤
        │ random floor │             0.020 │                 – │
        └──────────────┴───────────────────┴───────────────────┘
        {LEGEND}
        not all is known
        [1] mteb:STSBenchmark: 2 rows left out
        [2] warning: it may know these texts
        [3] no interval: judged by mteb 9.9.9, which gives no score per item
        """)


def test_chinese_names_line_up(row: Callable[..., Row]) -> None:
    """A Chinese character is two cells wide: every line of a table ends in the same place."""
    rows = [
        row(embedder="中文嵌入模型", suite="我的套件/同义异词"),
        row(embedder="e5", suite="我的套件/同义异词"),
        row(embedder="混合 mixed 模型", suite="zh/process"),
    ]
    lines = framed(table(rows))
    assert len({cell_len(line) for line in lines}) == 1
    assert any("中文嵌入模型" in line for line in lines)
    assert any("我的套件/同义异词" in line for line in lines)


def test_a_narrow_terminal_gets_several_tables(row: Callable[..., Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that do not fit move into another table below; none is cut, and no line is too long."""
    monkeypatch.setenv("COLUMNS", "60")
    suites = ["zh/lexical-gap", "zh/process", "en/lexical-gap", "我的/套件"]
    text = table([row(suite=suite, embedder="packaged:use-multilingual", low=-0.1) for suite in suites])
    assert text.count("┏") > 1
    assert text.count("┏") == text.count("│ random floor")
    assert max(map(cell_len, framed(text))) <= 60
    assert all(suite in text for suite in suites)
    assert text.count("-0.100 to 0.600") == len(suites)
    assert "…" not in text


@pytest.mark.parametrize("columns", [30, 50, 59, 60, 61, 75, 80, 120])
def test_every_interval_is_whole_at_any_width(
    row: Callable[..., Row], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """Where even one column does not fit, the names give way, never the numbers of a column that could fit."""
    monkeypatch.setenv("COLUMNS", str(columns))
    rows = [row(suite=f"s{place}", value=None, reason=f"reason {place}") for place in range(12)]
    text = table([*rows, *(row(suite=f"s{place}", embedder="e") for place in range(12))])
    assert all(f"failed [{place + 1}]" in text for place in range(12))
    assert text.count("0.400–0.600") == 12


def test_a_very_long_name_does_not_break_the_frame(row: Callable[..., Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """A name wider than its column goes on in the next lines; all lines end in one place, and numbers are whole."""
    monkeypatch.setenv("COLUMNS", "60")
    text = table([row(embedder="st:" + "非常长的名字/" * 12)])
    assert len({cell_len(line) for line in framed(text)}) == 1
    assert "".join(line[2:32].replace("│", "").strip() for line in framed(text)).count("名字") == 12
    assert "0.400–0.600" in text


def test_names_are_not_read_as_markup(row: Callable[..., Row]) -> None:
    """Square brackets in a name or a reason are printed as they are."""
    text = table([row(embedder="[red]x[/red]", value=None, reason="[bold]because")])
    assert "[red]x[/red]" in text
    assert "[1] [bold]because" in text


def test_a_long_footnote_is_not_wrapped(row: Callable[..., Row], monkeypatch: pytest.MonkeyPatch) -> None:
    """A reason stays one line, so that it can be searched for and copied."""
    monkeypatch.setenv("COLUMNS", "40")
    reason = "word " * 40 + "end"
    assert f"[1] {reason}\n" in table([row(value=None, reason=reason)])


def test_no_colour_codes_where_stdout_is_no_terminal(row: Callable[..., Row]) -> None:
    """What is piped into a file is plain text."""
    assert "\x1b" not in table([row()])


def test_no_rows_say_so() -> None:
    """An empty store is not an empty screen."""
    assert table([]) == "no results\n"
