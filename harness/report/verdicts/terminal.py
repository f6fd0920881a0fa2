"""A verdict for a terminal.

Every line begins with words of ours: a runner takes a line of the log for a command where it begins with two colons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from harness.report.console import console
from harness.report.items import table_width
from harness.report.text import cut
from harness.report.verdicts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from harness.model import Moved, Ruling, Verdict

_COLUMNS: Sequence[str] = ("suite", "metric", "against", "before → now", "difference (90 %)", "margin", "answer")
_NARROW: Sequence[str] = ("suite, metric", "against", "difference", "margin", "answer")
_STYLES: Mapping[wording.Weight, str] = {
    "pass": "green",
    "warning": "yellow",
    "failure": "bold red",
    "error": "bold red",
}
_NUMBERS = frozenset({"before → now", "difference (90 %)", "difference", "margin", "answer"})
"""Columns that are never folded."""
_SHOWN = 5
"""Items of a ruling."""


def terminal(verdict: Verdict) -> str:
    """A sentence; of each candidate its rulings, why, and the items that lost most; the notes, the baseline's age."""
    screen = console()
    with screen.capture() as captured:
        _line(screen, wording.sentence(verdict), "bold")
        for embedder in wording.embedders(verdict):
            _candidate(screen, embedder, verdict)
        for note in verdict.notes:
            _line(screen, f"note: {wording.plain(note)}", "yellow")
        _age(screen, verdict)
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _candidate(screen: Console, embedder: str, verdict: Verdict) -> None:
    """A table with a line per ruling, and what is to be said about them below it."""
    own = [one for one in verdict.rulings if one.embedder == embedder]
    _line(screen, f"candidate {wording.plain(embedder) or 'unknown'}", "bold")
    screen.print(_table(own, verdict, screen.width))
    if any(one.difference for one in own):
        _line(screen, wording.LEGEND, "dim")
    for ruling in own:
        _why(screen, ruling, verdict)


def _line(screen: Console, text: str, style: str = "") -> None:
    screen.print(Text(text, style=style), soft_wrap=True)


def _table(rulings: Sequence[Ruling], verdict: Verdict, width: int) -> Table:
    """One line per ruling where that fits, else two."""
    columns, rows, narrow = _COLUMNS, [_wide(ruling) for ruling in rulings], False
    if table_width(zip(columns, *rows, strict=True)) > width:
        columns, rows, narrow = _NARROW, [_stacked(ruling) for ruling in rulings], True
    table = Table(header_style="", show_lines=narrow)
    for column in columns:
        table.add_column(Text(column), overflow="fold", no_wrap=column in _NUMBERS)
    for ruling, row in zip(rulings, rows, strict=True):
        style = _STYLES[wording.weight(ruling, verdict)]
        table.add_row(*map(Text, row[:-1]), Text(row[-1], style=style))
    return table


def _wide(ruling: Ruling) -> Sequence[str]:
    of = wording.cells(ruling)
    return (*wording.names(ruling), of.scores, of.told, of.margin, wording.answer(ruling))


def _stacked(ruling: Ruling) -> Sequence[str]:
    of, name = wording.cells(ruling), wording.names(ruling)
    difference = f"{of.difference}\n{of.interval}".rstrip()
    about, against = f"{name.suite}\n{name.metric}", f"{name.against}\n{of.scores}"
    return (about, against, difference, of.margin, wording.answer(ruling).replace(", ", "\n"))


def _why(screen: Console, ruling: Ruling, verdict: Verdict) -> None:
    """One sentence; the items below it where it is no pass."""
    weight = wording.weight(ruling, verdict)
    told = Text.assemble(
        (wording.answer(ruling), _STYLES[weight]), f": {wording.title(ruling)}: {wording.plain(ruling.words)}"
    )
    screen.print(told, soft_wrap=True)
    if weight != "pass":
        for item in ruling.moved[:_SHOWN]:
            _item(screen, item)


def _item(screen: Console, item: Moved) -> None:
    """The item, then what was first before and now, a line each: as wide as the terminal."""
    text = f": {wording.plain(item.text)}" if item.text else ""
    lines = [f"  {wording.moved(item)}  item {wording.plain(item.id)}{text}"]
    answers = {"before": item.answer_a, "now": item.answer_b}
    lines += [f"      first {when}: {wording.plain(answer)}" for when, answer in answers.items() if answer]
    for line in lines:
        _line(screen, cut(line, screen.width))


def _age(screen: Console, verdict: Verdict) -> None:
    if verdict.baseline:
        _line(screen, f"baseline {wording.plain(verdict.baseline)} {wording.age(verdict)}")
    if verdict.refresh:
        _line(screen, f"to make it anew: {wording.plain(verdict.refresh)}")
