"""Recording runs beside the evaluation: what ends while a transaction is under way goes into the next one.

Opening, committing and closing the store takes some 50 ms, longer than judging a suite whose vectors are cached. So a
write waits a moment for company.
"""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Run
    from harness.store.database import Store


LINGER = 0.25
"""Seconds that a write waits for more runs, unless the end has come."""


class Recorder:
    """A context manager that records every run handed to it, in order, and tells so afterwards.

    told: called with each run once it is recorded, from another thread. When the store fails, the next `add`, or the
    end of the block, raises its StoreError. Leaving the block waits for what is under way.
    """

    def __init__(self, store: Store, told: Callable[[Run], None]) -> None:
        self._store = store
        self._told = told
        self._waiting: deque[Run] = deque()
        self._writes: deque[Future[None]] = deque()
        self._broken = False
        self._ending = threading.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="recorder")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._writer.shutdown()
        self._fail()

    def add(self, run: Run) -> None:
        """Hand a run over. Returns at once; raises what kept an earlier one from being recorded."""
        self._fail()
        self._waiting.append(run)
        self._writes.append(self._writer.submit(self._record))

    def _fail(self) -> None:
        """Raise what a finished write raised: a StoreError, or a bug that must not vanish in a thread."""
        while self._writes and self._writes[0].done():
            self._writes.popleft().result()

    def _record(self) -> None:
        if not self._waiting:
            return
        self._ending.wait(LINGER)
        runs = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if self._broken:
            return
        self._broken = True  # until it is known that this write did not fail
        try:
            self._write(runs)
        except ValueError:
            # One of them breaks the schema, which is a bug and must show; the others have done nothing wrong.
            self._broken = False
            self._one_by_one(runs)
        self._broken = False

    def _write(self, runs: Sequence[Run]) -> None:
        self._store.add(*runs)
        for run in runs:
            self._told(run)

    def _one_by_one(self, runs: Sequence[Run]) -> None:
        refused: ValueError | None = None
        for run in runs:
            try:
                self._write([run])
            except ValueError as error:
                refused = error
        if refused is not None:
            raise refused
