"""Runs in the store as mteb's result files, read by mteb's own classes; and what mteb writes, read here."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import UsageError
from harness.interop.mteb.task_names import task_name
from harness.model import Identity, Interval, Run, Score
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.results import exports, naming
from harness.workflows.results.exports import export_results
from harness.workflows.results.imports import import_results
from harness.workflows.results.predictions import import_predictions
from harness.workflows.run import Request, run
from tests.mteb_tasks import at_home, selected, write_task
from tests.result_files import entry, registry
from tests.watching import Watcher

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs mteb: pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves
]
BGE = Identity("st", "BAAI/bge-m3", "commit", (("dimensions", "64"),))


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_home(tmp_path / "home", monkeypatch)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb as it is known here: a few tasks."""
    for module in (naming, exports):
        monkeypatch.setattr(module, "read_registry", lambda _: registry())


def made(number: int, suite: str, kind: str, scores: dict[str, float | None], **given: Any) -> Run:
    """A run whose first score is the headline."""
    none = Interval(None, None, "too few")
    usual: dict[str, Any] = {
        "fingerprint": f"rows of {suite}",
        "embedder": "bge",
        "identity": BGE,
        "status": "ok",
        "reason": "",
        "seconds": 2.0,
        "scores": tuple(
            Score(name, value, none, None, 3)
            if value is not None
            else Score(name, None, none, None, 3, status="not_applicable", reason="undefined")
            for name, value in scores.items()
        ),
    }
    return Run(str(number), f"2026-01-0{number}T00:00:00.000000+00:00", suite, kind, **usual | given)


def exported(tmp_path: Path, *runs: Run) -> tuple[dict[str, Any], dict[tuple[str, str], str]]:
    """Task → what its file says, of runs that are in the store; and what was skipped."""
    configuration = Configuration(store=tmp_path / "results.duckdb")
    Store(configuration.store).add(*runs)
    found = export_results(tmp_path / "out", (), (), configuration)
    files = [tmp_path / "out" / str(row[-1]) for row in found.rows]
    return {file.stem: json.loads(file.read_text("utf-8"), parse_constant=_refused) for file in files}, found.skipped


