"""Timing calls: how often, how many texts at a time, until when. Warm-up is left out, an outlier never."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from time import perf_counter
from typing import TYPE_CHECKING, TypeAlias

from harness.diagnostics.cost import Rate
from harness.workflows.profile.load import BATCHES, Load
from harness.workflows.profile.observed import CANDIDATES, MORE_QUERIES
from harness.workflows.profile.texts import STRATUM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.model import Ranker

Call: TypeAlias = "Callable[[list[str]], object]"
"""Embeds texts; what it returns is of no interest."""

_FIRST = 16
"""Texts per call that are measured even where there is no time for more."""

_FEWEST, _MOST = 50, 1000
"""Calls with one query: at least so many unless one is very slow, and no more."""

_WARM = 5
_REPEATS, _MOST_REPEATS = 3, 9
_SHORTEST = 0.2
"""Seconds that a repeat lasts at least, where that many texts can be had: a clock's tick and a pause vanish in it."""

_OF_QUERIES = 0.25
"""The share of the time that goes to single queries."""

_TWO_DIGITS = 99.5
"""Seconds from which on there are three digits before the point."""

_WARMING = 512
"""Texts of a first call, at the most: enough that several processes start."""


_PLAIN = Load()


@dataclass
class Stopwatch:
    """Measures for about so many seconds. tell: told what is measured now."""

    seconds: float
    tell: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = field(default=perf_counter)

    def timed(self, call: Callable[[], object]) -> float:
        """Seconds that a call takes."""
        started = self.clock()
        call()
        return self.clock() - started

    def latencies(self, call: Callable[[str], object], queries: Iterator[str]) -> list[float]:
        """Seconds of calls with one query each, in their order; the first five calls are not among them."""
        self.tell("latency of one query")
        limit = self.seconds * _OF_QUERIES
        for query in islice(queries, _WARM):
            if self.timed(lambda query=query: call(query)) * _WARM > limit:  # type: ignore[misc]  # mypy does not infer defaults of a lambda
                break
        found: list[float] = []
        started = self.clock()
        for query in islice(queries, _MOST):
            found.append(self.timed(lambda query=query: call(query)))  # type: ignore[misc]  # the same
            spent = self.clock() - started
            if spent >= (limit if len(found) >= _FEWEST else self.seconds):
                break
        return found

    def rates(self, call: Call, texts: Iterator[str], load: Load = _PLAIN) -> tuple[list[Rate], dict[int, str]]:
        """Texts a second for every batch that there is time for, and why the others are left out.

        All batches take turns, round after round: whatever else the machine does meets each of them alike.
        """
        limit = self.seconds * (1 - _OF_QUERIES)
        started = self.clock()
        warm, skipped = self._warmed(call, texts, load, limit)
        each = (limit - (self.clock() - started)) / (len(warm) * _REPEATS)
        calls = {batch: _calls(batch, warm[batch], each) for batch in sorted(warm)}
        seconds: dict[int, list[float]] = {batch: [] for batch in calls}
        for number in range(_MOST_REPEATS):
            self.tell(f"throughput, {', '.join(map(str, calls))} texts per call, round {number + 1}")
            for batch, times in calls.items():
                # Taken before the clock starts.
                parts = [list(islice(texts, batch)) for _ in range(times)]
                seconds[batch].append(self.timed(lambda parts=parts: [call(part) for part in parts]))  # type: ignore[misc]  # the same
            spent = self.clock() - started
            if spent >= (limit if number + 1 >= _REPEATS else self.seconds):
                break
        return [Rate(batch, batch * calls[batch], tuple(own)) for batch, own in seconds.items()], skipped

    def _warmed(
        self, call: Call, texts: Iterator[str], load: Load, limit: float
    ) -> tuple[dict[int, float], dict[int, str]]:
        """Seconds of a first call, which makes buffers, of every batch that fits into the time; why others do not."""
        warm: dict[int, float] = {}
        skipped: dict[int, str] = {}
        weights = {batch: _weight(batch, load) for batch in (*BATCHES, *([load.largest] if load.largest else []))}
        for batch in sorted(weights, key=lambda batch: (batch != _FIRST, batch != load.largest, weights[batch])):
            each = min((seconds / load.weight(min(size, _WARMING)) for size, seconds in warm.items()), default=0.0)
            if each * sum(weights[size] for size in (*warm, batch)) > limit:
                more = each * weights[batch]
                skipped[batch] = f"it would have taken about {_rounded(more)} s more; give --seconds more"
            else:
                self.tell(f"throughput, {batch} texts per call")
                first = list(islice(texts, min(batch, _WARMING)))
                warm[batch] = self.timed(lambda first=first: call(first))  # type: ignore[misc]  # the same
        return warm, skipped


def _rounded(seconds: float) -> str:
    """To two digits, all of those before the point."""
    return f"{seconds:.2g}" if seconds < _TWO_DIGITS else f"{seconds:.0f}"


def _weight(batch: int, load: Load) -> float:
    """What a batch takes at the least, its first call included; of the largest, a repeat is long enough."""
    repeats = _REPEATS if batch in BATCHES else 1
    return load.weight(min(batch, _WARMING)) + repeats * -(-STRATUM // batch) * load.weight(batch)


def _calls(batch: int, warm: float, seconds: float) -> int:
    """Calls of a repeat: whole strata, and 0.2 s where there are so many `seconds` for each."""
    fewest = -(-STRATUM // batch)
    wanted = min(_SHORTEST, seconds) / warm if warm else fewest
    return max(fewest, round(wanted / fewest) * fewest)


def ranking(
    ranker: Ranker, queries: Iterator[str], documents: Iterator[str], watch: Stopwatch
) -> tuple[list[float], list[float]]:
    """Seconds to index documents and answer one query, and seconds of a query more.

    A ranker is given documents and queries together, so that the second is a difference: of calls with 21 queries and
    with one, over 20, each on documents of its own.
    """
    watch.tell("indexing and one query")
    started = watch.clock()
    indexing: list[float] = []
    more: list[float] = []
    watch.timed(lambda: ranker.rank(list(islice(queries, 1)), list(islice(documents, CANDIDATES)), 10))
    while len(indexing) < _MOST_REPEATS and (not indexing or watch.clock() - started < watch.seconds):
        own = list(islice(documents, CANDIDATES))
        one, several = list(islice(queries, 1)), list(islice(queries, MORE_QUERIES + 1))
        indexing.append(watch.timed(lambda own=own, one=one: ranker.rank(one, own, 10)))  # type: ignore[misc]  # mypy does not infer defaults of a lambda
        whole = watch.timed(lambda own=own, several=several: ranker.rank(several, own, 10))  # type: ignore[misc]  # the same
        more.append(max(0.0, whole - indexing[-1]) / MORE_QUERIES)
    return indexing, more
