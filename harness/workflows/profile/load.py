"""How many texts keep all of an embedder busy, and what calls come to before they are made."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from harness.embedders.capabilities import Foreseeing, service_of
from harness.workflows.profile.texts import STRATUM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.model import Embedder

BATCHES = (1, 4, 16, 64, 256)
"""Texts per call that every embedder is measured with, where there is time."""

_MOST = 2048
"""Texts of one call to a service, whatever it is said to take at once."""


@dataclass(frozen=True)
class Load:
    """What the number of texts of a call does to the time that it takes.

    largest: texts of a call that several processes, or several requests under way, are all busy with; None where the
    BATCHES have it. weight: the time of a call with so many texts, in proportion to that of others.
    """

    largest: int | None = None
    weight: Callable[[int], float] = float


def load_of(models: Sequence[Embedder], documents: Callable[[], Iterator[str]]) -> Load:
    """The load of an embedder that is made of these models: of a service, requests one after the other."""
    if len(models) != 1:
        return Load()
    (model,) = models
    service = service_of(model)
    if service is None or not isinstance(model, Foreseeing):
        together = getattr(model, "together", 0)
        return Load(together if together > BATCHES[-1] else None)
    texts = list(islice(documents(), 2 * _MOST))
    foreseen, at_once = model.foreseen, service.at_once

    @cache
    def requests(start: int, count: int) -> int:
        return len(foreseen(texts[start : start + count], "document"))

    def is_too_much(count: int) -> bool:
        return max(requests(0, count), requests(count, count)) > at_once

    sizes = range(STRATUM, _MOST + 1, STRATUM)
    fitting = bisect_right(sizes, False, key=is_too_much)
    largest = sizes[fitting - 1] if fitting else 0
    return Load(largest if largest > BATCHES[-1] else None, lambda count: -(-requests(0, count) // at_once))
