"""What embedders cost, and who is beaten by nobody in quality and cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.compare.choice import AXES, cost_on, currency_of, not_measured
from harness.model import Facts
from harness.report.grid import MISSING
from harness.report.numbers import amount, score
from harness.report.page.blocks import Cell, Figures, Footnotes, Grid, Paragraph, Points, Section
from harness.report.page.scatter import Axes, Point, scatter
from harness.report.page.sections.scores import letters_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.compare.choice import Axis
    from harness.model import Field
    from harness.report.page.blocks import Block
    from harness.report.page.content import Content
    from harness.report.page.shapes import Drawing
    from harness.report.page.words import Words

FIELDS = ("latency", "price", "memory", "dimension", "index", "local")
"""The columns of the table, before the licence."""
_FEWEST = 2


def fronts_section(content: Content, words: Words) -> Section:
    """A drawing per cost that was measured of two embedders at least."""
    deciding = content.decision.deciding
    if deciding is None:
        return Section("fronts", words("fronts"), [Paragraph(words("fronts_none"))])
    figures: list[tuple[Drawing, Grid]] = []
    left: dict[str, list[str]] = {}
    for axis in AXES:
        points = _points(content, deciding, axis)
        axes = _axes(content, deciding, axis, words)
        why = _why_not(points, words)
        if why:
            left.setdefault(why, []).append(axes.x)
            continue
        drawing = scatter(points, _described(axes, points, words))
        figures.append((drawing, _table(drawing, points, axes, words)))
        unknown = _unknown(deciding, points)
        if unknown:
            left.setdefault(words("front_left", names=words.listed(unknown)), []).append(axes.x)
    if not figures:
        return Section("fronts", words("fronts"), [Paragraph(words("fronts_none"))])
    return Section("fronts", words("fronts"), [Figures(words("fronts_about"), figures), *_left(left, words)])


def _left(reasons: Mapping[str, Sequence[str]], words: Words) -> list[Block]:
    """Why something is not drawn → what."""
    points = [("", f"{why}{words('colon')}{words.several(what)}") for why, what in reasons.items()]
    return [Points(points)] if points else []


def _why_not(points: Sequence[Point], words: Words) -> str:
    """Why there is nothing to be seen in a drawing, or nothing."""
    if len(points) < _FEWEST:
        return words("front_few")
    return words("front_same") if len({point.x for point in points}) == 1 else ""


def _unknown(field: Field, points: Sequence[Point]) -> list[str]:
    """Who has a score, but none of this cost."""
    drawn = {point.name for point in points}
    return [one.embedder for one in field.standings if one.value is not None and one.embedder not in drawn]


def _points(content: Content, field: Field, axis: Axis) -> list[Point]:
    """Those with a score and that cost; prices in the currency of most."""
    letters, front = letters_of(content), content.decision.front.get(axis, ())
    currency = _currency(content, field)
    found = []
    for one in field.standings:
        cost = cost_on(axis, content.decision.facts.get(one.embedder, Facts()), currency)
        if one.value is not None and cost is not None:
            letter = letters[one.embedder]
            found.append(Point(one.embedder, letter, float(cost), one.value, one.interval, one.embedder in front))
    return found


def _currency(content: Content, field: Field) -> str:
    """In which most of those with a place are paid, as for the front."""
    facts, placed = content.decision.facts, [one for one in field.standings if one.place is not None]
    return currency_of(facts[one.embedder] for one in placed if one.embedder in facts)


def _axes(content: Content, field: Field, axis: Axis, words: Words) -> Axes:
    named = words(axis)
    if axis == "price" and (currency := _currency(content, field)):
        named = words("priced_in", price=named, currency=currency)
    quality = f"{field.suite} {field.metric}" if field.suite else words("average")
    if not field.higher_is_better:
        quality = f"{quality}{words('comma')}{words('lower_better')}"
    return Axes(words("front_of", axis=named), "", named, quality, field.higher_is_better)


def _described(axes: Axes, points: list[Point], words: Words) -> Axes:
    front = words.listed([point.name for point in points if point.front]) or MISSING
    text = words("front_text", points=len(points), front=front)
    return Axes(axes.title, text, axes.x, axes.y, axes.top)


def _table(drawing: Drawing, points: list[Point], axes: Axes, words: Words) -> Grid:
    heads = [Cell(words("embedder")), Cell(axes.y, number=True), Cell(axes.x, number=True), Cell(words("front_member"))]
    rows = [
        [
            Cell(point.name, strong=point.front),
            Cell(score(point.y), number=True),
            Cell(amount(point.x), number=True),
            Cell(words("yes" if point.front else "no")),
        ]
        for point in points
    ]
    return Grid(drawing.title, heads, rows)


def costs_section(content: Content, words: Words) -> Section:
    """An embedder a row, a cost a column; footnotes say why a number is not there."""
    notes, measure = Footnotes(words("comma"), words("to")), _measure(content)
    licences = {model.embedder: model.licence for model in content.models}
    rows = []
    for name in content.embedders:
        facts = content.decision.facts.get(name, Facts())
        cells = [_cost(_told(facts, measure), field, notes, words) for field in FIELDS]
        rows.append(
            [
                Cell(name, strong=name == content.decision.chosen),
                *cells,
                Cell(words.recorded(licences.get(name, "")) or MISSING),
            ]
        )
    heads = [Cell(words("embedder")), *(Cell(words(field), number=field != "local") for field in FIELDS)]
    grid = Grid(words("costs_caption"), [*heads, Cell(words("licence"))], rows)
    blocks: list[Block] = [Paragraph(words("costs_about")), grid, *notes.blocks]
    return Section("costs", words("costs"), blocks)


def _measure(content: Content) -> str:
    """The note that names one command for all that a profile would tell."""
    facts = [content.decision.facts.get(name, Facts()) for name in content.embedders]
    return not_measured(" ".join(dict.fromkeys(one.profile for one in facts if _lacks(one))))


def _lacks(facts: Facts) -> bool:
    return not_measured(facts.profile) in facts.notes.values()


def _told(facts: Facts, measure: str) -> Facts:
    one = not_measured(facts.profile)
    return replace(facts, notes={field: measure if why == one else why for field, why in facts.notes.items()})


def _cost(facts: Facts, field: str, notes: Footnotes, words: Words) -> Cell:
    value, why = getattr(facts, field), facts.notes.get(field, "")
    numbers = notes.of(words.recorded(why))
    if value is None:
        return Cell(MISSING, number=field != "local", notes=numbers)
    if field == "local":
        return Cell(words("yes" if value else "no"), notes=numbers)
    currency = f" {facts.currency}" if field == "price" and facts.currency else ""
    return Cell(f"{amount(value)}{currency}", number=True, notes=numbers)
