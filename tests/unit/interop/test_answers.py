"""Rankings by id and by position, and TREC's run files."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.catalogue import Place, load_suite
from harness.errors import UsageError
from harness.interop.answers import answers_of, ranking_of
from harness.interop.trec import read_run, write_run
from harness.model import Ranking
from harness.tasks.reranking import Reranking
from harness.tasks.retrieval import Retrieval

if TYPE_CHECKING:
    from pathlib import Path

IDS = ["d5", "d4", "d3", "d2", "d1"]
"""As a task holds the documents: in descending order of their ids."""


@pytest.fixture
def retrieval(toy_suite: Path) -> Retrieval:
    """Three queries, q1 to q3, five documents, d1 to d5."""
    task = load_suite(Place("toy", toy_suite)).task
    assert isinstance(task, Retrieval)
    return task


@pytest.fixture
def reranking(toy_suite: Path) -> Reranking:
    """The same with two candidates for each query."""
    declaration = toy_suite / "suite.yaml"
    text = declaration.read_text("utf-8").replace("task: retrieval", "task: reranking")
    declaration.write_text(text.replace("qrels.tsv}", "qrels.tsv, candidates: candidates.tsv}"), "utf-8")
    pairs = ["query-id\tcorpus-id", *(f"q{n}\td{document}" for n in (1, 2, 3) for document in (n, 5))]
    (toy_suite / "candidates.tsv").write_text("\n".join(pairs) + "\n", "utf-8")
    task = load_suite(Place("toy", toy_suite)).task
    assert isinstance(task, Reranking)
    return task


def test_the_best_comes_first_and_the_higher_id_wins_a_tie(retrieval: Retrieval) -> None:
    """Scores that are the same float32 are a tie, as to trec_eval: d2 before d1. Who is not asked has no answer."""
    ranking = ranking_of({"q1": {"d1": 0.1234567891, "d3": 0.5, "d2": 0.123456789}, "q3": {"d4": 1}}, retrieval)
    assert [[IDS[place] for place in row if place >= 0] for row in ranking.indices] == [["d3", "d2", "d1"], [], ["d4"]]
    assert ranking.indices.shape == (3, retrieval.depth)
    assert ranking.scores[0, :2].tolist() == [0.5, np.float32(0.123456789)]


def test_answers_come_back(retrieval: Retrieval) -> None:
    """Ids → positions → ids; only as many as are asked for, and queries without answers too."""
    answers = {"q1": {"d3": 0.5, "d2": 0.25, "d1": 0.125}, "q2": {}, "q3": {"d4": 1.0}}
    ranking = ranking_of(answers, retrieval)
    assert answers_of(ranking, retrieval, 1000) == answers
    assert list(answers_of(ranking, retrieval, 2)["q1"]) == ["d3", "d2"]


def test_the_query_itself_is_no_answer(toy_suite: Path) -> None:
    """The document that retrieval takes out of the ranking of a query is not written either."""
    corpus = toy_suite / "corpus.jsonl"
    corpus.write_text(corpus.read_text("utf-8") + '{"_id": "q1", "text": "cheap flights"}\n', "utf-8")
    task = load_suite(Place("toy", toy_suite)).task
    assert isinstance(task, Retrieval)
    place = task.collection.position
    ranking = Ranking(np.array([[place["q1"], place["d1"]]] * 3), np.array([[1, 0.5]] * 3, np.float32))
    assert answers_of(ranking, task, 2) == {"q1": {"d1": 0.5}, "q2": {"q1": 1, "d1": 0.5}, "q3": {"q1": 1, "d1": 0.5}}


def test_documents_of_other_data_are_named(retrieval: Retrieval) -> None:
    """Nothing is judged, because ranks would be counted among documents that are not there."""
    with pytest.raises(
        UsageError, match=r"4 of its answers are no documents of the suite: x0 \(of query q1\), .*1 more"
    ):
        ranking_of({"q1": {f"x{n}": 1 for n in range(4)}, "q2": {"d1": 1}}, retrieval)


def test_queries_of_other_data_are_named(retrieval: Retrieval) -> None:
    """A file without a single query of the suite is of another one."""
    with pytest.raises(UsageError, match=r"none of its 1 queries is one of the suite, such as q1, q2, q3"):
        ranking_of({"other": {"d1": 1}}, retrieval)


@pytest.mark.filterwarnings("error")
def test_scores_beyond_float32_are_equal(retrieval: Retrieval) -> None:
    """As they are to trec_eval, which keeps them as float32."""
    ranking = ranking_of({"q1": {"d1": 1e300, "d2": 1e200, "d3": 1}}, retrieval)
    assert [IDS[place] for place in ranking.indices[0] if place >= 0] == ["d2", "d1", "d3"]


def test_only_candidates_are_reranked(reranking: Reranking) -> None:
    """Another document of the corpus would take a candidate's place."""
    ranking = ranking_of({"q1": {"d5": 1, "d1": 2}}, reranking)
    assert answers_of(ranking, reranking, 9) == {"q1": {"d1": 2, "d5": 1}, "q2": {}, "q3": {}}
    with pytest.raises(UsageError, match=r"no candidates of the suite: d2 \(of query q1\)"):
        ranking_of({"q1": {"d2": 1, "d5": 1}}, reranking)


