"""mteb's result files as runs in the store."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb import registry as kept
from harness.catalogue.mteb.registry import kept_registry
from harness.errors import MissingExtraError, UsageError
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.results import naming
from harness.workflows.results.imports import import_results
from tests.result_files import content, registry, result, subset, write

if TYPE_CHECKING:
    from pathlib import Path

    from harness.workflows.results.imports import Imported


@pytest.fixture(autouse=True)
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb as it is known here: a few tasks."""
    monkeypatch.setattr(naming, "read_registry", lambda _: registry())


def imported(tmp_path: Path, *paths: Path, model: str = "") -> Imported:
    """What comes of these paths, or of the folder `results`."""
    configuration = Configuration(store=tmp_path / "results.duckdb")
    return import_results(paths or [tmp_path / "results"], configuration, model, lambda _: None)


def suites(made: Imported) -> list[str]:
    """The suites of what was imported."""
    return [run.suite for run in made.runs]


def test_a_result_becomes_a_run_without_items(tmp_path: Path) -> None:
    """Whose it is, on which data, judged by which mteb; the headline first, no interval, and why."""
    result(tmp_path / "results", "SciFact", [subset(recall_at_10=0.75, ndcg_at_10=0.5)])
    (run,) = imported(tmp_path).runs
    assert (run.suite, run.kind, run.embedder) == ("mteb:SciFact", "retrieval", "imported:org/tiny-model")
    assert run.identity is not None
    assert (run.identity.backend, run.identity.name, run.identity.revision) == ("imported", "org/tiny-model", "abc123")
    assert (run.fingerprint, run.started_at, run.seconds) == ("imported:d1", "2026-01-01T00:00:00.000000+00:00", 1.5)
    assert [(score.metric, score.value, score.items) for score in run.scores] == [
        ("ndcg@10", 0.5, 0),
        ("recall@10", 0.75, 0),
    ]
    assert {score.interval.reason for score in run.scores} == {"imported: no items"}
    assert {score.convention for score in run.scores} == {"as mteb 2.26.24"}


@pytest.mark.parametrize(
    ("task", "where", "suite", "kind", "headline"),
    [
        ("SciFact", ("test", "default"), "mteb:SciFact", "retrieval", "ndcg@10"),
        ("SciFact", ("dev", "default"), "mteb:SciFact?split=dev", "retrieval", "ndcg@10"),
        ("XQuADRetrieval", ("validation", "zh"), "mteb:XQuADRetrieval?subset=zh", "retrieval", "ndcg@10"),
        ("PawsX", ("test", "zh"), "mteb:PawsX?subset=zh&split=test", "pairs", "ap"),
        ("STSBenchmark", ("test", "default"), "mteb:STSBenchmark", "similarity", "spearman"),
        ("Banking77", ("test", "default"), "mteb:Banking77?protocol=mteb", "mteb:Classification", "accuracy"),
        ("SummEval", ("test", "default"), "mteb:SummEval", "mteb:Summarization", "cosine_spearman"),
        ("CQADupstack", ("test", "default"), "mteb:CQADupstack", "retrieval", "ndcg@10"),
        ("Pictures", ("test", "default"), "mteb:Pictures", "mteb:Retrieval", "ndcg_at_10"),
        ("Mine", ("dev", "zh"), "mteb:Mine?subset=zh", "retrieval", "ndcg@10"),
    ],
)
def test_numbers_stand_where_our_own_runs_stand(
    tmp_path: Path, task: str, where: tuple[str, str], suite: str, kind: str, headline: str
) -> None:
    """Suite, kind and headline as our runs on the task have them; mteb's own where it judges by its own protocol."""
    numbers = {"ndcg_at_10": 0.5, "cosine_spearman": 0.5, "cosine_ap": 0.5, "accuracy": 0.5}
    result(tmp_path / "results", task, [subset(where[1], **numbers)], where[0])
    (run,) = imported(tmp_path).runs
    assert (run.suite, run.kind, run.scores[0].metric) == (suite, kind, headline)


