"""How a model's tokenizer copes with the texts of a suite. The counting is the embedders' business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.model import Finding
from harness.statistics.shares import percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.model import Index

_CUT = 0.01
"""Share of the texts that may be cut before the table says so."""


@dataclass(frozen=True)
class TokenCounts:
    """What became of n texts.

    tokens, kept: of each text, n; kept are those that the model reads. unknown: the number of tokens that stand for
    anything the vocabulary lacks, None where the tokenizer does not say. scripts: by name of a script, how many
    characters of it the texts have, and how many tokens stand for such characters.
    """

    tokens: Index
    kept: Index
    unknown: int | None
    scripts: Mapping[str, tuple[int, int]]


def tokenisation_findings(counts: TokenCounts) -> tuple[Finding, ...]:
    """Tokens per text and per character, unknown ones, and what is cut off; nothing about no texts."""
    if not len(counts.tokens):
        return ()
    return (*_lengths(counts), *_per_character(counts), *_unknown(counts), *_cut(counts))


def _lengths(counts: TokenCounts) -> Iterator[Finding]:
    median, high = np.percentile(counts.tokens, (50, 95))
    yield Finding("tokens_per_text", float(median), "the median", subject="p50")
    yield Finding("tokens_per_text", float(high), "95 % of the texts have no more", subject="p95")
    yield Finding("tokens_per_text", float(counts.tokens.max()), "those of the longest text", subject="max")


def _per_character(counts: TokenCounts) -> Iterator[Finding]:
    for script, (characters, tokens) in counts.scripts.items():
        if characters:
            note = f"tokens for each {script} character: {tokens} for {characters}"
            yield Finding("tokens_per_character", tokens / characters, note, subject=script)


def _unknown(counts: TokenCounts) -> Iterator[Finding]:
    total = int(counts.tokens.sum())
    if counts.unknown is not None and total:
        note = f"{counts.unknown} of {total} tokens stand for what the vocabulary lacks"
        yield Finding("unknown_tokens", counts.unknown / total, note)


def _cut(counts: TokenCounts) -> Iterator[Finding]:
    lost = counts.tokens - counts.kept
    cut = lost > 0
    share = float(cut.mean())
    if not cut.any():
        yield Finding("cut_texts", 0.0, "no text is longer than what the model reads")
        return
    of_them = float(lost.sum() / counts.tokens[cut].sum())
    limit = int(counts.kept[cut].max())
    note = f"{percent(share)} of the texts are cut at {limit} tokens; {percent(of_them)} of their tokens are lost"
    yield Finding("cut_texts", share, note, warning=share > _CUT)
    of_all = float(lost.sum() / counts.tokens.sum())
    yield Finding("lost_tokens", of_all, "share of the tokens of all texts", subject="of all texts")
    yield Finding("lost_tokens", of_them, "share of the tokens of the texts that are cut", subject="of cut texts")
