"""A fresh process for an embedder: what it reports, and how it died where it did.

In a process of its own, a start is cold, the peak of memory is the embedder's, and one that is killed takes nobody with
it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from time import perf_counter
from typing import IO, TYPE_CHECKING, Any

from harness.errors import EmbedderError
from harness.workflows.profile.observed import Observed, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from harness.workflows.profile.child import main; main()"
)
"""Finds modules where this process does, however the harness was started."""

_TOLD = 300
"""Characters of the last words of a process that died."""


@dataclass(frozen=True)
class Errand:
    """What a process is to measure. allowed: hosts that texts may be sent to, None for all.

    texts: the user's, none for made-up ones. seconds: about how long its calls are timed. only_start: nothing but the
    start.
    """

    spec: str
    allowed: tuple[str, ...] | None = ()
    texts: tuple[str, ...] = ()
    seconds: float = 20.0
    only_start: bool = False


def observed(errand: Errand, tell: Callable[[str], None]) -> Observed:
    """All that a fresh process has measured. tell: told what is measured now. Raises EmbedderError."""
    return Observed.read(_last(errand, tell)["observed"])


def started(errand: Errand) -> Start:
    """A cold start alone. Raises EmbedderError."""
    return Start(**_last(replace(errand, only_start=True), lambda _: None)["start"])


def _last(errand: Errand, tell: Callable[[str], None]) -> Mapping[str, Any]:
    """The event that ends it. Raises EmbedderError when the embedder failed, or its process died without one."""
    stage, last = "starting", None
    with tempfile.TemporaryFile() as words:
        begun = perf_counter()
        with _process(words) as process:
            for event in _events(process, asdict(errand) | {"begun": begun, "parent": os.getpid()}):
                if event["event"] == "stage":
                    stage = event["name"]
                    tell(stage)
                else:
                    last = event
        if last is None:
            raise EmbedderError(f"{_end(process.returncode)} ({stage}){_last_words(words)}")
    if last["event"] == "failed":
        raise EmbedderError(last["reason"])
    return last


@contextmanager
def _process(words: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which does not outlive the block. words: where its stderr goes."""
    command = [sys.executable, "-c", _CHILD, json.dumps(sys.path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words)  # noqa: S603 # our own
    with process:  # waits for its end
        whole = False
        try:
            yield process
            whole = True
        finally:
            if not whole:
                process.kill()


def _events(process: subprocess.Popen[bytes], request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the process reports, until it ends."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("the process has no pipes")
    with suppress(OSError):  # died before it has read the request: its end says why
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
    for line in process.stdout:
        try:
            event = json.loads(line)
        except ValueError:  # printed before the child has taken its stdout for itself
            continue
        if isinstance(event, dict) and "event" in event:
            yield event


def _end(code: int) -> str:
    """How a process ended that reported no end."""
    if code >= 0:
        return f"its process ended with the code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = ": perhaps out of memory" if name == "SIGKILL" else ""
    return f"its process was killed by {name}{hint}"


def _last_words(words: IO[bytes]) -> str:
    words.seek(0)
    lines = words.read().decode("utf-8", "replace").strip().splitlines()
    return f": {lines[-1].strip()[:_TOLD]}" if lines else ""
