"""Two runs on other data: what differs is found and said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.compare.refusal import demand_comparable, other_data
from harness.errors import NotComparableError
from tests.comparing import run_of, scored

VALUES = [0.5] * 6


def apart(**changed: Any) -> str:
    """What is said of B, on other data and changed so, against A."""
    a = run_of({"mrr": VALUES}, configuration={"parameters": {"k": 5, "deep": True}}, environment=made_by("1"))
    b = run_of({"mrr": VALUES}, name="b:x y", fingerprint="f2", configuration=a.configuration, environment=made_by("1"))
    return other_data(a, replace(b, **changed))


def made_by(version: str) -> dict[str, Any]:
    """An environment."""
    return {"packages": {"embedding-harness": version}}


def test_both_fingerprints_and_the_way_out_are_named() -> None:
    """With who has which, and a command that makes them comparable."""
    said = apart()
    assert "the data of zh/lexical-gap differ: fingerprint f1 for A (bm25:, 2026-01-02), f2 for B (b:x y" in said
    assert said.endswith("harness run -s zh/lexical-gap -e bm25: -e 'b:x y'")
    assert apart(embedder="bm25:").endswith("harness run -s zh/lexical-gap -e bm25:")
    assert apart(folder="/my data").endswith("harness run -s '/my data' -e bm25: -e 'b:x y'")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "reranking"}, "the kind is retrieval for A, reranking for B"),
        (
            {"configuration": {"parameters": {"k": 9, "deep": True, "new": "x"}}},
            "the parameter k is 5 for A, 9 for B; the parameter new is 'not there' for A, 'x' for B",
        ),
        ({"scores": (replace(scored("mrr"), convention="cut"),)}, "mrr is computed as '' for A, as 'cut' for B"),
        ({"items": run_of({"mrr": VALUES[:5]}).items}, "1 item is only in A (q00005) of 6"),
        ({"items": run_of({"mrr": VALUES * 2}).items}, "6 items are only in B (q00006, q00007, q00008, …) of 12"),
        ({}, "kind, parameters and items are the same, so the texts or labels of its tables are not. Run both"),
        ({"environment": made_by("2")}, "(or how they are judged: A was made by embedding-harness 1, B by 2)"),
    ],
)
def test_what_differs_is_named(changed: dict[str, Any], said: str) -> None:
    """Kind, parameters, conventions, items; where none of them does, it is the tables."""
    assert said in apart(**changed)


def test_every_reason_is_said_at_once() -> None:
    """Of both sides."""
    a, b = (run_of({"mrr": VALUES}, status="failed", reason=reason) for reason in ("no weights", "no key"))
    with pytest.raises(NotComparableError, match=r"^A failed: no weights; B failed: no key$"):
        demand_comparable(a, b)


def test_the_same_data_are_accepted() -> None:
    """Two runs of one suite and fingerprint are comparable, whoever made them."""
    demand_comparable(run_of({"mrr": VALUES}), run_of({"mrr": VALUES}, name="other"))
