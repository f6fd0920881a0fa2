"""The GitHub action and the GitLab job: their form, and every shell step of them run in a clone of a repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from defusedxml import ElementTree

import harness.errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(harness.errors.__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / ".github/actions/gate/action.yml").read_text("utf-8"))
TEMPLATE: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab/embedding-gate.yml").read_text("utf-8"))
JOB: dict[str, Any] = TEMPLATE[".embedding-gate"]
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
OTHERS = {"actions/setup-python@v5", "actions/cache/restore@v4", "actions/cache/save@v4"}
"""Actions of others, which only GitHub can run."""
RUNNER = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "we/search",
    "GITHUB_RUN_ID": "7",
    "GITHUB_SERVER_URL": "https://example.org",
}
"""What a runner sets, besides the names of files."""
BASH = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
"""How GitHub runs `shell: bash`, and how GitLab runs a script where there is a bash."""
SHELLS = [BASH, ["sh", "-e"]]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
CONFIGURATION = """\
suites = ["zh/tables"]

[embedders]
ours = "baseline:hashing"
broken = "vectors:./missing.vec"

[gate]
baseline = "main"

[[gate.quality]]
suite = "zh/tables"
margin = 0.05
"""


class Done(NamedTuple):
    """What a job left behind. outputs: of the action. steps: the names of those that ran."""

    code: int
    log: str
    outputs: Mapping[str, str] = {}
    shown: str = ""
    steps: tuple[str, ...] = ()


RECORDER = """#!/bin/sh
for part in "$@"; do printf '%s\\036' "$part"; done >> "$CALLS"
printf '\\035' >> "$CALLS"
case $1 in run) exit "${run:-0}" ;; gate) exit "${gate:-0}" ;; esac
"""
"""Notes its arguments, each ended by a record separator, and their end."""


class Told(NamedTuple):
    """A runner with a `harness` that notes how it is called."""

    environment: Mapping[str, str]
    log: Path

    def calls(self) -> list[list[str]]:
        """The arguments of each call; then none."""
        calls = self.log.read_text("utf-8").split("\035")[:-1]
        self.log.unlink()
        return [call.split("\036")[:-1] for call in calls]


def options(name: str, lines: str) -> list[str]:
    """An option for each line."""
    return [part for line in lines.splitlines() for part in (name, line)]


def git(folder: Path, *arguments: str) -> None:
    """Git with an author."""
    author = ["-c", "user.name=Someone", "-c", "user.email=someone@example.com"]
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


def surroundings(folder: Path) -> dict[str, str]:
    """The environment of a runner, with this checkout as `harness`, and pip without a network."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    program = programs / "harness"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m harness "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return os.environ | {
        "PATH": os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "PIP_TARGET": str(folder / "site"),
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this one the wrong way round: 0 is without isolation
    }


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which a baseline of baseline:hashing is committed, and no results database."""
    folder = tmp_path_factory.mktemp("upstream")
    (folder / "harness.toml").write_text(CONFIGURATION, "utf-8")
    (folder / ".gitignore").write_text("results/*\n!results/baselines/\n.embedding-cache/\n", "utf-8")
    home = tmp_path_factory.mktemp("home")
    environment = surroundings(home) | {"EMBEDDING_HARNESS_CACHE": str(home / "cache")}
    for arguments in (["run", "-e", "ours"], ["baseline", "save", "main", "-e", "ours"]):
        subprocess.run(["harness", *arguments], cwd=folder, env=environment, check=True, capture_output=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "A baseline")
    return folder


@pytest.fixture
def clone(repository: Path, tmp_path: Path) -> Path:
    """What a runner checks out: text files only."""
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repository), str(folder))
    assert not list(folder.rglob("*.duckdb"))
    assert (folder / "results/baselines/main.jsonl").is_file()
    return folder


def value(text: str, inputs: Mapping[str, str], outputs: Mapping[str, Mapping[str, str]]) -> str:
    """A value with its expressions, of which the action uses two: an input, and the first output that is not empty."""

    def one(found: re.Match[str]) -> str:
        terms = [term.strip().split(".") for term in found[1].split("||")]
        values = [
            inputs[name[1]] if name[0] == "inputs" else outputs.get(name[1], {}).get(name[3], "") for name in terms
        ]
        return next(filter(None, values), "")

    return EXPRESSION.sub(one, text)


def act(folder: Path, environment: Mapping[str, str], inputs: Mapping[str, str]) -> Done:
    """Run the action's shell steps as GitHub does: in order, until one fails."""
    given = {name: one["default"] for name, one in ACTION["inputs"].items()} | {"install": ""} | inputs
    shown = folder.parent / "step-summary"
    outputs: dict[str, dict[str, str]] = {}
    code, log, ran = 0, "", []
    for place, step in enumerate(STEPS):
        if "uses" in step:
            assert step["uses"] in OTHERS
            continue
        script, output = folder.parent / f"step-{place}.sh", folder.parent / f"output-{place}"
        script.write_text(step["run"], "utf-8")
        own = {name: value(text, given, outputs) for name, text in step["env"].items()}
        files = {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(shown), **RUNNER}
        where = folder / value(step["working-directory"], given, outputs)
        done = subprocess.run(
            [*BASH, str(script)], cwd=where, env={**environment, **files, **own}, capture_output=True, check=False
        )
        lines = output.read_text("utf-8").splitlines() if output.exists() else []
        outputs[step.get("id", "")] = dict(line.split("=", 1) for line in lines)
        code, log, ran = done.returncode, log + (done.stdout + done.stderr).decode(), [*ran, step["name"]]
        if code:
            break
    found = {name: value(one["value"], given, outputs) for name, one in ACTION["outputs"].items()}
    return Done(code, log, found, shown.read_text("utf-8") if shown.exists() else "", tuple(ran))


