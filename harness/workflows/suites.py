"""Listing and describing suites."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.catalogue import builtin_places
from harness.catalogue import load_suite as load_folder
from harness.catalogue.claims import claims as read_claims
from harness.catalogue.claims import claims_file
from harness.catalogue.new import new_suite
from harness.diagnostics.wording import unspaced_share
from harness.model import Image, Suite
from harness.workflows.shelf import find_places, load_suite

if TYPE_CHECKING:
    from harness.model import AnySuite

README = "README.md"
_SAMPLE = 100
"""Texts of which the language is looked at."""
_CHINESE = 0.2
"""Of the letters; Chinese texts hold names and numbers."""

FACTS = ("suite", "title", "kind", "licence", "texts", "metrics", "fingerprint", "folder")


def listing() -> tuple[list[str], list[list[object]]]:
    """The built-in suites as columns and rows."""
    suites = [load_folder(place) for place in builtin_places()]
    columns = ["suite", "language", "kind", "headline", "texts", "title"]
    return columns, [[s.name, language(s), s.kind, s.headline.name, s.size, s.title] for s in suites]


def language(suite: Suite) -> str:
    """zh or en by the letters of its texts; both where its queries are in one and its documents in the other."""
    asked = [[text for text in of.texts[:_SAMPLE] if not isinstance(text, Image)] for of in suite.task.texts().values()]
    shares = [unspaced_share(" ".join(texts)) for texts in asked if texts]
    return ", ".join(dict.fromkeys("zh" if share > _CHINESE else "en" for share in shares))


def claims() -> tuple[list[str], list[list[str]]]:
    """What is said about embeddings, and what checks it, as columns and rows. Raises UsageError."""
    return read_claims(claims_file())


def begin(folder: Path, kind: str) -> list[Path]:
    """Write a suite to begin with; see `harness.catalogue.new.new_suite`."""
    return new_suite(folder, kind)


def chosen(selected: str, cache: Path | None = None) -> list[AnySuite]:
    """Every suite that a name stands for. cache: see `find_places`. Raises SuiteError for a faulty one."""
    return [load_suite(place) for place in find_places(selected, cache)]


def facts(suite: AnySuite) -> list[object]:
    """What `FACTS` name, of one suite."""
    if isinstance(suite, Suite):
        counts = ", ".join(f"{len(asked.texts)} {name}" for name, asked in suite.task.texts().items())
        names = ", ".join(metric.name for metric in suite.metrics)
    else:
        counts = f"not known: only {suite.judge.name}, which judges it, knows"
        names = f"{suite.headline}, and what else {suite.judge.name} reports; no items, no intervals"
    metrics = f"{names} (the first is the headline)"
    return [suite.name, suite.title, suite.kind, suite.licence, counts, metrics, suite.fingerprint, suite.folder]


def description(suite: AnySuite) -> str:
    """Its facts, what is to be known about its data, and its README."""
    known = dict(zip(FACTS, facts(suite), strict=True))
    lines = [f"{known.pop('suite')}", *(f"  {name:<12}{value}" for name, value in known.items())]
    lines += [f"  {'note':<12}{note}" for note in suite.notes]
    readme = Path(suite.folder) / README
    if readme.is_file():
        lines += ["", readme.read_text(encoding="utf-8").rstrip()]
    return "\n".join(lines)
