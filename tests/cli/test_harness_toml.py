"""harness.toml as `harness run` reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def configured(tmp_path: Path, toy_suite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder, entered, with a harness.toml that uses every key."""
    del toy_suite
    (tmp_path / "harness.toml").write_text(
        'store = "kept/results.duckdb"\n'
        'cache = "kept/vectors"\n'
        'suites = ["./toy"]\n'
        "threads = 1\n"
        "[embedders]\n"
        'spelling = "baseline:hashing"\n'
        'words = "baseline:onehot?dim=64"\n',
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_of(text: str) -> set[tuple[str, str]]:
    """What was run."""
    return {(row["suite"], row["embedder"]) for row in json.loads(text)}


def test_every_key_works(configured: Path, harness: Callable[..., Any]) -> None:
    """Without arguments, what the file says is run, under its names, into its store and cache, with its threads."""
    assert run_of(harness("run", "--format", "json").stdout) == {("toy", "spelling"), ("toy", "words")}
    assert (configured / "kept" / "results.duckdb").is_file()
    assert (configured / "kept" / "vectors").is_dir()
    assert harness("cache", "info").stdout.startswith("kept/vectors: 16 vectors")
    asked = harness("sql", "select content->>'spec' from configuration order by 1", "--format", "csv").stdout
    assert asked.splitlines()[1:] == ["baseline:hashing", "baseline:onehot?dim=64"]
    threads = harness("sql", "select json_extract(content, '$.threads') from environment", "--format", "csv").stdout
    assert threads.splitlines()[1:] == ["1"]


def test_the_command_line_overrides(configured: Path, harness: Callable[..., Any]) -> None:
    """-s, -e, --store and --cache replace what the file says; a name of the file is still understood."""
    other = ("--store", configured / "other.duckdb", "--cache", configured / "elsewhere")
    result = harness("run", "-s", "en/similarity", "-e", "words", "-e", "bm25:", *other, "--format", "json")
    assert run_of(result.stdout) == {("en/similarity", "words"), ("en/similarity", "bm25:")}
    assert (configured / "other.duckdb").is_file()
    assert (configured / "elsewhere").is_dir()
    assert not (configured / "kept").exists()


def test_names_are_listed_and_checked(configured: Path, harness: Callable[..., Any]) -> None:
    """`embedders list` shows them, `embedders check` takes them, and a near miss gets a proposal."""
    assert (configured / "harness.toml").is_file()
    assert {"embedder": "words", "what": "harness.toml", "about": "baseline:onehot?dim=64"} in json.loads(
        harness("embedders", "list", "--format", "json").stdout
    )
    assert harness("embedders", "check", "words").code == 0
    result = harness("run", "-e", "speling")
    assert result.code == 3
    assert "Did you mean 'spelling'? Names there: spelling, words." in result.stderr


def test_another_file_is_read_with_its_own_folder(
    configured: Path, harness: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--config names it; paths inside are relative to it and not to where the command runs."""
    elsewhere = configured / "deep" / "inside"
    elsewhere.mkdir(parents=True)
    monkeypatch.chdir(elsewhere)
    assert harness("run", "--config", "../../harness.toml").code == 0
    assert (configured / "kept" / "results.duckdb").is_file()
    assert harness("table", "--config", "../../harness.toml").stdout.count("ndcg@10") == 1
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("stor = 'x'", "harness.toml [stor]: unknown key; known are embedders, suites, store, cache, threads"),
        ("store = 1", "harness.toml [store]: must be a path"),
        ("threads = 0", "harness.toml [threads]: must be a whole number, at least 1"),
        ("threads = true", "harness.toml [threads]: must be a whole number, at least 1"),
        ("suites = 'zh'", 'harness.toml [suites]: must be a list like ["zh", "en/process", "./my-suite"]'),
        ("embedders = ['bm25:']", "harness.toml [embedders]: must be [embedders] with lines like minilm ="),
        ("[embedders]\nwords = 'onehot'", "harness.toml [embedders.words]: must be a spec of the form backend:model"),
        ("[embedders]\n'a:b' = 'bm25:'", "harness.toml [embedders.a:b]: a name has no colon"),
        ("weights = 1", "harness.toml [weights]: must be [weights] with lines like"),
        ("[weights]\nzh = 0", "harness.toml [weights.zh]: must be a number above 0, like 2.0"),
        ("[weights]\nzh = '2'", "harness.toml [weights.zh]: must be a number above 0, like 2.0"),
        ("[weights]\n'./toy' = 2", "harness.toml [weights../toy]: must be the name that the suite has in tables"),
        ("gate = 'main'", "harness.toml [gate]: must be [gate] with lines like"),
        ("[gate]\nbaselin = 'main'", "harness.toml [gate.baselin]: unknown key. Did you mean 'baseline'?"),
        ("[gate]\nfloors = ['zh']", "harness.toml [gate.floors] 1: 'zh' must be like"),
        (
            "[[gate.quality]]\nsuite = 'zh'\nmargin = 0",
            "harness.toml [gate.quality] 1: margin must be a number above 0",
        ),
        ("store = ", "harness.toml: not TOML: "),
        ("store = '\udcff'", "harness.toml: not TOML: 'utf-8' codec"),
    ],
)
def test_a_fault_is_named_with_file_and_key(
    content: str, message: str, harness: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 3, and every fault at once."""
    (tmp_path / "harness.toml").write_bytes(content.encode("utf-8", "surrogateescape"))
    monkeypatch.chdir(tmp_path)
    code, out, err = harness("run")
    assert (code, out) == (3, "")
    assert message in err


def test_all_faults_are_told_together(
    harness: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file with three faults is mended in one go."""
    (tmp_path / "harness.toml").write_text("stor = 1\nthreads = 'two'\n[embedding]\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert harness("run").stderr.count("harness.toml [") == 3
