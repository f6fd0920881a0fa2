"""Inside the process that runs one embedder: a request on stdin, a line of JSON per event on what was stdout.

{"event": "stage", "name": "throughput, 16 texts per call"}
{"event": "observed", "observed": {…}}      the end of a measurement
{"event": "started", "start": {…}}          the end of one that only starts
{"event": "failed", "reason": "…"}          the end when the embedder failed
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, TextIO

from harness.embedders.facts import facts_of, gpu_peak, together
from harness.embedders.tether import end_with
from harness.embedders.threads import thread_count
from harness.errors import HarnessError
from harness.workflows.profile.measuring import Stopwatch
from harness.workflows.profile.memory import peak_bytes, peak_of_all
from harness.workflows.profile.observed import Memory, Observed, Start
from harness.workflows.profile.opening import opened
from harness.workflows.profile.packages import loaded_packages
from harness.workflows.profile.session import Texts, session

if TYPE_CHECKING:
    from collections.abc import Mapping


def main() -> None:
    """Measure what the request on stdin names.

    Its fields are those of process.Errand, and two more: who started this process (`parent`) and when (`begun`).
    """
    begun = perf_counter()
    tell = _Teller(_own_stdout())
    asked = json.loads(sys.stdin.buffer.read())
    end_with(asked["parent"])
    try:
        _answer(asked, begun, tell)
    except HarnessError as error:
        tell(event="failed", reason=str(error))


@dataclass(frozen=True)
class _Teller:
    """Writes an event as a line."""

    events: TextIO

    def __call__(self, **fields: Any) -> None:
        self.events.write(json.dumps(fields) + "\n")
        self.events.flush()

    def stage(self, name: str) -> None:
        self(event="stage", name=name)


def _own_stdout() -> TextIO:
    """The stdout of this process, for events alone: whatever libraries print goes to stderr from now on."""
    sys.stdout.flush()
    events = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return events


def _answer(asked: Mapping[str, Any], begun: float, tell: _Teller) -> None:
    idle, before = peak_bytes(), frozenset(sys.modules)
    tell.stage("opening")
    started = perf_counter()
    whole = opened(asked["spec"], asked["allowed"])
    measured = session(whole, Texts(asked["texts"]))
    tell.stage("first answer")
    ready = perf_counter()
    measured.first()
    # perf_counter is the system's: the process that started this one reads the same clock.
    start = Start(begun - asked["begun"], ready - started, perf_counter() - ready)
    if asked["only_start"]:
        tell(event="started", start=asdict(start))
        return
    first = peak_bytes()
    timings = measured.timed(Stopwatch(asked["seconds"], tell.stage))
    peak, processes = peak_of_all()
    memory = Memory(idle, first, peak, gpu_peak(), processes)
    tell.stage("counting tokens")
    observed = Observed(
        start,
        memory,
        timings,
        measured.tokens(),
        together([facts_of(model) for model in whole.models] or [facts_of(whole.candidate)]),
        loaded_packages(frozenset(sys.modules), before),
        thread_count(),
    )
    tell(event="observed", observed=asdict(observed))
