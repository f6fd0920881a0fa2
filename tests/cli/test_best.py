"""harness best: real runs, whole outputs, and what is refused."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def ran(harness: Callable[..., Any], toy_suite: Path, pairs_suite: Path, store: Path) -> Callable[..., Any]:
    """Three embedders on a retrieval and a similarity suite, which one of them cannot take; then asks for the best."""
    who = ("-e", "baseline:hashing", "-e", "bm25:", "-e", "baseline:random")
    assert harness("run", "-s", toy_suite, "-s", pairs_suite, *who, "--store", store).code == 0
    return lambda *arguments: harness("best", "--store", store, *arguments)


def test_it_ends_with_one_sentence(ran: Callable[..., Any]) -> None:
    """Three and four items tell nothing, and the sentence says no more."""
    code, out, err = ran()
    assert (code, err) == (0, "")
    last = out.splitlines()[-1]
    assert last.startswith("Undecided: which of the 2 embedders is better")
    assert "cannot be told (" in last
    assert last.endswith("Set aside: bm25: (no score on 1 of them).")
    aside = (
        "bm25: is not in the average: no score on 1 of its 2 suites (pairs: bm25: ranks documents and has no vectors)"
    )
    assert f"{aside}; it is in the tables of its suites" in out


def test_one_suite_and_some_embedders(ran: Callable[..., Any], toy_suite: Path) -> None:
    """As for a table."""
    _, out, _ = ran("-s", toy_suite, "-e", "bm25:", "-e", "baseline:random")
    assert "hashing" not in out
    assert "pairs" not in out


def test_json_holds_the_decision(ran: Callable[..., Any]) -> None:
    """Fields, facts, needs and the sentence; no number is NaN."""
    content = json.loads(ran("--format", "json", "--local-only", "--max-dimension", "512").stdout)
    assert [field["suite"] for field in content["fields"]] == ["pairs", "toy"]
    assert content["overall"]["metric"] == "average"
    assert content["chosen"] == "baseline:random"
    assert content["unmet"]["baseline:hashing"] == [{"need": "dimension <= 512", "found": "1024", "known": True}]
    assert content["needs"] == ["local only", "dimension <= 512"]
    assert set(content["sentence"]) == {"en", "zh"}


def test_csv_holds_the_standings(ran: Callable[..., Any]) -> None:
    """A line per embedder on each suite, then on the average."""
    header, *lines = csv.reader(ran("--format", "csv").stdout.splitlines())
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    assert [row["suite"] for row in rows] == [*["pairs"] * 3, *["toy"] * 3, *[""] * (len(rows) - 6)]
    assert {row["embedder"] for row in rows if row["chosen"] in {"true", "True"}} == {"baseline:random"}


def test_what_was_not_measured_meets_no_need(ran: Callable[..., Any]) -> None:
    """Nobody is admitted, and the command that measures is named."""
    code, out, _ = ran("--max-latency-p95", "50ms")
    assert code == 0
    assert "not known" in out
    assert "harness profile --store " in out.splitlines()[-1]
    assert " -e baseline:hashing -e baseline:random)" in out.splitlines()[-1]


def test_chinese(ran: Callable[..., Any]) -> None:
    """Headings and the sentence."""
    _, out, _ = ran("--lang", "zh")
    assert "最优集合" in out
    assert out.splitlines()[-1].startswith("尚无定论：")


def test_markdown(ran: Callable[..., Any]) -> None:
    """A heading per suite, the sentence in bold."""
    _, out, _ = ran("--format", "markdown")
    assert "## toy  ndcg@10  3 items" in out
    assert out.splitlines()[-1].startswith("**Undecided: ")


def test_weights_of_the_configuration_count(ran: Callable[..., Any], tmp_path: Path) -> None:
    """They stand over the average; one of a suite that is not there is told."""
    toml = tmp_path / "harness.toml"
    toml.write_text('[weights]\n"pairs" = 3.0\n"pears" = 2.0\n', "utf-8")
    _, out, _ = ran("--config", toml)
    assert "average (weights: pairs 3, toy 1)" in out
    assert "nobody was run on pears. Did you mean 'pairs'?" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-s", "nowhere"), "holds nothing for nowhere"),
        (("-e", "bm25"), "Did you mean 'bm25:'?"),
        (("--min", "toy ndcg > 1"), "Metrics there:"),
        (("--min", "toys ndcg@10 > 0.1"), "Did you mean 'toy'?"),
        (("--min", "high"), 'as in --min "zh/lexical-gap ndcg@10 > 0.7"'),
        (("--max-latency-p95", "soon"), "--max-latency-p95 50ms or 0.05s"),
        (("--max-dimension", "0"), "--max-dimension"),
    ],
)
def test_what_cannot_be_understood_is_refused(ran: Callable[..., Any], arguments: tuple[str, ...], said: str) -> None:
    """With exit code 3 and what to write instead."""
    code, out, err = ran(*arguments)
    assert (code, out) == (3, "")
    assert said in err


def test_needs_and_reasons_are_chinese_too(ran: Callable[..., Any]) -> None:
    """What the harness recorded in English."""
    _, out, _ = ran("--lang", "zh", "--max-dimension", "512", "--max-latency-p95", "50ms")
    assert "维度 ≤ 512" in out
    assert "bm25: 不在平均之列：平均的 2 个测试集中有 1 个没有得分（pairs：bm25: 只对文档排序、没有向量）" in out
    assert "未测量：harness profile --store " in out
    assert "not measured" not in out
    assert " to " not in out


def test_without_a_store_it_says_how_to_make_one(harness: Callable[..., Any], store: Path) -> None:
    """As every command that reads."""
    code, _, err = harness("best", "--store", store)
    assert code == 4
    assert "harness run" in err
