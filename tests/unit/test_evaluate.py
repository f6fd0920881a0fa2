"""The one loop, on real suites and with real metrics."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.catalogue import Place, builtin_places, load_suite
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError
from harness.evaluate import SUITE_NOTE, evaluate, unscored
from harness.model import Finding, Identity, Ranking
from harness.testing import FakeEmbedder
from tests.mteb_registry import foreign

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.model import Role, Suite, Vectors


@pytest.fixture
def toy(toy_suite: Path) -> Suite:
    """Three queries, five documents, ndcg@10 and recall@1."""
    return load_suite(Place("toy", toy_suite))


@pytest.fixture
def graded(tmp_path: Path) -> Callable[..., Suite]:
    """Makes a similarity suite: its metrics, and its pairs with their scores."""

    def make(metrics: str, pairs: Sequence[tuple[str, str, float]]) -> Suite:
        folder = tmp_path / "graded"
        folder.mkdir(exist_ok=True)
        about = f"title: T\nlicence: CC0-1.0\ntask: similarity\ntables: {{pairs: pairs.tsv}}\nmetrics: [{metrics}]\n"
        (folder / "suite.yaml").write_text(about, "utf-8")
        lines = ["sentence1\tsentence2\tscore", *("\t".join(map(str, pair)) for pair in pairs)]
        (folder / "pairs.tsv").write_text("\n".join(lines) + "\n", "utf-8")
        return load_suite(Place("graded", folder))

    return make


class Fixed:
    """Looks every text up in a table of vectors; remembers what it was asked."""

    identity = Identity("fake", "fixed", "1")

    def __init__(self, table: dict[str, list[float]]) -> None:
        self.table = table
        self.asked: list[tuple[str, list[str]]] = []

    def embed(self, texts: Sequence[str], role: str) -> Any:
        """One row per text."""
        self.asked.append((role, list(texts)))
        return np.array([self.table[text] for text in texts], np.float32)


AXES = {"cheap flights": 0, "红烧肉怎么做": 1, "reset a password": 2, "low-cost air tickets": 0}
AXES |= {"五花肉切块，加糖和酱油慢炖": 1, "choose a new secret word": 3, "flights of stairs": 2, "今天天气很好": 3}


def test_scores_are_the_metrics_of_the_suite(toy: Suite) -> None:
    """Two of three queries find their document at once, the third behind `flights of stairs` and a tie of d5, d3.

    nDCG@10 = (1 + 1 + 1/log2(rank + 1)) / 3, where q3 and d3, d5, d2, d1 are at right angles: behind d4 come the
    others from the highest id down, d5 d3 d2 d1, so that d3 stands at rank 3: (1 + 1 + 1/2) / 3 = 5/6.
    """
    embedder = Fixed({text: np.eye(4)[axis].tolist() for text, axis in AXES.items()})
    outcome = evaluate(toy, embedder)
    assert (outcome.status, outcome.reason) == ("ok", "")
    assert [(score.metric, score.value, score.items, score.status) for score in outcome.scores] == [
        ("ndcg@10", pytest.approx(5 / 6), 3, "ok"),
        ("recall@1", pytest.approx(2 / 3), 3, "ok"),
    ]
    by_id = {scores.measure: dict(zip(scores.ids, scores.values, strict=True)) for scores in outcome.items}
    assert by_id == {"ndcg@10": {"q1": 1, "q2": 1, "q3": 0.5}, "recall@1": {"q1": 1, "q2": 1, "q3": 0}}
    assert outcome.answers == {"q1": "d1", "q2": "d2", "q3": "d4"}
    assert [role for role, _ in embedder.asked] == ["query", "document"]
    assert outcome.seconds > 0


def test_items_average_to_the_score(toy: Suite) -> None:
    """What is stored per item is what the score is made of."""
    outcome = evaluate(toy, open_embedder(parse_spec("baseline:hashing")))
    means = {scores.measure: float(scores.values.mean()) for scores in outcome.items}
    assert means == {score.metric: pytest.approx(score.value) for score in outcome.scores}


def test_a_metric_without_items_leaves_its_evidence(graded: Callable[..., Suite]) -> None:
    """A correlation is no mean: what it is computed from is stored instead, once for two metrics."""
    pairs = [("a", "a", 5), ("a b", "a b c", 3), ("a", "bb cc", 1)]
    outcome = evaluate(graded("spearman, pearson", pairs), FakeEmbedder())
    assert {scores.measure for scores in outcome.items} == {"gold", "predicted"}
    assert outcome.answers == {}
    (gold,) = (scores for scores in outcome.items if scores.measure == "gold")
    assert gold.values.tolist() == [5, 3, 1]


def test_a_kind_has_its_article() -> None:
    """An analogy suite, not a analogy suite."""
    (place,) = (place for place in builtin_places() if place.name == "en/analogy")
    outcome = evaluate(load_suite(place), open_embedder(parse_spec("bm25:")))
    assert outcome.reason == "bm25: ranks documents and has no vectors; an analogy suite needs vectors"


def test_a_ranker_is_judged_on_retrieval_alone(toy: Suite, graded: Callable[..., Suite]) -> None:
    """Elsewhere it does not apply: every metric says so, without a number and without a zero."""
    bm25 = open_embedder(parse_spec("bm25:"))
    assert evaluate(toy, bm25).status == "ok"
    outcome = evaluate(graded("spearman, pearson", [("a", "b", 1), ("a", "c", 2)]), bm25)
    assert outcome.status == "not_applicable"
    assert outcome.reason == "bm25: ranks documents and has no vectors; a similarity suite needs vectors"
    assert [(score.metric, score.value, score.status, score.reason) for score in outcome.scores] == [
        (name, None, "not_applicable", outcome.reason) for name in ("spearman", "pearson")
    ]
    assert outcome.items == ()


def test_an_undefined_score_is_none_with_a_reason(graded: Callable[..., Suite]) -> None:
    """All cosines equal: no correlation; the run as a whole is still sound."""
    constant = Fixed({text: [1.0, 1.0] for text in "abcd"})
    outcome = evaluate(graded("spearman", [("a", "b", 1), ("b", "c", 2), ("c", "d", 3)]), constant)
    assert outcome.status == "ok"
    (score,) = outcome.scores
    assert (score.value, score.status, score.reason) == (None, "not_applicable", "all values are equal")
    assert (score.interval.low, score.interval.high, score.interval.reason) == (None, None, "all values are equal")
    assert score.floor is None


def test_intervals_depend_on_nothing_but_the_data(graded: Callable[..., Suite]) -> None:
    """Same data, same interval: run again, with other metrics beside it, and in another order."""
    pairs = [(f"a{'b' * (i % 7)} {i}", f"c{'d' * (i % 5)}", i % 6) for i in range(40)]

    def intervals(metrics: str) -> dict[str, Any]:
        outcome = evaluate(graded(metrics, pairs), FakeEmbedder())
        return {score.metric: (score.interval.low, score.interval.high) for score in outcome.scores}

    both = intervals("spearman, pearson")
    assert None not in both["spearman"]
    assert both == intervals("spearman, pearson") == intervals("pearson, spearman")
    assert both["pearson"] == intervals("pearson")["pearson"]


def test_an_instruction_is_put_before_queries_only(toy_suite: Path) -> None:
    """The embedder gets it as part of the text, and is told nothing else."""
    with (toy_suite / "suite.yaml").open("a", encoding="utf-8") as declaration:
        declaration.write('parameters: {instruction: "查询："}\n')
    asked: list[tuple[str, list[str]]] = []

    class Heard(FakeEmbedder):
        """Remembers."""

        def embed(self, texts: Sequence[str], role: str) -> Any:  # type: ignore[override]  # a plain word is enough
            """As the fake."""
            asked.append((role, list(texts)))
            return super().embed(texts, "either")

    evaluate(load_suite(Place("toy", toy_suite)), Heard())
    (_, queries), (_, documents) = asked
    assert all(text.startswith("查询：") for text in queries)
    assert not any(text.startswith("查询：") for text in documents)


def test_zero_vectors_are_a_finding(toy: Suite) -> None:
    """A text without a direction is as near to one thing as to any other, and a reader must know."""

    class Speechless(FakeEmbedder):
        """Knows no Chinese: one query and two documents of the toy."""

        def embed(self, texts: Sequence[str], role: Role) -> Vectors:
            """Zero for a text that is not ASCII."""
            return super().embed(texts, role) * np.array([[text.isascii()] for text in texts])

    found = {finding.name: finding.value for finding in evaluate(toy, Speechless()).findings}
    assert found["zero_vectors"] == 3.0
    assert "zero_vectors" not in {finding.name for finding in evaluate(toy, FakeEmbedder()).findings}


def test_a_failing_embedder_is_not_hidden(toy: Suite) -> None:
    """The workflow decides what becomes of it."""

    class Failing(FakeEmbedder):
        """Fails."""

        def embed(self, texts: Sequence[str], role: str) -> Any:  # type: ignore[override]  # never returns
            """Raises."""
            raise EmbedderError(f"{len(texts)} {role}")

    with pytest.raises(EmbedderError, match="3 query"):
        evaluate(toy, Failing())


def test_notes_of_a_suite_are_findings_of_every_run(toy_suite: Path) -> None:
    """First, and without a number; they change neither scores nor the data's fingerprint."""
    plain = load_suite(Place("toy", toy_suite))
    with (toy_suite / "suite.yaml").open("a", encoding="utf-8") as declaration:
        declaration.write("notes: [2 rows left out, 缺一行]\n")
    noted = load_suite(Place("toy", toy_suite))
    outcome = evaluate(noted, FakeEmbedder())
    assert outcome.findings[:2] == (
        Finding(SUITE_NOTE, None, "2 rows left out"),
        Finding(SUITE_NOTE, None, "缺一行"),
    )
    assert noted.fingerprint == plain.fingerprint
    assert outcome.scores == evaluate(plain, FakeEmbedder()).scores


