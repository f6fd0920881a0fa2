"""A comparison as GitHub-flavoured markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.compared.lines import answers, both_ways, legend, refused, sentences, sides, tallied
from harness.report.markdown import line, prose
from harness.report.numbers import score
from harness.report.text import cut, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Compared, Comparison, Moved
    from harness.report.compared.lines import Line

_HEAD = (
    "suite",
    "metric",
    "items",
    "A",
    "B",
    "B - A",
    "95 % interval",
    "won/tied/lost",
    "effect size d",
    "p",
    "test",
    "verdict",
)
_NAMES = 2
"""The first columns are names, the others numbers."""
_LONGEST = 120
"""Cells of a text in a table; json has it whole."""


def markdown(outcome: Compared, suites: Sequence[Sequence[Line]]) -> str:
    """Who is compared, the table, a sentence per suite, the items that moved, what was not compared, notes."""
    parts = [
        _list(map(prose, sides(outcome))),
        *filter(None, [tallied(outcome)]),
        _table(list(_HEAD), [_cells(one) for own in suites for one in own]),
        prose(legend(outcome, suites)),
        _list(map(prose, sentences(outcome))),
        *(part for comparison in outcome.comparisons for part in _moved(comparison)),
        *_titled("Not compared", refused(outcome, suites)),
        *_titled("Notes", outcome.notes),
    ]
    return "\n\n".join(parts) + "\n"


def _list(texts: Iterator[str] | map[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _titled(title: str, texts: Sequence[str]) -> list[str]:
    return [f"**{title}**", _list(map(prose, texts))] if texts else []


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rules = ["---" if place < _NAMES else "---:" for place in range(len(head))]
    return "\n".join([line(head), line(rules), *map(line, rows)])


def _cells(shown: Line) -> list[str]:
    verdict = " ".join(filter(None, shown.verdict))
    cells = (
        *shown.place,
        " in ".join(filter(None, shown.items)),
        *(shown.a, shown.b, *shown.change, *shown.tally, *shown.p),
        verdict,
    )
    return [*map(prose, cells)]


def _moved(comparison: Comparison) -> Iterator[str]:
    for heading, chosen in both_ways(comparison):
        yield f"**{prose(heading)}**"
        yield "\n".join(
            [line(["item", "text", "A", "B", "put first"]), line(["---", "---", "---:", "---:", "---"])]
            + [line(_item(one)) for one in chosen]
        )


def _item(moved: Moved) -> list[str]:
    first = "<br>".join(f"{letter}: {_cut(text)}" for letter, text in answers(moved))
    texts = [_cut(moved.id), _cut(moved.text)]
    return [*texts, score(moved.a), score(moved.b), first]


def _cut(text: str) -> str:
    """On one line, the end of a long text left out."""
    return prose(cut(one_line(text), _LONGEST))
