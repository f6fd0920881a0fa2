"""Runs to store, and a way to use the store from other processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pytest

import harness.errors
from harness.model import Finding, Identity, Interval, ItemScores, Run, Score
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(harness.errors.__file__).parents[1]
PREAMBLE = """
import sys, uuid
from pathlib import Path
import numpy as np
from harness.model import Finding, Identity, Interval, ItemScores, Run, Score
from harness.store import Store

def run(name):
    ids = [f"q{i}" for i in range(50)]
    scores = tuple(Score(f"m@{k}", 0.5, Interval(0.4, 0.6), 0.1, 50) for k in range(2))
    items = (ItemScores("m@0", ids, ids, np.linspace(0, 1, 50)),)
    return Run(uuid.uuid4().hex, "2026-01-01T00:00:00.000000+00:00", "zh/a", "retrieval", "f", name,
               Identity("fake", name, "1"), "ok", "", 1.0, scores, items, (Finding("x", 1.0, ""),),
               answers=dict(zip(ids, reversed(ids))))

def say(*words):
    print(*words, flush=True)

store = Store(Path(sys.argv[1]))
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store of which nothing exists yet, in a folder that does not exist either."""
    return Store(tmp_path / "new folder" / "结果's.duckdb", patience=0.5)


@pytest.fixture
def make_run() -> Callable[..., Run]:
    """A function from the fields that matter to a whole run; the second of the start comes from `second`."""

    def make(second: int = 0, **fields: Any) -> Run:
        given: dict[str, Any] = {
            "id": uuid4().hex,
            "started_at": f"2026-01-01T00:00:{second:02}.000000+00:00",
            "suite": "zh/a",
            "kind": "retrieval",
            "fingerprint": "new",
            "embedder": "one",
            "identity": Identity("fake", fields.get("embedder", "one"), "1"),
            "status": "ok",
            "reason": "",
            "seconds": 1.5,
            "scores": (
                Score("ndcg@10", 0.5, Interval(0.4, 0.6), 0.1, 3, convention="linear gain"),
                Score(
                    "ap", None, Interval(None, None, "no positives"), None, 3, True, "not_applicable", "no positives"
                ),
            ),
            "items": (ItemScores("ndcg@10", ["三", "一", "二"], ["甲", "甲", "乙"], np.array([0.75, 0.25, 0.5])),),
            "findings": (Finding("unknown words", 2.0, "", "甲"), Finding("note", None, "no number")),
            "environment": {"python": "3.11", "threads": 1},
            "configuration": {"spec": "fake:一"},
        }
        return Run(**given | fields)

    return make


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a script that has `store`, `run(name)` and `say(…)`, in a process that does not outlive the test."""
    started: list[subprocess.Popen[str]] = []

    def start(path: Path, script: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", PREAMBLE + script, str(path), *arguments]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
