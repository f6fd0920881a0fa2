"""How many texts a second, by how many are handed over at once; and which number of them is best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.cost.measure import Measure, absent, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AS_GOOD = 0.97
"""A batch that reaches this share of the highest throughput is as good: so much differs between two runs of one."""


@dataclass(frozen=True)
class Rate:
    """Texts handed over `batch` at a time. seconds: of each repeat, over `texts` texts."""

    batch: int
    texts: int
    seconds: tuple[float, ...]

    @property
    def per_second(self) -> list[float]:
        """Texts a second, of each repeat."""
        return [self.texts / seconds for seconds in self.seconds]

    @property
    def median(self) -> float:
        """Texts a second."""
        return float(np.median(self.per_second))


@dataclass(frozen=True)
class TokenCount:
    """Tokens of a text on average. own: by the embedder's tokenizer, as many as it reads; else an estimate.

    billed: as a service counts them, whatever it puts around a text included.
    """

    per_text: float
    own: bool
    billed: bool = False

    @property
    def note(self) -> str:
        """How they were counted."""
        if self.billed:
            return "as the service counts them"
        if self.own:
            return "by its own tokenizer, without special tokens and what it cuts off"
        return "estimated: a token per Chinese character, per 4 letters, per sign"


def best_of(rates: Sequence[Rate]) -> Rate:
    """The smallest batch whose median is within 3 % of the highest. There must be one."""
    highest = max(rate.median for rate in rates)
    return min((rate for rate in rates if rate.median >= _AS_GOOD * highest), key=lambda rate: rate.batch)


def throughput(rates: Sequence[Rate], skipped: Mapping[int, str], tokens: TokenCount) -> tuple[Measure, ...]:
    """Texts a second by batch, the best batch, tokens a second with it. skipped: batch → why it was not measured."""
    found = {rate.batch: _of(rate) for rate in rates}
    left = {batch: absent("throughput", f"not measured: {why}", _subject(batch)) for batch, why in skipped.items()}
    by_batch = [measure for _, measure in sorted({**found, **left}.items())]
    if not rates:
        why = "not measured: no batch was"
        return (*by_batch, absent("best_batch", why), absent("tokens_per_second", why))
    best = best_of(rates)
    note = "texts per call; the smallest within 3 % of the highest throughput"
    if skipped:
        note += f", of those measured ({', '.join(str(batch) for batch in sorted(found))})"
    per_second = [value * tokens.per_text for value in best.per_second]
    return (
        *by_batch,
        Measure("best_batch", float(best.batch), "texts", note, caution=bool(skipped)),
        spread("tokens_per_second", per_second, "tokens/s", f"{best.batch} texts per call, {tokens.note}"),
    )


def _of(rate: Rate) -> Measure:
    calls = rate.texts // rate.batch
    note = f"texts of a call: {rate.batch}; {calls} call{'s' if calls > 1 else ''} a repeat"
    return spread("throughput", rate.per_second, "texts/s", note, _subject(rate.batch))


def _subject(batch: int) -> str:
    return str(batch)
