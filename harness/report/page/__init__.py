"""A report to hand on: one file that needs nothing else, as a page or as markdown.

content   what is reported: a decision, its rows, the data and the environment behind it
sections  content ──▶ blocks, in the words of a language
blocks    what a document is made of, whatever it is written in
alike     messages that differ in percentages ──▶ one
drawings  points ──▶ shapes: scatter, with labels where they have room, and dots
html      blocks ──▶ a page, by templates that escape what they fill in
text      blocks ──▶ markdown
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.page.html import html
from harness.report.page.sections import document
from harness.report.page.text import markdown
from harness.report.page.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.report.page.blocks import Document
    from harness.report.page.content import Content
    from harness.report.phrases import Lang

__all__ = ["page"]

_LAYOUTS: Mapping[str, Callable[[Document], str]] = {"html": html, "markdown": markdown}


def page(content: Content, layout: str, language: Lang) -> str:
    """The whole report. layout: `html` or `markdown`. language: `en` or `zh`. The same content, the same text."""
    return _LAYOUTS[layout](document(content, Words(language)))