@pytest.mark.parametrize("name", ["a.run", "a.run.gz"])
def test_a_run_file_is_read(tmp_path: Path, name: str) -> None:
    """By its scores, whatever its ranks; with a byte order mark, blank lines, tabs and Chinese ids; packed or not."""
    text = "\ufeffq1 Q0 文一 1 0.5 mine\n\nq1\tQ0\td\u3000e\t7\t1e1\tmine\nq2 Q0 文一 1 -3 mine\n".encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert read_run(tmp_path / name) == ({"q1": {"文一": 0.5, "d\u3000e": 10}, "q2": {"文一": -3}}, "mine")


def test_every_faulty_line_is_named(tmp_path: Path) -> None:
    """Too few fields, no score, NaN, an answer given twice; then how many there are."""
    file = tmp_path / "a.run"
    file.write_text("q1 Q0 d1 1 0.5 x\nq1 d1\nq1 Q0 d2 1 high x\nq1 Q0 d2 1 nan x\nq1 Q0 d1 2 0.25 x\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_run(file)
    assert "4 fault(s)" in str(caught.value)
    assert [line.split(":")[1] for line in str(caught.value).splitlines()[1:]] == ["2", "3", "4", "5"]
    assert "query q1 has document d1 twice" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "it has no line"),
        (b"\xff Q0 d 1 1 x", "cannot be read"),
        (b"q Q0 d 1 1 \x1b[31mx", r"the tag '\\x1b\[31mx' is no name"),
        (b"q Q0 \x1b[31md 1", r"tag`: 'q Q0 \\x1b\[31md 1'"),
    ],
)
def test_what_is_no_run_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """An empty file, another encoding, none at all; what a terminal would obey is written out."""
    (tmp_path / "a.run").write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_run(tmp_path / "a.run")
    with pytest.raises(UsageError, match="cannot be read"):
        read_run(tmp_path / "none.run")


def test_a_run_file_comes_back(tmp_path: Path) -> None:
    """Ranks from 1; a score keeps every digit of a float32; the tag has no blank."""
    answers = {"q1": {"d2": float(np.float32(1 / 3)), "d1": 0.25}, "q2": {}}
    write_run(tmp_path / "a.run", answers, "my model")
    lines = (tmp_path / "a.run").read_text("utf-8").splitlines()
    assert lines == ["q1 Q0 d2 1 0.333333343 my_model", "q1 Q0 d1 2 0.25 my_model"]
    found, tag = read_run(tmp_path / "a.run")
    assert np.float32(found["q1"]["d2"]) == np.float32(1 / 3)
    assert tag == "my_model"


@pytest.mark.parametrize("answers", [{"q 1": {"d": 1.0}}, {"q": {"a\tb": 1.0}}, {"q": {"": 1.0}}])
def test_an_id_with_a_blank_is_refused(tmp_path: Path, answers: dict[str, dict[str, float]]) -> None:
    """It would be two fields; nothing is written, and the error says which format can hold it."""
    with pytest.raises(UsageError, match="has one: write --format mteb"):
        write_run(tmp_path / "a.run", answers, "x")
    assert not (tmp_path / "a.run").exists()
