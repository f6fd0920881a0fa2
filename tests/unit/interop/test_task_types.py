"""mteb's types of tasks and our kinds."""

from __future__ import annotations

import pytest

from harness.interop.mteb.result_reading import Part
from harness.interop.mteb.task_types import JUDGED_ALIKE, JUDGED_OTHERWISE, KINDS, foreign_kind, guessed, is_foreign


def part(main: float | None = None, undefined: tuple[str, ...] = (), **numbers: float) -> Part:
    """Numbers of a subset."""
    return Part("test", "default", numbers, main, undefined)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (part(ndcg_at_10=1, map_at_10=1), ("Retrieval", "ndcg_at_10")),
        (part(0.5, ndcg_at_10=1, map_at_1000=0.5), ("Retrieval", "map_at_1000")),
        (part(cosine_spearman=1), ("STS", "cosine_spearman")),
        (part(max_ap=1, cosine_ap=1), ("PairClassification", "max_ap")),
        (part(v_measure=1), ("Clustering", "v_measure")),
        (part(accuracy=1, f1=1, f1_weighted=1, recall=1), ("Classification", "accuracy")),
        (part(accuracy=1, f1=1, precision=1, recall=1), ("BitextMining", "f1")),
        (part(accuracy=1, lrap=1), ("MultilabelClassification", "accuracy")),
        (part(0.5, oddity=0.5), ("", "oddity")),
    ],
)
def test_the_type_of_an_unknown_task_shows_in_its_numbers(given: Part, kind: tuple[str, str]) -> None:
    """Its type, and the number that is its main score."""
    assert guessed(given) == kind


def test_no_type_is_judged_both_ways() -> None:
    """Alike or otherwise: whatever has a kind of ours is one of them."""
    assert KINDS.keys() - JUDGED_OTHERWISE == JUDGED_ALIKE.keys()
    assert {"Retrieval", "STS", "BitextMining"} <= JUDGED_ALIKE.keys()


def test_what_mteb_judges_is_no_kind_of_ours() -> None:
    """Even where nobody knows its type."""
    assert foreign_kind("") == "mteb:unknown"
    assert is_foreign(foreign_kind("Summarization"))
    assert not any(map(is_foreign, KINDS.values()))
