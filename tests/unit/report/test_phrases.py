"""Recorded messages in Chinese."""

from __future__ import annotations

import pytest

from harness.compare.choice import ORDER, Needs
from harness.compare.evidence import Means, Resampled
from harness.report.page.words import Words
from harness.report.phrases import in_chinese, kind_in_chinese
from harness.statistics.intervals import too_few
from harness.workflows.contamination import CAUTION


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("3 independent groups of items: at least 5 are needed", "独立样本组仅 3 个，至少需要 5 个"),
        (
            "bm25: ranks documents and has no vectors",
            "bm25: 只对文档排序、没有向量",
        ),
        ("latency p95 <= 50 ms", "查询延迟 p95 ≤ 50 毫秒"),
        ("not measured: harness profile -e a:", "未测量：harness profile -e a:"),
        (
            "only a has a score on all 2 suites. In the way: zh/x (2 of 3 lack it), zh/y (1 of 3 lack it)",
            "只有 a 在全部 2 个测试集上都有得分。缺口：zh/x（3 个模型中 2 个没有）, zh/y（3 个模型中 1 个没有）",
        ),
        (
            "zh/x ndcg@10 > 0.7: a has 0.710 (0.680 to 0.740), which reaches below",
            "zh/x ndcg@10 > 0.7：a 得 0.710（0.680 至 0.740），区间下限未达到",
        ),
        ("not run", "未运行"),
        (
            "zh/x is not in the average: 3 independent groups of items: at least 5 are needed",
            "zh/x 不计入平均：独立样本组仅 3 个，至少需要 5 个",
        ),
        (
            "zh/x is not in the average: spearman has no items, so that nothing can be shown about its differences",
            "zh/x 不计入平均：spearman 没有逐条样本，其差异无从检验",
        ),
        (
            "run on older data of this suite alone, on 2026-01-02: run it again",
            "只在 2026-01-02 于该测试集的旧数据上运行过：请重新运行",
        ),
        (
            "judged on other items than the others: 2 are in one only, such as q1, q2",
            "与其他模型的样本不同：2 个样本只在一方出现，如 q1, q2",
        ),
        ("a > 1: b has 0.5, without an interval (not run)", "a > 1：b 得 0.5，没有区间：未运行"),
        ("0.264 (0.139 to 0.360)", "0.264（0.139 至 0.360）"),
    ],
)
def test_a_known_message_is_translated(english: str, chinese: str) -> None:
    """With its numbers and names."""
    assert in_chinese(english) == chinese


@pytest.mark.parametrize("text", ["the server is on fire", "not run yet", "", "未运行"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    """A message is translated whole or not at all."""
    assert in_chinese(text) == text


RECORDED = [
    too_few(3),
    ORDER,
    Means.correction,
    Resampled.correction,
    CAUTION,
    *Needs(50.0, 0.1, "USD", 512.0, 256, local=True).texts,
]
"""What the harness says today."""


@pytest.mark.parametrize("text", RECORDED)
def test_what_the_harness_says_is_known(text: str) -> None:
    """A message that is worded anew has to be translated anew."""
    assert in_chinese(text) != text


@pytest.mark.parametrize("kind", ["similarity", "analogy"])
def test_a_reason_that_names_the_kind_of_its_suite_is_one_for_all(kind: str) -> None:
    """The table of the data has the kinds; nine footnotes that differ in one word tell no more than one."""
    text = f"bm25: ranks documents and has no vectors; a {kind} suite needs vectors"
    assert [Words("en").recorded(text), Words("zh").recorded(text)] == [
        "bm25: ranks documents and has no vectors",
        "bm25: 只对文档排序、没有向量",
    ]


def test_the_kind_of_a_plug_in_keeps_its_name() -> None:
    """Only kinds that are built in have Chinese names."""
    assert (kind_in_chinese("retrieval"), kind_in_chinese("poetry")) == ("检索", "poetry")