def test_the_same_again_adds_nothing(tmp_path: Path) -> None:
    """Whatever was there stays the same run; another number is another."""
    file = result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=0.5)])
    first = imported(tmp_path)
    again = imported(tmp_path, file, tmp_path / "results")
    assert again.runs == first.runs
    assert [row[-1] for row in first.rows() + again.rows()] == ["new", "there already"]
    result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=0.25)])
    assert len(imported(tmp_path).new) == 1
    assert Store(tmp_path / "results.duckdb").query("select count(*) from run")[1] == [(2,)]


def test_a_file_that_was_mended_is_the_later_one(tmp_path: Path) -> None:
    """Its date may be that of the one before, whose numbers the table shows no more; older ones stay behind."""
    table = []
    for number in (0.1, 0.2, 0.3, 0.4, 0.3):
        result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=number)])
        imported(tmp_path)
        table += [row.value for row in Store(tmp_path / "results.duckdb").rows().rows]
    assert table == [0.1, 0.2, 0.3, 0.4, 0.4]
    result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=0.5)], date=1.0)
    assert len(imported(tmp_path).new) == 1
    assert [row.value for row in Store(tmp_path / "results.duckdb").rows().rows] == [0.4]


def test_a_faulty_file_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    """Each is named with what is wrong with it."""
    good = result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=0.5)])
    empty = write(good.parent, "Empty.json", {})
    broken = good.with_name("Broken.json")
    broken.write_bytes(b'{"task_name": "\xff"}')
    loose = write(tmp_path / "results" / "loose" / "x", "SciFact.json", content("SciFact", {"test": [subset(a=1)]}))
    made = imported(tmp_path)
    assert suites(made) == ["mteb:SciFact"]
    assert made.refused.keys() == {empty, broken, loose}
    assert "no task_name" in made.refused[empty]
    assert "can't decode" in made.refused[broken]
    assert "name the model with --model" in made.refused[loose]
    (run,) = imported(tmp_path, loose, model="org/m@r7").runs
    assert run.identity is not None
    assert (run.embedder, run.identity.revision) == ("imported:org/m", "r7")


def test_revisions_and_experiments_are_told_apart(tmp_path: Path) -> None:
    """By their labels where a model comes in several revisions, by their identities always."""
    data = content("SciFact", {"test": [subset(ndcg_at_10=0.5)]})
    home = tmp_path / "results" / "org__m"
    for folder in ("r1", "r2", "r2/experiments/dim_64__identity_r2", "r2/experiments/identity_r2"):
        write(home / folder, "SciFact.json", data)
    made = imported(tmp_path)
    assert sorted({run.embedder for run in made.runs}) == [
        "imported:org/m@r1",
        "imported:org/m@r2",
        "imported:org/m@r2?experiment=dim_64",
    ]
    assert len({run.identity for run in made.runs}) == 3


def test_a_model_that_mteb_cannot_tell_is_warned_of(tmp_path: Path) -> None:
    """All of them have one name there."""
    home = tmp_path / "results" / "no_model_name__available" / "no_revision_available"
    write(home, "SciFact.json", content("SciFact", {"test": [subset(ndcg_at_10=0.5)]}))
    (run,) = imported(tmp_path).runs
    assert [finding.name for finding in run.findings if finding.warning] == ["unknown_model"]


