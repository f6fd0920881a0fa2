"""What the vectors of a suite do not show of an embedder: how it reads texts, and how steady it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.determinism import Tried, determinism_findings
from harness.diagnostics.scripts import SCRIPTS
from harness.diagnostics.tokenisation import TokenCounts, tokenisation_findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from harness.embedders.contract import Checked
    from harness.embedders.tokenising import Tokenizer, Tokens
    from harness.model import Finding, Index, Role

VERSION = "4"
"""Raised whenever a finding here can change: what was noted before is then found out again."""


def reading(embedder: Checked, texts: Mapping[Role, Sequence[str]]) -> tuple[Finding, ...]:
    """How the embedder's model takes these texts apart; nothing where it does not say. Raises EmbedderError."""
    tokenizer = embedder.tokenizer
    return tokenisation_findings(counted(tokenizer, texts)) if tokenizer else ()


def steadiness(embedder: Checked) -> tuple[Finding, ...]:
    """Whether a text always gets the same vector, from a few probes. Raises EmbedderError."""
    probes = list(embedder.probes)
    if not probes:
        return ()
    tried = Tried(
        batch=embedder.embed(probes, "document"),
        again=embedder.embed(probes, "document"),
        alone=np.concatenate([embedder.embed([probe], "document") for probe in probes]),
        reordered=embedder.embed(probes[::-1], "document")[::-1],
    )
    return determinism_findings(tried)


def counted(tokenizer: Tokenizer, texts: Mapping[Role, Sequence[str]]) -> TokenCounts:
    """What became of the texts: how many tokens each has, how many are kept, how many stand for what."""
    tokens: list[int] = []
    kept: list[int] = []
    flags: list[NDArray[np.bool_] | None] = []
    totals = {script: np.zeros(2, np.int64) for script in SCRIPTS}
    for role, of_role in texts.items():
        room = tokenizer.room(role)
        for text, found in zip(of_role, tokenizer.tokenise(of_role), strict=True):
            tokens.append(len(found))
            kept.append(len(found) if room is None else min(room, len(found)))
            flags.append(found.unknown)
            for script, ranges in SCRIPTS.items():
                totals[script] += _of_script(text, found, ranges)
    said = [own for own in flags if own is not None]
    return TokenCounts(
        np.array(tokens, np.intp),
        np.array(kept, np.intp),
        sum(int(own.sum()) for own in said) if len(said) == len(flags) else None,
        {script: (int(characters), int(stand)) for script, (characters, stand) in totals.items()},
    )


def _of_script(text: str, found: Tokens, ranges: Sequence[tuple[int, int]]) -> Index:
    """How many characters of a script a text has, and how many tokens stand for any of them: 2."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    inside = np.zeros(len(codes), np.bool_)
    for low, high in ranges:
        inside |= (codes >= low) & (codes <= high)
    before = np.concatenate([[0], inside.cumsum()])
    stand = before[found.spans[:, 1]] > before[found.spans[:, 0]]
    return np.array([before[-1], stand.sum()], np.intp)
