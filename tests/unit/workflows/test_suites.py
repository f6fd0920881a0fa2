"""Listing, describing and checking suites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.catalogue import builtin_places
from harness.errors import SuiteError
from harness.model import Suite
from harness.workflows.suites import checks, chosen, description, listing

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
    text = "\n\n".join(map(description, chosen("zh")))
    for place in builtin_places():
        assert (f"{place.name}\n  title " in text) == place.name.startswith("zh/")
    assert "## " in text


def test_each_suite_is_checked(toy_suite: Path) -> None:
    """A good one is read, a faulty one says all that is wrong, and neither hides the other."""
    (toy_suite / "qrels.tsv").write_text("query-id\tcorpus-id\n", "utf-8")
    found = dict(checks(["zh/process", str(toy_suite)]))
    assert isinstance(found["zh/process"], Suite)
    assert isinstance(found["toy"], SuiteError)
    assert str(found["toy"]).startswith("suite toy has ")
