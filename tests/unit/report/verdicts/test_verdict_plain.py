"""A verdict for programs."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import TYPE_CHECKING

import pytest

from harness.model import Gate, Limit, Moved
from harness.report import verdicts
from harness.report.verdicts.plain import COLUMNS
from harness.statistics.estimates import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Difference, Ruling, Verdict


def test_the_document(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """The verdict, then its rulings."""
    found = json.loads(verdicts.verdict(verdict(notes=("one",)), "json"))
    rulings = found.pop("rulings")
    assert found == {
        "exit_code": 1,
        "sentence": "Regression. Gates: 1 regression.",
        "policy": "warn",
        "baseline": "main",
        "age_days": 12,
        "refresh": "harness baseline save main -e minilm",
        "notes": ["one"],
    }
    assert list(rulings[0]) == [*COLUMNS, "moved"]
    assert rulings[0]["moved"][0]["text"] == "红烧肉怎么做"
    del ruling


def test_a_gate(verdict: Callable[..., Verdict]) -> None:
    """In full precision, with the bounds of both intervals; t(0.95, 99) = 1.66039. The bound of a limit is null."""
    (one,) = json.loads(verdicts.verdict(verdict(), "json"))["rulings"]
    assert (one["before"], one["now"], one["margin"], one["bound"]) == (0.7, 0.61, 0.02, None)
    assert one["difference"] == pytest.approx(-0.09)
    assert one["low"] < one["lower"] < one["difference"] < one["upper"] < one["high"]
    assert one["lower"] == pytest.approx(-0.09 - 1.6603912 * 0.03)


def test_a_limit(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """Its bound and its value; no difference."""
    limit = Limit("", "latency p95", "<=", 80, "ms", primary=False)
    found = verdict(ruling(asked=limit, difference=None, reference="", moved=(), value=61.2))
    (one,) = json.loads(verdicts.verdict(found, "json"))["rulings"]
    assert {key: value for key, value in one.items() if value not in (None, "", [])} == {
        "metric": "latency p95",
        "role": "advisory",
        "embedder": "minilm",
        "answer": "regression",
        "comparator": "<=",
        "bound": 80,
        "unit": "ms",
        "value": 61.2,
        "words": "lost 0.09, more than 0.02",
    }


def test_no_number_is_null(
    ruling: Callable[..., Ruling], verdict: Callable[..., Verdict], difference: Callable[..., Difference]
) -> None:
    """Neither NaN, which is no JSON, nor the zeros of what could not be compared."""
    unknown = difference(estimate=Unknown(math.nan, 1, "1 group"), a=math.nan, b=math.nan)
    apart = ruling(difference=difference(a=0.0, b=0.0, reason="other items"), answer="incomparable")
    limit = ruling(asked=Limit("", "memory", "<=", 1), value=math.nan, difference=None)
    moved = ruling(difference=unknown, moved=(Moved("q", "", "ndcg@10", math.nan, 1.0),))
    found = json.loads(verdicts.verdict(verdict(moved, apart, limit), "json"))["rulings"]
    assert [[one[key] for key in ("before", "now", "difference", "low", "upper", "value")] for one in found] == [
        [None] * 6
    ] * 3
    assert found[0]["moved"][0]["a"] is None
    assert found[1]["items"] == 100


def test_lines(ruling: Callable[..., Ruling], verdict: Callable[..., Verdict]) -> None:
    """CSV has a line per ruling with the same columns; absence is empty."""
    found = verdict(ruling(), ruling(asked=Gate("采购", "recall@1", 0.05), difference=None))
    header, one, two = csv.reader(io.StringIO(verdicts.verdict(found, "csv")))
    assert tuple(header) == COLUMNS
    assert one[header.index("now")] == "0.61"
    assert (two[0], two[header.index("now")], two[header.index("margin")]) == ("采购", "", "0.05")


def test_csv_has_a_line_per_ruling(hostile: Verdict) -> None:
    """Whatever is in its texts: no line of it begins a command in a log, and all of it can be written as UTF-8."""
    lines = verdicts.verdict(hostile, "csv").splitlines()
    assert len(lines) == 2
    assert len(lines[1].encode()) > 500
