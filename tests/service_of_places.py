"""A service of places: each of them has its own number for a vector. For tests of who is asked again, and for what."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from harness.embedders.remote.refusals import RefusedError, Then
from harness.embedders.remote.sending import Reply, Sending
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from harness.model import Index

Rule: TypeAlias = Callable[[list[int]], "Exception | None"]

TOO_MUCH = RefusedError("too much", Then.DIVIDE)


class Service:
    """Answers each place with its number; keeps what it was asked, and how many were under way at once.

    asked: the places of every request. attempts: how many each was to be made in.
    rule: the error of a request, None where it is answered. seconds: how long each takes.
    """

    def __init__(self, rule: Rule = lambda _: None, seconds: float = 0.0) -> None:
        self.rule = rule
        self.seconds = seconds
        self.asked: list[list[int]] = []
        self.attempts: list[int] = []
        self.probes = self.at_once = self.under_way = 0
        self.lock = threading.Lock()

    def ask(self, places: Index, few: int) -> Reply:
        """One request."""
        asked = places.tolist()
        with self.lock:
            self.asked.append(asked)
            self.attempts.append(few)
            self.under_way += 1
            self.at_once = max(self.at_once, self.under_way)
        time.sleep(self.seconds)
        with self.lock:
            self.under_way -= 1
        error = self.rule(asked)
        if error is not None:
            raise error
        return Reply(np.array([[float(place)] for place in asked]))

    def probe(self) -> Reply:
        """A text that nobody refuses: place −1."""
        self.probes += 1
        error = self.rule([-1])
        if error is not None:
            raise error
        return Reply(np.ones((1, 1)))


def sent(service: Service, count: int, size: int = 10, at_once: int = 4) -> tuple[Sending, list[int], Exception | None]:
    """So many texts in requests of that size: the sending, the places handed over, and what it raised."""
    requests = np.split(np.arange(count), range(size, count, size)) if count else []
    sending = Sending(service.ask, service.probe, at_once, threading.Event())
    got: list[int] = []
    try:
        for places, rows in sending.parts(requests):
            assert rows[:, 0].tolist() == places.tolist()
            got += places.tolist()
    except EmbedderError as error:
        return sending, got, error
    return sending, got, None
