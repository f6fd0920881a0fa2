"""One measure of many runs, item by item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.errors import NotComparableError, UsageError
from harness.model import IMPORTED, Interval, ItemScores, Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Run
    from harness.store import Store

    MakeRun = Callable[..., Run]


def items(ids: str, *values: float) -> tuple[ItemScores, ...]:
    """Items named by one character each; their group is the name again. Another measure lies beside."""
    other = ItemScores("other", list(ids), list(ids), np.full(len(ids), 9.0))
    return ItemScores("ndcg@10", list(ids), [f"组{name}" for name in ids], np.array(values)), other


def test_items_are_aligned_by_id(store: Store, make_run: MakeRun) -> None:
    """In the order of their ids, whatever that of their making; runs in the order asked, one of them twice."""
    runs = [
        make_run(1, items=items("cab", 3, 1, 2)),
        make_run(2, items=items("abc", 4, 5, 6)),
        make_run(3, items=items("bca", 8, 9, 7)),
    ]
    store.add(*runs)
    found = store.aligned([runs[2].id, runs[0].id, runs[1].id, runs[0].id], "ndcg@10")
    assert found.measure == "ndcg@10"
    assert list(found.ids) == ["a", "b", "c"]
    assert list(found.groups) == ["组a", "组b", "组c"]
    assert found.values.tolist() == [[7, 8, 9], [1, 2, 3], [4, 5, 6], [1, 2, 3]]
    assert found.values.dtype == np.float64
    assert store.aligned([runs[0].id], "ndcg@10").values.tolist() == [[1, 2, 3]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"fingerprint": "old"}, r"data \(fingerprint\) differs: new and old"),
        ({"fingerprint": f"{IMPORTED}x"}, r"third \(run .*\) is imported"),
        ({"suite": "en/b"}, "suite differs: zh/a and en/b"),
        ({"scores": (Score("ndcg@10", 0.5, Interval(0.1, 0.2), None, 3),)}, "convention differs: linear gain and "),
        ({"items": ()}, "has no items of ndcg@10. It has items of: none"),
        (
            {"items": items("abd", 1, 2, 3)},
            r"one \(run .* and third .* 2 of their items are in one only, such as c",
        ),
        ({"items": items("ab", 1, 2)}, "1 of their items are in one only, such as c"),
        ({"items": items("abcd", 1, 2, 3, 4)}, "1 of their items are in one only, such as d"),
    ],
)
def test_what_differs_is_not_aligned(store: Store, make_run: MakeRun, changed: dict[str, Any], message: str) -> None:
    """One of three that is not like the first is refused, saying which and what differs."""
    same: dict[str, Any] = {"items": items("abc", 1, 2, 3)}
    runs = [make_run(1, **same), make_run(2, **same), make_run(3, **{"embedder": "third", **same, **changed})]
    store.add(*runs)
    with pytest.raises(NotComparableError, match=message):
        store.aligned([run.id for run in runs], "ndcg@10")


def test_one_run_alone_may_be_wrong_too(store: Store, make_run: MakeRun) -> None:
    """A run that is not here, that is imported, or that lacks the measure."""
    store.add(make_run(id="here"), make_run(id="theirs", fingerprint=f"{IMPORTED}x"))
    with pytest.raises(UsageError, match="no run 'nobody'"):
        store.aligned(["nobody"], "ndcg@10")
    with pytest.raises(NotComparableError, match="is imported"):
        store.aligned(["theirs"], "ndcg@10")
    with pytest.raises(NotComparableError, match="no items of mrr"):
        store.aligned(["here"], "mrr")