def test_what_a_model_was_trained_on_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in our own runs: the task, one that mteb does not count among them, a model that it knows nothing of."""
    known = replace(registry(), trained_on={"org/tiny-model": ["SciFact"]})
    monkeypatch.setattr(naming, "read_registry", lambda _: known)
    result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=0.5)])
    result(tmp_path / "results", "STSBenchmark", [subset(cosine_spearman=0.5)])
    write(tmp_path / "results" / "org__m" / "r1", "SciFact.json", content("SciFact", {"test": [subset(ndcg_at_10=1)]}))
    found = {(run.embedder, run.suite): run.findings[0] for run in imported(tmp_path).runs}
    assert {where: (finding.name, finding.value, finding.warning) for where, finding in found.items()} == {
        ("imported:org/tiny-model", "mteb:SciFact"): ("trained_on", 1.0, True),
        ("imported:org/tiny-model", "mteb:STSBenchmark"): ("trained_on", 0.0, False),
        ("imported:org/m", "mteb:SciFact"): ("trained_on", None, False),
    }


def test_a_main_score_that_is_nan_is_no_number(tmp_path: Path) -> None:
    """It is recorded as such, with the reason."""
    result(tmp_path / "results", "SciFact", [subset(ndcg_at_10=math.nan, recall_at_1=0.5)])
    (run,) = imported(tmp_path).runs
    assert [(score.metric, score.value, score.status) for score in run.scores] == [
        ("ndcg@10", None, "not_applicable"),
        ("recall@1", 0.5, "ok"),
    ]
    assert run.scores[0].reason == "mteb 2.26.24 has no number here: NaN, or null"


def without_mteb(_: Path) -> Any:
    """What `read_registry` does where mteb is not installed."""
    raise MissingExtraError("mteb", "mteb")


def test_without_mteb_the_files_name_the_suites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A subset that is not the default one, and the split where the file has several; and it says so."""
    monkeypatch.setattr(naming, "read_registry", without_mteb)
    monkeypatch.setattr(naming, "kept_registry", lambda _: None)
    entries = [subset("en", ndcg_at_10=0.5), subset("default", ndcg_at_10=0.5)]
    file = result(tmp_path / "results", "SciFact", entries)
    write(file.parent, "PawsX.json", content("PawsX", {"test": [subset("zh", cosine_ap=1)], "dev": [subset(ap=1)]}))
    made = imported(tmp_path)
    assert suites(made) == [
        "mteb:PawsX?subset=zh&split=test",
        "mteb:PawsX?split=dev&protocol=mteb",
        "mteb:SciFact?subset=en",
        "mteb:SciFact",
    ]
    assert "named by what the files say" in made.notes[0]


def test_without_mteb_a_registry_in_the_cache_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says which version of mteb it is of."""
    monkeypatch.setattr(naming, "read_registry", without_mteb)
    monkeypatch.setattr(naming, "kept_registry", lambda _: registry())
    result(tmp_path / "results", "XQuADRetrieval", [subset("zh", ndcg_at_10=0.5)], "validation")
    made = imported(tmp_path)
    assert suites(made) == ["mteb:XQuADRetrieval?subset=zh"]
    assert made.notes == ["mteb is not installed: suites are named as mteb 2.26.24 was known here"]


def test_the_registry_that_was_kept_last_is_found(tmp_path: Path) -> None:
    """Whatever version of mteb left it there; one that is damaged is none."""
    assert kept_registry(tmp_path) is None
    (tmp_path / "mteb").mkdir()
    for version in ("2.30.0", "2.26.9"):
        kept._keep(tmp_path / "mteb" / f"registry-{kept.FORMAT}-{version}.tsv", registry())
        os.utime(tmp_path / "mteb" / f"registry-{kept.FORMAT}-{version}.tsv", (0, float(version == "2.26.9")))
    found = kept_registry(tmp_path)
    assert found is not None
    assert found.version == "2.26.9"
    assert found.tasks["XQuADRetrieval"].subsets == ("en", "zh")
    (tmp_path / "mteb" / f"registry-{kept.FORMAT}-2.26.9.tsv").write_text("damaged", "utf-8")
    found = kept_registry(tmp_path)
    assert found is not None
    assert found.version == "2.30.0"


def test_a_task_that_mteb_does_not_know_is_told(tmp_path: Path) -> None:
    """Somebody's own: named from its file."""
    result(tmp_path / "results", "Mine", [subset(ndcg_at_10=0.5)])
    assert imported(tmp_path).notes == ["mteb 2.26.24 does not know Mine: named by what the files say"]


def test_a_path_without_results_is_refused(tmp_path: Path) -> None:
    """A folder that holds none, and what is not there."""
    (tmp_path / "results").mkdir()
    with pytest.raises(UsageError, match="holds no results"):
        imported(tmp_path)
    with pytest.raises(UsageError, match="no such file or folder"):
        imported(tmp_path, tmp_path / "nowhere")