def _refused(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


@pytest.mark.usefixtures("known")
def test_runs_become_results_that_mteb_reads(tmp_path: Path) -> None:
    """Under mteb's names, a file per task with all of its subsets, in the folders where its ResultCache looks."""
    import mteb

    found, skipped = exported(
        tmp_path,
        made(1, "mteb:SciFact", "retrieval", {"ndcg@10": 0.5, "hit@3": 0.75, "bpref": 0.25, "recall@1": None}),
        made(2, "mteb:XQuADRetrieval?subset=zh", "retrieval", {"ndcg@10": 0.25}),
        made(3, "mteb:XQuADRetrieval?subset=en", "retrieval", {"ndcg@10": 0.75}),
        made(4, "mteb:PawsX?subset=zh&split=test", "pairs", {"ap": 0.5, "best_f1": 0.25}),
    )
    assert not skipped
    (entry,) = found["SciFact"]["scores"]["test"]
    assert entry == {
        "ndcg_at_10": 0.5,
        "hit_rate_at_3": 0.75,
        "main_score": 0.5,
        "hf_subset": "default",
        "languages": ["eng-Latn"],
        "mteb_version": found["SciFact"]["mteb_version"],
        "fingerprint": "rows of mteb:SciFact",
    }
    assert found["SciFact"]["dataset_revision"] == "rows of mteb:SciFact"
    assert [one["hf_subset"] for one in found["XQuADRetrieval"]["scores"]["validation"]] == ["en", "zh"]
    assert (
        found["PawsX"]["scores"]["test"][0].items() >= {"cosine_ap": 0.5, "cosine_f1": 0.25, "main_score": 0.5}.items()
    )
    (results,) = mteb.ResultCache(tmp_path / "out").load_results().model_results
    assert results.model_name.startswith("st/BAAI_bge-m3")
    assert results.model_revision == BGE.key
    assert {one.task_name: one.get_score() for one in results.task_results} == {
        "SciFact": 0.5,
        "XQuADRetrieval": 0.5,
        "PawsX": 0.5,
    }
    assert results.model_meta.loader_kwargs == {"dimensions": "64"}


@pytest.mark.usefixtures("known")
def test_only_what_means_the_same_is_exported(tmp_path: Path) -> None:
    """Our protocol is not mteb's, a part of the rows is not the task, and a run without a number is no result."""
    found, skipped = exported(
        tmp_path,
        made(1, "mteb:Banking77?protocol=mteb", "mteb:Classification", {"accuracy": 0.5, "f1": 0.25}),
        made(2, "mteb:Banking77", "classification", {"accuracy": 0.9}),
        made(3, "mteb:SciFact?rows=100", "retrieval", {"ndcg@10": 0.9}),
        made(4, "mteb:Unheard", "retrieval", {"ndcg@10": 0.9}),
        made(5, "mteb:SciFact", "retrieval", {"ndcg@10": None}),
        made(6, "mteb:STSBenchmark", "similarity", {}, status="failed", reason="no such model"),
        made(7, "mteb:SciFact", "retrieval", {"ndcg@10": 0.9}, embedder="imported:x", fingerprint="imported:1"),
    )
    assert found.keys() == {"Banking77"}
    assert found["Banking77"]["scores"]["test"][0].items() >= {"accuracy": 0.5, "f1": 0.25, "main_score": 0.5}.items()
    assert {suite: why.partition(":")[0] for (suite, _), why in skipped.items()} == {
        "mteb:Banking77": "our protocol is not mteb's",
        "mteb:SciFact?rows=100": "it was judged on a part of the task's rows, or one level of its labels, which mteb "
        "has no result for",
        "mteb:Unheard": "mteb 2.26.24 does not know this task",
        "mteb:SciFact": "undefined",
        "mteb:STSBenchmark": "no such model",
    }


@pytest.mark.usefixtures("known")
def test_another_number_is_no_main_score_of_mteb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What we do not compute, and what is of another similarity than the name says; any similarity may rank."""
    known = {**registry().tasks, "Follow": entry("Follow", "InstructionReranking")}
    monkeypatch.setattr(exports, "read_registry", lambda _: replace(registry(), tasks=known))
    dot = Identity("st", "BAAI/bge-m3", "commit", (("similarity", "dot"),))
    found, skipped = exported(
        tmp_path,
        made(1, "mteb:Follow", "reranking", {"ndcg@5": 0.5}),
        made(2, "mteb:STSBenchmark", "similarity", {"spearman": 0.5}, identity=dot),
        made(3, "mteb:SciFact", "retrieval", {"ndcg@10": 0.5}, identity=dot),
    )
    assert found.keys() == {"SciFact"}
    assert {suite: why.partition(",")[0] for (suite, _), why in skipped.items()} == {
        "mteb:Follow": "it has no p-MRR",
        "mteb:STSBenchmark": "its numbers are of dot",
    }


@pytest.mark.usefixtures("known")
def test_a_task_stands_for_all_its_runs(tmp_path: Path) -> None:
    """As in the table: whoever judged it."""
    configuration = Configuration(store=tmp_path / "results.duckdb")
    Store(configuration.store).add(made(1, "mteb:Banking77?protocol=mteb", "mteb:Classification", {"accuracy": 0.5}))
    (row,) = export_results(tmp_path / "out", ["mteb:Banking77"], (), configuration).rows
    assert row[0] == "Banking77"


@pytest.mark.usefixtures("known")
def test_long_names_are_names_of_files(tmp_path: Path) -> None:
    """A file system takes 255 bytes, and a sign of Chinese may be four."""
    who = Identity("predicted", "𠀀" * 200, "r")
    ((name, _),) = exported(tmp_path, made(1, "甲" * 85, "analogy", {"accuracy@1": 0.5}, identity=who))[0].items()
    assert len(name.encode()) < 200


@pytest.mark.usefixtures("known")
def test_nothing_to_export_is_said(tmp_path: Path) -> None:
    """With the reason of every run."""
    with pytest.raises(UsageError, match="nothing to export:\n  mteb:Banking77, bge: our protocol"):
        exported(tmp_path, made(1, "mteb:Banking77", "classification", {"accuracy": 0.9}))


@pytest.mark.usefixtures("known")
def test_our_own_suites_are_tasks_of_their_own(tmp_path: Path) -> None:
    """Of any kind, under our names, and under a task name that changes with the rows."""
    (found,) = exported(tmp_path, made(1, "zh/analogy", "analogy", {"accuracy@1": 0.5, "rank": 3.0}))[0].items()
    name, data = found
    assert name == task_name("zh/analogy", "rows of zh/analogy", ["accuracy@1", "rank"])
    assert name.startswith("zh-analogy-")
    assert data["scores"]["test"][0].items() >= {"accuracy@1": 0.5, "rank": 3.0, "main_score": 0.5}.items()


def test_what_mteb_writes_stands_beside_our_own_run(tmp_path: Path) -> None:
    """One task, one embedder: our run, mteb's result file, and mteb's rankings judged by us, in the same columns."""
    import mteb

    from harness.catalogue.mteb.sources import load_task
    from harness.interop.mteb import encoder
    from harness.workflows.shelf import find_places

    configuration = Configuration(store=tmp_path / "results.duckdb", cache=tmp_path / "cache")
    suite = selected("SciFact", write_task("SciFact", tmp_path / "SciFact"))
    spec = parse_spec("baseline:hashing")
    (ours,) = run(Request([suite], {"ours": spec}, configuration.store, configuration.cache), Watcher())
    (place,) = find_places(suite, configuration.cache)
    mteb.evaluate(
        encoder(open_embedder(spec)),
        load_task(place).task,  # type: ignore[arg-type]  # a place of mteb's
        cache=mteb.ResultCache(tmp_path / "cache of mteb"),
        prediction_folder=tmp_path / "predictions",
        co2_tracker=False,
        show_progress_bar=False,
    )
    (theirs,) = import_results([tmp_path / "cache of mteb"], configuration, "", lambda _: None).runs
    (judged,) = import_predictions(tmp_path / "predictions", [suite], configuration, "", lambda _: None)
    assert {made.suite for made in (ours, theirs, judged)} == {"mteb:SciFact"}
    scores = {score.metric: score.value for score in theirs.scores}
    for own, again in zip(ours.scores, judged.scores, strict=True):
        assert own.value == pytest.approx(scores[own.metric], abs=6e-6)  # mteb rounds to five digits
        assert again.value == pytest.approx(own.value)
    assert theirs.scores[0].metric == ours.scores[0].metric
    assert len(judged.items[0].ids) == 25
    assert len(Store(configuration.store).rows().rows) == 2 * len(ours.scores) + len(scores)
