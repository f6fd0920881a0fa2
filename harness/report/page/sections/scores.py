"""The table of all scores, and a drawing per suite."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from harness.compare.best_set import letter
from harness.report.grid import MISSING
from harness.report.numbers import score, span
from harness.report.page.blocks import Cell, Figures, Footnotes, Grid, Paragraph, Section
from harness.report.page.dots import Bar, Frame, dots
from harness.report.page.sections.cautions import cautions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from harness.model import Field, Row, Standing
    from harness.report.page.content import Content
    from harness.report.page.shapes import Drawing
    from harness.report.page.words import Words

_COLUMNS = 6
"""Of scores in one table: so many fit on a sheet of paper."""
_RUN = 4
"""Letters that stand one after another, from which on only the first and the last are written."""
_WORDS = {"not_applicable": "n/a", "failed": "failed"}


def scores_section(content: Content, words: Words) -> Section:
    """An embedder a row, a suite a column, the average first; footnotes say what is absent or to be careful about."""
    decision = content.decision
    fields = [*([decision.overall] if decision.overall else []), *decision.fields]
    parts = _parts(fields)
    rows = {(row.suite, row.embedder): row for row in content.rows if row.headline}
    notes = Footnotes(words("comma"), words("to"))
    grids = [
        Grid(
            words("scores_caption") if len(parts) == 1 else words("scores_part", part=number, parts=len(parts)),
            [Cell(words("embedder")), *(_head(field, words) for field in part)],
            [*_lines(content, part, rows, notes, words), _floors(part, rows, words)],
            last=True,
        )
        for number, part in enumerate(parts, start=1)
    ]
    return Section("scores", words("scores"), [Paragraph(words("scores_about")), *grids, *notes.blocks])


def _parts(fields: Sequence[Field]) -> list[Sequence[Field]]:
    """Tables of about the same width."""
    count = -(-len(fields) // _COLUMNS)
    edges = [-(-len(fields) * part // count) for part in range(count + 1)] if count else []
    return [fields[start:end] for start, end in pairwise(edges)]


def _head(field: Field, words: Words) -> Cell:
    if not field.suite:
        return Cell(words("average"), words("average_of", count=len(field.of), items=f"{field.items:,}"), number=True)
    told = [f"{field.metric} n={field.items:,}".lstrip()]
    told += [] if field.weight == 1 else [words("weighted", weight=field.weight)]
    told += [] if field.higher_is_better else [words("lower_better")]
    return Cell(field.suite, words("comma").join(told), number=True)


def _lines(
    content: Content, fields: Sequence[Field], rows: Mapping[tuple[str, str], Row], notes: Footnotes, words: Words
) -> Iterator[list[Cell]]:
    letters = letters_of(content)
    for name in content.embedders:
        cells = []
        for field in fields:
            one = next((one for one in field.standings if one.embedder == name), None)
            if not field.suite and (one is None or one.value is None):
                lacking = words.suites(one.missing if one else field.of, len(field.of))
                without = words("without", embedder=name, suites=lacking)
                cells.append(Cell(MISSING, number=True, notes=notes.of(without)))
            elif one is None:
                cells.append(Cell(MISSING, words("not_run"), number=True))
            else:
                cells.append(_cell(one, rows.get((field.suite, name)), _beaten(one, field, letters), notes, words))
        yield [Cell(name, mark=letters[name]), *cells]


def letters_of(content: Content) -> dict[str, str]:
    """Embedder → the letter that stands for it everywhere in the report: a standing's own is one of its field only."""
    return {name: letter(place) for place, name in enumerate(content.embedders, start=1)}


def _beaten(one: Standing, field: Field, letters: Mapping[str, str]) -> str:
    """The letters of those whom an embedder beats, as they are in the report; of many in a row the first and last."""
    by_letter = {other.letter: letters[other.embedder] for other in field.standings}
    beaten = {by_letter[letter] for letter in one.beats}
    runs = [list(run) for is_beaten, run in groupby(letters.values(), beaten.__contains__) if is_beaten]
    return " ".join(f"{run[0]}–{run[-1]}" if len(run) >= _RUN else " ".join(run) for run in runs)


def _cell(one: Standing, row: Row | None, beaten: str, notes: Footnotes, words: Words) -> Cell:
    if one.value is None:
        numbers = notes.of(words.recorded(one.reason), about=one.embedder)
        return Cell(words(_WORDS.get(one.status, "failed")), number=True, notes=numbers)
    interval = span(one.interval, words("to"))
    texts = cautions(row, words) if row else []
    if not interval and one.interval.reason:
        texts.append(words("no_interval", reason=words.recorded(one.interval.reason)))
    numbers = notes.of(*texts, about=one.embedder)
    return Cell(score(one.value), interval, beaten, one.in_best, number=True, notes=numbers)


def _floors(fields: Sequence[Field], rows: Mapping[tuple[str, str], Row], words: Words) -> list[Cell]:
    found = [floor_of(field, rows) for field in fields]
    return [Cell(words("floor")), *(Cell(MISSING if one is None else score(one), number=True) for one in found)]


def floor_of(field: Field, rows: Mapping[tuple[str, str], Row]) -> float | None:
    """What chance would get on a suite, None where nobody knows."""
    return next((row.floor for row in rows.values() if row.suite == field.suite and row.floor is not None), None)


def suites_section(content: Content, words: Words) -> Section:
    """A drawing per suite."""
    rows = {(row.suite, row.embedder): row for row in content.rows if row.headline}
    letters = letters_of(content)
    figures = [
        (_drawing(field, floor_of(field, rows), letters, words), _table(field, words))
        for field in content.decision.fields
    ]
    return Section("suites", words("suites"), [Figures(words("suites_about"), figures)])


def _drawing(field: Field, floor: float | None, letters: Mapping[str, str], words: Words) -> Drawing:
    bars = [
        Bar(
            one.embedder,
            letters.get(one.embedder, ""),
            one.value,
            one.interval,
            one.in_best,
            "" if one.value is not None else words(_WORDS.get(one.status, "failed")),
        )
        for one in field.standings
    ]
    leader = field.leader
    if leader is None or leader.value is None:
        text = words("suite_text_none")
    else:
        best = words.listed([one.embedder for one in field.best])
        text = words("suite_text", leader=leader.embedder, score=score(leader.value), best=best)
    axis = field.metric if field.higher_is_better else f"{field.metric}{words('comma')}{words('lower_better')}"
    return dots(bars, Frame(field.suite, text, f"{axis}  n={field.items:,}", floor, words("floor")))


def _table(field: Field, words: Words) -> Grid:
    """The same as a drawing shows."""
    heads = [Cell(words("embedder")), Cell(field.metric, number=True), Cell(words("interval"), number=True)]
    rows = [
        [
            Cell(one.embedder, strong=one.in_best),
            Cell(words(_WORDS.get(one.status, "failed")) if one.value is None else score(one.value), number=True),
            Cell(span(one.interval, words("to")), number=True),
        ]
        for one in field.standings
    ]
    return Grid(field.suite, heads, rows)
