"""A decision as tables with their titles, and lines below them, not laid out yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.compare.choice import AXES, cost_on, currency_of, not_measured, shown
from harness.model import Facts
from harness.report.decision.sentence import averaged, missed, open_question
from harness.report.decision.words import words_in
from harness.report.grid import MISSING
from harness.report.numbers import amount, p_value
from harness.report.phrases import recorded
from harness.report.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Decision, Field, Standing
    from harness.report.phrases import Lang

_NOT_RUN = "not run"
_NAMED = 3
"""Suites of one reason that are named, where there are more than that and one."""
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
    words = words_in(lang)
    for field in made.fields:
        yield _ranking(f"{field.suite}  {field.metric}".rstrip(), field, made, lang)
    if made.overall:
        yield _ranking(_average_of(made, words), made.overall, made, lang)
    if any(field.leader for field in made.fields):
        yield _costs(made, lang)
    if made.deciding:
        yield _front(made, made.deciding, words)
    if made.open:
        yield Section(words["open_title"], lines=[open_question(made, one, lang) for one in made.open])


def _average_of(made: Decision, words: Mapping[str, str]) -> str:
    """The title, with the weights where they differ."""
    weights = {field.suite: field.weight for field in averaged(made)}
    if len(set(weights.values())) == 1:
        return words["average"]
    told = ", ".join(f"{suite} {weight:g}" for suite, weight in weights.items())
    return f"{words['average']} ({words['weights'].format(weights=told)})"


def _ranking(title: str, field: Field, made: Decision, lang: Lang) -> Section:
    words = words_in(lang)
    placed = [one for one in field.standings if one.place is not None]
    lines = [_outside(one, field, made, lang) for one in field.standings if one.place is None]
    how = [words["legend"].format(how=recorded(field.correction, lang))] if len(placed) > 1 else []
    counted = words["item" if field.items == 1 else "items"].format(n=f"{field.items:,}")
    columns = [words[name] for name in ("embedder", "letter", "score", "beats", "p", "best")]
    rows = [_row(one, lang) for one in placed]
    return Section(f"{title}  {counted}" if placed else title, columns if rows else (), rows, [*lines, *how])


def _row(one: Standing, lang: Lang) -> list[str]:
    beats, best = " ".join(one.beats), words_in(lang)["yes"] if one.in_best else ""
    return [one.embedder, one.letter, recorded(shown(one), lang), beats, p_value(one.p), best]


def _outside(one: Standing, field: Field, made: Decision, lang: Lang) -> str:
    """Why somebody has no place; of the average, on how many of its suites there is no score, with the reasons."""
    words = words_in(lang)
    if not one.missing:
        return words["outside"].format(name=one.embedder, reason=one_line(recorded(one.reason, lang)))
    suites: dict[str, list[str]] = {}
    for part in made.fields:
        if part.suite in one.missing:
            own = next((other for other in part.standings if other.embedder == one.embedder), None)
            suites.setdefault(one_line(recorded(own.reason if own else _NOT_RUN, lang)), []).append(part.suite)
    why = words["then"].join(f"{_some(names, words)}{words['colon']}{reason}" for reason, names in suites.items())
    told = words["aside"].format(name=one.embedder, n=len(one.missing), all=len(field.of), why=why)
    scored = any(other.embedder == one.embedder and other.place for part in made.fields for other in part.standings)
    return told + (words["tabled"] if scored else "")


def _some(names: Sequence[str], words: Mapping[str, str]) -> str:
    """All of a few, of many the first."""
    if len(names) <= _NAMED + 1:
        return words["and"].join(names)
    return words["more"].format(names=words["and"].join(names[:_NAMED]), n=len(names) - _NAMED)


def _costs(made: Decision, lang: Lang) -> Section:
    words = words_in(lang)
    names = _ordered(made)
    facts = {name: made.facts.get(name, Facts()) for name in names}
    needed = ["needs"] if made.needs else []
    columns = [words[name] for name in ("embedder", *_FACTS, *needed)]
    rows = [
        [name, *(_fact(facts[name], about, words) for about in _FACTS), *(_needs(made, name, words) for _ in needed)]
        for name in names
    ]
    asked = (
        [words["asked"].format(needs=words["then"].join(recorded(need, lang) for need in made.needs))] if needed else []
    )
    lines = [*asked, *missed(made, names, lang)]
    return Section(words["costs"], columns, rows, [*lines, *_unknown(facts, lang), words["key"], words["order"]])


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
    words = words_in(lang)
    to_measure: dict[str, list[str]] = {}
    for name, own in facts.items():
        reasons: dict[str, list[str]] = {}
        for about in _FACTS:
            if about in own.notes:
                reasons.setdefault(own.notes[about], []).append(words[about])
        for why, what in reasons.items():
            if why == not_measured(own.profile):
                to_measure.setdefault(words["and"].join(what), []).append(own.profile)
            else:
                yield words["lacking"].format(name=name, what=words["and"].join(what), why=recorded(why, lang))
    for together, names in to_measure.items():
        yield words["measure"].format(what=together, why=recorded(not_measured(" ".join(names)), lang))


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
