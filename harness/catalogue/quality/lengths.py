"""Texts that most models do not read to their end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.notes import Note
from harness.diagnostics.scripts import estimated_tokens
from harness.statistics.shares import percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.catalogue.suites import Opened

READ = 512
"""Tokens that most models read."""


def lengths(opened: Opened) -> Iterator[Note]:
    """How many texts are longer than what most models read, and how much of them those see.

    By estimate: a token is one Chinese, Japanese or Korean character, or four letters of a word.
    """
    for name, asked in opened.suite.task.texts().items():
        tokens = np.array([len(estimated_tokens(text)) for text in asked.texts], np.intp)
        long = tokens > READ
        if long.any():
            seen = float(np.minimum(tokens, READ)[long].sum() / tokens[long].sum())
            text = (
                f"{int(long.sum()):,} of {len(tokens):,} {name} have more than about {READ} tokens, the longest "
                f"{tokens.max():,.0f}: models that read {READ} see {percent(seen)} of them"
            )
            advice = "split them, or compare models that read more; `harness run` tells how much each model has cut"
            yield Note("long-texts", "info", seen, name, text, (), advice)
