"""Checking suites: faults, and what is to be known about a suite without any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from harness.catalogue.mteb.names import is_mteb
from harness.catalogue.quality import notes
from harness.catalogue.quality.units import texts_of
from harness.catalogue.stamp import refuse_builtin, stamp
from harness.diagnostics.size import size_notes
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import SuiteError, UsageError
from harness.evaluate import Outcome, evaluate
from harness.model import ForeignSuite, Suite
from harness.workflows.shelf import find_places, open_suite
from harness.workflows.shortcuts import outcomes, shortcut_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.catalogue import Place
    from harness.catalogue.suites import Opened
    from harness.diagnostics.notes import Note
    from harness.model import AnySuite, ItemScores

COLUMNS = ("suite", "check", "severity", "value", "subject", "note", "examples", "advice")
_ORDERED = {"retrieval": ("queries", "corpus"), "reranking": ("queries", "corpus"), "composition": ("terms", "corpus")}
"""Kinds in which the order of one file may repeat that of another."""
_BLIND = "baseline:random"
"""Scores where there are pictures, which no shortcut reads."""


@dataclass(frozen=True)
class Examined:
    """A suite that was looked at: its faults, or its notes."""

    name: str
    suite: AnySuite | None
    faults: SuiteError | None
    notes: tuple[Note, ...] = ()

    @property
    def warnings(self) -> int:
        """How many of the notes are warnings."""
        return sum(note.severity == "warning" for note in self.notes)


def examine(selected: Sequence[str], cache: Path | None = None, *, stamped: bool = False) -> Iterator[Examined]:
    """Name after name, every suite that the names stand for, read and looked at.

    cache: see `find_places`. stamped: afterwards write the hashes of the labelled documents into qrels. Raises
    UsageError for a name that stands for nothing, and where a suite would be written to that is built in or mteb's,
    before any is.
    """
    places = [place for name in selected for place in find_places(name, cache)]
    if stamped:
        refuse_builtin(places)
        _refuse_mteb(places)
    for place in places:
        try:
            opened = open_suite(place)
        except SuiteError as error:
            yield Examined(place.name, None, error)
            continue
        if isinstance(opened, ForeignSuite):
            yield Examined(place.name, opened, None)
            continue
        found = [*notes(opened), *_measured(opened)]
        found += stamp(opened) if stamped else ()
        yield Examined(place.name, opened.suite, None, tuple(found))


def rows(found: Sequence[Examined]) -> list[list[object]]:
    """What was found as rows of `COLUMNS`: a row for each suite that can be read, each note and each fault."""
    made: list[list[object]] = []
    for one in found:
        if one.suite:
            size, told = (
                (float(one.suite.size), f"{one.suite.kind} suite")
                if isinstance(one.suite, Suite)
                else (None, read_as(one.suite))
            )
            made.append([one.name, "read", "ok", size, "", told, "", ""])
        for fault in one.faults.faults if one.faults else ():
            place = fault.file + (f":{fault.line}" if fault.line else "") + (f" [{fault.key}]" if fault.key else "")
            made.append([one.name, "read", "fault", None, place, fault.message, "", ""])
        made += [
            [one.name, n.check, n.severity, n.value, n.subject, n.text, "; ".join(n.examples), n.advice]
            for n in one.notes
        ]
    return made


def read_as(suite: AnySuite) -> str:
    """What a suite is, in words."""
    if isinstance(suite, Suite):
        return f"{suite.kind}, {suite.size} texts"
    return f"{suite.kind}, judged by {suite.judge.name}: no items to look at"


def _refuse_mteb(places: Iterable[Place]) -> None:
    for place in places:
        if is_mteb(place.name):
            raise UsageError(f"{place.name}: --stamp writes nothing into the cache. Its labels are mteb's own.")


def _measured(opened: Opened) -> Iterator[Note]:
    suite = opened.suite
    found = outcomes(suite, _files(opened))
    yield from shortcut_notes(found)
    scored = [outcome for outcome in found.values() if isinstance(outcome, Outcome) and outcome.items]
    if not scored and any(texts.pictured() for texts in suite.task.texts().values()):
        scored = [evaluate(replace(suite, metrics=(suite.headline,)), open_embedder(parse_spec(_BLIND)))]
    measured = [_items(suite, outcome) for outcome in scored]
    yield from size_notes(suite.headline.name, measured, [outcome.scores[0].interval for outcome in scored])


def _files(opened: Opened) -> Mapping[str, Sequence[str]]:
    """What is asked and what is searched, in the order of their files; empty where order is no matter."""
    if opened.suite.kind not in _ORDERED:
        return {}
    titled = ("title",) if opened.suite.parameters.get("use_title") else ()
    tables = {name: opened.tables[name] for name in _ORDERED[opened.suite.kind]}
    columns = {name: [c for c in (*titled, "text", "image") if c in table.columns] for name, table in tables.items()}
    return {name: texts_of(tables[name], columns[name]) for name in tables}


def _items(suite: Suite, outcome: Outcome) -> ItemScores:
    """The item values of the headline, or what it is computed from."""
    own = [items for items in outcome.items if items.measure == suite.headline.name]
    return (own or outcome.items)[0]
