"""Timing with a clock that only moves when something is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.model import Identity, Ranking
from harness.workflows.profile.load import BATCHES, Load
from harness.workflows.profile.measuring import Stopwatch, ranking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass
class Slow:
    """Takes `call` s for each call and `text` s for each text; remembers how many texts each call had."""

    call: float
    text: float
    now: float = 0.0
    asked: list[list[str]] = field(default_factory=list)

    def embed(self, texts: Sequence[str]) -> None:
        """Lets time pass."""
        self.asked.append(list(texts))
        self.now += self.call + self.text * len(texts)

    def watch(self, seconds: float) -> Stopwatch:
        """A stopwatch on its clock."""
        return Stopwatch(seconds, clock=lambda: self.now)


def numbered() -> Iterator[str]:
    """No text twice."""
    return map(str, count())


def test_each_query_is_timed_once_it_is_warm() -> None:
    """20 s leave 5 for queries: 10 ms each make 500 calls, after 5 that do not count; no query comes twice."""
    slow = Slow(0.0, 0.01)
    found = slow.watch(20).latencies(lambda query: slow.embed([query]), numbered())
    assert len(found) == pytest.approx(500, abs=2)
    assert found == pytest.approx([0.01] * len(found))
    assert len(slow.asked) == len(found) + 5
    assert len({text for texts in slow.asked for text in texts}) == len(slow.asked)


def test_fast_queries_have_an_end() -> None:
    """A thousand calls are enough."""
    slow = Slow(0.0, 1e-6)
    assert len(slow.watch(20).latencies(lambda query: slow.embed([query]), numbered())) == 1000


def test_slow_queries_are_fifty_or_as_many_as_there_is_time_for() -> None:
    """At 0.2 s, 50 calls are made though their share is used up; at 3 s, 7 fill the whole time, after a single one."""
    for each, calls, warm in ((0.2, 50, 5), (3.0, 7, 1)):
        slow = Slow(0.0, each)
        assert len(slow.watch(20).latencies(lambda query, slow=slow: slow.embed([query]), numbered())) == calls
        assert len(slow.asked) == calls + warm


def test_rates_count_the_cost_of_a_call() -> None:
    """9 ms a call and 1 ms a text: 100 texts a second one by one, nearly 1,000 with 256."""
    slow = Slow(0.009, 0.001)
    rates, skipped = slow.watch(20).rates(slow.embed, numbered())
    median = {rate.batch: rate.median for rate in rates}
    assert skipped == {}
    assert set(median) == set(BATCHES)
    assert median[1] == pytest.approx(1 / 0.010)
    assert median[256] == pytest.approx(256 / 0.265)
    assert all(3 <= len(rate.seconds) <= 9 for rate in rates)
    assert all(rate.texts % 16 == 0 for rate in rates)
    assert slow.now < 25


def test_a_slow_model_measures_fewer_batches() -> None:
    """At 50 ms a text, 15 s are 300 texts: 64 with 16 a call, 49 with 1, 52 with 4, but not 256 more with 64."""
    slow = Slow(0.0, 0.05)
    rates, skipped = slow.watch(20).rates(slow.embed, numbered())
    assert {rate.batch for rate in rates} == {1, 4, 16}
    assert skipped == {
        64: "it would have taken about 13 s more; give --seconds more",
        256: "it would have taken about 51 s more; give --seconds more",
    }
    assert slow.now < 20


def test_a_large_batch_comes_second_and_once_is_enough() -> None:
    """At 10 ms a text, 15 s are 1,500 texts: 64 with 16 a call, 512 + 768 with 768, 101 with 1 and 4, not 256 more."""
    slow = Slow(0.0, 0.01)
    rates, skipped = slow.watch(20).rates(slow.embed, numbered(), Load(768))
    assert {rate.batch for rate in rates} == {1, 4, 16, 768}
    assert set(skipped) == {64, 256}
    assert [len(texts) for texts in slow.asked[:2]] == [16, 512]


def test_time_is_foreseen_by_requests() -> None:
    """Where any number of texts takes 0.25 s, 1,024 are no slower than 4: all are measured but one by one, 12 s."""
    slow = Slow(0.25, 0.0)
    rates, skipped = slow.watch(16).rates(slow.embed, numbered(), Load(1024, lambda _: 1.0))
    assert {rate.batch for rate in rates} == {4, 16, 64, 256, 1024}
    assert skipped == {1: "it would have taken about 12 s more; give --seconds more"}
    assert max(rate.median for rate in rates) == 1024 / 0.25


def test_batches_take_turns() -> None:
    """A machine that becomes slower and slower slows all of them down alike."""
    slow = Slow(0.009, 0.001)
    slow.watch(20).rates(slow.embed, numbered())
    sizes = [len(texts) for texts in slow.asked[5:]]  # without the first call of each
    turns = [size for size, before in zip(sizes, [0, *sizes], strict=False) if size != before]
    assert turns[:10] == [*BATCHES, *BATCHES]


def test_a_very_slow_model_is_measured_once() -> None:
    """A repeat that takes longer than all of the time is the last."""
    slow = Slow(0.0, 2.0)
    (rate,), skipped = slow.watch(20).rates(slow.embed, numbered())
    assert (rate.batch, len(rate.seconds), rate.median) == (16, 1, 0.5)
    assert len(skipped) == 4


class Ranks:
    """A ranker that takes 1 ms for a document and 10 for a query."""

    identity = Identity("fake", "ranks", "1")

    def __init__(self) -> None:
        self.now = 0.0

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """Lets time pass."""
        self.now += 0.001 * len(documents) + 0.010 * len(queries)
        return Ranking(np.zeros((len(queries), k), np.intp), np.zeros((len(queries), k), np.float32))


def test_a_ranker_indexes_and_answers() -> None:
    """100 documents and a query take 110 ms; 20 queries more take 10 ms each."""
    ranks = Ranks()
    indexing, more = ranking(ranks, numbered(), numbered(), Stopwatch(2.0, clock=lambda: ranks.now))
    assert indexing == pytest.approx([0.110] * len(indexing))
    assert more == pytest.approx([0.010] * len(more))
    assert len(indexing) > 1