def job(folder: Path, environment: Mapping[str, str], shell: list[str], variables: Mapping[str, str]) -> Done:
    """Run the script of the GitLab job, and what comes after it in a shell of its own, whatever became of it."""
    given = JOB["variables"] | {"EMBEDDING_GATE_INSTALL": ""} | variables
    script = folder.parent / "script.sh"
    script.write_text("\n".join(JOB["script"]), "utf-8")
    done = subprocess.run(
        [*shell, str(script)], cwd=folder, env={**environment, **given}, capture_output=True, check=False
    )
    script.write_text("\n".join(JOB["after_script"]), "utf-8")
    subprocess.run([*shell, str(script)], cwd=folder, env={**environment, **given}, check=True)
    return Done(done.returncode, (done.stdout + done.stderr).decode())


def outcomes(file: Path) -> dict[str, int]:
    """What the JUnit file counts."""
    suite = ElementTree.parse(file).getroot()[0]
    return {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}


def test_a_candidate_that_is_as_good_passes(clone: Path, tmp_path: Path) -> None:
    """The package is installed, the candidate run; the summary, the JUnit file and the outputs say that it passed."""
    environment = surroundings(tmp_path) | {"PYTHONPATH": str(tmp_path / "site")}
    done = act(clone, environment, {"embedder": "ours", "baseline": "main", "install": f"{ROOT}\n", "profile": "0.5"})
    assert done.code == 0, done.log
    assert done.steps == ("Install", "Gate")
    assert (tmp_path / "site/harness/suites/zh/tables/suite.yaml").is_file()
    assert done.outputs == {"exit-code": "0", "summary": "embedding-gate.md", "junit": "embedding-gate.xml"}
    assert "**Passed. Gates: 1 pass.**" in done.shown
    assert done.shown == (clone / "embedding-gate.md").read_text("utf-8")
    assert outcomes(clone / "embedding-gate.xml") == {"tests": 1, "failures": 0, "errors": 0, "skipped": 0}
    assert "::notice title=embedding gate::Passed." in done.log
    assert "cold start" in done.log
    assert (clone / ".embedding-cache").is_dir()


def test_a_candidate_that_is_worse_fails(clone: Path, tmp_path: Path) -> None:
    """With the exit code of the gate, and everything written that says why."""
    done = act(clone, surroundings(tmp_path), {"embedder": "baseline:random", "suites": "zh/tables", "name": "search"})
    assert done.code == 1, done.log
    assert done.outputs["exit-code"] == "1"
    assert done.shown.startswith("<!-- embedding-gate search -->\n## ❌ Embedding gate\n\n**Regression.")
    assert "**Items that lost most**" in done.shown
    assert outcomes(clone / "embedding-gate.xml")["failures"] == 1
    assert "::error title=regression%3A zh/tables " in done.log


