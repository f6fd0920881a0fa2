"""Counts of tokens as findings, worked by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.diagnostics.tokenisation import TokenCounts, tokenisation_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.model import Finding


def found(tokens: Sequence[int], kept: Sequence[int], unknown: int | None = 0) -> dict[tuple[str, str], Finding]:
    """The findings by name and subject, of texts with 4 Han and no Latin characters."""
    counts = TokenCounts(np.array(tokens, np.intp), np.array(kept, np.intp), unknown, {"Han": (4, 6), "Latin": (0, 0)})
    return {(one.name, one.subject): one for one in tokenisation_findings(counts)}


def test_lengths_and_shares() -> None:
    """Of 2, 4 and 6 tokens the median is 4, the 95th percentile 4 + 0.9 · 2; 3 of 12 are unknown, 6 for 4 Han."""
    findings = found([2, 4, 6], [2, 4, 6], 3)
    values = {name: one.value for name, one in findings.items()}
    assert values == {
        ("tokens_per_text", "p50"): 4.0,
        ("tokens_per_text", "p95"): pytest.approx(5.8),
        ("tokens_per_text", "max"): 6.0,
        ("tokens_per_character", "Han"): 1.5,
        ("unknown_tokens", ""): 0.25,
        ("cut_texts", ""): 0.0,
    }
    assert not any(one.warning for one in findings.values())


def test_what_is_cut_is_counted() -> None:
    """Of 10 and 30 tokens 8 and 8 are kept: all are cut, 24 of 40 lost."""
    findings = found([10, 30, 5, 5], [8, 8, 5, 5])
    cut = findings["cut_texts", ""]
    assert cut.value == 0.5
    assert cut.warning
    assert cut.note == "50 % of the texts are cut at 8 tokens; 60 % of their tokens are lost"
    assert findings["lost_tokens", "of all texts"].value == pytest.approx(24 / 50)
    assert findings["lost_tokens", "of cut texts"].value == pytest.approx(24 / 40)


@pytest.mark.parametrize(("texts", "warned"), [(99, True), (100, False)])
def test_one_text_in_a_hundred_may_be_cut(texts: int, *, warned: bool) -> None:
    """1 of 99 is more than 1 %, 1 of 100 is not."""
    assert found([3] * texts, [2, *[3] * (texts - 1)])["cut_texts", ""].warning == warned


def test_a_tokenizer_may_not_say_what_is_unknown() -> None:
    """Then no share of it is made up; and no texts have no findings."""
    assert ("unknown_tokens", "") not in found([1], [1], None)
    assert found([], []) == {}
