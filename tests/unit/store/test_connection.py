"""Waiting for other processes, and errors that say what to do."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from harness.errors import StoreError
from harness.store import Store

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from harness.model import Run

    Start = Callable[..., subprocess.Popen[str]]

HOLD = """
from harness.store.connection import WRITE, connect
with connect(store.path, WRITE, 5):
    say("held")
    __import__("time").sleep(float(sys.argv[2]))
"""


def test_a_held_store_names_the_holder(tmp_path: Path, make_run: Callable[..., Run], start: Start) -> None:
    """After its patience, writing and reading say which process holds the store; the result is not lost."""
    store = Store(tmp_path / "results.duckdb", patience=0.2)
    store.prepare()
    holder = start(store.path, HOLD, "60")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StoreError, match=rf"held by process {holder.pid} .*waited 0\.2 s") as caught:
        store.add(make_run())
    assert "not lost" in str(caught.value)
    with pytest.raises(StoreError, match=rf"held by process {holder.pid} "):
        store.rows()


def test_a_held_store_is_waited_for(tmp_path: Path, make_run: Callable[..., Run], start: Start) -> None:
    """Writing succeeds when the other process ends in time."""
    store = Store(tmp_path / "results.duckdb", patience=10)
    store.prepare()
    holder = start(store.path, HOLD, "0.3")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    store.add(make_run())
    assert len(store.rows().rows) == 2


def test_the_header_is_read_under_the_lock(
    tmp_path: Path, make_run: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is attached with its type given: DuckDB 2.0 reads the header of one that it connects to unlocked."""
    real, given, attached = duckdb.connect, [], []

    class Watched:
        def __init__(self, *arguments: Any) -> None:
            given.append(arguments)
            self.real = real(*arguments)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.real, name)

        def execute(self, sql: str, *arguments: Any) -> Any:
            attached.extend([sql] if sql.startswith("attach") else [])
            return self.real.execute(sql, *arguments)

    monkeypatch.setattr(duckdb, "connect", Watched)
    store = Store(tmp_path / "results.duckdb")
    store.add(make_run())
    store.rows()
    assert given == [(), (), ()]  # one to create, one to write, one to read
    assert [("(type duckdb, " in sql) for sql in attached] == [True] * 3


def test_threads_take_turns(tmp_path: Path, make_run: Callable[..., Run]) -> None:
    """Threads of one process that add and read at once wait for each other like processes."""
    store = Store(tmp_path / "results.duckdb")
    store.prepare()

    def work(name: str) -> None:
        for second in range(3):
            store.add(make_run(second, embedder=name))
            store.rows()

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.query("select count(*) from run")[1] == [(6,)]


@pytest.mark.parametrize("content", [b"", b"hello", b"hello" * 5000, b"\0" * 20000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    """It is named, and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    for use in (Store(path).prepare, Store(path).rows):
        with pytest.raises(StoreError, match=r"notes\.txt.*\n?.*not a DuckDB database"):
            use()
    assert path.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """The error says to name a file."""
    for use in (Store(tmp_path).prepare, Store(tmp_path).rows):
        with pytest.raises(StoreError, match="is a folder: name a file"):
            use()


def test_a_path_below_a_file_is_refused(tmp_path: Path) -> None:
    """The error says where."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file" / "results.duckdb").prepare()
    with pytest.raises(StoreError, match="file"):
        Store(tmp_path / "file" / "below" / "results.duckdb").prepare()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc is a folder that nobody can write")
def test_a_folder_that_cannot_be_written_is_named() -> None:
    """Preparing fails before anything is embedded."""
    with pytest.raises(StoreError, match="/proc/results"):
        Store(Path("/proc/results.duckdb")).prepare()


@pytest.mark.skipif(os.name == "nt", reason="no limits on file sizes")
def test_a_full_disk_is_reported_and_harms_nothing(tmp_path: Path, start: Start) -> None:
    """The run that does not fit is refused as not recorded; those before it stay, and can be read."""
    path = tmp_path / "results.duckdb"
    process = start(
        path,
        """
import resource
from harness.errors import StoreError
store.add(run("before"))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 21, 1 << 21))
ids = [uuid.uuid4().hex for _ in range(100_000)]
try:
    store.add(Run(uuid.uuid4().hex, "2026-01-02T00:00:00.000000+00:00", "zh/a", "k", "f", "large",
                  Identity("f", "n", "1"), "ok", "", 1.0, (), (ItemScores("m", ids, ids, np.zeros(len(ids))),)))
except StoreError as error:
    say(error)
""",
    )
    said, errors = process.communicate(timeout=30)
    assert "results.duckdb" in said, errors
    assert "free some space" in said
    assert "not lost" in said
    assert Store(path).query("select embedder from run")[1] == [("before",)]
