"""A decision in a sentence, and what would settle an open question, in English and in Chinese.

Every claim in them is one that the decision holds: "better" is said only of what the letters show, "cheapest" only
where the cost of all who are meant is known.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.compare.choice import narrowed, not_measured
from harness.model import MARGIN, Facts
from harness.report.decision.words import words_in
from harness.report.numbers import amount
from harness.report.phrases import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.compare.choice import Axis, Step
    from harness.model import Decision, Field, Open, Standing
    from harness.report.phrases import Lang

_NAMED = 3
"""Embedders of a sentence that are named."""


def sentence(decision: Decision, lang: Lang = "en") -> str:
    """What to do and why, for somebody who reads nothing else; who was left out, in a second one."""
    words, field = words_in(lang), decision.deciding
    if not any(one.leader for one in decision.fields):
        return words["nothing"]
    if field is None or field.leader is None:
        fit = any(one.items and one.higher_is_better for one in decision.fields)
        return words["unshared" if fit else "unaveraged"].format(n=len(decision.fields))
    return _Telling(decision, field, field.leader, lang).whole + _aside(decision, field, words)


def _aside(decision: Decision, field: Field, words: Mapping[str, str]) -> str:
    """Who is not compared: of an average, on how many of its suites there is no score, and who failed."""
    outside = [one for one in field.standings if one.place is None]
    if not outside:
        return ""
    if len(field.of) < 2:  # noqa: PLR2004 # the average of one suite is that suite
        return words["left_out"].format(names=words["and"].join(one.embedder for one in outside))
    failures = Counter(one.embedder for part in averaged(decision) for one in part.standings if one.status == "failed")
    told = (
        words["failed" if failures[one.embedder] else "lacks"].format(
            name=one.embedder, n=len(one.missing), k=failures[one.embedder]
        )
        for one in outside
    )
    return words["set_aside"].format(names=words["and"].join(told))


def scope(decision: Decision, field: Field, lang: Lang = "en") -> str:
    """On what something is claimed."""
    words = words_in(lang)
    of = averaged(decision)
    told = field if field.suite or len(of) != 1 else of[0]
    if told.suite:
        return words["on_suite"].format(suite=told.suite, metric=told.metric)
    return words["on_some" if field.left_out else "on_average"].format(n=len(of), all=len(of) + len(field.left_out))


def open_question(decision: Decision, asked: Open, lang: Lang = "en") -> str:
    """How many items would settle it, if any; of two that do the same on all, what these may have missed."""
    field = next((one for one in decision.fields if one.suite == asked.suite), decision.overall)
    about = scope(decision, field, lang) if field else asked.suite
    needed, items = f"{asked.needed or 0:,}", _items(asked.items, lang)
    return words_in(lang)[_answer(asked)].format(
        a=asked.a, b=asked.b, scope=about, items=items, needed=needed, margin=MARGIN, missed=asked.missed
    )


def _answer(asked: Open) -> str:
    """The name of the text that answers."""
    if asked.verdict != "open":
        return asked.verdict
    if asked.missed is None:
        return "open_question" if asked.needed else "never"
    return "same" if asked.needed else "alike"


def _items(count: int, lang: Lang) -> str:
    return words_in(lang)["item" if count == 1 else "items"].format(n=f"{count:,}")


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
        steps = narrowed(self.decision.admitted, self.decision.facts)
        level = steps[-1].left if steps else self.decision.admitted
        if len(level) > 1:
            told = words["level_costs"].format(
                x=x, claim=self._claim(x), among=self._rivals(level, "of_them"), how=words[self._rank(x, level)]
            )
        else:
            form = words["undecided" if self._untold else "take"]
            told = form.format(x=x, claim=self._claim(x), why=self._why(x, steps))
        return told[:1].upper() + told[1:]

    def _heading(self, x: str) -> str:
        """The name with a colon; `bm25:` has one."""
        return f"{x} " if x.endswith(":") else f"{x}{self._words['colon']}"

    @property
    def _words(self) -> Mapping[str, str]:
        return words_in(self.lang)

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
        misses, words = missed(self.decision, names, self.lang), self._words
        told = words["nobody"].format(scope=self._scope, names=self._joined(names), misses=words["then"].join(misses))
        worse = [one.embedder for one in self._placed if not one.in_best]
        meeting = self._joined(name for name in worse if name not in self.decision.unmet)
        return told + (words["instead"].format(names=meeting, leader=self.leader.embedder) if meeting else "")

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
        rivals = [one.embedder for one in self.field.best if one.embedder not in apart]
        equal = [name for name in rivals if name in self._equal(x)]
        form = "even" if equal == rivals else "level"
        told = words[form].format(x=x, rivals=self._rivals(rivals, "rivals"), scope=self._scope, margin=MARGIN)
        if equal and equal != rivals:
            told += words["partly"].format(x=x, names=self._rivals(equal, "of_them"), margin=MARGIN)
        return told + (words["beaten"].format(x=x, by=self._joined(by)) if by else "")

    def _equal(self, x: str) -> set[str]:
        """Who is shown to be equal to x, as far as `open` tells: it holds the pairs of the leader."""
        asked = (one for one in self.decision.open if one.suite == self.field.suite and one.verdict == "equal")
        return {name for one in asked if x in (one.a, one.b) for name in (one.a, one.b)} - {x}

    def _rivals(self, names: Sequence[str], many: str) -> str:
        """By name, or how many they are: the text of that name."""
        words = self._words
        if len(names) > _NAMED:
            return words[many].format(n=len(names))
        return words["last"].join(filter(None, (self._joined(names[:-1]), names[-1])))

    def _why(self, x: str, steps: Sequence[Step]) -> str:
        """Why this one of the best set: its needs, or the axis that left it alone, with what the next one costs."""
        words, admitted = self._words, self.decision.admitted
        if not steps:
            return words["why_only"].format(best=len(self.field.best))
        last, unknown = steps[-1], [(step.axis, list(step.behind.values()).count(None)) for step in steps]
        lacking = [words["lacks_cost"].format(axis=words[f"the_{axis}"], n=n) for axis, n in unknown if n]
        among = words["meeting" if self.decision.needs else "among"]
        earlier = self._joined(words[f"the_{step.axis}"] for step in steps[:-1])
        left = words["ahead"].format(axes=earlier) if earlier else ""
        why = words["why_known" if lacking else f"why_{last.axis}"].format(
            k=len(last.left) + len(last.behind),
            all=len(admitted),
            among=among,
            left=left,
            lacking=self._joined(lacking),
        )
        return why + self._against(x, last)

    def _against(self, x: str, step: Step) -> str:
        """What it costs, and what the next one does."""
        words, facts = self._words, self.decision.facts
        cheaper = [name for name, cost in step.behind.items() if cost is not None]
        own, axis = _cost(step.axis, facts[x], words), words[f"the_{step.axis}"]
        if not cheaper:
            return words["unrivalled"].format(axis=axis, own=own)
        next_ = _cost(step.axis, facts[cheaper[0]], words)
        return words["against"].format(axis=axis, own=own, next=next_, name=cheaper[0])

    def _rank(self, x: str, level: Sequence[str]) -> str:
        """What made it the first of those whose costs are level."""
        values = [one.value for one in self._placed if one.embedder in level]
        own = next(one.value for one in self._placed if one.embedder == x)
        return "tied" if values.count(own) > 1 else "highest"


def _cost(axis: Axis, facts: Facts, words: Mapping[str, str]) -> str:
    currency = f" {facts.currency}" if facts.price else ""
    return words[f"of_{axis}"].format(n=amount(getattr(facts, axis)), currency=currency)


def missed(decision: Decision, names: Sequence[str], lang: Lang) -> list[str]:
    """Who of `names` misses which need, and of whom that is not known: those of one need and reason together."""
    words = words_in(lang)
    told, unknown = [], dict[tuple[str, str], list[str]]()
    for name in names:
        profile = decision.facts.get(name, Facts()).profile
        for one in decision.unmet.get(name, ()):
            if one.known:
                told.append(
                    words["misses"].format(name=name, need=recorded(one.need, lang), found=recorded(one.found, lang))
                )
            else:
                measurable = bool(profile) and one.found == not_measured(profile)
                unknown.setdefault((one.need, "" if measurable else one.found), []).append(name)
    for (need, reason), whom in unknown.items():
        why = reason or not_measured(" ".join(decision.facts[name].profile for name in whom))
        form = words["unknown" if len(whom) == 1 else "unknown_all"]
        told.append(form.format(name=words["and"].join(whom), need=recorded(need, lang), found=recorded(why, lang)))
    return told
