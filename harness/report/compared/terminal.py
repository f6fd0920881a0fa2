"""A comparison for a terminal: a table, a sentence per suite, the items that moved. Widths are counted in cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.report.compared.lines import answers, both_ways, legend, refused, sentences, sides, tallied
from harness.report.console import console
from harness.report.items import table_width
from harness.report.numbers import score
from harness.report.text import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from harness.model import Compared, Comparison, Moved
    from harness.report.compared.lines import Line

_STYLES = {"better": "green", "worse": "red", "equal": "", "undecided": "yellow"}
_INDENT = 4


class _Column(NamedTuple):
    """Two lines of heading, the two lines of a cell. spare: which is left out first in a narrow terminal; 0 never."""

    head: str
    below: str
    cell: Callable[[Line], tuple[str, str]]
    spare: int = 0


_COLUMNS = (
    _Column("suite", "metric", lambda line: line.place),
    _Column("items", "", lambda line: line.items, 2),
    _Column("A", "", lambda line: (line.a, "")),
    _Column("B", "", lambda line: (line.b, "")),
    _Column("B - A", "95 % interval", lambda line: line.change),
    _Column("won/tied/lost", "effect size d", lambda line: line.tally, 1),
    _Column("p", "test", lambda line: line.p),
    _Column("verdict", "", lambda line: line.verdict),
)


def terminal(outcome: Compared, suites: Sequence[Sequence[Line]]) -> str:
    """The table, or a list where the terminal is too narrow for it; then what follows in words; then the items."""
    screen = console()
    with screen.capture() as captured:
        for side in sides(outcome):
            screen.print(Text(side), soft_wrap=True)
        if count := tallied(outcome):
            screen.print(Text(count))
        _print_table(screen, suites)
        screen.print(Text(legend(outcome, suites), style="dim"))
        screen.print()
        for text in sentences(outcome):
            _print_paragraph(screen, text)
        for comparison in outcome.comparisons:
            _print_moved(screen, comparison)
        _print_list(screen, "Not compared:", refused(outcome, suites))
        _print_list(screen, "Notes:", [*map(one_line, outcome.notes)])
    return "".join(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _print_table(screen: Console, suites: Sequence[Sequence[Line]]) -> None:
    rows = [line for own in suites for line in own]
    for spared in range(3):
        columns = [column for column in _COLUMNS if column.spare == 0 or column.spare > spared]
        if _width(columns, rows) <= screen.width:
            screen.print(_table(columns, suites))
            return
    for line in rows:
        _print_item(screen, line)


def _width(columns: Sequence[_Column], rows: Sequence[Line]) -> int:
    return table_width([one.head, one.below, *(text for row in rows for text in one.cell(row))] for one in columns)


def _table(columns: Sequence[_Column], suites: Sequence[Sequence[Line]]) -> Table:
    table = Table(header_style="")
    for place, column in enumerate(columns):
        heading = Text(column.head).append(f"\n{column.below}", style="dim")
        table.add_column(heading, justify="right" if place else "left", no_wrap=True)
    for own in suites:
        for line in own:
            table.add_row(*(_cell(column, line) for column in columns))
        table.add_section()
    return table


def _cell(column: _Column, line: Line) -> Text:
    first, second = column.cell(line)
    text = Text(first, style=_STYLES[line.difference.word] if column.head == "verdict" else "")
    return text.append(f"\n{second}", style="not bold dim")


def _print_item(screen: Console, line: Line) -> None:
    said = [
        f"A {line.a}",
        f"B {line.b}",
        f"B - A {line.change[0]} ({line.change[1]})",
        f"p {line.p[0]}",
        " ".join(filter(None, line.verdict)),
    ]
    screen.print(Text(f"{line.place[0]}, {line.place[1]}"), soft_wrap=True)
    screen.print(Padding(Text(" · ".join(said)), (0, 0, 0, _INDENT)))


def _print_paragraph(screen: Console, text: str) -> None:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    grid.add_row("·", Text(text))
    screen.print(grid)


def _print_list(screen: Console, heading: str, texts: Sequence[str]) -> None:
    if not texts:
        return
    screen.print()
    screen.print(Text(heading))
    for text in texts:
        _print_paragraph(screen, text)


def _print_moved(screen: Console, comparison: Comparison) -> None:
    for heading, chosen in both_ways(comparison):
        screen.print()
        screen.print(Text(heading))
        for one in chosen:
            _print_moved_item(screen, one)


def _print_moved_item(screen: Console, moved: Moved) -> None:
    item = f"{score(moved.a)} → {score(moved.b)}  {one_line(moved.id)}  {one_line(moved.text)}"
    _print_cut(screen, f"  {item}")
    for letter, text in answers(moved):
        _print_cut(screen, f"{letter:>{2 * _INDENT}}  {one_line(text)}")


def _print_cut(screen: Console, text: str) -> None:
    """One line of the terminal; the end of a long text is left out."""
    screen.print(Text(cut(text, screen.width)), soft_wrap=True)
