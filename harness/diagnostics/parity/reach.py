"""How far a side reads: from which length on a longer text has the same vector.

What a tokenizer or a model card says is not trusted, since the pipeline around the model may cut earlier (a server's
default of 512 tokens under a model that reads 8,192). Lengths are words of English and characters of Chinese, because
two sides may count tokens differently.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from harness.diagnostics.parity.observation import Reach, alike

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from harness.diagnostics.parity.observation import Answers
    from harness.diagnostics.parity.probes import Language

LONGEST = 8192
"""Words or characters; what most models that read long texts take."""

ALWAYS = 2048
"""Up to here the clock does not stop the search: beyond both long probes, and again by half of it, so that a side that
reads them whole is known to."""

_FIRST = (4, 16, 64, 256)
"""The lengths of the first request: the first two must differ, or the side cannot tell such texts apart."""

_BEYOND = 8
"""By this part of it, one text is longer than the longest that counts: to see that the longest was read to its end."""

_TOLD = 0.04
"""Narrowed down to this share of a length, it is told."""

_NARROWINGS = 4
_INSIDE = (1 / 4, 1 / 2, 3 / 4, 31 / 32)
"""Shares of the way between a length that is read and one that is not, tried in one request: most models end just below
a power of two, where the tokens around a text leave little."""

_NOISE, _TIMES = 1e-6, 4
"""A cosine distance that the order of additions in float32 cannot make; and how often the noise that was seen."""

_STEADY, _MOST_NOISE = 1e-5, 2e-3
"""A side noisier than the first is only compared within one request; beyond the second, ends could not be seen."""

_WORDS_OFF, _SHARE_OFF = 8, 0.05
"""What two ends may differ by: the tokens of a prompt."""

Search: TypeAlias = "Generator[Sequence[int], Answers, Reach]"
"""Yields the lengths of a request, is sent the answers to it, or none to stop it; returns what was found."""


def series(language: Language, length: int) -> str:
    """The first so many words or characters of one endless text."""
    parts = [language.units(text) for text in language.parts]
    units = []
    for place in range(length):
        part = parts[(place + 1).bit_length() % len(parts)]
        units.append(part[place % len(part)])
    return language.between.join(units)


class Measure:
    """Finds out how far a side reads, up to `longest`. noise: the cosine distance of two vectors of one text."""

    def __init__(self, noise: float, longest: int = LONGEST) -> None:
        self._limit = max(_NOISE, min(_TIMES * noise, _MOST_NOISE))
        self._together = noise > _STEADY
        self._longest = longest
        self._found: dict[int, Answers] = {}

    def search(self) -> Search:
        """The lengths to try, request by request."""
        for wanted in self._rounds():
            if not (yield from self._ask(wanted, max(self._found, default=0))):
                break
            if self._same(*_FIRST[:2]) or not self._there(_FIRST[0]):
                return Reach(0, None, blind=True)
            known, end = self._between()
            if end:
                return (yield from self._narrowed(known, end, refused=not self._there(end)))
        # The longest only shows that the one before it was not the end.
        return Reach(max(sorted(self._found)[:-1], default=0), None)

    def _rounds(self) -> Iterator[Sequence[int]]:
        yield [length for length in _FIRST if length <= self._longest]
        length = 2 * _FIRST[-1]
        while length <= self._longest:
            yield [length]
            length *= 2
        yield [self._longest + self._longest // _BEYOND]

    def _between(self) -> tuple[int, int]:
        """The longest length that is read, and the first known not to be, or to be refused; 0 where there is none."""
        ordered = sorted(self._found)
        for place, (shorter, longer) in enumerate(pairwise(ordered)):
            if not self._there(longer):
                return shorter, longer
            if self._same(shorter, longer):
                return ordered[place - 1], shorter
        return ordered[-1], 0

    def _narrowed(self, known: int, end: int, *, refused: bool) -> Search:
        """Between a length that is read and one that is not."""
        for _ in range(_NARROWINGS):
            inside = sorted({known + round(share * (end - known)) for share in _INSIDE} - {known, end})
            if end - known <= _TOLD * end or not (yield from self._ask(inside, end)):
                break
            for length in inside:
                if not self._there(length) or (not refused and self._same(length, end)):
                    end = length
                    break
                known = length
        return Reach(known, end, refused=refused)

    def _ask(self, lengths: Sequence[int], reference: int) -> Generator[Sequence[int], Answers, bool]:
        """Whether there were answers. reference: a length that those are compared with."""
        again = [reference] if self._together and reference else []
        answers = yield [*lengths, *again]
        self._found |= {
            length: answers.take([place]) for place, length in enumerate([*lengths, *again][: len(answers.rows)])
        }
        return bool(len(answers.rows))

    def _there(self, length: int) -> bool:
        return bool(self._found[length].there[0]) if length in self._found else True

    def _same(self, shorter: int, longer: int) -> bool:
        if shorter not in self._found or longer not in self._found:
            return False
        return bool(1 - alike(self._found[shorter], self._found[longer])[0] <= self._limit)


def apart(first: Reach, second: Reach) -> bool:
    """Whether two sides surely read differently far, as far as was tried on both; a prompt's tokens do not count."""
    if first.blind or second.blind:
        return False
    short, far = sorted((first, second), key=lambda reach: (reach.upper, reach.known))
    if short.end is None:
        return False
    return far.known - short.end > max(_WORDS_OFF, _SHARE_OFF * far.known)
