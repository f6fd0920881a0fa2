"""What the harness records in English, such as why a score is missing, in Chinese."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Lang: TypeAlias = Literal["en", "zh"]

_KINDS = {
    "analogy": "类比",
    "bitext": "双语对齐",
    "classification": "分类",
    "clustering": "聚类",
    "composition": "组合语义",
    "pairs": "句对",
    "process": "流程",
    "reranking": "重排",
    "retrieval": "检索",
    "similarity": "相似度",
    "triplets": "三元组",
}

_PHRASES: Sequence[tuple[str, str]] = (
    # Why there is no score, or no interval.
    (r"(\d+) independent groups of items: at least (\d+) are needed", r"独立样本组仅 \1 个，至少需要 \2 个"),
    (
        "every resample gives the same score, so resampling cannot show the spread",
        "每次重采样得分都相同，重采样无法体现离散程度",
    ),
    (r"the score is undefined on (.+) of the resamples: (?P<why>.+)", r"在 \1 的重采样中得分无定义：\2"),
    ("all values are equal", "所有值都相等"),
    ("all pairs match, or none does", "所有句对都匹配，或都不匹配"),
    ("there are no pairs", "没有句对"),
    ("no items", "没有样本"),
    ("undefined on these items", "在这些样本上无定义"),
    ("the suite has no near/not-near judgements that can be decided", "该测试集没有可以判定的远近判断"),
    (
        r"(.+) ranks documents and has no vectors",
        r"\1 只对文档排序、没有向量",
    ),
    (r"imported, (.+) where it was made: it has no items here", r"导入的结果，原处得分 \1：此处没有逐条样本"),
    (r"scored under another convention of (.+): run it again", r"按 \1 的另一种约定计分：请重新运行"),
    (r"the store has no items of (.+) for it: run it again", r"结果库中没有其 \1 的逐条样本：请重新运行"),
    (r"nothing can be compared: the store has no items of (.+)", r"无法比较：结果库中没有 \1 的逐条样本"),
    ("its latest run has no such metric: run it again", "最近一次运行没有该指标：请重新运行"),
    (
        r"run on older data of this suite alone, on (.+): run it again",
        r"只在 \1 于该测试集的旧数据上运行过：请重新运行",
    ),
    (
        r"judged on other items than the others: (\d+) are in one only, such as (.+)",
        r"与其他模型的样本不同：\1 个样本只在一方出现，如 \2",
    ),
    ("not run", "未运行"),
    (r"(.+) reads texts, and there are pictures among the .+", r"\1 只读文本，而该测试集含有图片"),
    (
        r"(.+) puts given candidates in order, and .+ gives none; put it behind a first stage, as in (.+)",
        r"\1 只为给定的候选排序，而该测试集不给出候选：请把它放在第一阶段之后，例如 \2",
    ),
    (r"judged by (.+), which gives no score per item", r"由 \1 评测，没有逐条得分"),
    # Warnings.
    (
        "texts whose vector is zero: no known token, or refused by a service; their cosine with anything is 0",
        "部分文本的向量为零：没有已知的 token，或被服务拒绝；它们与任何向量的余弦均为 0",
    ),
    (
        r"a text does not always get the same vector: cosine distance (\S+), (?P<why>.+)",
        r"同一文本的向量并不总是相同：余弦距离 \1，\2",
    ),
    ("the same batch again", "同一批再次编码"),
    ("each text alone instead of in a batch", "逐条编码而非成批编码"),
    ("the batch in reversed order", "同一批以相反顺序编码"),
    (
        r"(\d+) labels are older than the text of their document: (.+); see `harness suites check`",
        r"\1 条标注早于其文档的现有文本：\2；见 `harness suites check`",
    ),
    (
        r"(.+) counted (\d+) tokens in a request of about (\d+): it may cut long texts\. (\S+) cuts them where you say",
        r"\1 只计得 \2 个 token，而请求约有 \3 个：它可能截断长文本。用 \4 可自行决定截断之处",
    ),
    (
        r"(.+) at (\S+) answered as (.+), and as (.+) before",
        r"\2 处的 \1 现以 \3 作答，此前为 \4",
    ),
    (r"(\S+) is not installed\. Install it with: (pip install .+)", r"未安装 \1。安装命令：\2"),
    (r"largest cosine distance over (\d+) texts: (?P<why>.+)", r"\1 条文本中最大的余弦距离：\2"),
    (
        "(.+) of the texts have a vector that a different text has too",
        r"\1 的文本与另一不同文本向量相同",
    ),
    (
        "mteb files every model that it cannot tell under this name: these may be results of any of them",
        "mteb 把无法辨认的模型都归在这个名下：这些结果可能来自其中任何一个",
    ),
    (
        r"mteb counts (.+) among what (.+), a model of the same name, was trained on: it may know these texts",
        r"据 mteb，同名模型 \2 的训练数据包含 \1：它可能见过这些文本",
    ),
    (
        r"this model cannot read all of this suite: (.+) of the texts have a vector that a different text has too",
        r"该模型无法读懂此测试集的全部文本：\1 的文本与另一不同文本向量相同",
    ),
    (
        r"this model cannot read this suite: (.+) of the texts have a vector that a different text has too",
        r"该模型无法读懂此测试集：\1 的文本与另一不同文本向量相同",
    ),
    (
        r"mteb:… A footnote warns where mteb knows that a model was trained on a task; .+: (harness .+)",
        r"mteb:… 若 mteb 已知某模型训练时用过该任务，脚注会警示；许多模型它并不了解：\1",
    ),
    (
        r"(.+) of the texts are cut at (.+) tokens; (.+) of their tokens are lost",
        r"\1 的文本在 \2 个 token 处被截断，其 token 的 \3 丢失",
    ),
    (
        r"mteb counts (.+) among what (.+) was trained on: it may know these texts",
        r"据 mteb，\2 的训练数据包含 \1：它可能见过这些文本",
    ),
    (r"mteb has a newer version of (.+): (.+)", r"mteb 有 \1 的更新版本：\2"),
    # How was compared, and what was not.
    (r"(.+) (?:is|are) not in the average: (?P<why>.+)", r"\1 不计入平均：\2"),
    (
        r"(.+) \((.+) items?\) makes most of the uncertainty of the average; also .+",
        r"平均的不确定性大多来自 \1（\2 个样本，或有遗漏）：降低权重（[weights]）、用 -s 排除或增加样本可显出更小差异",
    ),
    (r"of the (\d+) best, (.+) ha(?:s|ve) no score on it", r"最好的 \1 个模型中，\2 没有得分"),
    (r"(.+) has no items, so that nothing can be shown about its differences", r"\1 没有逐条样本，其差异无从检验"),
    (
        r"(.+) means the better the lower, which cannot be averaged with .+",
        r"\1 越低越好，不能与越高越好的得分平均",
    ),
    (
        r"\[weights\] of harness\.toml: nobody was run on (\S+)\.(?: Did you mean (.+)\?)?",
        r"harness.toml 的 [weights]：没有模型在 \1 上运行过",
    ),
    ("nobody has a score", "没有模型有得分"),
    ("step-down maxT over all pairs, by sign flips", "对所有配对做逐步 maxT（符号翻转置换）"),
    ("step-down maxT over all pairs, by resampling", "对所有配对做逐步 maxT（自助重采样）"),
    (
        "Holm over all pairs, each by t with an item-level standard error",
        "对所有配对做 Holm 校正，每对用样本级标准误的 t 检验",
    ),
    ("nobody to compare with", "没有可比较的对象"),
    (
        "price, then latency p95, memory, index bytes, then score; within .+; what is not known comes last",
        "依次按价格、p95 延迟、内存、索引大小、得分；实测成本相差 25 % 或延迟相差在各段之差以内算相当；未知者排最后",
    ),
    # Needs.
    (r"latency p95 <= (.+) ms", r"查询延迟 p95 ≤ \1 毫秒"),
    (r"price of 1M tokens <= (.+)", r"每百万 token 价格 ≤ \1"),
    (r"memory <= (.+) MB", r"内存 ≤ \1 MB"),
    (r"dimension <= (\d+)", r"维度 ≤ \1"),
    ("local only", "仅限本机"),
    ("texts leave the machine", "文本会离开本机"),
    ("texts stay here", "文本不出本机"),
    (r"(.+): (.+) has (\S+) \((\S+) to (\S+)\), which reaches below", r"\1：\2 得 \3（\4 至 \5），区间下限未达到"),
    (r"(.+): (.+) has (\S+), without an interval \((?P<why>.+)\)", r"\1：\2 得 \3，没有区间：\4"),
    (r"(.+), which is not in (\w+)", r"\1，货币不是 \2"),
    (r"(-?[\d.]+) \((-?[\d.]+) to (-?[\d.]+)\)", r"\1（\2 至 \3）"),
    # Costs.
    (r"not measured: (harness profile .+)", r"未测量：\1"),
    (r"profile failed: (?P<why>.+)", r"测量失败：\1"),
    ("the profile does not tell", "测量结果未包含此项"),
    (r"only the mean of a query more was measured, (.+) ms", r"只测得每增加一次查询的平均用时，\1 毫秒"),
    ("it makes no vectors", "不产生向量"),
    ("no model", "无模型"),
    ("not known: its files do not say", "未知：模型文件中没有说明"),
    ("not known", "未知"),
    ("not measured", "未测量"),
)  # fmt: skip
"""A whole message → the same in Chinese, `why` at its end being one too. What is in none of them stays as it was."""

_COMPILED = [(re.compile(pattern), chinese) for pattern, chinese in _PHRASES]


_NEEDLESS = re.compile(r"(?<= has no vectors); an? \w+ suite needs vectors$")


def brief(text: str) -> str:
    """A message without the kind of the suite, so that it is one message for all suites."""
    return _NEEDLESS.sub("", text)


def recorded(text: str, lang: Lang) -> str:
    """What the harness once said in English, in a language as far as it is known there."""
    return in_chinese(brief(text)) if lang == "zh" else brief(text)


def in_chinese(text: str) -> str:
    """A message in Chinese where it is a known one, else as it is."""
    for pattern, chinese in _COMPILED:
        found = pattern.fullmatch(text)
        if found and (why := found.groupdict().get("why")):
            return found.expand(chinese).removesuffix(why) + in_chinese(why)
        if found:
            return found.expand(chinese)
    return text


def kind_in_chinese(kind: str) -> str:
    """The name of a kind of suite; that of a plug-in stays as it is."""
    return _KINDS.get(kind, kind)
