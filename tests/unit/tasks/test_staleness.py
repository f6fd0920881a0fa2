"""Labels that are older than their documents."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from harness.errors import SuiteError
from harness.tasks.composition import Composition
from harness.tasks.reranking import Reranking
from harness.tasks.retrieval import Retrieval
from harness.tasks.staleness import content_hash, document_hash

if TYPE_CHECKING:
    from collections.abc import Callable

QUERIES = [{"_id": "q1", "text": "one"}, {"_id": "q2", "text": "two"}]
CORPUS = [{"_id": "d1", "title": "标题", "text": "new text"}, {"_id": "d2", "title": "", "text": " two "}]
FRESH, OLD = document_hash("", "two"), document_hash("标题", "old text")


def tables(first: str, second: str) -> dict[str, Any]:
    """Each query has one right document, judged when it had this hash."""
    qrels = [
        {"query-id": "q1", "corpus-id": "d1", "score": 1.0, "hash": first},
        {"query-id": "q2", "corpus-id": "d2", "score": 1.0, "hash": second},
    ]
    return {"queries": QUERIES, "corpus": CORPUS, "qrels": qrels}


def test_the_hash_by_hand() -> None:
    """Title and text with a blank between, stripped, in UTF-8: 16 hexadecimal digits of BLAKE2b."""
    expected = hashlib.blake2b("标题 new text".encode()).hexdigest()[:16]
    assert document_hash("标题", "new text") == content_hash("标题 new text") == expected
    assert document_hash(None, "a") == document_hash("", " a\n") == content_hash("a")
    assert document_hash("", "x y") != document_hash("", "x  y")


def test_half_a_character_has_a_hash() -> None:
    """What no file can hold is refused elsewhere, with its line."""
    assert len(content_hash("\ud83d")) == 16


def test_a_stale_label_is_told_and_judged_all_the_same(build: Callable[..., Any]) -> None:
    """The finding is a warning that names the query and the document."""
    task = build(Retrieval, tables(OLD, FRESH.upper()))
    (finding,) = task.collection.left_out
    assert (finding.name, finding.value, finding.warning) == ("stale_labels", 1.0, True)
    assert "q1 → d1" in finding.note
    assert task.collection.query_ids == ["q1", "q2"]


def test_a_stale_label_is_left_out_on_request(build: Callable[..., Any]) -> None:
    """The query that has no other label goes with it, and both are told."""
    task = build(Retrieval, tables(OLD, FRESH), exclude_stale=True)
    assert task.collection.query_ids == ["q2"]
    assert {finding.name: finding.value for finding in task.collection.left_out} == {
        "unjudged_queries": 1.0,
        "stale_labels_left_out": 1.0,
    }


@pytest.mark.parametrize(("first", "second"), [("", ""), ("", FRESH)])
def test_a_label_without_a_hash_is_not_stale(build: Callable[..., Any], first: str, second: str) -> None:
    """Nobody knows what its document was."""
    assert build(Retrieval, tables(first, second)).collection.left_out == ()


def test_all_labels_stale_and_left_out_leave_nothing(build: Callable[..., Any]) -> None:
    """That is a fault: nothing can be scored."""
    with pytest.raises(SuiteError, match="no query has a judgement"):
        build(Retrieval, tables(OLD, OLD), exclude_stale=True)


def test_every_kind_with_documents_knows_it(build: Callable[..., Any]) -> None:
    """Reranking and composition read the same qrels."""
    assert build(Reranking, tables(OLD, FRESH), exclude_stale=True).collection.query_ids == ["q2"]
    terms = [{"query-id": query, "weight": 1.0, "text": query} for query in ("q1", "q2")]
    given = {**tables(OLD, FRESH), "terms": terms}
    del given["queries"]
    assert build(Composition, given, exclude_stale=True).collection.query_ids == ["q2"]
