"""suites/README.md maps every claim about embeddings to what checks it, and everything that it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import harness
from harness import plugins
from harness.catalogue import builtin_places
from harness.catalogue.locate import builtin_root

PAGE = (builtin_root() / "README.md").read_text(encoding="utf-8")
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in Path(harness.__file__).parent.rglob("*.py"))
ROWS = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE, re.MULTILINE)[1:])

CLAIMS = {
    "meaning": ("语义相近", "猫与狗", "聚类对应", "子空间", "措辞不同", "焦虑", "搜索与推荐", "排序关系", "三元组"),
    "directions": ("方向对应", "国王 − 男人", "国王→女王", "法国→巴黎", "bug → fix", "方向失真"),
    "processes": ("采购申请", "就近推进"),
    "failures": ("空间塌缩", "类间混叠", "RAG 失败"),
    "numbers": ("维度是分辨率", "维度和模型大小", "余弦、点积", "低维稠密", "相同文本", "独热", "随机初始化"),
    "words": ("分词", "每个 token", "静态词向量", "上下文向量", "词序", r"\[CLS\]"),
    "use": ("上限", "情感", "话题", "同一个模型", "指令", "领域的术语", "长文档", "代码", "图像", "表格", "多语言"),
    "search": ("混合检索", "精排"),
    "choice": ("本地部署", "Loss"),
}
"""What the documents that the project began with say about embeddings, by a word that its line must hold."""


@pytest.mark.parametrize("claim", [claim for claims in CLAIMS.values() for claim in claims])
def test_every_claim_has_a_line(claim: str) -> None:
    """No claim of the list is missing from the page, and each line says something."""
    assert [checked for line, checked in ROWS.items() if re.search(claim, line) and len(checked) > 10]


def named(what: str) -> list[str]:
    """Everything that the page names with a prefix, both languages where it says so."""
    found = re.findall(rf"`{what}:([^`]+)`", PAGE)
    both = [name.replace("{zh,en}", language) for name in found if "{" in name for language in ("zh", "en")]
    return sorted({*both, *(name for name in found if "{" not in name)})


@pytest.mark.parametrize("name", named("suite"))
def test_every_suite_that_is_named_exists(name: str) -> None:
    """A path of a built-in suite."""
    assert name in {place.name for place in builtin_places()}


@pytest.mark.parametrize("name", named("metric"))
def test_every_metric_that_is_named_exists(name: str) -> None:
    """With or without a cutoff."""
    assert name.partition("@")[0] in plugins.names("metrics")


@pytest.mark.parametrize("name", named("backend"))
def test_every_backend_that_is_named_exists(name: str) -> None:
    """An embedder or a combination."""
    assert name in {*plugins.names("embedders"), *plugins.names("combinations")}


@pytest.mark.parametrize("name", named("finding"))
def test_every_finding_that_is_named_is_made_somewhere(name: str) -> None:
    """Its name stands in the source."""
    assert re.search(rf'"{name}"', SOURCE)


@pytest.mark.parametrize("name", named("option"))
def test_every_option_that_is_named_is_read_somewhere(name: str) -> None:
    """Its name stands in the source of the embedders."""
    assert re.search(rf'"{name}"', SOURCE)


def test_every_suite_checks_a_claim() -> None:
    """A built-in suite that no claim leads to asks what nobody asked."""
    assert {place.name for place in builtin_places()} <= set(named("suite"))


def test_both_parts_of_the_page_are_read() -> None:
    """The patterns above find the page's lines: a change of its form must not empty the tests."""
    assert len(ROWS) >= sum(map(len, CLAIMS.values()))
