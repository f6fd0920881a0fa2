"""Listing and describing suites."""

from __future__ import annotations

from harness.catalogue import builtin_places
from harness.catalogue.locate import find_places
from harness.catalogue.suites import load_suite
from harness.workflows.suites import FACTS, chosen, claims, description, facts, language, listing
from tests.mteb_registry import foreign


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


def test_a_suite_that_other_software_judges_is_described_by_what_is_known() -> None:
    """Its texts are not; what it takes to know about its data stands below."""
    known = dict(zip(FACTS, facts(foreign()), strict=True))
    assert str(known["texts"]).startswith("not known: only mteb 9.9.9")
    assert str(known["metrics"]).startswith("cosine_spearman, and what else mteb 9.9.9 reports; no items, no intervals")
    assert description(foreign(notes=("2 rows left out",))).endswith("\n  note        2 rows left out")


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
