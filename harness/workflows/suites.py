"""Listing, describing and checking suites."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue import builtin_places, find_places, load_suite
from harness.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Suite

README = "README.md"


@dataclass(frozen=True)
class CheckOutcome:
    """What became of one suite, and the exit code that it asks for."""

    text: str
    code: int


def listing() -> tuple[list[str], list[list[object]]]:
    """The built-in suites as columns and rows."""
    suites = [load_suite(place) for place in builtin_places()]
    columns = ["suite", "kind", "headline", "texts", "title"]
    return columns, [[s.name, s.kind, s.headline.name, s.size, s.title] for s in suites]


def description(selected: str) -> str:
    """Facts and README of every suite that a name stands for."""
    return "\n\n".join(_described(load_suite(place)) for place in find_places(selected))


def checks(selected: Sequence[str]) -> Iterator[CheckOutcome]:
    """Read every suite that the names stand for."""
    for place in (place for name in selected for place in find_places(name)):
        try:
            suite = load_suite(place)
        except SuiteError as error:
            yield CheckOutcome(str(error), error.exit_code)
        else:
            yield CheckOutcome(f"ok  {suite.name}: {suite.kind}, {suite.size} texts", 0)


def _described(suite: Suite) -> str:
    counts = ", ".join(f"{len(asked.texts)} {name}" for name, asked in suite.task.texts().items())
    facts = {
        "title": suite.title,
        "kind": suite.kind,
        "licence": suite.licence,
        "texts": counts,
        "metrics": ", ".join(metric.name for metric in suite.metrics) + " (the first is the headline)",
        "fingerprint": suite.fingerprint,
        "folder": suite.folder,
    }
    lines = [suite.name, *(f"  {name:<12}{value}" for name, value in facts.items())]
    readme = Path(suite.folder) / README
    if readme.is_file():
        lines += ["", readme.read_text(encoding="utf-8").rstrip()]
    return "\n".join(lines)
