"""Numbers that mteb 2.26 gets wrong without a word, and that are right here: chance, order, what is absent.

Each test shows mteb's behaviour beside ours, so that it tells when mteb mends it.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import harness
from harness.catalogue.mteb.sources import load_task
from harness.evaluate import evaluate
from harness.interop.mteb.encoders import encoder
from harness.model import Identity, Ranking, Suite
from harness.search import as_stored, usage_of
from harness.tasks.retrieval import Retrieval
from harness.workflows.shelf import find_places, load_suite
from tests.mteb_tasks import TASKS, WordSums, hub, judged_by_mteb, scored_by_mteb, selected, write_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.catalogue.mteb.place import MtebPlace
    from harness.model import Role, Vectors
    from tests.mteb_tasks import Configs

pytestmark = pytest.mark.real("mteb")

CLUSTERING = "DigikalamagClustering"
"""Of the kind that draws 4 % of the rows; its columns are those of every clustering."""
RETRIEVAL = "SciFact"


class Noise:
    """A text's vector has nothing to do with it."""

    identity = Identity("test", "noise", "1", symmetric=True)

    def embed(self, texts: Sequence[str], role: Role) -> Vectors:
        """n × 32, the same for the same texts."""
        del role
        rows = [np.random.default_rng([*text.encode()]).normal(size=32) for text in texts]
        return np.array(rows, np.float32)


def suite(task: str, configs: Configs, folder: Path, mteb_home: Path, **options: str) -> tuple[MtebPlace, Suite]:
    """The one suite of a task with these rows, and where it is from."""
    (place,) = find_places(selected(task, hub(folder, configs), **options), mteb_home / "cache")
    read = load_suite(place)
    assert isinstance(read, Suite)
    return place, read


def ours(read: Suite, embedder: Any) -> dict[str, float | None]:
    """Our scores."""
    return {score.metric: score.value for score in evaluate(read, embedder).scores}


def unrelated(rows: int, labels: int) -> Configs:
    """Texts whose labels have nothing to do with them."""
    drawn = np.random.default_rng(3).integers(0, labels, rows)
    texts = [{"sentences": f"text {row}", "labels": f"label {label}"} for row, label in enumerate(drawn)]
    return {"default": {"test": texts}}


def test_random_vectors_do_not_cluster(tmp_path: Path, mteb_home: Path) -> None:
    """500 random vectors, 20 random labels: mteb's V and AMI, of draws with replacement, are far above chance."""
    place, read = suite(CLUSTERING, unrelated(500, 20), tmp_path, mteb_home)
    wrong = scored_by_mteb(encoder(Noise()), load_task(place).task)
    assert min(wrong["v_measure"], wrong["ami"]) > 0.5
    scores = {score.metric: score for score in evaluate(read, Noise()).scores}
    assert scores["ami"].value == pytest.approx(0, abs=0.03)
    assert scores["v_measure"].value == pytest.approx(scores["v_measure"].floor, abs=0.03)


def test_clustering_is_the_same_in_any_order(tmp_path: Path, mteb_home: Path) -> None:
    """mteb's task object draws other rows every time, so the second model is judged on other rows than the first."""
    place, read = suite(CLUSTERING, unrelated(500, 20), tmp_path, mteb_home)
    task, model = load_task(place).task, encoder(WordSums())
    assert len({scored_by_mteb(model, task)["v_measure"] for _ in range(3)}) > 1
    first = ours(read, WordSums())
    ours(read, Noise())
    assert ours(read, WordSums()) == first
    assert ours(suite(CLUSTERING, unrelated(500, 20), tmp_path, mteb_home)[1], WordSums()) == first