def test_other_software_judges_a_foreign_suite() -> None:
    """Its numbers, the headline first, without items and so without an interval; by whom stands with each of them."""
    outcome = evaluate(foreign(notes=("a note",)), FakeEmbedder())
    assert [(score.metric, score.items, score.floor) for score in outcome.scores] == [
        ("cosine_spearman", 0, None),
        ("pearson", 0, None),
    ]
    assert outcome.scores[1].value == 0.25
    assert {score.convention for score in outcome.scores} == {"as mteb 9.9.9"}
    reasons = {score.interval.reason for score in outcome.scores}
    assert reasons == {"judged by mteb 9.9.9, which gives no score per item"}
    assert (outcome.items, [finding.note for finding in outcome.findings]) == ((), ["a note"])


def test_what_other_software_cannot_judge_does_not_apply() -> None:
    """With its own reason."""
    outcome = evaluate(foreign(), open_embedder(parse_spec("bm25:")))
    assert (outcome.status, outcome.reason) == ("not_applicable", "has no vectors")


def test_an_outcome_without_a_number_has_a_line_per_metric(toy: Suite) -> None:
    """And one without a name where the suite could not be read."""
    outcome = unscored(toy.metrics, "failed", "no weights")
    assert [(score.metric, score.value, score.reason, score.convention) for score in outcome.scores] == [
        (metric.name, None, "no weights", metric.convention) for metric in toy.metrics
    ]
    (unnamed,) = unscored((), "failed", "2 faults").scores
    assert (unnamed.metric, unnamed.value, unnamed.status, unnamed.reason) == ("", None, "failed", "2 faults")


