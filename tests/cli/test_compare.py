"""harness compare: what goes in, what comes out, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
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
