"""JSON and CSV: every metric, full precision, strict, and readable by any other program."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import UsageError
from harness.report import comparison, listing

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Row

FIELDS = [
    *(
        "suite",
        "kind",
        "embedder",
        "metric",
        "value",
        "low",
        "high",
        "floor",
        "items",
        "status",
        "reason",
        "run",
    ),
    *("fingerprint", "seconds", "identity", "headline", "higher_is_better", "interval_reason", "started_at"),
    *("vector_bytes", "warnings"),
]
"""What other people's programs rely on: a change here is a change for them."""


def test_the_whole_json(row: Callable[..., Row]) -> None:
    """A list of objects, indented, Chinese as it is, absent numbers null."""
    assert comparison([row(suite="中文", value=None, reason="坏了", status="failed")], "json") == dedent("""\
        [
          {
            "suite": "中文",
            "kind": "retrieval",
            "embedder": "bm25:",
            "metric": "ndcg@10",
            "value": null,
            "low": null,
            "high": null,
            "floor": null,
            "items": 0,
            "status": "failed",
            "reason": "坏了",
            "run": "run-1",
            "fingerprint": "f1",
            "seconds": 1.5,
            "identity": "",
            "headline": true,
            "higher_is_better": true,
            "interval_reason": "",
            "started_at": "2026-01-02T03:04:05.000006+00:00",
            "vector_bytes": null,
            "warnings": []
          }
        ]
        """)


def test_json_holds_every_metric_in_full(row: Callable[..., Row]) -> None:
    """Nothing is rounded and nothing is left out."""
    read = json.loads(comparison([row(value=1 / 3), row(metric="recall@1", headline=False)], "json"))
    assert [list(entry) for entry in read] == [FIELDS, FIELDS]
    assert read[0]["value"] == 1 / 3
    assert [entry["metric"] for entry in read] == ["ndcg@10", "recall@1"]


def test_json_of_nothing_is_an_empty_list() -> None:
    """An empty result is still JSON."""
    assert json.loads(comparison([], "json")) == []


def test_csv_reads_back(row: Callable[..., Row]) -> None:
    """Commas, quotes and line ends in a reason survive; absent numbers are empty."""
    reason = 'a, "b"\n中'
    text = comparison([row(value=None, reason=reason, warnings=("x, y", "z")), row(value=1 / 3)], "csv")
    first, second = csv.DictReader(io.StringIO(text))
    assert list(first) == FIELDS
    assert (first["value"], first["reason"], first["warnings"]) == ("", reason, "x, y; z")
    assert float(second["value"]) == 1 / 3


def test_csv_of_nothing_is_a_header() -> None:
    """An empty result still names its columns."""
    assert comparison([], "csv") == ",".join(FIELDS) + "\n"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (None, None),
        (1, 1),
        (2**100, 2**100),
        (True, True),
        (0.1, 0.1),
        (Decimal("1.50"), 1.5),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        ("文", "文"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00"),
        ([1, (math.nan,)], [1, ["nan"]]),
        ({1: {"x": Decimal(2)}}, {"1": {"x": 2.0}}),
    ],
)
def test_every_type_of_sql_has_a_form_in_strict_json(value: Any, read: Any) -> None:
    """What JSON has no form for becomes text; NaN never gets into a file that others must parse."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert json.loads(listing(["x"], [[value]], "json"), parse_constant=refuse) == [{"x": read}]


def test_two_columns_of_one_name_are_refused_in_json() -> None:
    """An object would silently keep only the last of them."""
    with pytest.raises(UsageError, match="share a name: x, x"):
        listing(["x", "x"], [[1, 2]], "json")


def test_two_columns_of_one_name_are_fine_in_csv() -> None:
    """CSV goes by position."""
    assert listing(["x", "x"], [[1, None]], "csv") == "x,x\n1,\n"
