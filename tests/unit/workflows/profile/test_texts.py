"""What is embedded to be timed."""

from __future__ import annotations

from itertools import islice

from harness.diagnostics.scripts import estimated_tokens
from harness.workflows.profile.texts import STRATUM, documents, drawn, queries


def tokens(texts: list[str]) -> list[int]:
    """Estimated tokens of each."""
    return [len(estimated_tokens(text)) for text in texts]


def chinese(text: str) -> bool:
    """Whether most of it is Chinese."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text) > len(text) / 2


def test_queries_are_short_mixed_and_never_the_same() -> None:
    """2,000 of 10 to 30 tokens, half of them Chinese; asked for again, the same ones."""
    asked = list(islice(queries(), 2000))
    assert len(set(asked)) == 2000
    assert min(tokens(asked)) >= 10
    assert max(tokens(asked)) <= 33
    assert sum(map(chinese, asked)) == 1000
    assert asked == list(islice(queries(), 2000))


def test_documents_have_one_mix_of_lengths_everywhere() -> None:
    """Some 30 to 900 tokens; 16 in a row have as many as any other 16 of the same languages; none comes twice."""
    texts = list(islice(documents(), 64 * STRATUM))
    assert len(set(texts)) == len(texts)
    lengths = tokens(texts)
    sums = [sum(lengths[start : start + STRATUM]) for start in range(0, len(lengths), STRATUM)]
    assert max(sums) / min(sums) < 1.15
    assert min(lengths) < 40
    assert max(lengths) > 400
    assert sum(map(chinese, texts)) == len(texts) // 2


def test_own_texts_are_dealt_by_length() -> None:
    """Of 32 texts of 1 to 32 letters, the first 16 have lengths from all over, and so have the next; then again."""
    own = ["x" * length for length in range(1, 33)]
    taken = list(islice(drawn(own), 48))
    assert [len(text) for text in taken[:STRATUM]] == list(range(1, 33, 2))
    assert sorted(taken[: 2 * STRATUM]) == sorted(own)
    assert taken[32:] == taken[:16]


def test_a_single_text_is_drawn_over_and_over() -> None:
    """There may be fewer texts than a stratum has places."""
    assert list(islice(drawn(["一"]), 3)) == ["一"] * 3