def test_a_missing_level_is_no_label(tmp_path: Path, mteb_home: Path) -> None:
    """Labels from coarse to fine, and rows that have no fine one: mteb takes what stands for that as one more label."""
    drawn = np.random.default_rng(3).permutation(80)
    rows = [
        {
            "sentences": f"{'invoice' if row % 2 else 'holiday'} w{row}",
            "labels": [f"c{row % 4}", f"f{row % 2}"][: 1 + (row < 40)],
        }
        for row in drawn.tolist()
    ]
    _, read = suite(CLUSTERING, {"default": {"test": rows}}, tmp_path, mteb_home, level="1")
    task: Any = read.task
    assert sorted(task.labels) == ["f0", "f1"]
    assert len(task.ids) == 40
    assert any("40" in note for note in read.notes)

    from mteb.abstasks import clustering

    # Private, because nothing else of mteb's tells the levels apart without drawing rows.
    alone, _ = clustering._evaluate_clustering_bootstrapped(
        np.random.default_rng(1).normal(size=(80, 4)),
        [["c", "f"][: 1 + (row < 40)] for row in range(80)],
        n_clusters=1,
        cluster_size=80,
        kmean_batch_size=512,
        max_depth=None,
        rng_state=random.Random(0),  # noqa: S311 # mteb asks for one
        seed=0,
    )
    assert alone["v_measure"]["Level 1"][0] < 0.5, "one label among those that have one: 1 without the others"


def answers() -> Configs:
    """Four queries, each with one relevant document of its own among six."""
    return {
        "default": {"test": [{"query-id": f"q{n}", "corpus-id": f"d{n}", "score": 1} for n in range(4)]},
        "corpus": {"corpus": [{"_id": f"d{n}", "title": "", "text": f"text {n}"} for n in range(6)]},
        "queries": {"queries": [{"_id": f"q{n}", "text": f"text {n}"} for n in range(4)]},
    }


class Answered:
    """Finds the right document of the first two queries, and says nothing about the others."""

    def __init__(self) -> None:
        from mteb.models import ModelMeta

        self.mteb_model_meta = ModelMeta.create_empty({"name": "test/answered", "revision": "1"})

    def index(self, corpus: Any, **_: Any) -> None:
        """Nothing to do."""

    def search(self, queries: Any, **_: Any) -> dict[str, dict[str, float]]:
        """Two of four."""
        del queries
        return {query: {query.replace("q", "d"): 1.0} for query in ("q0", "q1")}


def test_queries_without_an_answer_count(tmp_path: Path, mteb_home: Path) -> None:
    """Two of four queries answered: mteb leaves the others out of the mean, which is 1 then and should be 0.5."""
    place, read = suite(RETRIEVAL, answers(), tmp_path, mteb_home)
    assert scored_by_mteb(Answered(), load_task(place).task)["ndcg_at_10"] == 1.0
    task = read.task
    assert isinstance(task, Retrieval)
    position = task.collection.position
    found = np.array([[position["d0"]], [position["d1"]], [-1], [-1]])
    (judged,) = task.judge_ranking(Ranking(found, np.where(found < 0, -np.inf, 1).astype(np.float32)))
    assert {metric.name: metric.score(judged) for metric in read.metrics}["ndcg@10"] == 0.5
    (finding,) = [
        one for one in task.findings({type(judged): judged}, np.random.default_rng(0)) if "unanswered" in one.name
    ]
    assert finding.value == 2


def test_documents_with_one_id(tmp_path: Path, mteb_home: Path) -> None:
    """A document that is there twice: mteb merges the two without a word, here a note says which one counts."""
    twice = dict(answers())
    twice["corpus"] = {"corpus": [*twice["corpus"]["corpus"], {"_id": "d0", "title": "", "text": "something else"}]}
    place, read = suite(RETRIEVAL, twice, tmp_path, mteb_home)
    assert read.size == 4 + 6
    assert "ndcg_at_10" in scored_by_mteb(encoder(WordSums()), load_task(place).task)
    assert any("1 documents" in note for note in read.notes)


def test_translations_that_stand_twice(tmp_path: Path, mteb_home: Path) -> None:
    """Of a pair that is there twice, mteb counts one as wrong, since only the row's own number is right."""
    rows = [{"sentence1": f"order w{n % 5}", "sentence2": f"order w{n % 5}"} for n in range(10)]
    place, read = suite("BornholmBitextMining", {"default": {"test": rows}}, tmp_path, mteb_home)
    assert scored_by_mteb(encoder(WordSums()), load_task(place).task)["accuracy"] == 0.5
    assert ours(read, WordSums())["bitext_accuracy"] == 1.0
    assert any("5 pairs" in note for note in read.notes)


