"""Who is to blame when there is no vector: a text, those beside it, the service."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.remote.pace import Pace
from harness.embedders.remote.refusals import RefusedError, Then
from harness.embedders.remote.sending import Reply, Sending, TextsRefusedError
from harness.errors import EmbedderError
from tests.service_of_places import Service, sent

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.model import Index


def test_rows_that_are_not_finite_are_refused_texts() -> None:
    """NaN, infinity: only those texts; a request in which every row is spoiled is made again in halves."""

    class Spoiled(Service):
        def ask(self, places: Index, few: int) -> Reply:
            rows = super().ask(places, few).rows
            rows[places == 7] = np.nan
            rows[places == 8] = np.inf
            if 42 in places:
                rows[:] = np.nan
            return Reply(rows)

    _, got, error = sent(Spoiled(), 100)
    assert sorted(got) == [place for place in range(100) if place not in {7, 8, 42}]
    assert isinstance(error, TextsRefusedError)
    assert error.reasons == dict.fromkeys((7, 8, 42), "the vector is missing, or has NaN or infinity in it")


def test_a_service_that_only_makes_nan_is_found_out_at_once() -> None:
    """A harmless text has NaN too: nothing more is paid for."""

    class Broken(Service):
        def ask(self, places: Index, few: int) -> Reply:
            return Reply(super().ask(places, few).rows * np.nan)

        def probe(self) -> Reply:
            return Reply(super().probe().rows * np.nan)

    service = Broken()
    _, got, error = sent(service, 1000)
    assert got == []
    assert "NaN or infinity in it (whatever is asked for" in str(error)
    assert len(service.asked) <= 4


def test_a_vector_that_is_missing_once_is_asked_for_again() -> None:
    """Its text alone, whether others stood beside it or not: nothing is refused, and nothing else is paid for twice."""

    class Forgetful(Service):
        def ask(self, places: Index, few: int) -> Reply:
            first = not any(7 in asked for asked in self.asked)
            rows = super().ask(places, few).rows
            rows[(places == 7) & first] = np.nan
            return Reply(rows)

    for size in (1, 10):
        service = Forgetful()
        _, got, error = sent(service, 20, size)
        assert (sorted(got), error) == (list(range(20)), None)
        assert [asked for asked in service.asked if 7 in asked][1:] == [[7]]
        assert sum(map(len, service.asked)) == 21


def test_a_text_that_spoils_its_neighbours_fails_alone() -> None:
    """They get their vectors when each is asked for alone."""

    class Spoiling(Service):
        def ask(self, places: Index, few: int) -> Reply:
            rows = super().ask(places, few).rows
            if 42 in places:
                rows[(places >= 41) & (places <= 46)] = np.nan
            return Reply(rows)

    _, got, error = sent(Spoiling(), 100)
    assert sorted(got) == [place for place in range(100) if place != 42]
    assert isinstance(error, TextsRefusedError)
    assert list(error.reasons) == [42]


class Ending(Service):
    """Ends, and begins again at once, whenever it is asked for one of some texts: no answer to all who ask it then."""

    def __init__(self, *deadly: int) -> None:
        super().__init__()
        self.deadly = set(deadly)
        self.ends = 0

    def ask(self, places: Index, few: int) -> Reply:
        """One request, which is cut off where a deadly one comes."""
        before = self.ends
        reply = super().ask(places, few)
        if self.deadly & set(places.tolist()):
            self.ends += 1
        time.sleep(0.005)
        if self.ends > before:
            raise RefusedError("cut off", Then.PROBE)
        return reply


@pytest.mark.parametrize("deadly", [(0,), (37,), (5, 6, 70)])
@pytest.mark.parametrize("at_once", [1, 4])
def test_a_text_that_ends_the_service_is_found(deadly: tuple[int, ...], at_once: int) -> None:
    """Those that were cut off beside it are asked for again, and are not to blame."""
    service = Ending(*deadly)
    sending, got, error = sent(service, 80, at_once=at_once)
    assert sorted(got) == [place for place in range(80) if place not in deadly]
    assert isinstance(error, TextsRefusedError)
    assert error.reasons == dict.fromkeys(deadly, "cut off")
    assert sending.most is None
    assert service.ends <= len(deadly) * 7


def test_a_text_is_asked_for_once_more_before_it_is_blamed() -> None:
    """Alone, after the service answered something else."""
    service = Ending(3)
    _, _, error = sent(service, 4, size=4, at_once=1)
    assert isinstance(error, TextsRefusedError)
    assert service.asked == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 1], [2, 3], [2], [3], [3]]
    assert service.attempts == [3, 1, 1, 1, 1, 1, 1]
    assert service.probes == 5


@pytest.mark.parametrize("then", [Then.RETRY, Then.GATE, Then.REACH])
def test_an_outage_is_not_the_fault_of_any_text(then: Then) -> None:
    """80 answers with 500 in a row, amid others: it is waited for, all texts get their vectors, no limit is learned."""
    answers = 0

    def rule(_: list[int]) -> Exception | None:
        nonlocal answers
        answers += 1
        return RefusedError("500", then) if 10 <= answers < 90 else None

    service, over = Service(rule), threading.Event()
    pace = Pace(jitter=lambda _low, _high: 1e-4)

    def patiently(ask: Callable[[], Reply], few: int | None) -> Reply:
        return pace.patiently(ask, 1, lambda: None, over, few)

    def ask(places: Index, few: int) -> Reply:
        return patiently(lambda: service.ask(places, few), few)

    sending = Sending(ask, lambda: patiently(service.probe, None), 8, over)
    parts = list(sending.parts(np.split(np.arange(400), 20)))
    assert sorted(place for places, _ in parts for place in places.tolist()) == list(range(400))
    assert sending.most is None


def test_a_service_that_stays_out_of_order_stops_the_round() -> None:
    """With what was said; no text is blamed, and what was answered is kept."""
    service = Service(lambda asked: RefusedError("500: no", Then.PROBE) if asked[0] >= 50 or asked[0] < 0 else None)
    _, got, error = sent(service, 100)
    assert str(error) == "500: no (whatever is asked for: it is not the texts)"
    assert sorted(got) == list(range(50))
    assert service.probes == 1


def test_a_limit_that_is_told_with_500_is_learned() -> None:
    """A server that runs out of memory with more than 32 texts: those that wait are made smaller."""
    service = Service(lambda asked: RefusedError("500", Then.PROBE) if len(asked) > 32 else None)
    sending, got, error = sent(service, 2000, size=128, at_once=8)
    assert (sorted(got), error, sending.most) == (list(range(2000)), None, 32)
    assert sum(len(asked) > 32 for asked in service.asked) <= 8 + 2


def test_a_budget_that_ends_with_the_harmless_text_says_so() -> None:
    """It is neither the texts nor the service."""
    over = EmbedderError("--max-cost 5 is reached")
    _, got, error = sent(Service(lambda asked: RefusedError("400", Then.DIVIDE) if asked != [-1] else over), 100)
    assert (got, error) == ([], over)
