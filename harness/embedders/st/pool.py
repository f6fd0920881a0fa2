"""Several processes that each hold the model: sentence-transformers' own pool, ended whatever happens.

texts ──longest first──▶ chunks ──▶ one worker per device, each with its share of the threads ──▶ vectors
"""

from __future__ import annotations

import os
import signal
import weakref
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.tether import end_with
from harness.embedders.threads import POOLS, thread_count
from harness.errors import EmbedderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.model import Vectors

WORTH = 256
"""So many texts are embedded without a pool that has not started: a worker takes seconds to load the library."""

TOGETHER = 1024
"""Texts per worker that are asked for at once: while the last chunks are embedded, some workers have none."""

_CHUNK = 64
"""Texts that a worker is handed at a time."""

_LOOK = 0.5
"""Seconds between two looks at whether the workers are alive."""

_RIDER = "_harness_tether"


class Pool:
    """Processes that embed texts with one model, started with the first texts and ended with this object.

    devices: of each process. Threads: each has an equal share of those that an embedder may use, at least one.
    """

    def __init__(self, model: Any, devices: Sequence[str]) -> None:
        self._model = model
        self._devices = devices
        self._running: dict[str, Any] | None = None

    def takes(self, texts: int) -> bool:
        """Whether so many texts are worth it: more than a few, or any once the processes are there."""
        return self._running is not None or texts > WORTH

    def encode(self, texts: Sequence[str], encoder: Callable[..., Vectors]) -> Vectors:
        """Vectors of at least one text, n × d, in their order.

        encoder: a method of the model that gives texts their vectors, and takes `pool` and `chunk_size`.
        Raises EmbedderError when a worker dies. On any error, and when interrupted, the processes are ended.
        """
        order = np.argsort([-len(text) for text in texts], kind="stable")
        with ExitStack() as on_error:
            on_error.callback(self.close)
            running = self._started()
            arranged = [texts[place] for place in order]
            of_arranged = self._watched(running, partial(encoder, arranged, pool=running, chunk_size=_CHUNK))
            on_error.pop_all()
        vectors = np.empty_like(of_arranged)
        vectors[order] = of_arranged
        return vectors

    def close(self) -> None:
        """End the processes; the next texts would start others."""
        if self._running is not None:
            self._end()
            self._running = None

    def _started(self) -> dict[str, Any]:
        if self._running is None:
            threads = max(1, thread_count() // len(self._devices))
            with _environment(dict.fromkeys(POOLS, str(threads))), _tethered(self._model):
                running = self._model.start_multi_process_pool(list(self._devices))
            self._running = running
            # Also when the candidate is let go of, and when the program ends.
            self._end = weakref.finalize(self, type(self._model).stop_multi_process_pool, running)
        return self._running

    @staticmethod
    def _watched(running: dict[str, Any], encode: Callable[[], Vectors]) -> Vectors:
        """What `encode` returns; the library waits for a worker that is dead, before version 6 for ever."""
        with ThreadPool(1) as waiting:  # its thread does not keep a program alive
            answer = waiting.apply_async(encode)
            while True:
                answered = answer.ready()  # asked first: the library, too, may have found out, in words of its own
                dead = [process.exitcode for process in running["processes"] if not process.is_alive()]
                if dead:
                    raise EmbedderError(
                        f"{len(dead)} of {len(running['processes'])} processes died (exit code {dead[0]}): out of "
                        "memory, most often, or a script that starts them without `if __name__ == '__main__':`"
                    )
                if answered:
                    return answer.get()
                answer.wait(_LOOK)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Other environment variables for the processes that start meanwhile."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# --- in the worker ----------------------------------------------------------------------------------------


@contextmanager
def _tethered(model: Any) -> Iterator[None]:
    """The workers that start meanwhile end with this process, even if it is killed.

    The library lets them wait for texts for ever. All that it hands to a worker is the model, so what ties a worker
    to this process is handed over as a part of it.
    """
    setattr(model, _RIDER, _Tether())
    try:
        yield
    finally:
        delattr(model, _RIDER)


class _Tether:
    """Ties the process that unpickles it to the one that pickled it."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return _tie, (os.getpid(),)


def _tie(parent: int) -> object:
    if os.getpid() != parent:
        # Ctrl-C reaches every process of a terminal; the parent ends the workers.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        end_with(parent)
    return None
