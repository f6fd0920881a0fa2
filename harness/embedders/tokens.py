"""Text → tokens without a dictionary, for the embedders and rankers that count words."""

from __future__ import annotations

from harness.diagnostics.scripts import runs


def words(text: str) -> list[str]:
    """Lower-cased words; every character of an unspaced run on its own."""
    tokens: list[str] = []
    for run, unspaced in runs(text):
        tokens.extend(run) if unspaced else tokens.append(run.lower())
    return tokens
