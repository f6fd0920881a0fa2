"""What the vectors of a suite do not show of an embedder: how it reads texts, and how steady it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from harness.diagnostics.determinism import Tried, determinism_findings
from harness.diagnostics.scripts import SCRIPTS
from harness.diagnostics.tokenisation import TokenCounts, tokenisation_findings
from harness.embedders.tokenising import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from harness.embedders.contract import Checked
    from harness.embedders.tokenising import Tokenizer, Tokens
    from harness.model import Embedder, Finding, Identity, Index, Role

VERSION = "5"
"""Raised whenever a finding here can change: what was noted before is then found out again."""

STEADINESS = "determinism"
"""What `steadiness` finds, as it is noted."""


_OF_SEGMENTS = "segments of texts (a short text is one)"
_OF_CUTS = {"cut_texts", "lost_tokens"}


@dataclass(frozen=True)
class Parts:
    """What an embedder is given of its texts. whose: the identity of the wrapper that takes them apart.

    most: the first so many tokens of each text; None: all of its segments.
    """

    whose: Identity
    most: int | None


@runtime_checkable
class Parted(Protocol):
    """An embedder that takes note of the whole texts that it sees only parts of."""

    def parted(self, texts: Sequence[str], role: Role, parts: Parts) -> None:
        """What it is asked for next are such parts of `texts`."""
        ...


def tell_parted(embedder: Embedder, texts: Sequence[str], role: Role, parts: Parts) -> None:
    """Let an embedder that takes note of it know that it gets parts of these texts next."""
    if isinstance(embedder, Parted):
        embedder.parted(texts, role, parts)


def reading(embedder: Checked, texts: Mapping[Role, Sequence[str]], parts: Parts | None = None) -> tuple[Finding, ...]:
    """How the embedder's model takes these texts apart; nothing where it does not say, but what a wrapper cuts.

    texts: whole ones, which `parts.most` cuts, or segments of texts where it is None. Raises EmbedderError.
    """
    tokenizer = embedder.tokenizer
    most = parts.most if parts else None
    if tokenizer is None:
        found = tokenisation_findings(counted(Estimate(), texts, most)) if most else ()
        return tuple(replace(one, note=f"estimated: {one.note}") for one in found if one.name in _OF_CUTS)
    found = tokenisation_findings(counted(tokenizer, texts, most))
    if parts and most is None:
        return tuple(replace(one, note=f"{_OF_SEGMENTS}: {one.note}") for one in found)
    return found


def steadiness(embedder: Checked) -> tuple[Finding, ...]:
    """Whether a text always gets the same vector, from a few probes. Raises EmbedderError."""
    if not embedder.probes:
        return ()
    batch, again, *alone, reordered = (embedder.embed(some, "document") for some in rounds(embedder.probes))
    return determinism_findings(Tried(batch, again, np.concatenate(alone), reordered[::-1]))


def rounds(probes: Sequence[str]) -> list[list[str]]:
    """What is embedded to see whether it is steady: all probes, again, one by one, and backwards."""
    together = list(probes)
    return [together, together, *([probe] for probe in together), together[::-1]]


def noted(what: str) -> str:
    """Under which name findings are kept that were found out in the present way."""
    return f"findings {VERSION} {what}"


def counted(tokenizer: Tokenizer, texts: Mapping[Role, Sequence[str]], most: int | None = None) -> TokenCounts:
    """What became of the texts: how many tokens each has, how many are kept, how many stand for what.

    most: tokens of a text that are read where the model has room for more.
    """
    tokens: list[int] = []
    kept: list[int] = []
    flags: list[NDArray[np.bool_] | None] = []
    totals = {script: np.zeros(2, np.int64) for script in SCRIPTS}
    for role, of_role in texts.items():
        limits = [limit for limit in (tokenizer.room(role), most) if limit is not None]
        for text, found in zip(of_role, tokenizer.tokenise(of_role), strict=True):
            tokens.append(len(found))
            kept.append(min([len(found), *limits]))
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
