"""Recorded messages in Chinese."""

from __future__ import annotations

import pytest

from harness.compare.choice import ORDER, Needs
from harness.compare.inference import Means, Resampled
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
            "zh/x, zh/y are not in the average: of the 3 best, a, b have no score on it",
            "zh/x, zh/y 不计入平均：最好的 3 个模型中，a, b 没有得分",
        ),
        (
            "zh/x ndcg@10 > 0.7: a has 0.710 (0.680 to 0.740), which reaches below",
            "zh/x ndcg@10 > 0.7：a 得 0.710（0.680 至 0.740），区间下限未达到",
        ),
        ("not run", "未运行"),
        ("a:b reads texts, and there are pictures among the documents", "a:b 只读文本，而该测试集含有图片"),
        ("judged by mteb, which gives no score per item", "由 mteb 评测，没有逐条得分"),
        (
            "a text does not always get the same vector: cosine distance 0.02, the batch in reversed order",
            "同一文本的向量并不总是相同：余弦距离 0.02，同一批以相反顺序编码",
        ),
        (
            "the score is undefined on 3 % of the resamples: all values are equal",
            "在 3 % 的重采样中得分无定义：所有值都相等",
        ),
        (
            "texts whose vector is zero: no known token, or refused by a service; their cosine with anything is 0",
            "部分文本的向量为零：没有已知的 token，或被服务拒绝；它们与任何向量的余弦均为 0",
        ),
        (
            "2 labels are older than the text of their document: q1 → d1; see `harness suites check`",
            "2 条标注早于其文档的现有文本：q1 → d1；见 `harness suites check`",
        ),
        (
            "mteb counts A among what b/c, a model of the same name, was trained on: it may know these texts",
            "据 mteb，同名模型 b/c 的训练数据包含 A：它可能见过这些文本",
        ),
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
