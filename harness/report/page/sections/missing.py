"""What was not measured, and what a reader has to be careful about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.model import Facts
from harness.report.page.blocks import Paragraph, Points, Section
from harness.report.page.sections.cautions import by_suites, by_text, cautioned
from harness.report.page.sections.costs import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.report.page.blocks import Block
    from harness.report.page.content import Content
    from harness.report.page.words import Words

_GROUPS = 4
"""Sets of suites to one warning, up to which they are named."""
_KINDS = {"failed": "missing_failed", "not_applicable": "missing_not_applicable"}


def missing_section(content: Content, words: Words) -> Section:
    """Said plainly: a reader who finds nothing here may take the numbers as they are."""
    parts = (_absences, _gaps, _warnings, _uncosted, _noted)
    points = [point for part in parts for point in part(content, words)]
    blocks: list[Block] = [Points(points)] if points else [Paragraph(words("missing_none"))]
    blocks += [Paragraph(words.recorded(text), "quiet") for text in content.remarks.whole]
    return Section("missing", words("missing"), blocks)


def _suites(names: Sequence[str], content: Content, words: Words) -> str:
    return words.suites(names, len(content.data))


def _absences(content: Content, words: Words) -> Iterator[tuple[str, str]]:
    """Failures and what does not apply."""
    for status, title in _KINDS.items():
        rows = [row for row in content.rows if row.status == status]
        found = ((row.embedder, row.suite, words.recorded(row.reason)) for row in rows)
        for reason, whom in by_text(found, words("to")):
            for suites, names in by_suites(whom).items():
                yield words(title, embedder=words.listed(names), suites=_suites(suites, content, words)), reason


def _gaps(content: Content, words: Words) -> Iterator[tuple[str, str]]:
    there = {(row.embedder, row.suite) for row in content.rows}
    pairs = ((embedder, one.suite) for embedder in content.embedders for one in content.data)
    for _, whom in by_text(((*pair, "") for pair in pairs if pair not in there), ""):
        for suites, names in by_suites(whom).items():
            yield words("missing_run", embedder=words.listed(names), suites=_suites(suites, content, words)), ""


def _warnings(content: Content, words: Words) -> Iterator[tuple[str, str]]:
    for text, whom in by_text(cautioned(content.rows, words), words("to")):
        groups = by_suites(whom)
        counted = len(groups) > _GROUPS
        told = [
            words(
                "warned",
                embedder=words.listed(names),
                suites=words.counted(suites) if counted else _suites(suites, content, words),
            )
            for suites, names in groups.items()
        ]
        yield words("missing_warning", text=text), words.several(told)


def _uncosted(content: Content, words: Words) -> Iterator[tuple[str, str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for embedder in content.embedders:
        facts = content.decision.facts.get(embedder, Facts())
        missing = tuple(words(field) for field in FIELDS if getattr(facts, field) is None)
        found.setdefault(missing, []).append(embedder)
    for missing, embedders in found.items():
        if missing:
            yield words("missing_cost", what=words.several(missing)), words.listed(embedders)


def _noted(content: Content, words: Words) -> Iterator[tuple[str, str]]:
    for suite, notes in content.remarks.by_suite.items():
        yield words("missing_notes", suite=suite), " ".join(map(words.recorded, notes))
    for note in content.decision.notes:
        yield "", words.recorded(note)
    if content.hidden:
        yield words("missing_hidden", count=content.hidden), ""
