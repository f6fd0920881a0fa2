"""The pytest plug-in, in runs of pytest of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from defusedxml import ElementTree

import harness.errors
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from xml.etree.ElementTree import Element

pytest_plugins = ["pytester"]

ROOT = Path(harness.errors.__file__).parents[1]
CONFIGURATION = """\
suites = ["zh/tables"]

[embedders]
ours = "baseline:hashing"

[gate]
baseline = "main"

[[gate.quality]]
suite = "zh/tables"
margin = 0.05
"""
ADVISORY = f'{CONFIGURATION}role = "advisory"\n'
HEAVY = ("click", "duckdb", "harness.workflows", "harness.report", "lmdb", "numpy", "rich", "scipy", "yaml")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with harness.toml and a baseline of baseline:hashing."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "harness.toml").write_text(CONFIGURATION, "utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "EMBEDDING_HARNESS_CACHE": str(folder / ".cache")}
    for arguments in (["run", "-e", "ours"], ["baseline", "save", "main"]):
        command = [sys.executable, "-m", "harness", *arguments]
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return folder


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Runs pytest on one file with this plug-in and no other."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def start(source: str, *options: str, ini: str = "") -> pytest.RunResult:
        pytester.makeini(f"[pytest]\n{ini}\n")
        pytester.makepyfile(source)
        return pytester.runpytest_subprocess("-p", "harness.pytest_plugin", "--strict-markers", *options)

    return start


@pytest.fixture
def inside(pytester: pytest.Pytester, project: Path) -> Path:
    """The folder of the run, with a copy of the project in it."""
    shutil.copytree(project, pytester.path, dirs_exist_ok=True)
    return pytester.path


MANY = """
import unittest
import pytest

gated = pytest.mark.embedding_gate

@gated(baseline="main", embedder="ours")
def test_as_good(): print("the body ran")

@gated(baseline="main", embedder=["ours"])
@pytest.mark.parametrize("number", [1, 2])
def test_parametrised(number): print("the body ran")

@gated(baseline="main", embedder="ours", suites=())
class TestClass(unittest.TestCase):
    def test_in_it(self): print("the body ran")

@gated(embedder="baseline:random", against="ours", suites="zh/tables")
def test_worse(): print("the body ran")

@gated(baseline="nonsense", run=False)
def test_no_baseline(): ...

@gated(embedder="nonsense:x")
def test_no_embedder(): ...

@gated(basline="main")
def test_no_argument(): ...

@gated("main")
def test_no_name(): ...

@gated(suites=[1])
def test_no_suites(): ...

@gated(inconclusive="ignore")
def test_no_policy(): ...

@gated(against="ours")
def test_nobody_against(): ...

def test_asked_as_good(gate):
    verdict = gate(baseline="main", embedder="ours", run=False)
    assert verdict.exit_code == 0
    assert [ruling.answer for ruling in verdict.rulings] == ["pass"]

def test_asked_worse(gate):
    assert gate(embedder="baseline:random", suites=["zh/tables"], run=False).exit_code == 0

def test_asked_wrongly(gate):
    gate(baseline="nonsense", run=False)
"""
MARKED = """
import pytest

@pytest.mark.embedding_gate({arguments})
def test_marked():
    print("the body ran")
"""


class Ran(NamedTuple):
    """A run of MANY: test → what pytest's JUnit file says of it, and how often the embedder was run."""

    tests: Mapping[str, Element]
    runs: int

    def failed(self, name: str) -> str:
        """Why a test failed; it did, and its body did not run."""
        (outcome, *_) = self.tests[name]
        assert outcome.tag == "failure"
        assert "the body ran" not in (self.tests[name].findtext("system-out") or "")
        return outcome.get("message", "") + (outcome.text or "")


@pytest.fixture(scope="module")
def ran(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Everything that one run of pytest can show, in a project that makes errors of warnings."""
    folder = tmp_path_factory.mktemp("many") / "project"
    shutil.copytree(project, folder)
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\njunit_logging = system-out\n", "utf-8")
    (folder / "test_many.py").write_text(MANY, "utf-8")
    store = Store(folder / "results/results.duckdb")
    before = len(store.history(["zh/tables"], ["ours"]))
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "harness.pytest_plugin", "--strict-markers", "--junitxml=all.xml"]
    subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True)
    cases = ElementTree.parse(folder / "all.xml").getroot().iter("testcase")
    return Ran({case.get("name"): case for case in cases}, len(store.history(["zh/tables"], ["ours"])) - before)


def marked(arguments: str) -> str:
    """A file with one marked test."""
    return MARKED.format(arguments=arguments)


@pytest.mark.parametrize("name", ["test_as_good", "test_parametrised[1]", "test_parametrised[2]", "test_in_it"])
def test_a_mark_passes(ran: Ran, name: str) -> None:
    """Where the embedder is as good: the body runs, of functions and of unittest's methods."""
    assert {child.tag for child in ran.tests[name]} == {"system-out"}
    assert "the body ran" in ran.tests[name].findtext("system-out", "")


def test_marks_alike_share_a_verdict(ran: Ran) -> None:
    """The four tests that ask the same run the embedder once."""
    assert ran.runs == 1


def test_a_mark_fails(ran: Ran) -> None:
    """With the table instead of a traceback, and without running the body."""
    text = ran.failed("test_worse")
    assert text.startswith("Failed: Regression. Gates: 1 regression.")
    assert re.search("zh/tables.*baseline main.*regression", text)
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("test_no_baseline", "the gate could not be asked: .*nonsense"),
        ("test_no_embedder", "the gate could not be asked: .*nonsense"),
        ("test_no_argument", "'basline'. Did you mean 'baseline'. Known: embedding_gate.baseline, embedder"),
        ("test_no_name", "embedding_gate takes its arguments by name"),
        ("test_no_suites", r"suites cannot be \[1\]"),
        ("test_no_policy", "inconclusive cannot be 'ignore'"),
        ("test_nobody_against", "against 'ours', but no embedder"),
        ("test_asked_wrongly", "UsageError: .*nonsense"),
    ],
)
def test_what_cannot_be_asked_fails(ran: Ran, name: str, told: str) -> None:
    """It is no pass and no skip, and says what was wrong."""
    assert re.search(told, ran.failed(name))


