"""A decision in a sentence, and what would settle an open question, in English and in Chinese.

Every claim in them is one that the decision holds: "better" is said only of what the letters show, "cheapest" only
where the cost of all who are meant is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from harness.compare.choice import advantage
from harness.compare.field import NO_AVERAGE, shared
from harness.model import MARGIN
from harness.report.phrases import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.model import Decision, Field, Open, Standing, Unmet
    from harness.report.phrases import Lang

_EN: Mapping[str, str] = {
    "suite": "on {suite} ({metric})",
    "average": "on the average of {n} suites",
    "items": "{n} items",
    "item": "1 item",
    "and": ", ",
    "colon": ": ",
    "then": "; ",
    "nothing": "Nothing can be recommended: no embedder has a score that could be compared.",
    "no_average": "Nothing can be recommended over all {n} suites: no embedder has a score on every one of them.",
    "unaveraged": "Nothing can be recommended over all {n} suites: their scores cannot be averaged.",
    "nobody": "Of the best set {scope} ({names}), none is known to meet every need: {misses}.",
    "misses": "{name} misses {need} ({found})",
    "unknown": "whether {name} meets {need} is not known ({found})",
    "instead": " Those that do, {names}, are shown to be worse than the leader, {leader}.",
    "alone": "{x} is the only embedder with a score to compare {scope}: there is nobody to compare it with.",
    "shown": "Take {x}it is shown to be better than {others} {scope}.",
    "some": " There is an answer for suites that most have: {command}",
    "take": "{claim}; take {x}, {why}.",
    "undecided": "Undecided: {claim}. First comes {x}, {why}.",
    "untold": "which of the {all} embedders is better {scope} cannot be told ({reason})",
    "level": "the scores do not tell {x} from {rivals} {scope}",
    "beaten": ", though {by} is shown to be better than {x}",
    "rivals": "the {n} others that are not shown to be worse than the leader",
    "last": " and ",
    "only": "the only one of the {best} not shown to be worse than the leader that is known to meet every need",
    "price": "the cheapest of the {k} that {among}",
    "latency": "the fastest to answer a query (p95) of the {k} that {among}",
    "memory": "which takes the least memory of the {k} that {among}",
    "index": "with the smallest index of the {k} that {among}",
    "score": "with the highest score of the {k} that {among}, whose costs are the same as far as they are known",
    "tied": "by name alone, of the {k} that {among}: the best have the same score, and the same costs as far as they "
    "are known",
    "known": "the first by what is known of their costs of the {k} that {among}",
    "among": "are not shown to be worse than the leader",
    "meeting": "are not shown to be worse than the leader and meet every need",
    "one": "the other embedder, {name},",
    "each": "each of the {n} others",
    "left_out": " Left out, without a score to compare: {names}.",
    "open": "{a} and {b} {scope}: with {items} it is open which is better; about {needed} would show a difference "
    "as large as the observed one.",
    "same": "{a} and {b} {scope}: they do the same on {items}; about {needed} that go on so would show that they "
    "differ by less than {margin:g}.",
    "never": "{a} and {b} {scope}: with {items} it is open which is better, and nobody can say how many would "
    "settle it.",
}
_ZH: Mapping[str, str] = {
    "suite": "在 {suite}（{metric}）上",
    "average": "在 {n} 个测试集的平均得分上",
    "items": "{n} 个样本",
    "item": "1 个样本",
    "and": "、",
    "colon": "：",
    "then": "；",
    "nothing": "无法推荐：没有任何模型有可以比较的得分。",
    "no_average": "无法就全部 {n} 个测试集给出推荐：没有一个模型在每个测试集上都有得分。",
    "unaveraged": "无法就全部 {n} 个测试集给出推荐：这些得分不能求平均。",
    "nobody": "{scope}的最优集合（{names}）中，没有一个已知满足全部要求：{misses}。",
    "misses": "{name} 不满足 {need}（{found}）",
    "unknown": "{name} 是否满足 {need} 未知（{found}）",
    "instead": "满足要求的 {names} 已被证明不如领先者 {leader}。",
    "alone": "{scope}只有 {x} 有可比的得分：没有可以与之比较的模型。",
    "shown": "选用 {x}{scope}，它已被证明优于{others}。",
    "some": "多数模型都有得分的测试集可以得出结论：{command}",
    "take": "{claim}；选用 {x}，理由：{why}。",
    "undecided": "尚无定论：{claim}。排在最前的是 {x}，理由：{why}。",
    "untold": "{scope}，这 {all} 个模型谁更好无从判断（{reason}）",
    "level": "{scope}，得分不能区分 {x} 与 {rivals}",
    "beaten": "，但 {by} 已被证明优于 {x}",
    "rivals": "其余 {n} 个未被证明不如领先者的模型",
    "last": "、",
    "only": "在 {best} 个未被证明不如领先者的模型中，只有它已知满足全部要求",
    "price": "在 {k} 个{among}的模型中，它最便宜",
    "latency": "在 {k} 个{among}的模型中，它回答单个查询最快（p95）",
    "memory": "在 {k} 个{among}的模型中，它占用内存最少",
    "index": "在 {k} 个{among}的模型中，它的索引最小",
    "score": "在 {k} 个{among}的模型中，它得分最高；就已知情况看，它们的成本相同",
    "tied": "在 {k} 个{among}的模型中，最好的几个得分相同，就已知情况看成本也相同，它只是按名称排在最前",
    "known": "在 {k} 个{among}的模型中，按已知的成本它排在最前",
    "among": "未被证明不如领先者",
    "meeting": "未被证明不如领先者且满足全部要求",
    "one": "另一个模型 {name}",
    "each": "其余 {n} 个模型中的每一个",
    "left_out": "未参与比较（没有可比的得分）：{names}。",
    "open": "{a} 与 {b}：{scope}，{items}不足以判断谁更好；若真实差异与观测值相同，约需 {needed} 个样本。",
    "same": "{a} 与 {b}：{scope}，{items}上完全相同；若一直如此，约需 {needed} 个样本才能说明两者相差不到 {margin:g}。",
    "never": "{a} 与 {b}：{scope}，{items}不足以判断谁更好，也无法估计需要多少样本。",
}
_MOST, _NAMED = 6, 3
"""Suites of a command, and embedders of a sentence, that are named."""
_WORDS: Mapping[Lang, Mapping[str, str]] = {"en": _EN, "zh": _ZH}


def sentence(decision: Decision, lang: Lang = "en") -> str:
    """What to do and why, for somebody who reads nothing else; who was left out, in a second one."""
    words, field = _WORDS[lang], decision.deciding
    if not any(one.leader for one in decision.fields):
        return words["nothing"]
    if field is None or field.leader is None:
        lacking = any(note.startswith(NO_AVERAGE) for note in decision.notes)
        told = words["no_average" if lacking else "unaveraged"].format(n=len(decision.fields))
        return told + _some(decision, words)
    outside = [one.embedder for one in field.standings if one.place is None]
    told = _Telling(decision, field, field.leader, lang).whole
    return told + (words["left_out"].format(names=words["and"].join(outside)) if outside else "")


def _some(decision: Decision, words: Mapping[str, str]) -> str:
    """The command that gives an answer for some of the suites."""
    suites = shared(decision.fields)
    named = " ".join(f"-s {quote(name)}" for name in suites[:_MOST])
    command = f"harness best {named}{' …' if len(suites) > _MOST else ''}"
    return words["some"].format(command=command) if suites else ""


def scope(decision: Decision, field: Field, lang: Lang = "en") -> str:
    """On what something is claimed."""
    words = _WORDS[lang]
    of = averaged(decision)
    told = field if field.suite or len(of) != 1 else of[0]
    if told.suite:
        return words["suite"].format(suite=told.suite, metric=told.metric)
    return words["average"].format(n=len(of))


def open_question(decision: Decision, asked: Open, lang: Lang = "en") -> str:
    """How many items would settle it."""
    words = _WORDS[lang]
    field = next((one for one in decision.fields if one.suite == asked.suite), decision.overall)
    about = scope(decision, field, lang) if field else asked.suite
    needed = f"{asked.needed:,}" if asked.needed else ""
    form = words[("same" if field and _level(field, asked) else "open") if needed else "never"]
    items = _items(asked.items, lang)
    return form.format(a=asked.a, b=asked.b, scope=about, items=items, needed=needed, margin=MARGIN)


def _level(field: Field, asked: Open) -> bool:
    """Whether two have the same score."""
    a, b = (next((one.value for one in field.standings if one.embedder == name), None) for name in (asked.a, asked.b))
    return a is not None and b is not None and math.isclose(a, b, abs_tol=1e-9)


def _items(count: int, lang: Lang) -> str:
    return _WORDS[lang]["item" if count == 1 else "items"].format(n=f"{count:,}")


def averaged(decision: Decision) -> list[Field]:
    """The suites that the average is of."""
    of = decision.overall.of if decision.overall else ()
    return [field for field in decision.fields if field.suite in of]


@dataclass(frozen=True)
class _Telling:
    """The sentence about a field that has a leader."""

    decision: Decision
    field: Field
    leader: Standing
    lang: Lang

    @property
    def whole(self) -> str:
        if self.decision.chosen is None:
            return self._nobody()
        x, words = self.decision.chosen, self._words
        others = [one.embedder for one in self._placed if one.embedder != x]
        if not others:
            return words["alone"].format(x=x, scope=self._scope)
        if len(self.field.best) == 1:
            whom = words["one"].format(name=others[0]) if len(others) == 1 else words["each"].format(n=len(others))
            return words["shown"].format(x=self._heading(x), others=whom, scope=self._scope)
        ground = self._ground(x)
        form = words["undecided" if self._untold or ground == "tied" else "take"]
        told = form.format(x=x, claim=self._claim(x), why=self._why(ground))
        return told[:1].upper() + told[1:]

    def _heading(self, x: str) -> str:
        """The name with a colon; `bm25:` has one."""
        return f"{x} " if x.endswith(":") else f"{x}{self._words['colon']}"

    @property
    def _words(self) -> Mapping[str, str]:
        return _WORDS[self.lang]

    @property
    def _scope(self) -> str:
        return scope(self.decision, self.field, self.lang)

    @property
    def _placed(self) -> list[Standing]:
        return [one for one in self.field.standings if one.place is not None]

    def _joined(self, names: Iterable[str]) -> str:
        return self._words["and"].join(names)

    def _nobody(self) -> str:
        """Nobody of the best set meets every need: who misses what, and who of the others does."""
        names = [one.embedder for one in self.field.best]
        misses = [self._miss(name, one) for name in names for one in self.decision.unmet.get(name, ())]
        words = self._words
        told = words["nobody"].format(scope=self._scope, names=self._joined(names), misses=words["then"].join(misses))
        worse = [one.embedder for one in self._placed if not one.in_best]
        meeting = self._joined(name for name in worse if name not in self.decision.unmet)
        return told + (words["instead"].format(names=meeting, leader=self.leader.embedder) if meeting else "")

    def _miss(self, name: str, unmet: Unmet) -> str:
        need, found = recorded(unmet.need, self.lang), recorded(unmet.found, self.lang)
        return self._words["misses" if unmet.known else "unknown"].format(name=name, need=need, found=found)

    @property
    def _untold(self) -> bool:
        """Whether nothing could be tested."""
        return all(one.p is None for one in self._placed)

    def _claim(self, x: str) -> str:
        """What the items do not show of the chosen one against the others of the best set."""
        placed, words = self._placed, self._words
        if self._untold:
            reason = recorded(self.field.correction, self.lang)
            return words["untold"].format(all=len(placed), scope=self._scope, reason=reason)
        own = next(one for one in placed if one.embedder == x)
        by = [one.embedder for one in placed if own.letter in one.beats]
        apart = {x, *by, *(one.embedder for one in placed if one.letter in own.beats)}
        rivals = self._rivals([one.embedder for one in self.field.best if one.embedder not in apart])
        told = words["level"].format(x=x, rivals=rivals, scope=self._scope)
        return told + (words["beaten"].format(x=x, by=self._joined(by)) if by else "")

    def _rivals(self, names: list[str]) -> str:
        """By name, or how many they are."""
        words = self._words
        if len(names) > _NAMED:
            return words["rivals"].format(n=len(names))
        return words["last"].join(filter(None, (self._joined(names[:-1]), names[-1])))

    def _ground(self, x: str) -> str:
        """Why this one of the best set: its needs, the axis that decided, or what did where no cost did."""
        admitted = self.decision.admitted
        return "only" if len(admitted) == 1 else advantage(x, admitted, self.decision.facts) or self._rank(x)

    def _why(self, ground: str) -> str:
        words, admitted = self._words, self.decision.admitted
        among = words["meeting" if self.decision.needs else "among"]
        return words[ground].format(k=len(admitted), best=len(self.field.best), among=among)

    def _rank(self, x: str) -> str:
        """What made it the first where no cost did."""
        values = {one.embedder: one.value for one in self._placed if one.embedder in self.decision.admitted}
        if next(iter(values)) != x:
            return "known"
        return "tied" if list(values.values()).count(values[x]) > 1 else "score"
