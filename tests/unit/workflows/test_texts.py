"""Texts of items and answers, from the suite on disk where it is the one that was judged."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from harness.catalogue import Place, load_suite
from harness.catalogue.mteb.load import CONTENTS
from harness.model import Moved
from harness.tasks.retrieval import Retrieval
from harness.tasks.similarity import Similarity
from harness.workflows import whereabouts
from harness.workflows.configuration import Configuration
from harness.workflows.shelf import find_places
from harness.workflows.texts import with_texts, without_texts
from harness.workflows.whereabouts import Whereabouts
from tests.mteb_registry import install

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Suite


@pytest.fixture
def toy(toy_suite: Path) -> Suite:
    """Three queries, five documents."""
    return load_suite(Place("toy", toy_suite))


@pytest.fixture
def moved(toy: Suite) -> tuple[Moved, ...]:
    """A query of the suite with one answer that it knows, and one of a query that it does not know."""
    assert isinstance(toy.task, Retrieval)
    query, document = toy.task.collection.query_ids[0], toy.task.collection.document_ids[0]
    return (
        Moved(query, "g", "ndcg@10", 1.0, 0.0, answer_a=document, answer_b=""),
        Moved("unknown", "g", "ndcg@10", 0.0, 1.0, answer_a="nobody", answer_b=document),
    )


def there(folder: Path, *selected: str) -> Whereabouts:
    """Of a store that is not there, with a cache in `folder`, after -s."""
    return Whereabouts(Configuration(store=folder / "none.duckdb", cache=folder), selected)


def first_texts(toy: Suite) -> tuple[str, str]:
    """Of the first query and of the first document."""
    asked = toy.task.texts()
    return asked["queries"].texts[0], asked["documents"].texts[0]


def test_ids_become_texts(toy: Suite, toy_suite: Path, tmp_path: Path, moved: tuple[Moved, ...]) -> None:
    """What the suite does not know stays an id."""
    query, document = first_texts(toy)
    (first, second), reason = with_texts(moved, "toy", toy.fingerprint, there(tmp_path, str(toy_suite)))
    assert (first.id, first.text, first.answer_a, first.answer_b) == (moved[0].id, query, document, "")
    assert (second.text, second.answer_a, second.answer_b) == ("", "nobody", document)
    assert (first.a, first.b, first.metric, first.group, reason) == (1.0, 0.0, "ndcg@10", "g", "")


def test_other_data_say_nothing(
    toy: Suite, toy_suite: Path, tmp_path: Path, moved: tuple[Moved, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a suite that changed since, nor one that cannot be read, nor one that is not there; each with why."""
    where = there(tmp_path / "other", str(toy_suite))
    changed = f"the data in {toy_suite} are others now, or cannot be read. Name the folder toy"
    told, reason = with_texts(moved, "toy", "f" * 32, where)
    assert (told, reason.startswith(changed)) == (moved, True)
    (toy_suite / "qrels.tsv").unlink()
    told, reason = with_texts(moved, "toy", toy.fingerprint, where)
    assert (told, reason.startswith(changed)) == (moved, True)
    install(monkeypatch)
    for name, why in (
        ("no/such/suite", "the store does not say where the data were found. Name the folder no that has"),
        ("", "the store does not say"),
        ("mteb:NoSuchTask?a=b", "the data are not in the cache. To have them read there: harness suites show 'mteb:"),
        ("zh/lexical-gap", "this version of the harness has other data"),
    ):
        told, reason = with_texts(moved, name, toy.fingerprint, where)
        assert (told, reason.startswith(why)) == (moved, True), reason


def test_a_suite_that_was_built_in_is_found_by_name(tmp_path: Path) -> None:
    """By the name that its runs have."""
    (place,) = find_places("zh/similarity")
    suite = load_suite(place)
    assert isinstance(suite.task, Similarity)
    moved = [Moved(suite.task.ids[0], "", "spearman", 0.1, 0.2)]
    (found,), _ = with_texts(moved, "zh/similarity", suite.fingerprint, there(tmp_path))
    assert " ⟷ " in found.text


def test_nothing_moved_reads_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No suite is looked for."""

    def look(*_: object) -> list[Place]:
        raise AssertionError("looked for a suite")

    monkeypatch.setattr(whereabouts, "find_places", look)
    assert with_texts([], "zh", "f", there(tmp_path)) == ((), "")
    with pytest.raises(AssertionError, match="looked"):
        with_texts([Moved("a", "", "m", 0.0, 1.0)], "zh", "f", there(tmp_path))


def test_suites_without_texts_for_one_reason_share_a_line() -> None:
    """Each named once; those that have texts are not."""
    assert without_texts([("a", "gone"), ("b", ""), ("c", "other"), ("d", "gone"), ("a", "gone")]) == [
        "a, d: items are shown by their ids, as gone",
        "c: items are shown by their ids, as other",
    ]


def test_a_task_of_mtebs_is_read_from_the_cache_alone(
    toy_suite: Path, tmp_path: Path, moved: tuple[Moved, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its data are used where they lie there whole; else they are not fetched, and the ids stay."""
    install(monkeypatch)
    (place,) = find_places("mteb:Facts", tmp_path)
    shutil.copytree(toy_suite, place.folder)
    suite, where = load_suite(Place(place.name, place.folder)), there(tmp_path)
    assert with_texts(moved, "mteb:Facts", suite.fingerprint, where)[0] == moved
    (place.folder / CONTENTS).write_text("{}", "utf-8")
    query, document = first_texts(suite)
    (first, _), _ = with_texts(moved, "mteb:Facts", suite.fingerprint, where)
    assert (first.text, first.answer_a) == (query, document)
    (place.folder / "qrels.tsv").unlink()
    assert with_texts(moved, "mteb:Facts", suite.fingerprint, where)[0] == moved


def test_a_task_that_was_run_with_data_of_ones_own_is_found_by_its_fingerprint(
    toy: Suite, toy_suite: Path, tmp_path: Path, moved: tuple[Moved, ...]
) -> None:
    """?data= is no part of a suite's name: any whole folder of the task will do, of whatever version of mteb."""
    query, _ = first_texts(toy)
    folder, where = tmp_path / "mteb" / "2.0.0" / "Facts-0123456789abcdef01234567", there(tmp_path)
    shutil.copytree(toy_suite, folder)
    (folder / CONTENTS).write_text("{}", "utf-8")
    (first, _), _ = with_texts(moved, "mteb:Facts?subset=zh", toy.fingerprint, where)
    assert first.text == query
    assert with_texts(moved, "mteb:Facts", "f" * 32, where)[0] == moved
    assert with_texts(moved, "mteb:Others", toy.fingerprint, where)[0] == moved
    (folder / CONTENTS).unlink()
    assert with_texts(moved, "mteb:Facts", toy.fingerprint, where)[0] == moved
