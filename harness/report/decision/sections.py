"""A decision as tables with their titles, and lines below them, not laid out yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.compare.choice import AXES, MEASURE, cost_on, currency_of, shown
from harness.model import Facts
from harness.report.decision.sentence import averaged, open_question
from harness.report.grid import MISSING
from harness.report.numbers import amount, p_value
from harness.report.phrases import recorded
from harness.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Decision, Field, Standing
    from harness.report.phrases import Lang

_EN: Mapping[str, str] = {
    "average": "average",
    "weights": "weights: {weights}",
    "item": "1 item",
    "items": "{n} items",
    "letter": "letter",
    "embedder": "embedder",
    "score": "score (95 % interval)",
    "beats": "beats",
    "p": "p",
    "best": "best set",
    "yes": "yes",
    "outside": "{name} is not compared: {reason}",
    "legend": "beats: letters of those it is shown to be better than. p: of being as good as the leader. "
    "Corrected: {how}.",
    "costs": "Costs and needs",
    "price": "price/1M",
    "latency": "p95 ms",
    "memory": "MB",
    "dimension": "dimension",
    "index": "bytes/doc",
    "local": "local",
    "needs": "needs",
    "no": "no",
    "met": "met",
    "missed": "missed",
    "unsure": "not known",
    "misses": "{name} misses {need} ({found})",
    "unknown": "whether {name} meets {need} is not known ({found})",
    "why": "{what}: none for {name} ({why})",
    "measure": "{what}: {why}",
    "key": "price/1M: of a million tokens. p95: of a query. MB: peak memory. bytes/doc: of a stored vector. local: "
    "texts stay on this machine.",
    "front": "Nobody is better for as much or less",
    "by": "by {axis}: {names}",
    "unmeasured": " (not known of {names})",
    "order": "Order in the best set: price, then latency, memory, bytes, score; what is not known comes last.",
    "open": "What would settle it",
    "none": "nobody",
    "and": ", ",
    "colon": ": ",
    "then": "; ",
}
_ZH: Mapping[str, str] = {
    "average": "平均",
    "weights": "权重：{weights}",
    "item": "1 个样本",
    "items": "{n} 个样本",
    "letter": "字母",
    "embedder": "嵌入模型",
    "score": "得分（95 % 区间）",
    "beats": "优于",
    "p": "p",
    "best": "最优集合",
    "yes": "是",
    "outside": "{name} 未参与比较：{reason}",
    "legend": "优于：已被证明不如它的模型的字母。p：检验“与领先者一样好”的 p 值。校正：{how}。",
    "costs": "成本与要求",
    "price": "价格/百万",
    "latency": "p95 毫秒",
    "memory": "内存 MB",
    "dimension": "维度",
    "index": "字节/文档",
    "local": "本机",
    "needs": "要求",
    "no": "否",
    "met": "满足",
    "missed": "不满足",
    "unsure": "未知",
    "misses": "{name} 不满足 {need}（{found}）",
    "unknown": "{name} 是否满足 {need} 未知（{found}）",
    "why": "{what}：{name} 无（{why}）",
    "measure": "{what}：{why}",
    "key": "价格：每百万 token。p95：单个查询。内存：峰值。字节/文档：存储的一个向量。本机：文本不离开本机。",
    "front": "没有其他模型以同等或更低的成本做得更好",
    "by": "按{axis}：{names}",
    "unmeasured": "（{names} 未知）",
    "order": "最优集合内的顺序：价格、延迟、内存、字节数、得分；未知者排在最后。",
    "open": "如何判定未决问题",
    "none": "无",
    "and": "、",
    "colon": "：",
    "then": "；",
}
_WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "zh": _ZH}
_NOT_RUN = "not run"
_FACTS = ("price", "latency", "memory", "dimension", "index", "local")


@dataclass(frozen=True)
class Section:
    """A table with its title, and what is to be said below it. columns: none where there is no table."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    lines: Sequence[str] = ()


def sections(made: Decision, lang: Lang) -> Iterator[Section]:
    """A section per suite, the average, costs and needs, the front, and what would settle what is open."""
    words = _WORDS[lang]
    for field in made.fields:
        yield _ranking(f"{field.suite}  {field.metric}".rstrip(), field, made, lang)
    if made.overall:
        yield _ranking(_average_of(made, words), made.overall, made, lang)
    if any(field.leader for field in made.fields):
        yield _costs(made, lang)
    if made.deciding:
        yield _front(made, made.deciding, words)
    if made.open:
        yield Section(words["open"], lines=[open_question(made, one, lang) for one in made.open])


def _average_of(made: Decision, words: Mapping[str, str]) -> str:
    """The title, with the weights where they differ."""
    weights = {field.suite: field.weight for field in averaged(made)}
    if len(set(weights.values())) == 1:
        return words["average"]
    told = ", ".join(f"{suite} {weight:g}" for suite, weight in weights.items())
    return f"{words['average']} ({words['weights'].format(weights=told)})"


