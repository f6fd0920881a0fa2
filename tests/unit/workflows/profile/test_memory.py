"""The most memory that a process has held."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.workflows.profile import memory

if TYPE_CHECKING:
    from pathlib import Path

PEAK = "from harness.workflows.profile.memory import peak_bytes; print(peak_bytes())"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not say")
def test_the_peak_stays_when_memory_is_given_back() -> None:
    """300 MB that were written to and freed still count, but for the few pages that Linux counts late."""
    block = np.ones(300 * 1024 * 1024 // 8)
    size, held = block.nbytes, memory.peak_bytes()
    del block
    assert held is not None
    assert held > size
    assert (memory.peak_bytes() or 0) > held - size / 10


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux hands the peak on to a new program")
def test_a_new_process_does_not_begin_with_the_peak_of_this_one() -> None:
    """A process that holds 300 MB starts one that needs less than half of that."""
    block = np.ones(300 * 1024 * 1024 // 8)
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    assert int(done.stdout) < block.nbytes / 2


CHILD = """
import subprocess, sys
from harness.workflows.profile.memory import peak_bytes, peak_of_all
assert peak_of_all()[1] == 0
held = "block = b'x' * 200_000_000; print(1, flush=True); input()"
child = subprocess.Popen([sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdout.readline()
print(*peak_of_all(), peak_bytes())
child.communicate(b"\\n")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux says what other processes hold")
def test_processes_below_count() -> None:
    """One that holds 200 MB is added, as long as it runs."""
    done = subprocess.run([sys.executable, "-c", CHILD], capture_output=True, text=True, check=True)
    whole, started, own = map(int, done.stdout.split())
    assert started == 1
    assert whole - own > 200_000_000


def test_without_proc_other_processes_are_not_measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where there are any; alone, this one is."""
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "self" / "status")
    assert memory.peak_of_all() == (memory.peak_bytes(), 0)
    monkeypatch.setattr(memory.multiprocessing, "active_children", lambda: [object()] * 2)
    assert memory.peak_of_all() == (None, 2)


def test_without_proc_the_system_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """ru_maxrss in kilobytes, on macOS in bytes; a system without it is not measured."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(memory, "_STATUS", memory._STATUS / "nowhere")
    monkeypatch.setattr(resource, "getrusage", lambda _: resource.struct_rusage([0.0, 0.0, 7, *[0] * 13]))
    monkeypatch.setattr(memory.sys, "platform", "linux")
    assert memory.peak_bytes() == 7 * 1024
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert memory.peak_bytes() == 7
    monkeypatch.setitem(sys.modules, "resource", None)
    assert memory.peak_bytes() is None
