"""Listing, describing and checking suites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue import builtin_places, find_places, load_suite
from harness.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.model import Suite

README = "README.md"


FACTS = ("suite", "title", "kind", "licence", "texts", "metrics", "fingerprint", "folder")


def listing() -> tuple[list[str], list[list[object]]]:
    """The built-in suites as columns and rows."""
    suites = [load_suite(place) for place in builtin_places()]
    columns = ["suite", "kind", "headline", "texts", "title"]
    return columns, [[s.name, s.kind, s.headline.name, s.size, s.title] for s in suites]


def chosen(selected: str) -> list[Suite]:
    """Every suite that a name stands for. Raises SuiteError for a faulty one."""
    return [load_suite(place) for place in find_places(selected)]


def facts(suite: Suite) -> list[object]:
    """What `FACTS` name, of one suite."""
    counts = ", ".join(f"{len(asked.texts)} {name}" for name, asked in suite.task.texts().items())
    metrics = ", ".join(metric.name for metric in suite.metrics) + " (the first is the headline)"
    return [suite.name, suite.title, suite.kind, suite.licence, counts, metrics, suite.fingerprint, suite.folder]


def description(suite: Suite) -> str:
    """Its facts and its README."""
    known = dict(zip(FACTS, facts(suite), strict=True))
    lines = [f"{known.pop('suite')}", *(f"  {name:<12}{value}" for name, value in known.items())]
    readme = Path(suite.folder) / README
    if readme.is_file():
        lines += ["", readme.read_text(encoding="utf-8").rstrip()]
    return "\n".join(lines)


def checks(selected: Sequence[str]) -> Iterator[tuple[str, Suite | SuiteError]]:
    """Name after name, every suite that the names stand for, read; or what is wrong with it."""
    for place in (place for name in selected for place in find_places(name)):
        try:
            yield place.name, load_suite(place)
        except SuiteError as error:
            yield place.name, error
