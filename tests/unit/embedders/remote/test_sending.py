"""Requests under way at once: what is handed over, divided, held back, given up."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.embedders.remote.refusals import RefusedError, Then
from harness.embedders.remote.sending import Reply, Sending, TextsRefusedError
from harness.errors import EmbedderError
from tests.service_of_places import TOO_MUCH, Service, sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.embedders.remote.sending import Rows
    from harness.model import Index
    from tests.service_of_places import Rule


def refusing(*bad: int) -> Rule:
    """Refuses every request with one of these in it."""
    return lambda asked: TOO_MUCH if set(asked) & set(bad) else None


def no_more_than(most: int) -> Rule:
    """Refuses every request with more texts."""
    return lambda asked: TOO_MUCH if len(asked) > most else None


def test_every_place_is_handed_over_once() -> None:
    """With up to `at_once` requests under way, each asked once; nothing for nothing."""
    service = Service(seconds=0.01)
    _, got, error = sent(service, 95)
    assert sorted(got) == list(range(95))
    assert (error, service.at_once, len(service.asked), service.probes) == (None, 4, 10, 0)
    assert sent(service, 0)[1:] == ([], None)


def test_nothing_is_sent_before_what_came_is_taken() -> None:
    """A consumer that takes its time: never is more under way than was taken."""
    service = Service()
    sending = Sending(service.ask, service.probe, 2, threading.Event())
    sizes: list[int] = []
    for places, _ in sending.parts(np.split(np.arange(20), 20)):
        time.sleep(0.005)
        assert len(service.asked) <= sum(sizes) + 2
        sizes.append(len(places))
    assert sum(sizes) == 20


def test_what_came_together_is_handed_over_together() -> None:
    """What arrives while a part is taken is the next one."""
    taken = threading.Event()
    service = Service(lambda asked: None if asked == [0] or taken.wait(5) else TOO_MUCH)
    parts = Sending(service.ask, service.probe, 4, threading.Event()).parts(_requests(20))
    assert next(parts)[0].tolist() == [0]
    taken.set()
    time.sleep(0.1)
    assert {1, 2, 3} <= set(next(parts)[0].tolist())
    parts.close()


@pytest.mark.parametrize("bad", [(0,), (99,), (37,), (0, 1, 2), (5, 50, 95), (97, 98, 99), tuple(range(40, 60))])
def test_only_the_texts_that_are_refused_fail(bad: tuple[int, ...]) -> None:
    """First or last, one or several side by side: all others are handed over, and asked for at most log n times."""
    service = Service(refusing(*bad))
    sending, got, error = sent(service, 100)
    assert sorted(got) == [place for place in range(100) if place not in bad]
    assert isinstance(error, TextsRefusedError)
    assert sorted(error.reasons) == list(bad)
    assert set(error.reasons.values()) == {"too much"}
    assert sending.most is None
    assert len(service.asked) <= 10 + 8 * len(bad)


def test_three_bad_texts_before_all_others_are_not_the_end() -> None:
    """One at a time and none accepted yet: a harmless text shows that it is the texts."""
    service = Service(refusing(*range(6)))
    _, got, error = sent(service, 20, size=1, at_once=1)
    assert got == list(range(6, 20))
    assert isinstance(error, TextsRefusedError)
    assert service.probes == 2


def test_a_service_that_refuses_everything_is_found_out_at_once() -> None:
    """A wrong model for example: one harmless text is tried, and nothing is divided."""
    service = Service(lambda _: TOO_MUCH)
    _, got, error = sent(service, 1000)
    assert got == []
    assert str(error) == "too much (whatever is asked for: it is not the texts)"
    assert len(service.asked) <= 4
    assert service.probes == 1


def test_a_service_that_begins_to_refuse_everything_is_found_out() -> None:
    """Half way, 500 texts are not paid for one by one."""
    answered: list[int] = []

    def until_500(asked: list[int]) -> Exception | None:
        answered.extend(asked)
        return TOO_MUCH if len(answered) > 500 else None

    service = Service(until_500)
    _, got, error = sent(service, 1000)
    assert "it is not the texts" in str(error)
    assert len(got) == 500
    assert len(service.asked) <= 50 + 30


@pytest.mark.parametrize("most", [1, 5, 16, 32, 127])
def test_a_limit_is_learned_with_little_waste(most: int) -> None:
    """Where 128 texts are too many: the eight under way are lost, then one path of halves; then nothing is refused."""
    service = Service(no_more_than(most), seconds=0.002)
    sending, got, error = sent(service, 2000, size=128, at_once=8)
    assert (sorted(got), error) == (list(range(2000)), None)
    assert sending.most is not None
    assert most / 2 <= sending.most <= most
    too_much = [asked for asked in service.asked if len(asked) > most]
    assert len(too_much) <= 8 + 2 * 7
    refused_last = max(place for place, asked in enumerate(service.asked) if len(asked) > most)
    assert refused_last <= 60  # of up to 2000


def test_a_bad_text_does_not_hold_up_the_others() -> None:
    """Once requests of the full size were answered, more of them than were under way are sent while one is divided."""

    def slowly_refused(asked: list[int]) -> Exception | None:
        if 85 not in asked:
            return None
        time.sleep(0.05)
        return TOO_MUCH

    service = Service(slowly_refused)
    _, got, _ = sent(service, 400, at_once=4)
    assert len(got) == 399
    first, *_, last = [place for place, asked in enumerate(service.asked) if 85 in asked]
    assert sum(len(asked) == 10 for asked in service.asked[first + 1 : last]) > 4


def test_a_failure_ends_it_and_loses_nothing() -> None:
    """What was answered, and what was under way, is handed over; nothing more is sent."""
    arrived = threading.Event()

    def last_fails(asked: list[int]) -> Exception | None:
        if asked[0] == 30:
            arrived.set()
            return RefusedError("401: no", Then.STOP)
        if asked[0] in {40, 50, 60}:
            assert arrived.wait(5)
            time.sleep(0.02)
        return None

    service = Service(last_fails)
    _, got, error = sent(service, 1000)
    assert str(error) == "401: no"
    asked = sorted(place for asked in service.asked for place in asked)
    assert sorted(got) == [place for place in asked if not 30 <= place < 40]
    assert len(service.asked) <= 8


def test_a_refusal_after_a_failure_sends_nothing_more() -> None:
    """A request under way that would have been divided is let go."""
    failed = threading.Event()

    def rule(asked: list[int]) -> Exception | None:
        if asked[0] == 0:
            failed.set()
            return RefusedError("stop", Then.STOP)
        assert failed.wait(5)
        time.sleep(0.02)
        return TOO_MUCH

    service = Service(rule)
    _, got, error = sent(service, 100)
    assert (got, str(error), len(service.asked), service.probes) == ([], "stop", 4, 0)


def test_the_end_of_a_budget_is_a_failure_with_its_own_words() -> None:
    """Whatever else an EmbedderError says ends the round."""
    _, _, error = sent(Service(lambda _: EmbedderError("--max-cost 5 is reached")), 100)
    assert str(error) == "--max-cost 5 is reached"


def test_a_bug_loses_nothing() -> None:
    """It keeps its type, and is raised once everything that was under way has been handed over."""
    service = Service(lambda asked: ZeroDivisionError() if asked[0] == 30 else time.sleep(0.02))
    requests = np.split(np.arange(1000), range(10, 1000, 10))
    got: list[int] = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the parts before it count
        for places, _ in Sending(service.ask, service.probe, 4, threading.Event()).parts(requests):
            got += places.tolist()
    assert sorted(got) == sorted(place for asked in service.asked if asked[0] != 30 for place in asked)
    assert len(service.asked) <= 8


def test_answers_are_handed_over_before_a_harmless_text_is_answered() -> None:
    """However long that takes; meanwhile nothing else is sent."""
    handed_over = threading.Event()

    class Patient(Service):
        def probe(self) -> Reply:
            assert handed_over.wait(5)
            return super().probe()

    def rule(asked: list[int]) -> Exception | None:
        time.sleep(0 if asked == [0] else 0.05)
        return TOO_MUCH if asked == [0] else None

    def take(parts: Iterator[tuple[Index, Rows]]) -> None:
        for places, _ in parts:
            got.extend(places.tolist())
            if len(got) == 3:
                assert len(service.asked) == 4
                handed_over.set()

    service, got = Patient(rule), list[int]()
    with pytest.raises(TextsRefusedError):
        take(Sending(service.ask, service.probe, 4, threading.Event()).parts(_requests(20)))
    assert sorted(got) == list(range(1, 20))


def test_nobody_waits_for_answers_that_nobody_reads() -> None:
    """Left amid slow requests, by an interrupt for example, it ends at once; those who wait for a turn give up."""
    main, left, over = threading.get_ident(), threading.Event(), threading.Event()

    def slow(asked: list[int]) -> None:
        if asked == [3]:
            signal.pthread_kill(main, signal.SIGINT)
        left.wait(30)

    service = Service(slow)
    sending = Sending(service.ask, service.probe, 4, over)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        list(sending.parts(_requests(4)))
    assert time.monotonic() - began < 20  # of 30
    assert over.is_set()
    assert all(thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread())
    left.set()


def _requests(count: int) -> Sequence[Index]:
    return [np.array([place]) for place in range(count)]
