"""A limit on the whole of an answer. A client has one for every read, which an answer that drips in never reaches."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from harness.embedders.remote.refusals import RefusedError, after

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_GRACE = 0.5  # seconds for the client's own limit, which closes the connection and can say what it waited for


def in_time(ask: Callable[[], T], seconds: float) -> T:
    """What `ask` returns or raises. Raises RefusedError once it takes longer: then nobody waits for it any more."""
    done: SimpleQueue[tuple[list[T], BaseException | None]] = SimpleQueue()
    # A daemon: nor does the end of the process wait for it.
    threading.Thread(target=_put, args=(ask, done), daemon=True).start()
    try:
        answers, error = done.get(timeout=seconds + _GRACE)
    except Empty:
        late = f"the service did not answer in time (timeout=SECONDS): its answer was not whole after {seconds:g} s"
        raise RefusedError(late, after(None), billed=True) from None
    if error is not None:
        raise error
    return answers[0]


def _put(ask: Callable[[], T], done: SimpleQueue[tuple[list[T], BaseException | None]]) -> None:
    """What `ask` raises, whatever it is, is raised where it is waited for."""
    answers: list[T] = []

    def tell(_kind: object, error: BaseException | None, _trace: object) -> bool:
        done.put((answers, error))
        return True

    with ExitStack() as stack:
        stack.push(tell)
        answers.append(ask())
