"""Several processes at once, and processes that are killed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from harness.store import Store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Start = Callable[..., subprocess.Popen[str]]

WHOLE = """
    select id from run
    where (select count(*) from score where run = id) = 2
      and (select count(*) from item where run = run.id) = 50
      and (select count(*) from answer where run = run.id) = 50
      and (select count(*) from finding where run = run.id) = 1
"""


def test_no_acknowledged_run_is_lost_between_processes(tmp_path: Path, start: Start) -> None:
    """Two processes add 30 runs each while a third polls: all 60 are there, whole."""
    store = Store(tmp_path / "results.duckdb")
    script = "for _ in range(30): store.add(it := run(sys.argv[2])); say(it.id)"
    writers = [start(store.path, script, name) for name in "ab"]
    polls = 0
    while any(writer.poll() is None for writer in writers):
        if store.exists():
            store.query("select count(*) from run")
            polls += 1
        time.sleep(0.1)
    said = [writer.communicate() for writer in writers]
    acknowledged = {line for out, _ in said for line in out.split()}
    assert len(acknowledged) == 60, said
    assert polls > 1
    assert whole(store) == acknowledged
    assert store.query("select count(*) from run")[1] == [(60,)]


def test_a_killed_process_leaves_the_store_whole(tmp_path: Path, start: Start) -> None:
    """Killed at random moments, its first included, it has recorded whole runs only, and every acknowledged one."""
    store = Store(tmp_path / "results.duckdb")
    script = "import duckdb\nsay('ready')\nwhile True: store.add(it := run('a')); say(it.id)"
    acknowledged: set[str] = set()
    for runs, pause in enumerate(np.random.default_rng(0).uniform(0.0, 0.4, size=6)):
        process = start(store.path, script)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        acknowledged |= {process.stdout.readline().strip() for _ in range(runs)}
        time.sleep(pause)
        process.kill()
        acknowledged |= set(process.communicate()[0].split())
    store.prepare()
    assert acknowledged
    assert acknowledged <= whole(store)
    assert store.query("select count(*) from run")[1] == [(len(whole(store)),)]
    assert store.query("select count(*) from item where run not in (select id from run)")[1] == [(0,)]


def whole(store: Store) -> set[str]:
    """The runs that have all their rows."""
    return {run for (run,) in store.query(WHOLE)[1]}
