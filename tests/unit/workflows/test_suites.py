"""Listing, describing and checking suites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue import builtin_places
from harness.workflows.suites import checks, description, listing

if TYPE_CHECKING:
    from pathlib import Path


def test_every_built_in_suite_is_listed() -> None:
    """By name, with the number of its texts."""
    columns, rows = listing()
    assert columns == ["suite", "kind", "headline", "texts", "title"]
    assert [row[0] for row in rows] == [place.name for place in builtin_places()]
    assert all(isinstance(row[3], int) and row[3] > 100 for row in rows)


def test_a_folder_is_described_suite_by_suite() -> None:
    """Every suite below a name, with its README."""
    text = description("zh")
    for place in builtin_places():
        assert (f"{place.name}\n  title " in text) == place.name.startswith("zh/")
    assert "## " in text


def test_each_suite_is_checked(toy_suite: Path) -> None:
    """A good one asks for exit code 0, a faulty one for 3 with all its faults, and neither hides the other."""
    (toy_suite / "qrels.tsv").write_text("query-id\tcorpus-id\n", "utf-8")
    good, *_, bad = checks(["zh/process", str(toy_suite)])
    assert (good.code, good.text[:16]) == (0, "ok  zh/process: ")
    assert bad.code == 3
    assert bad.text.startswith("suite toy has ")
