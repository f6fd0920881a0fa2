"""How fast a service is asked, how long it is waited for, and when it is given up: on a clock that only tests turn."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from harness.embedders.remote.pace import Pace
from harness.embedders.remote.refusals import RefusedError, Then

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Clock:
    """Time passes only while somebody waits. waits: how long, each time; the waits of nothing are left out."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)
    over: bool = False

    def __call__(self) -> float:
        """What time it is."""
        return self.now

    def wait(self, seconds: float) -> bool:
        """As threading.Event has it."""
        if seconds and not self.over:
            self.waits.append(round(seconds, 6))
            self.now += seconds
        return self.over


@pytest.fixture
def clock() -> Clock:
    """A new clock."""
    return Clock()


def pace(clock: Clock, *, rpm: int | None = None, tpm: int | None = None, patience: float = 300) -> Pace:
    """A pace without jitter."""
    return Pace(rpm, tpm, patience, clock, lambda low, high: (low + high) / 2)


def script(*outcomes: RefusedError | str) -> Callable[[], str]:
    """Raises or returns one after the other."""
    coming = iter(outcomes)

    def ask() -> str:
        outcome = next(coming)
        if isinstance(outcome, RefusedError):
            raise outcome
        return outcome

    return ask


def refused(then: Then, retry_after: float | None = None) -> RefusedError:
    """A refusal."""
    return RefusedError("no", then, retry_after)


def nothing() -> None:
    """Told of an attempt."""


def test_waits_double(clock: Clock) -> None:
    """1, 2, 4 seconds, at most 60, for as long as there is patience; the next request begins with 1 again."""
    retries: list[int] = []
    busy = [refused(Then.AGAIN)] * 9
    patient = pace(clock, patience=1000)
    assert patient.patiently(script(*busy, "fine"), 1, lambda: retries.append(1), clock) == "fine"
    assert clock.waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert len(retries) == 9
    assert patient.patiently(script(refused(Then.AGAIN), "fine"), 1, nothing, clock) == "fine"
    assert clock.waits[9:] == [1]


def test_waits_are_jittered(clock: Clock) -> None:
    """By a quarter up or down, so that those who were refused together do not come back together."""
    spread = Pace(clock=clock)
    for _ in range(50):
        spread.patiently(script(refused(Then.AGAIN), "fine"), 1, nothing, clock)
    assert 0.75 <= min(clock.waits) < 0.9
    assert 1.1 < max(clock.waits) <= 1.25


def test_the_service_says_how_long_to_wait(clock: Clock) -> None:
    """To the second; 0 is no wait at all, and is not believed."""
    busy = [refused(Then.AGAIN, 7), refused(Then.AGAIN, 0.25), refused(Then.AGAIN, 0)]
    assert pace(clock).patiently(script(*busy, "fine"), 1, nothing, clock) == "fine"
    assert clock.waits == [7, 0.25, 4]


def test_patience_ends(clock: Clock) -> None:
    """Before a wait that would be too long; the time that the attempts took counts."""
    with pytest.raises(RefusedError, match=r"no \(given up: it would take 3600 s in all, and patience=300") as given_up:
        pace(clock).patiently(script(refused(Then.AGAIN, 3600)), 1, nothing, clock)
    assert (given_up.value.then, clock.waits) == (Then.STOP, [])

    def slow() -> str:
        clock.now += 60
        raise refused(Then.AGAIN)

    with pytest.raises(RefusedError, match="would take 331 s"):
        pace(clock).patiently(slow, 1, nothing, clock)
    assert clock.waits == [1, 2, 4, 8]


def test_what_cannot_get_better_is_not_asked_again(clock: Clock) -> None:
    """Nor is a request that is to be divided."""
    for then in (Then.STOP, Then.DIVIDE):
        with pytest.raises(RefusedError) as refusal:
            pace(clock).patiently(script(refused(then)), 1, nothing, clock)
        assert refusal.value.then is then
    assert clock.waits == []


def test_a_service_that_never_answered_is_given_up_soon(clock: Clock) -> None:
    """Three attempts to reach it; one that has answered before is waited for."""
    unreachable = [refused(Then.REACH)] * 3
    patient = pace(clock)
    with pytest.raises(RefusedError, match=r"no \(asked 3 times\)") as given_up:
        patient.patiently(script(*unreachable), 1, nothing, clock)
    assert (given_up.value.then, clock.waits) == (Then.STOP, [1, 2])
    patient.patiently(script("fine"), 1, nothing, clock)
    assert patient.patiently(script(*unreachable, "fine"), 1, nothing, clock) == "fine"


def test_a_fault_of_the_server_may_be_the_texts(clock: Clock) -> None:
    """After three attempts, or as many as are given, or where they take too long, it is to be found out."""
    three = [refused(Then.RETRY)] * 3
    with pytest.raises(RefusedError, match=r"no \(asked 3 times\)$") as refusal:
        pace(clock).patiently(script(*three), 1, nothing, clock)
    assert refusal.value.then is Then.PROBE
    assert pace(clock).patiently(script(*three[:2], "fine"), 1, nothing, clock) == "fine"
    with pytest.raises(RefusedError, match=r"^no$") as refusal:
        pace(clock).patiently(script(*three), 1, nothing, clock, 1)
    assert refusal.value.then is Then.PROBE
    with pytest.raises(RefusedError, match="given up") as refusal:
        pace(clock, patience=2).patiently(script(*three), 1, nothing, clock)
    assert refusal.value.then is Then.PROBE