def test_no_nan_is_written(tmp_path: Path, mteb_home: Path) -> None:
    """mteb writes NaN into a classification's file, which is no JSON; here an undefined number is left out."""
    name = "Banking77Classification"
    (place,) = find_places(selected(name, write_task(name, tmp_path), protocol="mteb"), mteb_home / "cache")
    judged_by_mteb(encoder(WordSums()), load_task(place).task).to_disk(tmp_path / "theirs.json")
    assert "NaN" in (tmp_path / "theirs.json").read_text("utf-8")
    outcome = evaluate(load_suite(place), WordSums())
    assert json.dumps([score.value for score in outcome.scores], allow_nan=False)
    assert "ap" not in {score.metric for score in outcome.scores}


def test_number_formats_are_calibrated_once(tmp_path: Path, mteb_home: Path) -> None:
    """mteb takes the range anew from whatever is encoded together, so that one text has two vectors."""
    from mteb.models import CompressionWrapper
    from mteb.types import OutputDType

    place, read = suite(RETRIEVAL, TASKS[RETRIEVAL](np.random.default_rng(1)), tmp_path, mteb_home)
    texts = [text for asked in read.task.texts().values() for text in asked.texts]
    wrapped = CompressionWrapper(encoder(WordSums()), OutputDType.INT8)
    where = {"task_metadata": load_task(place).task.metadata, "hf_split": "test", "hf_subset": "default"}
    few, many = (np.asarray(wrapped.encode([{"text": texts[:count]}], **where))[:5] for count in (20, 80))
    assert np.abs(few - many).max() > 5

    usage = usage_of(harness.open_embedder(harness.parse_spec("baseline:hashing?precision=int8")))  # type: ignore[arg-type]  # it is an embedder
    documents = WordSums().embed(texts, "document")
    few, many = (
        as_stored({"queries": documents[:count], "documents": documents}, ["documents"], usage) for count in (5, 20)
    )
    np.testing.assert_array_equal(few["queries"], many["documents"][:5])
    np.testing.assert_array_equal(few["queries"], many["queries"][:5])


def test_random_numbers_outside_go_on(tmp_path: Path, mteb_home: Path) -> None:
    """Making a task of mteb's seeds random and numpy for the whole process; reading and judging one here does not."""
    import mteb

    random.seed(7)
    before = random.getstate()
    mteb.get_task("STSBenchmark")
    assert random.getstate() != before

    random.seed(7)
    task = "STSBenchmark"
    (place,) = find_places(selected(task, write_task(task, tmp_path), protocol="mteb"), mteb_home / "cache")
    evaluate(load_suite(place), WordSums())
    assert random.getstate() == before


def test_an_embedder_that_fails_is_not_scored(tmp_path: Path, mteb_home: Path) -> None:
    """mteb without raise_error returns no result and a text; here the embedder's own error comes out of mteb again."""
    name = "STSBenchmark"
    (place,) = find_places(selected(name, write_task(name, tmp_path), protocol="mteb"), mteb_home / "cache")

    class Failing(WordSums):
        def embed(self, texts: Sequence[str], role: Role) -> Vectors:
            del texts, role
            raise harness.EmbedderError("out of credit")

    with pytest.raises(harness.EmbedderError, match="out of credit"):
        evaluate(load_suite(place), Failing())


def test_a_metric_that_is_undefined_has_no_value(tmp_path: Path, mteb_home: Path) -> None:
    """Equal vectors for all texts have no correlation: there is a reason in the place of a number."""
    _, read = suite("STSBenchmark", TASKS["STSBenchmark"](np.random.default_rng(2)), tmp_path, mteb_home)

    class Same(WordSums):
        def embed(self, texts: Sequence[str], role: Role) -> Vectors:
            del role
            return np.ones((len(texts), 4), np.float32)

    outcome = evaluate(read, Same())
    assert [(score.value, score.status) for score in outcome.scores] == [(None, "not_applicable")] * len(read.metrics)
    assert all(score.reason for score in outcome.scores)
