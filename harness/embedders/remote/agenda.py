"""What is still to be asked, in view of what came back: what is made again, alone or smaller, and who is to blame."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from harness.embedders.remote.refusals import RefusedError, Then

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from harness.model import Index

_ENOUGH = 3
"""Texts refused one after the other: then a harmless one is tried."""

_NOT_FINITE = RefusedError("the vector is missing, or has NaN or infinity in it", Then.DIVIDE, billed=True)


@dataclass(eq=False)
class _Division:
    """A request that was refused, and is made again in two halves. most: texts of the larger one."""

    most: int
    unanswered: int = 2
    sound: bool = True


@dataclass(frozen=True, eq=False)
class Request:
    """The places of some texts. again: as it is, it was made before.

    alone: it is made while no other one is under way, so that no other one can be why it is not answered.
    """

    places: Index
    half_of: _Division | None = None
    again: bool = False
    alone: bool = False


HARMLESS = Request(np.empty(0, np.intp))
"""A request for a text that nobody refuses: when it is refused too, it is not the texts."""


class Agenda:
    """The requests of one round. under_way: those that were sent. failure: why nothing more is sent, None so far.

    A service that says that a request is too much is asked for its halves, until the text is found that it is refused
    for. When no text is to blame, it was too large, and the ones that wait are made as small as what was accepted:
    `most` texts. Where it may be the service instead, it is asked for a harmless text before any other is blamed. A
    request that got no answer is then made once more, alone; so is one for a single text that got a wrong answer.

    blamed: place → what was said when its text was refused.
    """

    def __init__(self, requests: Sequence[Index]) -> None:
        self.under_way: list[Request] = []
        self.failure: BaseException | None = None
        self.blamed: dict[int, str] = {}
        self.most: int | None = None
        self._waiting = deque(map(Request, requests))
        self._doubted: list[tuple[Request, RefusedError]] = []
        self._in_a_row = 0  # texts blamed since one was answered
        self._proven = 0  # the most texts of an answered request

    def next(self) -> Request | None:
        """What may be sent now, and is under way then; None: first something has to come back."""
        if self._doubted:
            request = HARMLESS if HARMLESS not in self.under_way else None
        elif self._waiting and not self._is_held_back(self._waiting[0]):
            request = self._waiting.popleft()
        else:
            request = None
        if request is not None:
            self.under_way.append(request)
        return request

    def answered(self, request: Request, sound: NDArray[np.bool_]) -> None:
        """Take note of an answer. sound: of each text, whether its vector is."""
        self.under_way.remove(request)
        if request is HARMLESS:
            self._clear() if sound.all() else self._condemn(_NOT_FINITE)
        elif sound.any():
            self._accept(request)
            # One text can spoil the vectors of others that it is asked for with.
            self._put_back(Request(request.places[[row]], again=True) for row in np.flatnonzero(~sound).tolist())
        else:
            self._refuse(request, _NOT_FINITE)

    def refused(self, request: Request, error: BaseException) -> None:
        """Take note of an error: a refusal, the end of a budget, a bug."""
        self.under_way.remove(request)
        if request is HARMLESS:
            self._condemn(error)
        elif isinstance(error, RefusedError) and error.then in {Then.DIVIDE, Then.PROBE}:
            self._refuse(request, error)
        else:
            self._fail(error)

    def _is_held_back(self, request: Request) -> bool:
        if request.alone or any(other.alone for other in self.under_way):
            return bool(self.under_way)
        if len(request.places) <= self._proven:
            return False
        # It is about to turn out that it is too large: halves of another like it are under way.
        return any(other.half_of not in {None, request.half_of} for other in self.under_way)

    def _accept(self, request: Request) -> None:
        self._in_a_row = 0
        self._proven = max(self._proven, len(request.places))
        division = request.half_of
        if division is None:
            return
        division.unanswered -= 1
        if division.sound and not division.unanswered:
            self.most = division.most
            self._waiting = deque(part for waiting in self._waiting for part in _cut(waiting, division.most))

    def _refuse(self, request: Request, refusal: RefusedError) -> None:
        if request.half_of is not None:
            request.half_of.sound = False
        if self.failure is not None:
            return
        if refusal.then is Then.PROBE or self._doubted or not self._proven or self._in_a_row >= _ENOUGH:
            self._doubted.append((request, refusal))
        else:
            self._divide(request, refusal)

    def _clear(self) -> None:
        """The service works: it may be the texts."""
        doubted, self._doubted = self._doubted, []
        self._in_a_row = 0
        self._proven = max(self._proven, 1)
        for request, refusal in reversed(doubted):
            self._divide(request, refusal)

    def _condemn(self, error: BaseException) -> None:
        """The service refuses what nobody refuses."""
        if isinstance(error, RefusedError):
            said = self._doubted[0][1] if error.then is Then.PROBE and self._doubted else error
            error = RefusedError(f"{said} (whatever is asked for: it is not the texts)", Then.STOP)
        self._fail(error)

    def _divide(self, request: Request, refusal: RefusedError) -> None:
        """Make it again in halves; one text alone is to blame. But not for what may pass: then it is made once more."""
        alone = refusal.then is Then.PROBE
        if alone and not (request.alone and request.again):
            self._put_back([replace(request, again=True, alone=True)])
        elif len(request.places) > 1:
            halves = np.array_split(request.places, 2)
            division = _Division(len(halves[0]))
            self._put_back([Request(half, division, again=alone and len(half) > 1, alone=alone) for half in halves])
        elif refusal.billed and not request.again:
            self._put_back([replace(request, again=True)])
        else:
            self._in_a_row += 1
            self.blamed[int(request.places[0])] = str(refusal)

    def _put_back(self, requests: Iterator[Request] | Sequence[Request]) -> None:
        if self.failure is None:
            self._waiting.extendleft(reversed(list(requests)))

    def _fail(self, failure: BaseException) -> None:
        self.failure = self.failure or failure
        self._waiting.clear()
        self._doubted.clear()


def _cut(request: Request, most: int) -> list[Request]:
    if len(request.places) <= most:
        return [request]
    return [Request(request.places[start : start + most]) for start in range(0, len(request.places), most)]