def test_a_gateway_is_waited_for_until_anything_was_answered(clock: Clock) -> None:
    """The service behind it may be starting; later it may have ended because of a text."""
    gate = [refused(Then.GATE)] * 5
    patient = pace(clock)
    assert patient.patiently(script(*gate, "fine"), 1, nothing, clock) == "fine"
    with pytest.raises(RefusedError, match="asked 3 times") as refusal:
        patient.patiently(script(*gate), 1, nothing, clock)
    assert refusal.value.then is Then.PROBE


@pytest.mark.parametrize("then", [Then.RETRY, Then.GATE, Then.REACH])
def test_an_outage_is_waited_for_with_a_harmless_text(then: Then, clock: Clock) -> None:
    """As long as there is patience, where anything was ever answered; else it is tried once."""
    patient = pace(clock, patience=20)
    if then is not Then.GATE:
        with pytest.raises(RefusedError):
            patient.patiently(script(refused(then)), 1, nothing, clock, None)
    patient.patiently(script("fine"), 1, nothing, clock)
    clock.waits.clear()
    assert patient.patiently(script(*[refused(then)] * 4, "fine"), 1, nothing, clock, None) == "fine"
    assert clock.waits == [1, 2, 4, 8]
    with pytest.raises(RefusedError, match="it would take 31 s in all, and patience=20") as given_up:
        patient.patiently(script(*[refused(then)] * 5), 1, nothing, clock, None)
    assert given_up.value.then is Then.STOP


def test_the_turn_of_a_further_attempt_takes_patience(clock: Clock) -> None:
    """At a turn a minute, 300 s of patience end with the sixth; the first turn takes none, however late it comes."""
    slow = pace(clock, tpm=100)
    for _ in range(10):
        slow.patiently(script("fine"), 100, nothing, clock)
    came = clock.now
    with pytest.raises(RefusedError, match="patience=300"):
        slow.patiently(script(*[refused(Then.AGAIN)] * 20), 100, nothing, clock)
    assert 300 <= clock.now - came <= 60 + 300 + 60


def test_requests_are_spread_over_the_minute(clock: Clock) -> None:
    """By their number or their tokens, whichever takes longer; further attempts count."""
    spread = pace(clock, rpm=60, tpm=6000)
    for tokens in (10, 10, 500, 10):
        spread.patiently(script("fine"), tokens, nothing, clock)
    assert clock.waits == [1, 1, 5]
    clock.waits.clear()
    clock.now += 100  # time that was not used is not saved up
    spread.patiently(script(refused(Then.AGAIN), "fine"), 200, nothing, clock)
    spread.patiently(script("fine"), 1, nothing, clock)
    assert clock.waits == [1, 1, 2]


def test_all_wait_when_the_service_asks_one_to(clock: Clock) -> None:
    """Who begins later, and who was waiting for an earlier turn."""
    shared = pace(clock, rpm=60)
    shared.patiently(script("fine"), 1, nothing, clock)
    began = clock.now
    asked: list[float] = []

    class Refused(Clock):
        """While this one waits for its turn, another is told to wait for 30 seconds."""

        def wait(self, seconds: float) -> bool:
            if seconds and not self.waits:
                shared._hold(30)
            self.waits.append(seconds)
            clock.now += seconds
            return False

    shared.patiently(lambda: asked.append(clock.now), 1, nothing, Refused())
    assert asked == [began + 30]
    shared.patiently(lambda: asked.append(clock.now), 1, nothing, clock)
    assert asked[1] >= began + 30


def test_after_a_hold_turns_are_as_far_apart_as_before() -> None:
    """On the real clock: eight who waited while one was told to hold do not begin together."""
    shared, over, began = Pace(rpm=3000), threading.Event(), []

    def one() -> None:
        shared.patiently(lambda: began.append(shared.clock()), 1, nothing, over)

    threads = [threading.Thread(target=one) for _ in range(8)]
    shared.patiently(lambda: "fine", 1, nothing, over)
    for thread in threads:
        thread.start()
    shared._hold(0.3)
    held = shared.clock() + 0.3
    for thread in threads:
        thread.join()
    later = sorted(start for start in began if start >= held - 0.05)
    assert len(later) >= 6
    assert min(after - before for before, after in pairwise(later)) > 0.01


def test_who_waits_gives_up_when_all_is_over(clock: Clock) -> None:
    """And nobody begins any more."""
    clock.over = True
    with pytest.raises(RefusedError, match="another request has failed"):
        pace(clock).patiently(script("never asked"), 1, nothing, clock)


def test_threads_share_a_pace() -> None:
    """On the real clock: 20 requests of 4 threads, 6000 a minute, begin 10 ms apart."""
    shared, over, began = Pace(rpm=6000), threading.Event(), []

    def five() -> None:
        for _ in range(5):
            shared.patiently(lambda: began.append(shared.clock()), 1, nothing, over)

    threads = [threading.Thread(target=five) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(began) - min(began) >= 0.18