def _ranking(title: str, field: Field, made: Decision, lang: Lang) -> Section:
    words = _WORDS[lang]
    placed = [one for one in field.standings if one.place is not None]
    lines = [
        words["outside"].format(name=one.embedder, reason=_why_outside(one, field, made, lang))
        for one in field.standings
        if one.place is None
    ]
    how = [words["legend"].format(how=recorded(field.correction, lang))] if len(placed) > 1 else []
    counted = words["item" if field.items == 1 else "items"].format(n=f"{field.items:,}")
    columns = [words[name] for name in ("embedder", "letter", "score", "beats", "p", "best")]
    rows = [_row(one, lang) for one in placed]
    return Section(f"{title}  {counted}" if placed else title, columns if rows else (), rows, [*lines, *how])


def _row(one: Standing, lang: Lang) -> list[str]:
    beats, best = " ".join(one.beats), _WORDS[lang]["yes"] if one.in_best else ""
    return [one.embedder, one.letter, recorded(shown(one), lang), beats, p_value(one.p), best]


def _why_outside(one: Standing, field: Field, made: Decision, lang: Lang) -> str:
    """Of the average: the suites without a score, those of one reason together."""
    if field.suite:
        return one_line(recorded(one.reason, lang))
    suites: dict[str, list[str]] = {}
    for part in averaged(made):
        own = next((other for other in part.standings if other.embedder == one.embedder), None)
        if own is None or own.value is None:
            suites.setdefault(one_line(recorded(own.reason if own else _NOT_RUN, lang)), []).append(part.suite)
    words = _WORDS[lang]
    told = [f"{words['and'].join(names)}{words['colon']}{reason}" for reason, names in suites.items()]
    return words["then"].join(told) or one_line(one.reason)


def _costs(made: Decision, lang: Lang) -> Section:
    words = _WORDS[lang]
    names = _ordered(made)
    facts = {name: made.facts.get(name, Facts()) for name in names}
    needed = ["needs"] if made.needs else []
    columns = [words[name] for name in ("embedder", *_FACTS, *needed)]
    rows = [
        [name, *(_fact(facts[name], about, words) for about in _FACTS), *(_needs(made, name, words) for _ in needed)]
        for name in names
    ]
    missed = [
        words["misses" if one.known else "unknown"].format(
            name=name, need=recorded(one.need, lang), found=recorded(one.found, lang)
        )
        for name in names
        for one in made.unmet.get(name, ())
    ]
    return Section(words["costs"], columns, rows, [*missed, *_unknown(facts, lang), words["key"], words["order"]])


def _ordered(made: Decision) -> list[str]:
    """Who is admitted first, then the others as they stand; those without a place last."""
    standings = made.deciding.standings if made.deciding else ()
    return list(dict.fromkeys((*made.admitted, *(one.embedder for one in standings), *made.facts)))


def _fact(facts: Facts, about: str, words: Mapping[str, str]) -> str:
    value = getattr(facts, about)
    if value is None:
        return MISSING
    if about == "local":
        return words["yes" if value else "no"]
    return f"{amount(value)} {facts.currency}".rstrip() if about == "price" else amount(value)


def _needs(made: Decision, name: str, words: Mapping[str, str]) -> str:
    missed = made.unmet.get(name, ())
    if not missed:
        return words["met"]
    return words["missed" if any(one.known for one in missed) else "unsure"]


def _unknown(facts: Mapping[str, Facts], lang: Lang) -> Iterator[str]:
    """Why something is not known, once for all that is not known for the same reason."""
    words = _WORDS[lang]
    to_measure: dict[str, list[str]] = {}
    for name, own in facts.items():
        reasons: dict[str, list[str]] = {}
        for about in _FACTS:
            if about in own.notes:
                reasons.setdefault(own.notes[about], []).append(words[about])
        for why, what in reasons.items():
            if why.startswith(MEASURE):
                to_measure.setdefault(words["and"].join(what), []).append(why.removeprefix(MEASURE).strip())
            else:
                yield words["why"].format(name=name, what=words["and"].join(what), why=recorded(why, lang))
    for together, names in to_measure.items():
        yield words["measure"].format(what=together, why=recorded(f"{MEASURE} {' '.join(names)}", lang))


def _front(made: Decision, field: Field, words: Mapping[str, str]) -> Section:
    placed = [one.embedder for one in field.standings if one.place is not None]
    currency = currency_of(made.facts[name] for name in placed if name in made.facts)
    lines = []
    for axis in AXES:
        lacking = [name for name in placed if cost_on(axis, made.facts.get(name, Facts()), currency) is None]
        names = words["and"].join(made.front.get(axis, ())) or words["none"]
        without = words["unmeasured"].format(names=words["and"].join(lacking)) if lacking else ""
        lines.append(words["by"].format(axis=words[axis], names=names) + without)
    return Section(words["front"], lines=lines)