def test_an_embedder_that_fails_is_in_the_summary(clone: Path, tmp_path: Path) -> None:
    """The gate still runs, and its exit code is that of a failure, not of a regression."""
    done = act(clone, surroundings(tmp_path), {"embedder": "broken"})
    assert done.code == 4, done.log
    assert done.outputs["exit-code"] == "4"
    assert done.shown.startswith("<!-- embedding-gate main -->\n")
    assert "**Failed. Gates: 1 failed.**" in done.shown
    assert outcomes(clone / "embedding-gate.xml")["errors"] == 1


def test_the_job_passes(clone: Path, tmp_path: Path) -> None:
    """That of GitLab leaves the files that it announces as artifacts."""
    done = job(clone, surroundings(tmp_path), SHELLS[1], {"EMBEDDING_GATE_EMBEDDERS": "ours"})
    assert done.code == 0, done.log
    for name in JOB["artifacts"]["paths"]:
        assert (clone / name).is_file()
    assert outcomes(clone / JOB["artifacts"]["reports"]["junit"])["tests"] == 1
    assert (clone / JOB["cache"]["paths"][0]).is_dir()


def test_the_job_fails(clone: Path, tmp_path: Path) -> None:
    """With the exit code of the gate, so that `allow_failure: exit_codes` can tell them apart."""
    variables = {"EMBEDDING_GATE_EMBEDDERS": "ours\nbaseline:random", "EMBEDDING_GATE_INCONCLUSIVE": "fail"}
    done = job(clone, surroundings(tmp_path), SHELLS[1], variables)
    assert done.code == 1, done.log
    assert outcomes(clone / "embedding-gate.xml")["failures"] == 1
    assert "Regression" in (clone / "embedding-gate.md").read_text("utf-8")


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., Told]:
    """A runner whose `harness` does nothing but note what it was called with, and leave with the codes given."""

    def make(**codes: int) -> Told:
        log = tmp_path / "calls"
        environment = surroundings(tmp_path) | {"CALLS": str(log)} | {name: str(code) for name, code in codes.items()}
        (tmp_path / "programs/harness").write_text(RECORDER, "utf-8")
        return Told(environment, log)

    return make


@pytest.mark.parametrize("name", ["name", "embedder"])
def test_what_has_no_verdict_says_so(clone: Path, told: Callable[..., Told], name: str) -> None:
    """In a summary by the same mark, instead of what an earlier job left; and is neither 1, a regression, nor 2."""
    for file in ("embedding-gate.md", "embedding-gate.xml"):
        (clone / file).write_text("of yesterday", "utf-8")
    done = act(clone, told(gate=1).environment, {name: "ours", "baseline": "main"})
    assert done.code == 3, done.log
    assert done.outputs == {"exit-code": "3", "summary": "embedding-gate.md", "junit": "embedding-gate.xml"}
    mark = {"name": "ours", "embedder": "main"}[name]
    assert done.shown == (
        f"<!-- embedding-gate {mark} -->\n## 🚫 Embedding gate\n\n"
        "**No verdict: exit code 3.** [The log](https://example.org/we/search/actions/runs/7) says why.\n"
    )
    assert (clone / "embedding-gate.md").read_text("utf-8") == done.shown
    assert not (clone / "embedding-gate.xml").exists()


@pytest.mark.parametrize("codes", [{"run": 3}, {"gate": 1}])
def test_the_job_without_a_verdict_says_so(clone: Path, told: Callable[..., Told], codes: Mapping[str, int]) -> None:
    """In the file that it hands on, instead of what an earlier job left."""
    (clone / "embedding-gate.md").write_text("of yesterday", "utf-8")
    assert job(clone, told(**codes).environment, SHELLS[1], {}).code == 3
    said = (clone / "embedding-gate.md").read_text("utf-8")
    assert said == "## 🚫 Embedding gate\n\n**No verdict.** The log of the job says why.\n"


@pytest.mark.parametrize(
    ("codes", "code", "calls"),
    [
        ({"run": 3}, 3, ["run"]),
        ({"run": 1}, 3, ["run"]),
        ({"run": 130}, 130, ["run"]),
        ({"run": 4, "gate": 4}, 4, ["run", "gate"]),
        ({"gate": 3}, 3, ["run", "gate"]),
        ({"gate": 1}, 3, ["run", "gate"]),
    ],
)
def test_exit_codes(
    clone: Path, told: Callable[..., Told], codes: Mapping[str, int], code: int, calls: list[str]
) -> None:
    """A fault of the run stops both jobs; a failed embedder does not; 1 and 2 are a gate's, and only with a summary."""
    done = act(clone, (runner := told(**codes)).environment, {})
    assert (done.code, [call[0] for call in runner.calls()]) == (code, calls), done.log
    for shell in SHELLS:
        done = job(clone, (runner := told(**codes)).environment, shell, {})
        assert (done.code, [call[0] for call in runner.calls()]) == (code, calls), done.log


