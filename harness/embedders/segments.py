"""A long text in segments of at most so many tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.embedders.tokenising import Tokenizer, Tokens

_WORD_SHARE = 4
"""A cut moves back by at most a quarter of a segment to stand between two words."""


def segmented(tokenizer: Tokenizer, text: str, tokens: Tokens, size: int, overlap: int) -> list[tuple[int, int]]:
    """Where the segments of a text begin and end, in characters; a text of at most `size` tokens is one segment.

    tokens: those of the text. overlap: tokens that a segment shares with the one before it, below `size`. No cut is
    inside a token, nor inside a word unless the word takes a quarter of a segment. By itself a segment can have more
    tokens than it had in the text (a marker at its start, or their places were an estimate); then all are cut shorter,
    so that they have at most `size`.
    """
    if len(tokens) <= size:
        return [(0, len(text))]
    budget = size
    while True:
        spans = _spans(text, tokens, budget, min(overlap, budget - 1))
        longest = max(map(len, tokenizer.tokenise([text[start:end] for start, end in spans])))
        if longest <= size or budget == 1:
            return spans
        budget = max(1, min(budget - 1, budget * size // longest))


def _spans(text: str, tokens: Tokens, size: int, overlap: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    first = 0
    while True:
        last = _cut(text, tokens, first, first + size)
        start = int(tokens.spans[first, 0]) if spans else 0
        if last == len(tokens):
            return [*spans, (start, len(text))]
        spans.append((start, int(tokens.spans[last - 1, 1])))
        # A segment begins behind the one before it, or there would be no end.
        first = max(first + 1, _cut(text, tokens, first, last - overlap) if overlap else last)


def _cut(text: str, tokens: Tokens, first: int, wanted: int) -> int:
    """The last token at or before `wanted` that a segment from `first` may end before: between words, if there is."""
    if wanted >= len(tokens):
        return len(tokens)
    between_tokens = [place for place in range(wanted, first, -1) if _apart(tokens, place)]
    nearest = [place for place in between_tokens if place > wanted - (wanted - first) / _WORD_SHARE]
    between_words = (place for place in nearest if not _inside_word(text, tokens, place))
    return next(between_words, between_tokens[0] if between_tokens else max(first + 1, wanted))


def _apart(tokens: Tokens, place: int) -> bool:
    """Whether a token begins where, or after, the one before it has ended: bytes of one character do not."""
    return bool(tokens.spans[place, 0] >= tokens.spans[place - 1, 1])


def _inside_word(text: str, tokens: Tokens, place: int) -> bool:
    start = int(tokens.spans[place, 0])
    around: Sequence[str] = (text[start - 1 : start], text[start : start + 1])
    return all(character.isalnum() and character.isascii() for character in around)
