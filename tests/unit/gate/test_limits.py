"""Floors and budgets as people write them."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.gate.limits import BUDGETS, amount, budget, floor, in_unit
from harness.model import Limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("zh/lexical-gap ndcg@10 >= 0.6", Limit("zh/lexical-gap", "ndcg@10", ">=", 0.6)),
        ("zh/lexical-gap ndcg@10≥.6", Limit("zh/lexical-gap", "ndcg@10", ">=", 0.6)),
        ("  my suite   recall@1 >= 1e-1 ", Limit("my suite", "recall@1", ">=", 0.1)),
        ("采购/同义 spearman >= -0.1", Limit("采购/同义", "spearman", ">=", -0.1)),
        ("zh ndcg@10 > 0.6", Limit("zh", "ndcg@10", ">", 0.6)),
        ("en/analogy offset_length < 0.5", Limit("en/analogy", "offset_length", "<", 0.5)),
        ("en/analogy offset_length <= 0.5", Limit("en/analogy", "offset_length", "<=", 0.5)),
    ],
)
def test_floors_are_understood(text: str, limit: Limit) -> None:
    """A suite, which may have blanks, a metric, a number."""
    assert floor(text) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ndcg@10 >= 0.6",
        "zh ndcg@10 >= much",
        "zh ndcg@10 >= nan",
        "zh ndcg@10 >= 0.6 %",
        "zh ndcg@10 = 0.6",
        "zh ndcg@10 0.6",
        "zh ndcg@10 >= inf",
    ],
)
def test_other_floors_are_refused(text: str) -> None:
    """With what was written."""
    with pytest.raises(UsageError, match=r"^'"):
        floor(text)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("latency p95 <= 80 ms", Limit("", "latency p95", "<=", 80, "ms")),
        ("latency  p95<=80ms", Limit("", "latency p95", "<=", 80, "ms")),
        ("latency p50 ≤ 0.1 s", Limit("", "latency p50", "<=", 0.1, "s")),
        ("latency p95 < 80", Limit("", "latency p95", "<", 80, "ms")),
        ("cost per million <= 0.1", Limit("", "cost per million", "<=", 0.1, "USD")),
        ("cost per million <= 0.5 cny", Limit("", "cost per million", "<=", 0.5, "CNY")),
        ("cut texts <= 1 %", Limit("", "cut texts", "<=", 1, "%")),
        ("cut texts <= 1%", Limit("", "cut texts", "<=", 1, "%")),
        ("memory <= 2 GB", Limit("", "memory", "<=", 2, "GB")),
        ("memory <= 2gib", Limit("", "memory", "<=", 2, "GiB")),
        ("dimension <= 512", Limit("", "dimension", "<=", 512)),
    ],
)
def test_budgets_are_understood(text: str, limit: Limit) -> None:
    """A measure, a number, a unit."""
    assert budget(text) == limit


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latency p95 <= 80 min", r"latency p95 is written in ms or s, as in 'latency p95 <= 80 ms'"),
        ("cost per million <= 1 dollar", "written in a currency of three letters"),
        ("cut texts <= 0.01", "written in %"),
        ("dimension <= 512 MB", "written in no unit"),
        ("latency p95 >= 80 ms", "a budget is a most"),
        ("latency p95 > 80 ms", "a budget is a most"),
        ("latency p95 <= -3 ms", "a budget is not below 0, as in 'latency p95 <= 80 ms'"),
        ("latency p95 = 80 ms", "= is not understood: write >= or <="),
        ("latncy p95 <= 80 ms", r"nothing is called 'latncy p95'\. Did you mean 'latency p95'\?"),
        ("latency p95 <= fast ms", "'fast ms' is no number"),
        ("fast", "must be like one of"),
    ],
)
def test_other_budgets_are_refused(text: str, message: str) -> None:
    """With what would be understood."""
    with pytest.raises(UsageError, match=message):
        budget(text)


@pytest.mark.parametrize("name", BUDGETS)
def test_every_budget_shows_how_it_is_written(name: str) -> None:
    """Its example is one of it."""
    assert budget(BUDGETS[name].example).measure == name


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("latency p95 <= 0.1 s", 80, 0.08),
        ("memory <= 2 GB", 1500, 1.5),
        ("memory <= 2 GiB", 1024**3 / 1e6, 1.0),
        ("cut texts <= 1 %", 0.02, 2.0),
        ("cost per million <= 1 CNY", 0.5, 0.5),
    ],
)
def test_values_are_shown_in_the_unit_of_the_budget(text: str, value: float, shown: float) -> None:
    """From ms, MB and shares."""
    assert in_unit(budget(text), value) == pytest.approx(shown)


@pytest.mark.parametrize(
    ("text", "measure", "found"),
    [
        ("0.05s", "latency p95", (50.0, "s")),
        ("2 gb", "memory", (2000.0, "GB")),
        ("1GiB", "memory", (1073.741824, "GiB")),
        ("1%", "cut texts", (0.01, "%")),
        ("0.01", "cut texts", None),
        ("-1GB", "memory", None),
        ("1e999", "memory", None),
        ("1 2", "cost per million", None),
    ],
)
def test_an_amount_is_written_as_in_a_budget(text: str, measure: str, found: tuple[float, str] | None) -> None:
    """And comes in the harness's own unit."""
    assert amount(text, measure) == (found and (pytest.approx(found[0]), found[1]))
