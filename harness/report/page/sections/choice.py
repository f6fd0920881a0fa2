"""Whom to take, who meets what, and what more items would settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.decision.sentence import open_question, sentence
from harness.report.numbers import p_value, score, span
from harness.report.page.blocks import Cell, Grid, Paragraph, Points, Section
from harness.report.page.sections.cautions import by_text, cautioned

if TYPE_CHECKING:
    from harness.model import Decision, Field, Open, Unmet
    from harness.report.page.blocks import Block
    from harness.report.page.content import Content
    from harness.report.page.words import Words

_MOST = 5
"""Lines of warnings below the decision; the others are where all are."""


def decision_section(content: Content, words: Words) -> Section:
    """The sentence for those who read no further; then the best set."""
    decision = content.decision
    deciding = decision.deciding
    blocks: list[Block] = [Paragraph(sentence(decision, words.language), "lead")]
    blocks += _careful(content, words)
    if deciding is None:
        blocks.append(Paragraph(words("no_overall")))
        return Section("decision", words("decision"), blocks)
    compared = [one for one in deciding.standings if one.place is not None]
    blocks += [Paragraph(_shown(deciding, words))] if len(compared) > 1 else []
    blocks += [_best(deciding, decision, words)] if compared else []
    if decision.needs:
        blocks.append(Paragraph(_admitted(decision, words)))
    if len(decision.admitted) > 1:
        blocks.append(Paragraph(words("order", order=words.recorded(decision.order))))
    return Section("decision", words("decision"), [*blocks, *_outside(decision, words)])


def _careful(content: Content, words: Words) -> list[Block]:
    """What was found about the chosen one, most suites first: who reads no further has to know it."""
    chosen = content.decision.chosen
    rows = [row for row in content.rows if row.embedder == chosen]
    found = [(suites, text) for text, whom in by_text(cautioned(rows, words), words("to")) for suites in whom.values()]
    found.sort(key=lambda one: -len(one[0]))
    count = len(content.decision.fields)
    lines = [f"{text} · {words.suites(suites, count)}" for suites, text in found[:_MOST]]
    if not lines:
        return []
    lines += [words("careful_more", more=len(found) - _MOST)] if len(found) > _MOST else []
    bullets = [f"• {line}" for line in lines]
    return [Paragraph("\n".join([words("careful", embedder=chosen), *bullets]), "warning")]


def _outside(decision: Decision, words: Words) -> list[Block]:
    """Who has no average, but does as well as anybody where there is a score."""
    rows = []
    for name in [one.embedder for one in decision.overall.standings if one.place is None] if decision.overall else []:
        stood = [(field.suite, one) for field in decision.fields for one in field.standings if one.embedder == name]
        scored = [suite for suite, one in stood if one.value is not None]
        best = [suite for suite, one in stood if one.in_best]
        if best:
            counted = Cell(words("in_best_of", count=len(best), scored=len(scored)), whole=True)
            rows.append([Cell(name), counted, Cell(words.suites(best), long=True)])
    heads = [Cell(words("embedder")), Cell(words("in_best")), Cell(words("suites_which"))]
    return [Grid(words("outside"), heads, rows)] if rows else []


def _shown(field: Field, words: Words) -> str:
    """What the items show of the others."""
    how = words.recorded(field.correction)
    if all(one.p is None for one in field.standings):
        return words("untold", reason=how)
    correction = words("corrected", how=how) if how else ""
    return words("best_about" if len(field.best) > 1 else "one_best", correction=correction).rstrip()


def _best(field: Field, decision: Decision, words: Words) -> Grid:
    metric = words("average") if not field.suite else f"{field.suite} {field.metric}"
    tested = any(one.p is not None for one in field.best)
    rows = [
        [
            Cell(one.embedder, words("chosen") if one.embedder == decision.chosen else "", strong=True),
            Cell(str(one.place or ""), number=True),
            Cell("" if one.value is None else score(one.value), number=True),
            Cell(span(one.interval, words("to")), number=True),
            *([Cell(p_value(one.p), number=True)] if tested else []),
        ]
        for one in field.best
    ]
    heads = [words("place"), metric, words("interval"), *([words("against_leader")] if tested else [])]
    return Grid(words("best_set"), [Cell(words("embedder")), *(Cell(text, number=True) for text in heads)], rows)


def _admitted(decision: Decision, words: Words) -> str:
    if not decision.admitted:
        return words("admitted_none")
    return words("admitted", names=words.listed(decision.admitted))


def needs_section(content: Content, words: Words) -> Section:
    """Every embedder against every need."""
    decision = content.decision
    if not decision.needs:
        return Section("needs", words("needs"), [Paragraph(words("needs_none"))])
    heads = [Cell(words("embedder")), *(Cell(words.recorded(need)) for need in decision.needs)]
    rows = []
    for name in content.embedders:
        unmet = {one.need: one for one in decision.unmet.get(name, ())}
        cells = [_answer(unmet.get(need), words) for need in decision.needs]
        rows.append([Cell(name, strong=name in decision.admitted), *cells])
    return Section("needs", words("needs"), [Grid(words("needs_caption"), heads, rows)])


def _answer(unmet: Unmet | None, words: Words) -> Cell:
    if unmet is None:
        return Cell(f"✓ {words('met')}", strong=True)
    if not unmet.known:
        return Cell(f"? {words('unknown')}", words.recorded(unmet.found))
    return Cell(f"✗ {words('missed')}", words.recorded(unmet.found))


def open_section(content: Content, words: Words) -> Section:
    """What the items leave open, and how many would not."""
    questions = content.decision.open
    if not questions:
        compared = any(one.place == 2 for field in content.decision.fields for one in field.standings)  # noqa: PLR2004 # two
        return Section("open", words("open"), [Paragraph(words("open_none" if compared else "open_nothing"))])
    points = [("", _settled(content.decision, one, words)) for one in questions]
    return Section("open", words("open"), [Points(points)])


def _settled(decision: Decision, one: Open, words: Words) -> str:
    told = open_question(decision, one, words.language)
    if one.needed is None or one.needed <= one.items:
        return told
    return told + words("open_more", more=f"{one.needed - one.items:,}")
