"""harness results: what goes in, what comes out, and with which exit code."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from harness.workflows.results import naming
from tests.result_files import registry, result, subset, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb as it is known here: a few tasks."""
    monkeypatch.setattr(naming, "read_registry", lambda _: registry())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A results folder of mteb with one file."""
    result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=0.5, nauc_ndcg_at_10_max=math.nan)])
    return tmp_path / "results"


def test_results_are_imported_once(harness: Callable[..., Any], folder: Path, store: Path) -> None:
    """What was recorded on stdout, how much on stderr; the table marks it, and says that there are no items."""
    first = harness("results", "import", folder, "--store", store, "--format", "csv")
    assert (first.code, first.stdout.splitlines()) == (
        0,
        [
            "suite,embedder,metric,value,recorded",
            "mteb:SciFact,imported:org/tiny-model,ndcg@10,0.5,new",
        ],
    )
    assert "1 new, 0 there already" in first.stderr
    second = harness("results", "import", folder, "--store", store)
    assert "0 new, 1 there already" in second.stderr
    table = harness("table", "--store", store).stdout
    assert "imported:org/tiny-model" in table
    assert "[1] no interval: imported: no items" in table
    assert "n=0" not in table


def test_a_refused_file_is_exit_3(harness: Callable[..., Any], folder: Path, store: Path) -> None:
    """The others are imported nevertheless."""
    write(folder / "org__tiny-model" / "abc123", "Broken.json", [])
    done = harness("results", "import", folder, "--store", store, "--format", "json")
    assert done.code == 3
    assert [row["recorded"] for row in json.loads(done.stdout)] == ["new"]
    assert "error: 1 file(s) were refused:" in done.stderr
    assert "Broken.json: not a result of mteb" in done.stderr


def test_rankings_go_out_and_in(harness: Callable[..., Any], toy_suite: Path, store: Path, tmp_path: Path) -> None:
    """A run file of TREC is written, and judged; mteb's file likewise."""
    ours = harness("run", "-s", toy_suite, "-e", "baseline:hashing", "--store", store, "--format", "json")
    for kind in ("trec", "mteb"):
        out = tmp_path / kind
        done = harness("results", "rankings", "-s", toy_suite, "-e", "baseline:hashing", "-o", out, "--format", kind)
        assert done.code == 0
        header, line = done.stdout.splitlines()
        assert header == "suite,embedder,file,queries,answers"
        file = line.split(",")[2]
        back = harness(
            "results", "import", "--predictions", file, "-s", toy_suite, "--store", store, "--format", "json"
        )
        assert [row["value"] for row in json.loads(back.stdout)] == [row["value"] for row in json.loads(ours.stdout)]
        assert "predicted:baseline:hashing · toy: judged" in back.stderr


def test_predictions_stand_beside_our_own_runs(
    harness: Callable[..., Any], toy_suite: Path, store: Path, tmp_path: Path
) -> None:
    """With items and with an interval, or the reason why there is none; a missing query is told of."""
    file = tmp_path / "a.run"
    file.write_text("q1 Q0 d1 1 2.5 my_bm25\n", "utf-8")
    harness("run", "-s", toy_suite, "-e", "baseline:hashing", "--store", store)
    done = harness("results", "import", "--predictions", file, "-s", toy_suite, "--store", store)
    assert done.code == 0
    assert "note: toy: 2 judged queries without any answer count 0" in done.stderr
    table = harness("table", "--store", store).stdout
    for line in ("baseline:hashing  │   4,096 │  *0.877 [1]", "predicted:my_bm25 │       – │   0.333 [1]"):
        assert line in table


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import",), "one of the two"),
        (("import", "x.json", "--predictions", "y.run"), "one of the two"),
        (("import", "x.json", "-s", "zh"), "-s goes with --predictions"),
        (("import", "--predictions", "y.run"), "--predictions needs -s"),
        (("import", "nowhere.json"), "nowhere.json: there is no such file or folder"),
        (("rankings", "-s", "en/similarity", "-e", "bm25:", "-o", "out"), "no retrieval or reranking suite"),
    ],
)
def test_what_makes_no_sense_is_exit_3(harness: Callable[..., Any], arguments: tuple[str, ...], message: str) -> None:
    """Said before anything is read or written."""
    done = harness("results", *arguments)
    assert done.code == 3
    assert message in done.stderr


def test_texts_are_not_sent_without_leave(
    harness: Callable[..., Any], toy_suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranking asks the embedder, and a service on another machine needs consent."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    done = harness(
        *("results", "rankings", "-s", toy_suite, "-o", tmp_path / "out"),
        *("-e", "openai:m?base_url=http://example.invalid/v1"),
    )
    assert done.code == 3
    assert "example.invalid" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves
def test_our_runs_are_exported(
    harness: Callable[..., Any], toy_suite: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file per task and embedder, named on stdout; what is no result there is named on stderr."""
    pytest.importorskip("mteb", reason="needs mteb: pip install 'embedding-harness[mteb]'")
    from harness.workflows.results import exports

    monkeypatch.setattr(exports, "read_registry", lambda _: registry())
    harness("run", "-s", toy_suite, "-s", "en/similarity", "-e", "baseline:hashing", "-e", "bm25:", "--store", store)
    done = harness("results", "export", "-o", tmp_path / "out", "--store", store)
    assert done.code == 0
    header, *lines = done.stdout.splitlines()
    assert header == "task,embedder,parts,file"
    assert len(lines) == 3
    for line in lines:
        with open(line.split(",")[-1], encoding="utf-8") as stream:  # noqa: PTH123 # a path as it was printed
            assert json.load(stream)["scores"]["test"][0]["hf_subset"] == "default"
    assert "skipped: bm25: · en/similarity: bm25: ranks documents and has no vectors" in done.stderr
