"""Answers that are none: which are worth asking again, which say that a request is too much, which are final."""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY = frozenset({409, 425, 429, 503, 529})
_TOO_MUCH = frozenset({400, 413, 422})
_LATE = 408
_SERVER_FAULT = 500


class Then(Enum):
    """What to do after a refusal."""

    AGAIN = "ask again, later"
    REACH = "ask again, later, where anything was ever answered; else only a few times"
    GATE = "ask again, later, until anything was ever answered; then only a few times"
    RETRY = "ask again a few times"
    PROBE = "find out whether the service works, then ask for less at once"
    DIVIDE = "ask for less at once"
    STOP = "do not ask again"


class RefusedError(EmbedderError):
    """A request that was not answered, or answered wrongly.

    then: what to do about it. retry_after: seconds that the service asks to wait, None where it does not say. billed:
    whether it may be paid for all the same, and tokens, as the service counts them, None where it does not say.
    """

    def __init__(self, message: str, then: Then, retry_after: float | None = None, *, billed: bool = False) -> None:
        super().__init__(message)
        self.then = then
        self.retry_after = retry_after
        self.billed = billed
        self.tokens: int | None = None

    def reworded(self, message: str) -> RefusedError:
        """The same refusal in other words."""
        same = RefusedError(message, self.then, self.retry_after, billed=self.billed)
        same.tokens = self.tokens
        return same


@contextmanager
def answered(tokens: int | None) -> Iterator[None]:
    """What is refused in this block was answered, and is paid for. tokens: as the service counts them."""
    try:
        yield
    except RefusedError as refusal:
        refusal.billed, refusal.tokens = True, tokens
        raise


def after(status: int | None) -> Then:
    """What to do about an HTTP status; None: there was no whole answer (cut off, timed out).

    With 500, or with no answer at all, servers refuse a text that they cannot take, as well as everything while they
    are out of order. What stands before a server says 502 or 504 then, and also while the server starts.
    """
    if status is None or status == _SERVER_FAULT:
        return Then.RETRY
    if status in _BUSY:
        return Then.AGAIN
    if status == _LATE or status > _SERVER_FAULT:
        return Then.GATE
    return Then.DIVIDE if status in _TOO_MUCH else Then.STOP