HARMFUL = "$(touch pwned)\n`touch pwned`\n'; touch pwned; '\n\"; touch pwned; \"\n&& touch pwned\n*\n采购 表"
ODD = HARMFUL.replace("\n", " ")


def test_inputs_reach_the_commands(clone: Path, told: Callable[..., Told]) -> None:
    """As they are, whatever is in them: several embedders and suites a line each, blank lines left out."""
    (clone / "nested").mkdir()
    inputs = {name: f"{name} {ODD}" for name in ("baseline", "anchor", "inconclusive", "config", "profile", "cache")}
    inputs |= {"embedder": f"\n{HARMFUL}\n\n", "suites": HARMFUL, "working-directory": "nested"}
    inputs |= {"summary": f"out/{ODD.replace('/', '')}", "junit": f"-rf {ODD}", "name": HARMFUL}
    done = act(clone, (runner := told()).environment, inputs)
    who = [*options("--embedder", HARMFUL), "--config", inputs["config"]]
    which = [*options("--suite", HARMFUL), "--cache", inputs["cache"]]
    files = ["--summary", inputs["summary"], "--junit", inputs["junit"]]
    asked = [part for name in ("baseline", "anchor", "inconclusive") for part in (f"--{name}", inputs[name])]
    assert runner.calls() == [
        ["run", *who, *which],
        ["profile", *who, "--seconds", inputs["profile"]],
        ["gate", *who, *which, *files, *asked],
    ]
    assert done.outputs["summary"] == inputs["summary"]
    assert (
        (clone / "nested" / inputs["summary"]).read_text("utf-8").startswith("<!-- embedding-gate $(touch pwned) -->")
    )
    assert not list(clone.parent.rglob("pwned"))


def test_a_file_has_one_line(clone: Path, told: Callable[..., Told]) -> None:
    """Its second would be another output; without a name, it has the usual one."""
    done = act(clone, told().environment, {"summary": "a.md\nexit-code=0", "junit": ""})
    assert done.outputs == {"exit-code": "3", "summary": "a.md", "junit": "embedding-gate.xml"}


def test_nothing_is_asked_that_was_not_given(clone: Path, told: Callable[..., Told]) -> None:
    """Everything empty is left to harness.toml."""
    act(clone, (runner := told()).environment, {"cache": ""})
    assert runner.calls() == [["run"], ["gate", "--summary", "embedding-gate.md", "--junit", "embedding-gate.xml"]]


@pytest.mark.parametrize("shell", SHELLS, ids=["bash", "sh"])
def test_variables_reach_the_commands(clone: Path, told: Callable[..., Told], shell: list[str]) -> None:
    """Of GitLab's job, in the same way."""
    names = ("BASELINE", "ANCHOR", "INCONCLUSIVE", "CONFIG", "PROFILE")
    variables = {f"EMBEDDING_GATE_{name}": f"{name} {ODD}" for name in names}
    variables |= {"EMBEDDING_GATE_EMBEDDERS": f"\n{HARMFUL}\n\n", "EMBEDDING_GATE_SUITES": HARMFUL}
    job(clone, (runner := told()).environment, shell, variables)
    baseline, anchor, inconclusive, config, profile = (variables[f"EMBEDDING_GATE_{name}"] for name in names)
    who = [*options("--embedder", HARMFUL), "--config", config]
    which = [*who, *options("--suite", HARMFUL), "--cache", ".embedding-cache"]
    asked = ["--baseline", baseline, "--anchor", anchor, "--inconclusive", inconclusive]
    files = ["--summary", "embedding-gate.md", "--junit", "embedding-gate.xml"]
    assert runner.calls() == [
        ["profile", *who, "--seconds", profile],
        ["run", *which],
        ["gate", *which, *asked, *files],
    ]
    assert not list(clone.parent.rglob("pwned"))


