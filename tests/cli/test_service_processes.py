"""Processes that ask a service: interrupted, killed, two at once. What was answered is never paid for again."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import pytest

from harness.embedders.remote.embedder import SENTINELS
from harness.embedders.vector_cache import VectorCache
from tests.faults import since, slow

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.faulty_server import FaultyServer

    Start = Callable[..., subprocess.Popen[str]]

pytest.importorskip("openai")

SECONDS = 60
COUNT = 1000
AT_ONCE = 4
BATCH = 10


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder with a similarity suite of 1,000 texts."""
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "title: Many\nlicence: CC0-1.0\ntask: similarity\ntables: {pairs: pairs.jsonl}\nmetrics: [spearman]\n", "utf-8"
    )
    lines = [
        json.dumps({"sentence1": f"第 {i} 个", "sentence2": f"number {i}", "score": i % 7}, ensure_ascii=False)
        for i in range(COUNT // 2)
    ]
    (folder / "pairs.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return folder


@pytest.fixture
def command(faulty: FaultyServer, many: Path, store: Path) -> tuple[object, ...]:
    """A run of 100 requests, four at once."""
    spec = f"openai:m?base_url={faulty.url}&batch_size={BATCH}&concurrency={AT_ONCE}"
    return ("run", "-s", many, "-e", spec, "--store", store)


def wait_for(faulty: FaultyServer, requests: int, process: subprocess.Popen[str]) -> None:
    """Until the server was asked so often."""
    deadline = time.monotonic() + SECONDS
    while len(faulty.asked) < requests:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def kept(tmp_path: Path) -> int:
    """How many vectors are in the cache."""
    with VectorCache(tmp_path / "cache") as cache:
        return cache.info().entries


def test_ctrl_c_ends_a_run_at_once(
    start: Start, command: tuple[object, ...], faulty: FaultyServer, tmp_path: Path
) -> None:
    """Though four slow requests are under way; everything that was answered is in the cache."""
    faulty.faults.append(since(31, slow(20)))
    process = start(*command)
    wait_for(faulty, 31 + AT_ONCE, process)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS)
    assert time.monotonic() - began < 8  # of 20; 0.5 on an idle machine
    assert process.returncode == 130
    assert err.endswith("interrupted: what was finished is recorded, what was embedded is cached\n")
    assert "Traceback" not in err
    assert kept(tmp_path) == 30 * BATCH


def test_a_run_killed_at_99_percent_pays_one_percent_again(
    start: Start, command: tuple[object, ...], faulty: FaultyServer, tmp_path: Path
) -> None:
    """kill -9: what was under way is all that is asked for twice."""
    faulty.faults.append(since(100, slow(20)))
    process = start(*command)
    wait_for(faulty, 101, process)
    process.kill()
    process.communicate()
    answered = kept(tmp_path)
    assert answered >= COUNT - (1 + AT_ONCE) * BATCH
    faulty.faults.clear()
    faulty.forget()
    again = start(*command)
    again.communicate(timeout=SECONDS)
    assert again.returncode == 0
    sent = [text for text in faulty.texts if "第" in text or "number" in text]
    assert len(sent) == len(set(sent)) == COUNT - answered
    assert faulty.asked[0].texts == list(SENTINELS)


def test_two_processes_on_one_cache(
    start: Start, command: tuple[object, ...], faulty: FaultyServer, tmp_path: Path
) -> None:
    """Neither disturbs the other; afterwards nothing is missing."""
    faulty.faults.append(slow(0.02))
    processes = [start(*command[:-1], tmp_path / f"{number}.duckdb") for number in range(2)]
    for process in processes:
        out, err = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, (out, err)
    assert kept(tmp_path) >= COUNT
    faulty.forget()
    warm = start(*command)
    warm.communicate(timeout=SECONDS)
    assert (warm.returncode, faulty.asked) == (0, [])
