"""Embedders of surface: nothing but a number per text."""

from __future__ import annotations

import pytest

from harness.embedders.shortcuts import by_length, by_position
from harness.search import COSINE


def test_the_nearer_two_lengths_the_larger_the_cosine() -> None:
    """As a ratio: 10 and 12 characters are nearer than 10 and 1000, those nearer than 0 and 1000."""
    lengths = by_length().embed(["", "a" * 10, "b" * 12, "c" * 1000], "either")
    near = COSINE.matrix(lengths, lengths)
    assert near[1, 2] > near[1, 3] > near[0, 3]


def test_like_positions_are_near() -> None:
    """First beside first, last beside last, whatever blanks or instruction; a text in no file is at its beginning."""
    positions = by_position({"q": ["one", "two", "three"], "c": ["x\ny", "z"]}, "find: ")
    vectors = positions.embed(["one", "x y", "find: three", "z", "unknown"], "either")
    assert COSINE.pairs(vectors[[0, 2, 4]], vectors[[1, 3, 0]]).tolist() == pytest.approx([1, 1, 1])
