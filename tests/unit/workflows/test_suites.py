"""Listing and describing suites."""

from __future__ import annotations

from harness.catalogue import builtin_places
from harness.catalogue.locate import find_places
from harness.catalogue.suites import load_suite
from harness.workflows.suites import chosen, claims, description, language, listing


def test_every_built_in_suite_is_listed() -> None:
    """By name, with the number of its texts."""
    columns, rows = listing()
    assert columns == ["suite", "language", "kind", "headline", "texts", "title"]
    assert [row[0] for row in rows] == [place.name for place in builtin_places()]
    assert all(isinstance(row[4], int) and row[4] > 100 for row in rows)


def test_a_folder_is_described_suite_by_suite() -> None:
    """Every suite below a name, with its README."""
    text = "\n\n".join(map(description, chosen("zh")))
    for place in builtin_places():
        assert (f"{place.name}\n  title " in text) == place.name.startswith("zh/")
    assert "## " in text


def test_the_language_is_that_of_the_texts() -> None:
    """Chinese with a few Latin names is Chinese; queries in one language and documents in the other are both."""
    names = ("zh/process", "en/process", "zh/cross-lingual/retrieval", "en/cross-lingual/retrieval")
    found = {name: language(load_suite(find_places(name)[0])) for name in names}
    assert list(found.values()) == ["zh", "en", "zh, en", "en, zh"]


def test_the_claims_have_two_columns() -> None:
    """What is said, and what checks it, without the marks of Markdown."""
    columns, rows = claims()
    assert columns == ["claim", "checked by"]
    assert len(rows) > 20
    assert not any("`" in cell for row in rows for cell in row)
