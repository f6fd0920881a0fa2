"""Numbers of mteb's under our names."""

from __future__ import annotations

import pytest

from harness.interop.mteb.metric_names import renamed
from harness.interop.mteb.result_reading import Part


def part(main: float | None = None, undefined: tuple[str, ...] = (), **numbers: float) -> Part:
    """Numbers of a subset."""
    return Part("test", "default", numbers, main, undefined)


def test_numbers_go_by_our_names_where_they_mean_the_same() -> None:
    """The headline first, whatever comes first in the file; what we have none like keeps mteb's name."""
    found = renamed("retrieval", "ndcg_at_10", part(0.5, hit_rate_at_3=1.0, ndcg_at_10=0.5, naucs=0.1))
    assert list(found.items()) == [("ndcg@10", 0.5), ("hit@3", 1.0), ("naucs", 0.1)]


def test_the_best_of_several_similarities_is_not_that_of_the_cosine() -> None:
    """max_ap and cosine_ap may differ: ours is the cosine's, and mteb's main score keeps its own name."""
    found = renamed("pairs", "max_ap", part(0.75, cosine_ap=0.5, max_ap=0.75))
    assert list(found.items()) == [("ap", 0.5), ("max_ap", 0.75)]


def test_mtebs_own_names_stay_where_it_judges() -> None:
    """No kind, no other names."""
    found = renamed("", "accuracy", part(0.5, f1=0.25, accuracy=0.5))
    assert list(found.items()) == [("accuracy", 0.5), ("f1", 0.25)]


@pytest.mark.parametrize(
    ("given", "headline"),
    [
        (part(0.5, map=0.5, mrr=0.25), ("map", 0.5)),
        (part(0.125, mrr=0.25), ("main_score", 0.125)),
        (part(None, ("map_at_1000", "main_score"), mrr=0.25), ("map@1000", None)),
    ],
)
def test_a_file_without_its_main_score(given: Part, headline: tuple[str, float | None]) -> None:
    """The number that it calls its main score; by that name if no number is it; nothing where that was NaN."""
    assert next(iter(renamed("reranking", "map_at_1000", given).items())) == headline
