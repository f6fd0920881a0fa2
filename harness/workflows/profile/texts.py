"""What is embedded to be timed: made up, always the same, and none twice; or the user's own texts."""

from __future__ import annotations

from itertools import count, cycle
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VERSION = "1"
"""Raised whenever a text changes: costs of other texts are other costs."""

STRATUM = 16
"""Every so many documents in a row have the same mix of lengths, so that any number of them is comparable."""

_SENTENCES = (3, 1, 9, 2, 5, 1, 16, 4, 2, 7, 2, 12, 3, 4, 24, 6)
"""Of the documents of a stratum: mostly short, a few long, as the passages are that RAG cuts texts into."""

_THINGS = (
    ("purchase order", "采购订单"), ("travel expense report", "差旅报销单"), ("supplier contract", "供应商合同"),
    ("leave request", "请假申请"), ("delivery note", "送货单"), ("customer complaint", "客户投诉"),
    ("quality inspection", "质量检验"), ("invoice", "发票"), ("access request", "权限申请"),
    ("maintenance ticket", "维修工单"), ("safety training", "安全培训"),
)  # fmt: skip
_PEOPLE = (
    ("the finance department", "财务部"), ("the warehouse", "仓库"), ("the line manager", "直属主管"),
    ("the legal team", "法务部"), ("the help desk", "服务台"), ("human resources", "人事部"),
    ("the regional office", "大区办公室"),
)  # fmt: skip
_STEPS = (
    ("approved", "审批"), ("returned for correction", "退回修改"), ("archived", "归档"), ("signed", "签字"),
    ("entered into the system", "录入系统"), ("paid", "付款"), ("checked against the budget", "核对预算"),
    ("cancelled", "撤销"), ("forwarded", "转交"),
)  # fmt: skip
_QUESTIONS = (
    "How long does it take {people} until {thing} no. {number} is {step}?",
    "{people}最晚什么时候必须把编号{number}的{thing}{step}？",
    "What happens if {thing} {number} was not {step} by {people} in time?",
    "编号{number}的{thing}还没有{step}，应该联系{people}还是重新提交？",
)
_STATEMENTS = (
    "Once the {thing} no. {number} has been {step}, {people} informs everybody who is concerned within two days. ",
    "编号{number}的{thing}{step}之后，由{people}在两个工作日内通知所有相关人员。",
    "Without the consent of {people}, no {thing} (last one: {number}) may be {step}, whatever its amount. ",
    "未经{people}同意，任何{thing}（最近一份：{number}）均不得{step}，金额大小不限。",
)


def queries() -> Iterator[str]:
    """Questions of 10 to 30 tokens, English and Chinese in turn, each once."""
    return (_filled(_QUESTIONS[number % len(_QUESTIONS)], number, chinese=number % 2) for number in count())


def documents() -> Iterator[str]:
    """Passages of 1 to 24 sentences, as many in English as in Chinese of every length, each once."""
    return map(_document, count())


def drawn(texts: Sequence[str]) -> Iterator[str]:
    """The user's own texts, at least one, over and over; every 16 in a row have about the mix of lengths of all."""
    ordered = sorted(texts, key=len)
    parts = min(STRATUM, len(ordered))
    starts = [part * len(ordered) // parts for part in range(parts)]
    rows = len(ordered) // parts
    mixed = [ordered[start + row] for row in range(rows) for start in starts]
    return cycle(mixed)


def _document(number: int) -> str:
    place, stratum = number % STRATUM, number // STRATUM
    chinese = (place + stratum) % 2
    first = number * max(_SENTENCES)
    return "".join(
        _filled(_STATEMENTS[2 * (sentence % 2) + chinese], first + sentence, chinese)
        for sentence in range(_SENTENCES[place])
    ).strip()


def _filled(template: str, number: int, chinese: int) -> str:
    """The template with words that change at different paces, and the number, which makes it the only one."""
    return template.format(
        thing=_THINGS[number % len(_THINGS)][chinese],
        people=_PEOPLE[number % len(_PEOPLE)][chinese],
        step=_STEPS[number % len(_STEPS)][chinese],
        number=number,
    )
