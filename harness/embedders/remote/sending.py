"""Several requests under way at once, and none lost: what comes back is handed over before more is asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.pool import ThreadPool
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from harness.embedders.remote.agenda import HARMLESS, Agenda, Request
from harness.embedders.remote.pace import FEW
from harness.errors import EmbedderError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from harness.model import Index

Rows: TypeAlias = "NDArray[np.floating[Any]]"

_LOOK = 0.5  # seconds after which an interrupt is noticed at the latest


@dataclass(frozen=True)
class Reply:
    """The answer to one request. rows: one per text, n × d, in the order asked for.

    tokens: as the service counts them, None where it does not. model: who answered, by its own name.
    """

    rows: Rows
    tokens: int | None = None
    model: str = ""


class TextsRefusedError(EmbedderError):
    """Some texts have no vector; all the others were handed over. reasons: place → what the service said."""

    def __init__(self, reasons: Mapping[int, str]) -> None:
        super().__init__(f"{len(reasons)} texts were refused")
        self.reasons = reasons


_Outcome: TypeAlias = "tuple[Request, Reply | BaseException]"


class Sending:
    """One round of requests, which goes as `Agenda` has it. at_once: how many are under way.

    ask: makes one, for the texts at these places, in so many attempts where it may be the texts. probe: asks for a text
    that nobody refuses.
    """

    def __init__(
        self, ask: Callable[[Index, int], Reply], probe: Callable[[], Reply], at_once: int, over: threading.Event
    ) -> None:
        self._ask = ask
        self._probe = probe
        self._at_once = at_once
        self._over = over
        self.most: int | None = None

    def parts(self, requests: Sequence[Index]) -> Iterator[tuple[Index, Rows]]:
        """Places and their rows as answers come; what comes together is handed over together.

        Raises, once everything under way has been handed over, the RefusedError that ended it, or TextsRefusedError.
        Then `most` is how many texts a request may have, None where that was not found out.
        """
        agenda = Agenda(requests)
        done: SimpleQueue[_Outcome] = SimpleQueue()
        # Its threads are daemons: an interrupt does not wait for answers that nobody will read.
        pool = ThreadPool(self._at_once)
        try:
            while self._begin(agenda, pool, done):
                sound = [part for outcome in _arrived(done) for part in _sound(agenda, *outcome)]
                if agenda.failure is not None:
                    self._over.set()
                if sound:  # one part, because keeping it costs the same whatever its size
                    places, rows = zip(*sound, strict=True)
                    yield np.concatenate(places), np.concatenate(rows)
        finally:
            self.most = agenda.most
            self._over.set()
            pool.terminate()
        if agenda.failure is not None:
            raise agenda.failure
        if agenda.blamed:
            raise TextsRefusedError(agenda.blamed)

    def _begin(self, agenda: Agenda, pool: ThreadPool, done: SimpleQueue[_Outcome]) -> bool:
        """Send what may be sent now; returns whether anything is under way. Waits for nothing."""
        while len(agenda.under_way) < self._at_once and (request := agenda.next()) is not None:

            def tell(outcome: Reply | BaseException, request: Request = request) -> None:
                done.put((request, outcome))

            pool.apply_async(self._answer, (request,), callback=tell, error_callback=tell)
        return bool(agenda.under_way)

    def _answer(self, request: Request) -> Reply:
        return self._probe() if request is HARMLESS else self._ask(request.places, 1 if request.alone else FEW)


def _sound(agenda: Agenda, request: Request, outcome: Reply | BaseException) -> Iterator[tuple[Index, Rows]]:
    """The places and rows of an answer that have a vector; the agenda takes note of all others."""
    if isinstance(outcome, BaseException):
        agenda.refused(request, outcome)
        return
    sound = np.asarray(np.isfinite(outcome.rows).all(axis=1))
    agenda.answered(request, sound)
    if request is not HARMLESS and sound.any():
        yield request.places[sound], outcome.rows[sound]


def _arrived(done: SimpleQueue[_Outcome]) -> Iterable[_Outcome]:
    """What has come back, at least one: all of it is kept before anything else is sent."""
    outcomes: list[_Outcome] = []
    while not outcomes:
        with suppress(Empty):  # on Windows an interrupt has to wait until nobody waits
            outcomes.append(done.get(timeout=_LOOK))
    while not done.empty():
        outcomes.append(done.get())
    return outcomes
