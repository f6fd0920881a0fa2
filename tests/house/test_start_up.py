"""What `import harness` and `harness --help` cost, and what they leave alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SLOW = {
    *("duckdb", "gensim", "lmdb", "mteb", "numpy", "pandas", "scipy", "sentence_transformers", "sklearn"),
    *("tokenizers", "torch", "transformers"),
}
HELP = "from harness.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass"
CPU_SECONDS = 1.0
"""Generous: a machine may be busy. `make bench` measures the start against its real limit."""

PROBE = """
import json, logging, os, sys, time, warnings
def state():
    return repr((logging.root.handlers, logging.root.level, dict(os.environ), warnings.filters, os.getcwd()))
before = state()
exec(sys.argv[1])
print(json.dumps({
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    "untouched": state() == before,
    "seconds": time.process_time(),
}), file=sys.stderr)
"""


def probe(code: str) -> dict[str, Any]:
    """Run code in a fresh interpreter: what it loaded, whether it left the process as it was, its CPU time."""
    command = [sys.executable, "-c", PROBE, code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    return found


@pytest.mark.parametrize("code", ["import harness", HELP], ids=["import", "help"])
def test_nothing_slow_is_loaded(code: str) -> None:
    """Whoever asks for help does not wait for numpy, a database or a deep-learning framework."""
    found = probe(code)
    assert SLOW.intersection(found["modules"]) == set()
    assert "harness" in found["modules"]
    assert found["seconds"] < CPU_SECONDS


def test_import_changes_nothing() -> None:
    """No logging handler, environment variable or warning filter is set by importing the package."""
    assert probe("import harness")["untouched"]


@pytest.mark.parametrize(
    "code",
    [
        "import logging; logging.basicConfig()",
        "import os; os.environ['X'] = '1'",
        "import warnings; warnings.simplefilter('ignore')",
    ],
)
def test_a_change_would_be_seen(code: str) -> None:
    """The probe notices each kind of side effect."""
    assert not probe(code)["untouched"]


def test_a_slow_import_would_be_seen() -> None:
    """The probe notices numpy."""
    assert "numpy" in SLOW.intersection(probe("import numpy.linalg")["modules"])
