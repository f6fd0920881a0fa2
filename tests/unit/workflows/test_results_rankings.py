"""Rankings out of the harness, and rankings into it: judged as if they had been made here."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, SuiteError, UsageError
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.results import rankings
from harness.workflows.results.predictions import import_predictions
from harness.workflows.results.rankings import RankingsRequest, file_names, write_rankings
from harness.workflows.run import Request, run
from tests.watching import Watcher

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Run

HASHING = "baseline:hashing"


@pytest.fixture
def told() -> list[str]:
    """What people were told."""
    return []


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A store and a cache of the test's own."""
    return Configuration(store=tmp_path / "results.duckdb", cache=tmp_path / "cache")


@pytest.fixture
def ours(toy_suite: Path, configuration: Configuration) -> Run:
    """The toy suite as the harness itself judges it."""
    return run(Request([str(toy_suite)], {HASHING: parse_spec(HASHING)}, configuration.store), Watcher())[0]


def written(configuration: Configuration, told: list[str], **given: Any) -> Any:
    """The rankings of the toy suite."""
    asked = RankingsRequest(**{"embedders": [HASHING], **given})
    return write_rankings(asked, configuration, Terms(), told.append)


def taken(path: Path, suite: Path, configuration: Configuration, told: list[str], model: str = "") -> Run:
    """The one run that comes of predictions."""
    (made,) = import_predictions(path, [str(suite)], configuration, model, told.append)
    return made


@pytest.mark.parametrize("kind", ["trec", "mteb"])
def test_rankings_that_went_out_and_came_in_score_the_same(
    kind: Any, toy_suite: Path, configuration: Configuration, told: list[str], ours: Run, tmp_path: Path
) -> None:
    """Every metric, every interval and every item is as in the run of the embedder itself."""
    (made,) = written(configuration, told, suites=[str(toy_suite)], folder=tmp_path / "out", format=kind)
    assert (made.queries, made.answers, made.file.parent.name) == (3, 15, "baseline_hashing")
    back = taken(made.file if kind == "trec" else made.file.parent, toy_suite, configuration, told)
    assert back.scores == ours.scores
    assert back.answers == ours.answers != {}
    assert [(one.measure, one.ids, one.values.tolist()) for one in back.items] == [
        (one.measure, one.ids, one.values.tolist()) for one in ours.items
    ]
    assert (back.embedder, back.fingerprint, back.kind) == ("predicted:baseline:hashing", ours.fingerprint, "retrieval")
    first, second = Store(configuration.store).paired_items(ours.id, back.id, "ndcg@10")
    assert first.values.tolist() == second.values.tolist()


