"""`harness run` with services: what it asks before texts leave, what it says they cost, where it stops."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import harness.errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faulty_server import FaultyServer

ROOT = Path(harness.errors.__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path, toy_suite: Path, faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, entered, whose harness.toml names the server's model and what it costs."""
    del toy_suite
    (tmp_path / "harness.toml").write_text(
        'suites = ["./toy"]\n'
        f'[embedders]\nserved = "openai:m?base_url={faulty.url}"\n'
        f'[prices]\n"{faulty.url.split("/")[2]}/m" = {{per_million = 1000, currency = "CNY"}}\n',
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_plan_is_a_table(folder: Path, harness: Callable[..., Any], faulty: FaultyServer) -> None:
    """Exit code 0; nothing is sent, and nothing is recorded."""
    result = harness("run", "-e", "served", "-e", "bm25:", "--plan")
    assert result.code == 0
    host = faulty.url.split("/")[2]
    cells = [
        [cell.strip() for cell in line.strip("│").split("│")] for line in result.stdout.splitlines() if "│" in line
    ]
    assert cells == [
        ["served", "8", "8", "1,374", "16", "1.37 CNY", "", host],
        ["bm25:", "0", "0", "0", "", "", "", ""],
        ["all", "8", "8", "1,374", "16", "1.37 CNY", "", ""],
    ]
    assert result.stderr == (
        "14 of the requests are to see whether a service is steady, and the same as before\n"
        f"{host}/m: 1000 CNY per 1M tokens (harness.toml)\n"
    )
    assert faulty.asked == []
    assert not (folder / "results").exists()


def test_a_plan_goes_on_where_a_suite_cannot_be_read(
    folder: Path, harness: Callable[..., Any], toy_suite: Path
) -> None:
    """Exit code 3, as of the run; why is said, and what the others cost is shown nevertheless."""
    shutil.copytree(toy_suite, folder / "broken")
    (folder / "broken" / "qrels.tsv").unlink()
    for others in ((), ("-s", "./toy")):
        code, out, err = harness(
            "run", "-s", "./broken", *others, "-e", "baseline:hashing", "--plan", "--format", "json"
        )
        assert code == 3
        assert err.startswith("left out, every run of it would fail: suite broken has 1 fault:\n")
        assert [row["texts"] for row in json.loads(out)] == [8 if others else 0]


def test_a_plan_on_a_narrow_terminal_is_a_list(
    folder: Path, harness: Callable[..., Any], faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of embedders by their whole names."""
    del folder
    monkeypatch.setenv("COLUMNS", "80")
    spec = f"openai:m?base_url={faulty.url}&query_prompt=find:"
    lines = harness("run", "-e", spec, "--plan").stdout.splitlines()
    assert lines[0] == spec
    assert lines[1].startswith("    texts 8 · to embed 8 · ≈ tokens ")


@pytest.mark.parametrize("layout", ["json", "csv", "markdown"])
def test_a_plan_has_every_layout(folder: Path, harness: Callable[..., Any], layout: str) -> None:
    """All of it for programs."""
    del folder
    text = harness("run", "-e", "served", "--plan", "--format", layout).stdout
    if layout == "json":
        (row,) = json.loads(text)
        assert (row["embedder"], row["texts"], row["to_embed"], row["requests"]) == ("served", 8, 8, 16)
        assert row["cost"] == pytest.approx(row["tokens"] / 1000)
    else:
        first = {"csv": "embedder,model,endpoint,remote,texts", "markdown": "| embedder | texts | to embed |"}
        assert text.startswith(first[layout])


def test_a_plan_loads_neither_a_model_nor_a_client(folder: Path) -> None:
    """In a process of its own, neither torch nor openai is imported, and no key is needed."""
    code = (
        "import sys\nfrom harness.cli import main\n"
        "try:\n    main(['run', '-e', 'served', '-e', 'openai:text-embedding-3-small', '-s', './toy', '--plan'])\n"
        "except SystemExit as left:\n    print(left.code, {'torch', 'openai', 'litellm'} & sys.modules.keys())\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=folder, env=environment
    )
    assert done.stdout.splitlines()[-1] == "0 set()"


def test_a_run_says_what_it_cost(folder: Path, harness: Callable[..., Any], faulty: FaultyServer) -> None:
    """Behind each result, and in the findings; a run from the cache has cost nothing and says nothing."""
    del folder
    first = harness("run")
    assert first.code == 0
    assert first.stderr.splitlines()[0].endswith(" CNY)")
    rows = json.loads(harness("findings", "--format", "json").stdout)
    found = {row["finding"]: row for row in rows}
    assert found["requests"]["value"] == len(faulty.asked)
    assert found["cost"]["value"] == pytest.approx(found["tokens_sent"]["value"] / 1000)
    assert found["cost"]["note"].endswith("at 1000 CNY per 1M tokens (harness.toml)")
    assert found["served_model"]["subject"] == "m"
    assert "CNY" not in harness("run").stderr
    names = {row["finding"] for row in json.loads(harness("findings", "--format", "json").stdout)}
    assert not names & {"requests", "cost", "tokens_sent", "served_model"}


@pytest.mark.usefixtures("elsewhere")
def test_texts_do_not_leave_without_consent(folder: Path, harness: Callable[..., Any], faulty: FaultyServer) -> None:
    """Exit code 3 and both ways to consent; each of them works."""
    host = faulty.url.split("/")[2]
    refused = harness("run")
    assert refused.code == 3
    assert f"  {host}: 8 texts, for served" in refused.stderr
    assert f'allow_remote = ["{host}"]' in refused.stderr
    assert faulty.asked == []
    assert harness("run", "--plan").code == 0
    assert faulty.asked == []
    assert harness("run", "--allow-remote").code == 0
    file = folder / "harness.toml"
    file.write_text(f'allow_remote = ["{host}"]\n{file.read_text("utf-8")}', "utf-8")
    assert harness("run", "-e", f"openai:other?base_url={faulty.url}").code == 0


def test_a_limit_stops_with_exit_code_4(folder: Path, harness: Callable[..., Any]) -> None:
    """The failed run is a row with its reason; with more money the next one goes on."""
    del folder
    result = harness("run", "--max-cost", "0.2", "--format", "json")
    assert result.code == 4
    assert "--max-cost 0.2 is reached" in json.loads(result.stdout)[0]["reason"]
    assert "more than --max-cost 0.2: it will stop there" in result.stderr
    assert harness("run", "--max-cost", "50").code == 0


@pytest.mark.parametrize("amount", ["nan", "inf"])
def test_a_limit_is_an_amount(folder: Path, harness: Callable[..., Any], faulty: FaultyServer, amount: str) -> None:
    """What is no number would be a limit that nothing exceeds."""
    del folder
    result = harness("run", "--max-cost", amount)
    assert result.code == 3
    assert f"{amount} is not a finite number" in result.stderr
    assert faulty.asked == []


@pytest.mark.usefixtures("elsewhere")
def test_a_limit_needs_prices(folder: Path, harness: Callable[..., Any], faulty: FaultyServer) -> None:
    """Exit code 3, and what to write."""
    del folder
    result = harness("run", "-e", f"openai:x?base_url={faulty.url}", "--allow-remote", "--max-cost", "5")
    assert result.code == 3
    assert "[prices]" in result.stderr
    assert faulty.asked == []


@pytest.mark.usefixtures("elsewhere")
def test_a_check_of_the_contract_asks_first(folder: Path, harness: Callable[..., Any]) -> None:
    """`harness embedders check`, as a run."""
    del folder
    assert harness("embedders", "check", "served").code == 3
    assert harness("embedders", "check", "served", "--allow-remote").code == 0


def test_a_check_of_the_contract_has_the_threads_of_the_file(folder: Path, harness: Callable[..., Any]) -> None:
    """As a run has them."""
    file = folder / "harness.toml"
    file.write_text(f"threads = 3\n{file.read_text('utf-8')}", "utf-8")
    assert harness("embedders", "check", "baseline:hashing").code == 0
    assert os.environ["OMP_NUM_THREADS"] == "3"
