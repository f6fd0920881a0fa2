"""What the tests of the command line stand on: a plug-in of odd embedders, and the command line as processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

import harness.errors
from harness.diagnostics.determinism import PROBES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(harness.errors.__file__).parents[1]


class Plugin(NamedTuple):
    """An installed plug-in: where it lies, and what its embedders were asked."""

    folder: Path
    log: Path

    def calls(self) -> list[tuple[str, str, list[str]]]:
        """Every call for texts of a suite so far: name, role, texts. Probes of the embedder itself are left out."""
        if not self.log.exists():
            return []
        calls = map(json.loads, self.log.read_text("utf-8").splitlines())
        return [(name, role, texts) for name, role, texts in calls if not texts or not set(texts) <= set(PROBES)]

    def embedded(self) -> list[str]:
        """Every text that was ever embedded."""
        return [text for _, _, texts in self.calls() for text in texts]


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Plugin:
    """The backend `odd:` as an installed distribution, in this process and in those that it starts."""
    folder = tmp_path / "site"
    about = folder / "odd_embedders-1.dist-info"
    about.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("odd_embedders.py"), folder)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: odd-embedders\nVersion: 1\n", "utf-8")
    (about / "entry_points.txt").write_text("[harness.embedders]\nodd = odd_embedders:open_odd\n", "utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "odd_embedders", raising=False)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), str(ROOT)]))
    monkeypatch.setenv("ODD_LOG", str(tmp_path / "odd.log"))
    monkeypatch.setenv("ODD_SECONDS", "0")
    return Plugin(folder, tmp_path / "odd.log")


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `python -m harness` with these arguments, or, with `code`, a script; it does not outlive the test."""
    started: list[subprocess.Popen[str]] = []
    if str(ROOT) not in os.environ.get("PYTHONPATH", ""):
        monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def start(*arguments: object, code: str = "", **options: Any) -> subprocess.Popen[str]:
        program = ["-c", code] if code else ["-m", "harness"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sys.executable, *program, *map(str, arguments)]
        process = subprocess.Popen(command, text=True, **pipes | options)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where results go; nothing is there yet."""
    return tmp_path / "results.duckdb"


@pytest.fixture
def pairs_suite(tmp_path: Path) -> Path:
    """A folder with a similarity suite called pairs: four pairs, graded."""
    folder = tmp_path / "pairs"
    folder.mkdir()
    (folder / "suite.yaml").write_text(
        "title: Pairs\nlicence: CC0-1.0\ntask: similarity\ntables: {pairs: pairs.tsv}\nmetrics: [spearman, pearson]\n",
        encoding="utf-8",
    )
    rows = (("a cat", "a cat", 5), ("a cat", "a car", 2), ("采购申请", "采购请求", 4), ("审批", "football", 0))
    lines = ["sentence1\tsentence2\tscore", *("\t".join(map(str, row)) for row in rows)]
    (folder / "pairs.tsv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
