"""How long one query takes: percentiles over many, none left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harness.diagnostics.cost.measure import Measure, absent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PERCENTS = (50, 95, 99)
_BLOCKS = 5
_MILLI = 1000.0


def latency(seconds: Sequence[float], name: str, what: str) -> tuple[Measure, ...]:
    """p50, p95 and p99 in ms of calls in the order in which they were made.

    A percentile is the smallest of the times that so many per cent do not exceed (nearest rank), hence one that was
    measured. The spread of p50 is that of the medians of five stretches of the calls, one after the other: a machine
    that was busy for a while shows in it.
    """
    if not len(seconds):
        return tuple(absent(name, f"not measured: no {what} in the time", f"p{percent}") for percent in _PERCENTS)
    return tuple(_percentiles(np.asarray(seconds) * _MILLI, name, what))


def _percentiles(times: np.ndarray[tuple[int], np.dtype[np.float64]], name: str, what: str) -> Iterator[Measure]:
    ordered, count = np.sort(times), len(times)
    for percent in _PERCENTS:
        rank = -(-percent * count // 100)
        value, subject = float(ordered[rank - 1]), f"p{percent}"
        note = f"{percent} % of {count} {what} took no longer"
        if percent == _PERCENTS[0] and count >= _BLOCKS:
            medians = [float(np.median(block)) for block in np.array_split(times, _BLOCKS)]
            low, high = min(medians), max(medians)
            note += f"; medians of {_BLOCKS} stretches: {low:.4g} to {high:.4g}"
            yield Measure(name, value, "ms", note, subject, low, high)
        elif rank == count:
            yield Measure(name, value, "ms", f"the longest of only {count} {what}", subject, caution=True)
        else:
            yield Measure(name, value, "ms", note, subject)
