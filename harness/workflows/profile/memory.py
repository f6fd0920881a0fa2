"""The most memory that this process, and those that it started, have held."""

from __future__ import annotations

import multiprocessing
import os
import re
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB$", re.MULTILINE)
_PARENT = re.compile(r"^PPid:\s*(\d+)$", re.MULTILINE)


def peak_bytes() -> int | None:
    """Peak resident set size, libraries and files mapped into memory included; None where the system does not say.

    From /proc on Linux: ru_maxrss begins there with what the process that started this one held.
    """
    try:
        found = _PEAK.search(_STATUS.read_text("ascii", "replace"))
    except OSError:
        found = None
    return int(found[1]) * 1024 if found else _by_resource_usage()


def peak_of_all() -> tuple[int | None, int]:
    """The peaks of this process and of all below it that are running, added up, and how many these others are.

    What they share is counted in each. None where the system does not say what the others held.
    """
    own, others = peak_bytes(), _below(os.getpid())
    if others is None:
        started = len(multiprocessing.active_children())
        return None if started else own, started
    return None if own is None else own + sum(others), len(others)


def _below(ancestor: int) -> list[int] | None:
    """The peak of every process below another one; None without /proc."""
    peaks: dict[int, int] = {}
    parents: dict[int, int] = {}
    for status in _STATUS.parents[1].glob("[0-9]*/status"):
        try:
            text = status.read_text("ascii", "replace")
        except OSError:  # has ended meanwhile
            continue
        parent, peak = _PARENT.search(text), _PEAK.search(text)
        if parent and peak:
            parents[int(status.parent.name)] = int(parent[1])
            peaks[int(status.parent.name)] = int(peak[1]) * 1024
    if not parents:
        return None
    family = {ancestor}
    while more := {process for process, parent in parents.items() if parent in family} - family:
        family |= more
    return [peaks[process] for process in family - {ancestor}]


def _by_resource_usage() -> int | None:
    try:
        # Windows has no such module.
        import resource
    except ModuleNotFoundError:
        return None
    peak = int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    return peak if sys.platform == "darwin" else peak * 1024
