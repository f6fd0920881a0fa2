"""What is reported, as a document in the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.page.blocks import Document
from harness.report.page.days import span
from harness.report.page.sections.choice import decision_section, needs_section, open_section
from harness.report.page.sections.costs import costs_section, fronts_section
from harness.report.page.sections.missing import missing_section
from harness.report.page.sections.origin import data_section, environment_section, reproduce_section
from harness.report.page.sections.scores import scores_section, suites_section

if TYPE_CHECKING:
    from harness.report.page.content import Content
    from harness.report.page.words import Words

_SECTIONS = (
    *(decision_section, needs_section, open_section, scores_section, fronts_section, costs_section),
    *(missing_section, suites_section, data_section, environment_section, reproduce_section),
)
"""What decides comes first; what is looked up comes last."""
_LABELS = ("tag", "contents", "key")


def document(content: Content, words: Words) -> Document:
    """All sections in their order."""
    return Document(
        title=words("title"),
        summary=_summary(content, words),
        sections=[section(content, words) for section in _SECTIONS],
        labels={name: words(name) for name in _LABELS},
    )


def _summary(content: Content, words: Words) -> str:
    dates = span([row.started_at for row in content.rows], words("to"))
    counted = words("summary", embedders=len(content.embedders), suites=len(content.data), dates=dates)
    written = words("version", version=content.version) if content.version else ""
    return words("semicolon").join(filter(None, (counted, written)))