def test_what_cannot_be_asked_is_said_once(ran: Ran) -> None:
    """Without the lines of the harness that noticed it."""
    marked, asked = ran.failed("test_no_baseline"), ran.failed("test_asked_wrongly")
    assert "another exception" not in marked
    assert "harness/" not in asked.replace("harness/errors", "")
    assert ".py:" in asked


def test_the_fixture_gives_verdicts(ran: Ran) -> None:
    """A test asserts on them itself."""
    assert {child.tag for child in ran.tests["test_asked_as_good"]} <= {"system-out"}
    assert "assert 1 == 0" in ran.failed("test_asked_worse")


@pytest.mark.parametrize(
    ("ini", "failed"),
    [("filterwarnings = error", 0), ("filterwarnings = error::harness.pytest_plugin.EmbeddingGateWarning", 1)],
)
def test_what_is_tolerated_warns(inside: Path, run: Callable[..., pytest.RunResult], ini: str, failed: int) -> None:
    """An advisory gate that says regression leaves the test as it is, with the table among the warnings.

    It is a matter of policy, not of warnings, unless a filter names this one.
    """
    (inside / "harness.toml").write_text(ADVISORY, "utf-8")
    result = run(marked('embedder="baseline:random"'), ini=ini)
    result.assert_outcomes(passed=1 - failed, failed=failed)
    result.stdout.fnmatch_lines(["*EmbeddingGateWarning: Passed. Advisory: 1 regression.*"])


@pytest.mark.usefixtures("inside")
def test_it_works_in_several_processes(run: Callable[..., pytest.RunResult]) -> None:
    """Of pytest-xdist: each asks for itself, and their tables come back."""
    source = "import pytest\n" + "\n".join(
        f"@pytest.mark.embedding_gate(embedder='{embedder}')\ndef test_{number}(): ...\n"
        for number, embedder in enumerate(["ours", "ours", "baseline:random"])
    )
    result = run(source, "-p", "xdist.plugin", "-n", "2")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["Regression. Gates: 1 regression."])


def test_the_store_can_be_judged_as_it_is(
    inside: Path, pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without running anything, from wherever pytest is told that configuration and store are."""
    moved = inside / "else"
    moved.mkdir()
    (inside / "harness.toml").rename(moved / "mine.toml")
    (inside / "results").rename(moved / "results")
    source = marked('baseline="main", embedder="ours", run=False')
    run(source, "--embedding-store", "else/results/results.duckdb").assert_outcomes(passed=1)
    monkeypatch.chdir(moved)
    result = pytester.runpytest_subprocess("-p", "harness.pytest_plugin", "--embedding-config", "mine.toml", "..")
    result.assert_outcomes(passed=1)


@pytest.mark.usefixtures("inside")
def test_it_is_the_same_from_a_folder_below(
    pytester: pytest.Pytester, run: Callable[..., pytest.RunResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The configuration is that of the rootdir; and whoever only collects tests runs no embedder."""
    store = pytester.path / "results/results.duckdb"
    before = store.read_bytes()
    assert run(marked('embedder="ours"'), "--collect-only").ret == 0
    assert store.read_bytes() == before
    monkeypatch.chdir(pytester.mkdir("below"))
    pytester.runpytest_subprocess("-p", "harness.pytest_plugin", "..").assert_outcomes(passed=1)
    assert store.read_bytes() != before


def test_it_leaves_other_tests_alone(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> None:
    """A run that does not use it loads nothing heavy, writes no file, and may have a fixture of the same name."""
    source = f"""
        import json, pytest, sys

        @pytest.fixture
        def gate():
            return "mine"

        def test_nothing(gate):
            assert gate == "mine"
            loaded = sys.modules.keys() & set({json.dumps(HEAVY)})
            assert sorted(loaded) == []
        """
    run(source, "-p", "no:cacheprovider").assert_outcomes(passed=1)
    cache = Path(os.environ["EMBEDDING_HARNESS_CACHE"])
    assert not cache.exists()
    assert not list(pytester.path.rglob("*results*"))


def test_pytest_finds_it(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the distribution is installed, by its entry point, and leaves it out where it is told to."""
    found = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    about = pytester.mkdir("site") / "embedding_harness-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: embedding-harness\nVersion: 1\n", "utf-8")
    lines = [f"{name} = {target}" for name, target in found.items()]
    (about / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines]), "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(about.parent), str(ROOT)]))
    pytester.runpytest_subprocess("--fixtures").stdout.fnmatch_lines(["gate -- *", "*Ask for a verdict:*"])
    pytester.runpytest_subprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.embedding_gate(*"])
    without = pytester.runpytest_subprocess("-p", "no:embedding_gate", "--markers")
    without.stdout.no_fnmatch_line("*embedding_gate*")