def test_a_ranker_does_not_get_the_instruction(toy_suite: Path) -> None:
    """It is a prompt for a model; to a ranker it would be so many more words to look for."""
    declaration = toy_suite / "suite.yaml"
    declaration.write_text(
        declaration.read_text("utf-8") + "parameters: {instruction: 'flights of stairs '}\n", "utf-8"
    )
    suite = load_suite(Place("toy", toy_suite))
    asked: list[str] = []

    class Asked:
        """Remembers its queries."""

        identity = Identity("fake", "asked", "1")

        def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
            """Nothing found."""
            del documents
            asked.extend(queries)
            return Ranking(np.full((len(queries), k), -1), np.full((len(queries), k), -np.inf, np.float32))

    evaluate(suite, Asked())
    assert not any("stairs" in query for query in asked)


def test_undefined_items_are_not_counted(tmp_path: Path) -> None:
    """Of six processes, two have a pair of steps only, on which a correlation says nothing: four items, no interval."""
    chains = ["a b c", "d e f", "g h i", "j k l", "m n", "o p"]
    rows = [f"{chain}\t{x}\t{y}" for chain in chains for x, y in pairwise(chain.split())]
    (tmp_path / "edges.tsv").write_text("process\tsource\ttarget\n" + "\n".join(rows) + "\n", "utf-8")
    (tmp_path / "suite.yaml").write_text(
        "title: T\ntask: process\ntables: {edges: edges.tsv}\nmetrics: [hop_spearman]\n", "utf-8"
    )
    outcome = evaluate(load_suite(Place("p", tmp_path)), open_embedder(parse_spec("baseline:random")))
    (score,) = outcome.scores
    assert score.items == len(outcome.items[0].ids) == 4
    assert score.interval.reason.startswith("4 independent groups")


@pytest.mark.parametrize("spec", ["bm25:", "baseline:hashing", "hybrid:rrf(bm25:,baseline:hashing)"])
def test_a_query_that_is_a_document_is_answered_by_the_next(tmp_path: Path, spec: str) -> None:
    """Its own document is taken out of its ranking; a ranker is asked for one more, as search among vectors is."""
    texts = {"q": "apple apple apple", "right": "apple pear", "wrong": "apple pear plum cherry"}
    corpus = "_id\ttext\n" + "".join(f"{key}\t{text}\n" for key, text in texts.items())
    (tmp_path / "corpus.tsv").write_text(corpus, "utf-8")
    (tmp_path / "queries.tsv").write_text("_id\ttext\nq\tapple\n", "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\tright\t1\n", "utf-8")
    (tmp_path / "suite.yaml").write_text(
        "title: T\nlicence: CC0-1.0\ntask: retrieval\nmetrics: [recall@1]\n"
        "tables: {corpus: corpus.tsv, queries: queries.tsv, qrels: qrels.tsv}\n",
        "utf-8",
    )
    outcome = evaluate(load_suite(Place("own", tmp_path)), open_embedder(parse_spec(spec)))
    assert [score.value for score in outcome.scores] == [1.0]
