"""Which embedder to take: a table per suite and over all, costs and needs, the front, open questions, a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from harness.report.console import console
from harness.report.decision.plain import as_document
from harness.report.decision.sections import sections
from harness.report.decision.sentence import open_question, sentence
from harness.report.items import table_or_items
from harness.report.markdown import escaped
from harness.report.phrases import recorded
from harness.report.plain import document
from harness.report.query import query_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.model import Decision
    from harness.report.phrases import Lang

__all__ = ["LAYOUTS", "as_document", "decision", "open_question", "sentence"]

LAYOUTS = ("table", "markdown", "json")


def decision(made: Decision, layout: str, lang: Lang = "en") -> str:
    """A decision in one of LAYOUTS."""
    if layout == "json":
        return document(as_document(made))
    return _LAYOUTS[layout](made, lang)


def _terminal(made: Decision, lang: Lang) -> str:
    screen = console()
    with screen.capture() as captured:
        for section in sections(made, lang):
            screen.print(Text(section.title, style="bold"), soft_wrap=True)
            if section.columns:
                screen.out(table_or_items(section.columns, section.rows), end="", highlight=False)
            for line in section.lines:
                screen.print(Text(line, style="dim"), soft_wrap=True)
            screen.print()
        for note in made.notes:
            screen.print(Text(recorded(note, lang)), soft_wrap=True)
        screen.print(Text(sentence(made, lang), style="bold"), soft_wrap=True)
    return captured.get()


def _markdown(made: Decision, lang: Lang) -> str:
    parts = []
    for section in sections(made, lang):
        table = query_markdown(section.columns, section.rows) if section.columns else ""
        below = "".join(f"- {escaped(line)}\n" for line in section.lines)
        parts.append("\n".join(filter(None, (f"## {escaped(section.title)}\n", table, below))))
    parts += ["".join(f"- {escaped(recorded(note, lang))}\n" for note in made.notes)] if made.notes else []
    return "\n".join([*parts, f"**{escaped(sentence(made, lang))}**\n"])


_LAYOUTS: Mapping[str, Callable[[Decision, Lang], str]] = {"table": _terminal, "markdown": _markdown}