def test_reranking_goes_out_and_comes_in(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Its candidates are ranked, and nothing else."""
    declaration = toy_suite / "suite.yaml"
    declaration.write_text(declaration.read_text("utf-8").replace("task: retrieval", "task: reranking"), "utf-8")
    (made,) = written(configuration, told, suites=[str(toy_suite)], folder=tmp_path / "out")
    assert (made.queries, made.answers) == (3, 3)
    assert taken(made.file, toy_suite, configuration, told).scores[0].value == 1.0


def test_as_many_answers_as_asked_for(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """However few the metrics of the suite look at; a ranker is asked for as many."""
    for depth in (2, 1000):
        made = written(
            configuration, told, suites=[str(toy_suite)], folder=tmp_path, embedders=[HASHING, "bm25:"], depth=depth
        )
        assert made[0].answers == 3 * min(depth, 5)
        assert made[1].answers <= made[0].answers


def test_a_suite_without_rankings_is_left_out(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """And named; when none is left, there is nothing to do."""
    made = written(configuration, told, suites=[str(toy_suite), "en/similarity"], folder=tmp_path)
    assert [one.suite for one in made] == ["toy"]
    assert "en/similarity (similarity): left out, it ranks no documents" in told
    with pytest.raises(UsageError, match=r"no retrieval or reranking suite .* en/similarity"):
        written(configuration, told, suites=["en/similarity"], folder=tmp_path)


def test_who_cannot_answer_says_why(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Nobody named, somebody that cannot be opened, a suite that is faulty."""
    with pytest.raises(UsageError, match="no embedder"):
        written(configuration, told, suites=[str(toy_suite)], folder=tmp_path, embedders=[])
    with pytest.raises(EmbedderError):
        written(configuration, told, suites=[str(toy_suite)], folder=tmp_path, embedders=["vectors:/none.vec"])
    (toy_suite / "qrels.tsv").unlink()
    with pytest.raises(SuiteError, match=r"qrels\.tsv"):
        written(configuration, told, suites=[str(toy_suite)], folder=tmp_path)


def test_a_reason_stands_in_place_of_a_file(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Pictures among the documents, for one that reads texts."""
    (toy_suite / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    corpus = toy_suite / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8") + '{"_id": "d6", "image": "a.png"}\n', "utf-8")
    (made,) = written(configuration, told, suites=[str(toy_suite)], folder=tmp_path)
    assert made.file is None
    assert "pictures among the documents" in made.reason


def test_names_of_files_are_ones_that_any_system_takes() -> None:
    """Signs become _; what is long, or like another, goes by its digest, so that no two are one."""
    assert list(file_names(["st:BAAI/bge-m3?dimensions=64", "模型"]).values()) == [
        "st_BAAI_bge-m3_dimensions=64",
        "模型",
    ]
    made = file_names(["模" * 200, "模" * 201, "a/b", "a_b", "A_b", "", ".", "..", "😀", "😁", "../../x"])
    assert len({name.casefold() for name in made.values()}) == len(made)
    assert all(0 < len(name.encode()) <= 200 for name in made.values())
    assert not [name for name in made.values() if "/" in name or not name.strip(".")]


def test_nothing_is_written_outside_of_the_folder(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Whatever an embedder is called in harness.toml."""
    named = replace(configuration, embedders={"..": HASHING, ".": HASHING})
    made = written(named, told, suites=[str(toy_suite)], embedders=["..", "."], folder=tmp_path / "out")
    assert {one.file.resolve().parent.parent for one in made if one.file} == {tmp_path / "out"}
    assert len({one.file for one in made}) == 2


def test_two_rankings_of_one_split_are_not_one(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two suites of one task may be of one subset and split: the second says so, and the first is not lost."""
    monkeypatch.setattr(rankings, "place_in_mteb", lambda *_: ("Task", "default", "test"))
    suites = [str(toy_suite), "zh/lexical-gap"]
    first, second = written(configuration, told, suites=suites, folder=tmp_path, format="mteb")
    assert first.file is not None
    assert len(json.loads(first.file.read_text("utf-8"))["default"]["test"]) == first.queries
    assert second.file is None
    assert "another of these suites already" in second.reason


def run_file(folder: Path, *lines: str) -> Path:
    """A run of TREC."""
    file = folder / "a.run"
    file.write_text("".join(f"{line} 1 {9 - n} mine\n" for n, line in enumerate(lines)), "utf-8")
    return file


def test_a_query_that_is_missing_counts_nothing(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """It is a question without an answer, and not left out of the mean; strange queries are, and are told of."""
    file = run_file(tmp_path, "q1 Q0 d1", "q3 Q0 d3", "q9 Q0 d1")
    made = taken(file, toy_suite, configuration, told)
    assert made.scores[0].value == pytest.approx(2 / 3)
    assert made.items[0].values.tolist() == [1.0, 0.0, 1.0]
    found = {finding.name: finding.value for finding in made.findings}
    assert (found["unanswered_queries"], found["unjudged_predictions"]) == (1.0, 1.0)


def test_the_same_predictions_are_recorded_once(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Others under the same name are another run, which the table shows instead, and that is told."""
    taken(run_file(tmp_path, "q1 Q0 d1"), toy_suite, configuration, told)
    taken(run_file(tmp_path, "q1 Q0 d1"), toy_suite, configuration, told)
    store = Store(configuration.store)
    assert store.query("select count(*) from run")[1] == [(1,)]
    assert not [line for line in told if "another ranking" in line]
    file = run_file(tmp_path, "q1 Q0 d2", "q1 Q0 d1")
    taken(file, toy_suite, configuration, told, model="other")
    assert not [line for line in told if "another ranking" in line]
    taken(file, toy_suite, configuration, told)
    assert [line for line in told if "another ranking by predicted:mine was there" in line]
    assert store.query("select count(*) from run")[1] == [(3,)]
    assert {row.embedder for row in store.rows().rows} == {"predicted:mine", "predicted:other"}
    assert "shows this one" in told[-1]
    taken(run_file(tmp_path, "q1 Q0 d1"), toy_suite, configuration, told)
    assert "shows that one, which came later" in told[-1]


def test_predictions_of_mteb_are_found_by_their_task(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Whose they are stands in the file, or is given, NAME or NAME@REVISION; a file of another task is none."""
    (made,) = written(configuration, told, suites=[str(toy_suite)], folder=tmp_path, format="mteb")
    data = json.loads(made.file.read_text("utf-8"))
    data["mteb_model_meta"] = {"model_name": "org/m", "revision": "r1"}
    made.file.write_text(json.dumps(data), "utf-8")
    back = taken(made.file, toy_suite, configuration, told)
    assert back.identity is not None
    assert (back.embedder, back.identity.revision) == ("predicted:org/m", "r1")
    for given, revision in (("org/other", "r1"), ("org/other@r2", "r2")):
        whose = taken(made.file, toy_suite, configuration, told, model=given).identity
        assert whose is not None
        assert (whose.name, whose.revision) == ("org/other", revision)
    made.file.rename(made.file.with_name("Other_predictions.json"))
    with pytest.raises(UsageError, match=r"no such file\. Predictions in that folder: Other_predictions\.json"):
        taken(made.file.parent, toy_suite, configuration, told)


def test_what_cannot_be_judged_is_refused(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """A run of two suites, a suite that ranks nothing, a document of other data, nothing: nothing is recorded."""
    file = run_file(tmp_path, "q1 Q0 nowhere")
    with pytest.raises(UsageError, match="a run of one suite, and 2 are named: toy, en/lexical-gap"):
        import_predictions(file, [str(toy_suite), "en/lexical-gap"], configuration, "", told.append)
    with pytest.raises(UsageError, match="en/similarity is a similarity suite"):
        import_predictions(file, ["en/similarity"], configuration, "", told.append)
    with pytest.raises(UsageError, match=r"a\.run, toy: 1 of its answers are no documents of the suite: nowhere"):
        taken(file, toy_suite, configuration, told)
    with pytest.raises(UsageError, match="no such file or folder"):
        taken(tmp_path / "none", toy_suite, configuration, told)
    (toy_suite / "qrels.tsv").unlink()
    with pytest.raises(SuiteError):
        taken(file, toy_suite, configuration, told)
    assert not configuration.store.exists()


def test_the_cache_is_asked_before_the_embedder(
    toy_suite: Path, configuration: Configuration, told: list[str], tmp_path: Path
) -> None:
    """Ranking what a run has embedded embeds nothing: with a name in harness.toml, too."""
    named = replace(configuration, embedders={"mine": HASHING}, suites=(str(toy_suite),))
    made = written(named, told, suites=(), folder=tmp_path, embedders=())
    assert [(one.embedder, one.answers) for one in made] == [("mine", 15)]