@pytest.mark.parametrize("shell", SHELLS, ids=["bash", "sh"])
def test_an_extra_is_no_pattern(clone: Path, told: Callable[..., Told], shell: list[str]) -> None:
    """pip is asked for package[st], also beside a file that this would match; blanks and lines separate."""
    runner = told()
    shutil.copy(clone.parent / "programs/harness", clone.parent / "programs/python")
    (clone / "packages").touch()
    wanted = ["-m", "pip", "install", "--disable-pip-version-check", "package[st]", "other"]
    job(clone, runner.environment, shell, {"EMBEDDING_GATE_INSTALL": "package[st] other"})
    assert runner.calls()[0] == wanted
    act(clone, (runner := told()).environment, {"install": "package[st]\nother\n"})
    assert runner.calls()[0] == wanted


@pytest.mark.parametrize("shell", SHELLS, ids=["bash", "sh"])
def test_what_cannot_be_installed_is_no_verdict(clone: Path, told: Callable[..., Told], shell: list[str]) -> None:
    """pip leaves with 1 or 2, which would be a regression, or what too few items to tell may be allowed to do."""
    runner = told()
    pip = clone.parent / "programs/python"
    pip.write_text("#!/bin/sh\nexit 2\n", "utf-8")
    pip.chmod(0o755)
    assert job(clone, runner.environment, shell, {"EMBEDDING_GATE_INSTALL": "nonsense"}).code == 3
    assert not runner.log.exists(), "nothing was run"


def test_the_action_is_well_formed() -> None:
    """What GitHub demands of a composite action: a shell for each script, steps of one kind, values for its outputs."""
    assert set(ACTION) == {"name", "description", "inputs", "outputs", "runs"}
    assert ACTION["runs"]["using"] == "composite"
    assert all(set(one) == {"description", "default"} for one in ACTION["inputs"].values())
    assert all(isinstance(one["default"], str) for one in ACTION["inputs"].values())
    assert all(set(one) == {"description", "value"} for one in ACTION["outputs"].values())
    for step in STEPS:
        kind = {"uses", "with"} if "uses" in step else {"run", "shell", "working-directory", "env"}
        assert kind <= set(step) <= kind | {"name", "id", "if"}
    assert {step["shell"] for step in STEPS if "run" in step} == {"bash"}
    assert {step["uses"] for step in STEPS if "uses" in step} == OTHERS


def expressions(node: Any) -> Iterator[str]:
    """Every expression of a file, conditions too."""
    for text in EXPRESSION.findall(yaml.safe_dump(node, width=10_000)):
        yield from text.split(" || ")
    if isinstance(node, dict):
        conditions = " ".join(step["if"] for step in node["runs"]["steps"] if "if" in step)
        yield from re.findall(r"[a-z]+\.[\w.-]+", conditions)


def test_every_expression_means_something() -> None:
    """Each input is used, and only inputs, outputs and facts of the runner that exist are."""
    inputs = {f"inputs.{name}" for name in ACTION["inputs"]}
    written = {
        f"steps.{step['id']}.outputs.{name}"
        for step in STEPS
        if "id" in step and "run" in step
        for name in re.findall(r"[\"' ]([a-z-]+)=\$", step["run"])
    }
    written.add("steps.vectors.outputs.cache-primary-key")  # of actions/cache/restore
    facts = {"runner.os", "github.job", "strategy.job-index", "github.run_id", "github.run_attempt"}
    found = set(expressions(ACTION))
    assert inputs <= found <= inputs | written | facts


def test_no_input_is_written_into_a_script() -> None:
    """It would become part of it: a script has no expression, and sets or is given each variable that it reads."""
    for step in (step for step in STEPS if "run" in step):
        assert "${{" not in step["run"]
        read = set(re.findall(r"\$\{?([A-Z_]+)", step["run"]))
        assert read <= step["env"].keys() | {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"} | RUNNER.keys()
        assert step["env"].keys() <= read


def test_the_job_is_well_formed() -> None:
    """Hidden, so that including it runs nothing; its variables are texts, and all of them are read."""
    assert list(TEMPLATE) == [".embedding-gate"]
    assert set(JOB) == {"after_script", "image", "variables", "cache", "script", "artifacts"}
    assert all(isinstance(text, str) for text in JOB["variables"].values())
    script = "\n".join(JOB["script"])
    assert set(re.findall(r"EMBEDDING_GATE_\w+", script)) == set(JOB["variables"])
    assert {JOB["cache"]["when"], JOB["artifacts"]["when"]} == {"always"}
    assert JOB["artifacts"]["reports"]["junit"] in JOB["artifacts"]["paths"]
    assert all(name in script for name in JOB["artifacts"]["paths"])
