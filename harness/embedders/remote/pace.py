"""How fast a service may be asked, and how long to wait after it refused."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from harness.embedders.remote.refusals import RefusedError, Then

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_MINUTE = 60.0
_LONGEST = 60.0  # seconds between two attempts that nobody asked for
FEW = 3
"""Attempts of a request, when it is not clear whether a further one is of use."""


@dataclass
class Pace:
    """Spreads requests of several threads evenly over each minute, and lets all of them wait when the service says so.

    rpm, tpm: requests and tokens a minute, None for as many as there are. patience: seconds that one request is tried
    and waits for the service, its first turn apart, before it is given up.
    """

    rpm: int | None = None
    tpm: int | None = None
    patience: float = 300.0
    clock: Callable[[], float] = monotonic
    jitter: Callable[[float, float], float] = np.random.default_rng().uniform
    _free: float = 0.0
    _held: float = 0.0
    _answered: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def patiently(
        self, ask: Callable[[], T], tokens: int, tell: Callable[[], None], over: threading.Event, few: int | None = FEW
    ) -> T:
        """What `ask` returns about so many tokens, asked again as long as that makes sense.

        Waits as long as the service asks for, else twice as long each time, ±25 %. tell: called before each further
        attempt. over: ends every wait, and whoever waited gives up. few: attempts before it may be the texts; None for
        harmless ones, on which a service that ever answered is waited for. Raises the last RefusedError, `then` one of
        DIVIDE, PROBE and STOP.
        """
        taken, pause, attempts = 0.0, 1.0, 0
        self._take_turn(tokens, over)
        while True:
            began = self.clock()
            try:
                answer = ask()
            except RefusedError as refusal:
                attempts += 1
                asked = refusal.retry_after
                wait = asked or pause * self.jitter(0.75, 1.25)
                taken += self.clock() - began + wait
                self._give_up(refusal, attempts, taken, few)
                if asked:
                    self._hold(wait)
            else:
                self._answered = True
                return answer
            tell()
            self._wait_until(self.clock() + wait, over)
            taken += self._take_turn(tokens, over)
            pause = min(2 * pause, _LONGEST)

    def _give_up(self, refusal: RefusedError, attempts: int, taken: float, few: int | None) -> None:
        """Raises what the refusal comes to when it is not worth another attempt."""
        if refusal.then in {Then.DIVIDE, Then.STOP}:
            raise refusal
        in_vain = self._in_vain(refusal.then, harmless=few is None)
        if in_vain and attempts >= (few or 1):
            asked = f" (asked {attempts} times)" if attempts > 1 else ""
            raise RefusedError(f"{refusal}{asked}", in_vain) from refusal
        if taken > self.patience:
            raise RefusedError(
                f"{refusal} (given up: it would take {taken:.0f} s in all, and patience={self.patience:.0f}. What was "
                "embedded so far is cached: the same command goes on from there)",
                in_vain or Then.STOP,
            ) from refusal

    def _in_vain(self, then: Then, *, harmless: bool) -> Then | None:
        """What a refusal comes to after a few attempts; None where there is patience for more."""
        if then is Then.AGAIN or (then is Then.GATE and not self._answered):
            return None
        if (then is Then.REACH or harmless) and self._answered:
            return None
        return Then.STOP if then is Then.REACH else Then.PROBE

    def _take_turn(self, tokens: int, over: threading.Event) -> float:
        """Wait for it; returns how long that was."""
        asked = self.clock()
        start = self._next_turn(tokens)
        self._wait_until(start, over)
        while start < self._held:  # while it waited, all were told to wait: it gets in line again
            start = self._next_turn(tokens)
            self._wait_until(start, over)
        return start - asked

    def _next_turn(self, tokens: int) -> float:
        with self._lock:
            start = max(self.clock(), self._free)
            spacing = max(_MINUTE / self.rpm if self.rpm else 0.0, _MINUTE * tokens / self.tpm if self.tpm else 0.0)
            self._free = start + spacing
        return start

    def _hold(self, seconds: float) -> None:
        """Let no request begin for so long, those included whose turn was to come before."""
        with self._lock:
            self._held = max(self._held, self.clock() + seconds)
            self._free = max(self._free, self._held)

    def _wait_until(self, start: float, over: threading.Event) -> None:
        while True:
            left = start - self.clock()
            if over.wait(max(0.0, left)):
                raise RefusedError("another request has failed", Then.STOP)
            if left <= 0:
                return
