"""Rows → cells: labels, the best of a column, words for absent values, footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.model import Remarks
from harness.report import comparison
from harness.report.grid import Cell, Column, Grid, grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Row


def best(rows: list[Row]) -> set[str]:
    """Who is marked as the best."""
    return {embedder for (embedder, _), cell in grid(rows).cells.items() if cell.best}


def cells(shown: Grid) -> dict[tuple[str, str], Cell]:
    """(embedder, suite) → cell, where every suite has one column."""
    return {(embedder, column.suite): cell for (embedder, column), cell in shown.cells.items()}


def test_a_value_has_three_decimals_and_its_interval(row: Callable[..., Row]) -> None:
    """Numbers are rounded for the eye, here and nowhere else."""
    shown = grid([row(value=0.12345, low=0.1, high=0.2)])
    assert cells(shown) == {("bm25:", "zh/lexical-gap"): Cell("0.123", "0.100–0.200", best=True)}


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(0.0, 1.0, "0.000–1.000"), (-0.25, 0.5, "-0.250 to 0.500"), (-0.0001, 0.0001, "0.000 to 0.000")],
)
def test_no_dash_stands_beside_a_minus(row: Callable[..., Row], low: float, high: float, text: str) -> None:
    """An interval below zero is written with a word, and zero has no sign."""
    assert cells(grid([row(value=0.0, low=low, high=high)]))["bm25:", "zh/lexical-gap"].interval == text


def test_only_headlines_are_shown(row: Callable[..., Row]) -> None:
    """A suite is one column, under its first metric, unless every metric is asked for."""
    rows = [row(), row(metric="recall@1", headline=False)]
    assert "recall@1" not in comparison(rows, "markdown")
    assert "recall@1" in comparison(rows, "markdown", every=True)


def test_two_metrics_never_share_a_column(row: Callable[..., Row]) -> None:
    """When a suite got another headline between two runs, its old values stand apart from the new ones."""
    shown = grid([row(embedder="a:"), row(embedder="b:", metric="mrr@10")])
    assert [column.metric for column in shown.columns] == ["ndcg@10", "mrr@10"]


def test_a_run_without_a_metric_stands_with_its_suite(row: Callable[..., Row]) -> None:
    """A suite that could not be read this time keeps the column that it has from other runs."""
    shown = grid([row(embedder="a:", metric="", value=None, reason="broken"), row(embedder="b:")])
    assert [column.metric for column in shown.columns] == ["ndcg@10"]


def test_embedders_and_suites_keep_their_order(row: Callable[..., Row]) -> None:
    """Nothing is sorted: the order of the rows is the order of the table."""
    shown = grid([row(embedder="z:"), row(embedder="a:", suite="en"), row(embedder="z:", suite="en")])
    assert shown.embedders == ["z:", "a:"]
    assert [column.suite for column in shown.columns] == ["zh/lexical-gap", "en"]


def test_the_highest_value_is_best(row: Callable[..., Row]) -> None:
    """Best is decided on the full value, not on what is shown of it."""
    assert best([row(embedder="a:", value=0.50001), row(embedder="b:", value=0.50002)]) == {"b:"}


def test_equal_values_are_all_best(row: Callable[..., Row]) -> None:
    """A tie has no single winner."""
    rows = [row(embedder="a:", value=0.5), row(embedder="b:", value=0.5), row(embedder="c:", value=0.1)]
    assert best(rows) == {"a:", "b:"}


def test_the_lowest_value_is_best_where_lower_is_better(row: Callable[..., Row]) -> None:
    """The direction is the metric's, not the table's."""
    rows = [row(embedder=name, value=value, higher_is_better=False) for name, value in (("a:", 0.1), ("b:", 0.9))]
    assert best(rows) == {"a:"}


def test_what_was_imported_is_not_best_beside_ours(row: Callable[..., Row]) -> None:
    """Nobody here has seen its data; among others of its sort it may be."""
    imported = [row(embedder=name, value=value, fingerprint="imported:d") for name, value in (("b:", 0.9), ("c:", 0.8))]
    assert best([row(embedder="a:", value=0.5), *imported]) == {"a:"}
    assert best(imported) == {"b:"}


def test_each_suite_has_its_own_best(row: Callable[..., Row]) -> None:
    """Values of different suites are never compared."""
    shown = grid([row(suite="en", value=0.9), row(suite="zh", value=0.1)])
    assert all(cell.best for cell in shown.cells.values())


def test_nobody_is_best_without_a_value(row: Callable[..., Row]) -> None:
    """Failures do not compete."""
    assert best([row(value=None, reason="x"), row(value=None, reason="y", embedder="b:")]) == set()


def test_equal_reasons_share_a_footnote(row: Callable[..., Row]) -> None:
    """A reason is told once, however many cells it explains, in the order in which they come."""
    rows = [
        row(embedder="a:", value=None, reason="no weights"),
        row(embedder="b:", value=None, reason="has no vectors", status="not_applicable"),
        row(embedder="c:", value=None, reason="no weights"),
    ]
    shown = grid(rows)
    assert shown.notes == ["no weights", "has no vectors"]
    assert list(shown.cells.values()) == [
        Cell("failed", notes=(1,)),
        Cell("n/a", notes=(2,)),
        Cell("failed", notes=(1,)),
    ]


def test_of_long_reasons_only_the_first_are_whole(row: Callable[..., Row]) -> None:
    """A benchmark without its data is 30 columns, each with a reason of ten lines."""
    reason = "suite {0} has 1 fault:\n  {0}: no data. Tried:\n    - the hub\n    - the cache"
    failed = [row(suite=f"s{n}", value=None, status="failed", reason=reason.format(f"s{n}")) for n in range(5)]
    short = row(suite="last", value=None, status="not_applicable", reason="one line\nand another")
    notes = grid([*failed, short]).notes
    assert notes[:3] == [one.reason for one in failed[:3]]
    assert notes[3] == "suite s3 has 1 fault: s3: no data. Tried: … (--format json has all of it)"
    assert notes[5] == short.reason


def test_a_missing_interval_is_explained(row: Callable[..., Row]) -> None:
    """A value without an interval has a footnote that says why."""
    shown = grid([row(low=None, high=None, interval_reason="3 items are too few")])
    assert cells(shown)["bm25:", "zh/lexical-gap"] == Cell("0.500", best=True, notes=(1,))
    assert shown.notes == ["no interval: 3 items are too few"]


def test_warnings_are_footnotes(row: Callable[..., Row]) -> None:
    """What a reader of the number must know stands below the table, before what is said about the interval."""
    shown = grid([row(low=None, high=None, interval_reason="too few", warnings=("it cannot read this",))])
    assert cells(shown)["bm25:", "zh/lexical-gap"] == Cell("0.500", best=True, notes=(1, 2))
    assert shown.notes == ["warning: it cannot read this", "no interval: too few"]


def test_what_was_not_run_has_no_cell(row: Callable[..., Row]) -> None:
    """Absence is left to the layout, which shows a dash."""
    shown = grid([row(embedder="a:", suite="zh"), row(embedder="b:", suite="en")])
    assert set(cells(shown)) == {("a:", "zh"), ("b:", "en")}


def test_a_column_describes_itself_from_a_run_that_worked(row: Callable[..., Row]) -> None:
    """A failed run knows neither the number of items nor the floor."""
    shown = grid([row(embedder="a:", value=None, reason="x"), row(embedder="b:")])
    assert shown.columns == [Column("zh/lexical-gap", "ndcg@10", 259, "0.020")]


def test_a_suite_that_could_not_be_read_has_no_metric(row: Callable[..., Row]) -> None:
    """Its heading is a dash, not an empty name with zero items."""
    (column,) = grid([row(value=None, metric="", reason="2 faults")]).columns
    assert (column.heading, column.floor) == ("–", "–")


def test_who_counts_no_items_shows_none(row: Callable[..., Row]) -> None:
    """Neither a failed run nor other software tells how many there are: then n is left out, and not 0."""
    judged = row(
        items=0, low=None, high=None, floor=None, interval_reason="judged by mteb 9.9.9, which gives no score per item"
    )
    shown = grid([judged, row(suite="zh/process", value=None, reason="x")])
    assert [(column.heading, column.floor) for column in shown.columns] == [("ndcg@10", "–"), ("ndcg@10", "–")]
    assert shown.notes == ["no interval: judged by mteb 9.9.9, which gives no score per item", "x"]


def test_notes_of_a_suite_are_one_footnote_of_its_columns(row: Callable[..., Row]) -> None:
    """Before those of cells, named by the suite, on every metric of it; a suite without notes has none."""
    rows = [row(suite="a", value=None, reason="x"), row(suite="b"), row(suite="b", metric="recall@1")]
    shown = grid(rows, Remarks({"b": ["2 rows left out", "old"], "other": ["not shown"], "a": []}))
    assert [column.heading for column in shown.columns] == ["ndcg@10", "ndcg@10 n=259 [1]", "recall@1 n=259 [1]"]
    assert shown.notes == ["b: 2 rows left out; old", "x"]


def test_two_identities_under_one_name_are_two_rows(row: Callable[..., Row]) -> None:
    """A label whose weights changed is told apart by the head of its identity."""
    rows = [
        row(embedder="mine", identity="aaaaaaaa1", value=0.1),
        row(embedder="mine", identity="bbbbbbbb2", value=0.2),
        row(embedder="other", identity="cccccccc3"),
    ]
    assert grid(rows).embedders == ["mine [aaaaaa]", "mine [bbbbbb]", "other"]


def test_an_embedder_that_once_failed_to_open_stays_one_row(row: Callable[..., Row]) -> None:
    """Without an identity there is only the name, which belongs to the identity that has it alone."""
    rows = [
        row(embedder="mine", identity="aaaaaaaa1", suite="en"),
        row(embedder="mine", identity="", suite="zh", value=None, reason="no weights"),
    ]
    assert grid(rows).embedders == ["mine"]


def test_no_rows_make_an_empty_grid() -> None:
    """Nothing in, nothing out."""
    shown = grid([])
    assert (shown.columns, shown.embedders, shown.cells, shown.notes) == ([], [], {}, [])
