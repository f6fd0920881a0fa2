"""Texts in segments."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.embedders.segments import segmented
from harness.embedders.tokenising import Estimate, Tokens

ESTIMATE = Estimate()
TEXTS = st.text(st.sampled_from("ab XY.采购申请\n"), max_size=120)


def cut(text: str, size: int, overlap: int = 0) -> list[str]:
    """The segments as texts."""
    (tokens,) = ESTIMATE.tokenise([text])
    return [text[start:end] for start, end in segmented(ESTIMATE, text, tokens, size, overlap)]


@given(TEXTS, st.integers(1, 12), st.integers(0, 11))
def test_segments_hold_every_token_and_no_more_than_asked_for(text: str, size: int, overlap: int) -> None:
    """Whatever the text: each segment is short enough by itself, they go on forwards, and nothing is left out."""
    (tokens,) = ESTIMATE.tokenise([text])
    spans = segmented(ESTIMATE, text, tokens, size, min(overlap, size - 1))
    segments = ESTIMATE.tokenise([text[start:end] for start, end in spans])
    assert all(len(segment) <= size for segment in segments)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    assert all(before < after for before, after in pairwise(spans))
    covered = {place for start, end in spans for place in range(start, end)}
    assert all(set(range(start, end)) <= covered for start, end in tokens.spans.tolist())


def test_a_short_text_is_its_own_segment() -> None:
    """With the blanks around it; so it is embedded as it would be without segments."""
    assert cut("  采购 ", 2) == ["  采购 "]
    assert cut("", 1) == [""]


def test_cuts_are_between_words_where_there_is_room() -> None:
    """Tokens are four letters at most: `approved` would be cut in two at the fifth token."""
    assert cut("the supplier was approved", 5) == ["the supplier was", " approved".strip()]
    assert cut("采购申请审批", 4) == ["采购申请", "审批"]
    assert cut("x" * 12, 2) == ["x" * 8, "x" * 4]


def test_overlapping_segments_share_tokens() -> None:
    """The last token of each is the first of the next."""
    assert cut("一二三四五六七", 3, 1) == ["一二三", "三四五", "五六七"]


def test_no_cut_is_between_the_bytes_of_a_character() -> None:
    """Three tokens a character, as byte-level tokenizers have them: two characters of three fit into 8 tokens."""
    text = "猫狗鸟"

    class Bytes:
        """Three tokens for each character."""

        def tokenise(self, texts: list[str]) -> list[Tokens]:
            """At the place of the character."""
            return [
                Tokens(np.repeat(np.stack([np.arange(len(t)), np.arange(len(t)) + 1], axis=1), 3, axis=0), None)
                for t in texts
            ]

        def room(self, _: str) -> None:
            """No end."""

    (tokens,) = Bytes().tokenise([text])
    assert segmented(Bytes(), text, tokens, 8, 0) == [(0, 2), (2, 3)]  # type: ignore[arg-type]  # a fake


@pytest.mark.parametrize("more", [1, 3])
def test_segments_that_grow_by_themselves_are_cut_shorter(more: int) -> None:
    """A tokenizer that puts markers before every text it gets: with them, no segment is above the size."""

    class Marking(Estimate):
        """Some tokens more."""

        def tokenise(self, texts: object) -> list[Tokens]:
            """Of no extent, at the start."""
            marker = np.zeros((more, 2), np.intp)
            return [Tokens(np.concatenate([marker, one.spans]), None) for one in super().tokenise(texts)]  # type: ignore[arg-type]  # a fake

    text = "采购申请审批" * 10
    (tokens,) = Marking().tokenise([text])
    spans = segmented(Marking(), text, tokens, 10, 0)
    assert max(map(len, Marking().tokenise([text[start:end] for start, end in spans]))) <= 10
    assert "".join(text[start:end] for start, end in spans) == text
