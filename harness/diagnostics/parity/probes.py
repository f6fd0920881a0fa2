"""The texts that two sides are compared on: written for this, without labels.

A small corpus with queries, texts that a pipeline may treat in its own way, pairs that differ in one thing only, and
texts longer than most models read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind: TypeAlias = Literal["document", "query", "odd", "pair", "empty", "long"]
"""What a text is there for."""

ORDINARY: frozenset[Kind] = frozenset({"document", "query"})
"""What every pipeline should treat alike: no capitals, line breaks or signs that only some handle."""


@dataclass(frozen=True)
class Probe:
    """A text by a name that stays the same when the text is changed."""

    name: str
    kind: Kind
    text: str


_DOCUMENTS = (
    "the purchase request was approved by the head of the department",
    "the supplier sent the invoice after the goods had arrived",
    "employees hand in their travel expenses within ten days",
    "a new password must have at least twelve characters",
    "the contract ends on the last day of the year unless it is renewed",
    "the meeting was moved to thursday because of the holiday",
    "our office in the north is closed during the winter",
    "customers can return a product within thirty days",
    "the server was restarted after the update had failed",
    "fresh bread is baked every morning before six",
    "采购申请由部门负责人审批后提交给采购部",
    "供应商在货物验收合格后开具增值税发票",
    "员工出差结束后十日内提交报销单据",
    "合同到期前三十天通知对方是否续签",
    "新员工入职当天领取电脑和门禁卡",
    "系统每天凌晨两点自动备份数据库",
    "客户投诉必须在两个工作日内答复",
    "会议室需要提前一天在系统中预订",
    "仓库每个季度末盘点一次库存",
    "今天天气很好适合去公园散步",
)

_QUERIES = (
    "who approves a purchase",
    "when must travel costs be handed in",
    "how long can goods be returned",
    "what happened to the server",
    "谁来审批采购申请",
    "发票什么时候开",
    "怎样续签合同",
    "多久备份一次数据",
)

_ODD = {
    "one letter": "a",
    "one character": "猫",
    "another character": "狗",
    "emoji": "🚀 上线 🎉",
    "code": "def add(a, b):\n    return a + b",
    "numbers": "3.14159 1,024 2026-05-03 +86 10 5555 0199",
    "address": "https://www.example.com/a/b?c=1&d=%E4%B8%AD#top",
    "mixed languages": "请把 invoice 发给 finance team，抄送 HR",
    "traditional": "採購申請經主管核准後送交供應商",
    "title": "Purchase Request",
    "another title": "Completely Different",
    "quotes": "she said “no” — and meant it…",
}

_EMPTY = {"empty": "", "a blank": " ", "a line break": "\n"}

_PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "case": (("The Board Approved The Budget For Berlin", "the board approved the budget for berlin"),),
    "newlines": (
        ("approve the request\nsend it to the supplier", "approve the request send it to the supplier"),
        ("审批通过\n签订合同", "审批通过 签订合同"),
    ),
    "blanks": (("  send  the   goods back ", "send the goods back"),),
    "width": (("ＡＢＣ公司２０２６年度预算（草案）", "ABC公司2026年度预算(草案)"),),
    "accents": (("Zoë ordered a crème brûlée in the café", "Zoe ordered a creme brulee in the cafe"),),
}
"""Two texts each that only differ in what the pair is called after; the second is the plain one."""


@dataclass(frozen=True)
class Language:
    """One in which it is measured how far texts are read.

    unit: what lengths are counted in. long: the name of the probe that is longer than most models read. between: two
    units. parts: what the endless text is made of, which changes from one to the next wherever its length has doubled,
    so that a mean over all tokens changes with it.
    """

    code: str
    unit: str
    long: str
    between: str
    parts: tuple[str, ...]

    def units(self, text: str) -> list[str]:
        """A text taken apart."""
        return text.split() if self.between else list(text)


LANGUAGES: Mapping[str, Language] = {
    language.code: language
    for language in (
        Language(
            "en",
            "words",
            "long english",
            " ",
            (
                "the list of goods is kept by each office and read again when they come in",
                "a king rode over the hill with seven black horses at night",
                "my doctor told them about new blood tests for young children",
            ),
        ),
        # Characters that English vocabularies know too, so that such a model's end is found in Chinese as well.
        Language(
            "zh",
            "Chinese characters",
            "long chinese",
            "",
            ("一個中人上下不本之三", "大女子山川口心", "天文日月水火東"),
        ),
    )
}

_ENGLISH = "each department keeps a list of the goods it has ordered and checks it when they arrive"
_CHINESE = "每个部门都保存一份已订购货物的清单并在到货时逐项核对数量质量和价格"
_LONG_WORDS, _LONG_CHARACTERS = 700, 900


def _long() -> dict[str, str]:
    """Longer than 512 tokens, with an end that is about something else than the beginning."""
    known = _ENGLISH.split()
    words = [known[place * 7 % len(known)] for place in range(_LONG_WORDS)]
    characters = [_CHINESE[place * 7 % len(_CHINESE)] for place in range(_LONG_CHARACTERS)]
    end, chinese_end = (
        "a storm closed the harbour and the ships waited at sea " * 20,
        "大雨过后山上的花都开了鸟儿在林中歌唱" * 16,
    )
    return {"long english": " ".join(words) + " " + end.strip(), "long chinese": "".join(characters) + chinese_end}


PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    what: tuple((f"{what} {place}", f"{what} {place} plain") for place in range(len(pairs)))
    for what, pairs in _PAIRS.items()
}
"""What two probes differ in → the names of such pairs."""


def _of_kind(kind: Kind, texts: Mapping[str, str]) -> tuple[Probe, ...]:
    return tuple(Probe(name, kind, text) for name, text in texts.items())


PROBES: tuple[Probe, ...] = (
    *_of_kind("document", {f"document {place}": text for place, text in enumerate(_DOCUMENTS, 1)}),
    *_of_kind("query", {f"query {place}": text for place, text in enumerate(_QUERIES, 1)}),
    *_of_kind("odd", _ODD),
    *_of_kind(
        "pair",
        {
            name: text
            for what, pairs in _PAIRS.items()
            for names, pair in zip(PAIRS[what], pairs, strict=True)
            for name, text in zip(names, pair, strict=True)
        },
    ),
    *_of_kind("empty", _EMPTY),
    *_of_kind("long", _long()),
)

TEXTS: Mapping[str, str] = {probe.name: probe.text for probe in PROBES}
"""Name → text."""

ALONE: Sequence[str] = (
    "document 1",
    "document 11",
    "query 1",
    "query 5",
    "one letter",
    "code",
    "blanks 0",
    "title",
)
"""The probes that are asked for alone too: each is a request of its own, so there are few."""


def names(*kinds: Kind) -> tuple[str, ...]:
    """The names of the probes of some kinds, in their order."""
    return tuple(probe.name for probe in PROBES if probe.kind in kinds)


SHORT: tuple[str, ...] = tuple(probe.name for probe in PROBES if probe.kind != "long")
"""All but the long ones, which are only asked for as documents: the slow part of every comparison."""
