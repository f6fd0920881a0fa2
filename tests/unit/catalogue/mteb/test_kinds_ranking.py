"""mteb's retrieval and reranking as our tables, with whatever oddities its data have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.names import Asked
from harness.embedders.baseline import open_baseline
from harness.errors import SuiteError
from harness.evaluate import evaluate
from harness.interop.mteb import door
from harness.interop.mteb.encoders import encoder
from harness.model import Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves

CORPUS = [{"id": "d1", "text": "goods receipt"}, {"id": "d2", "text": "收货"}, {"id": "d3", "text": "invoice"}]
QUERIES = [{"id": "q1", "text": "what comes in"}, {"id": "q2", "text": "what is to be paid"}]
JUDGED = {"q1": {"d1": 2, "d2": 1}, "q2": {"d3": 1, "d1": 0}}


def held(
    corpus: Sequence[Any] = CORPUS, queries: Sequence[Any] = QUERIES, judged: Any = None, ranked: Any = None
) -> Any:
    """A split as mteb holds it."""
    rows = door.module("datasets").Dataset.from_list
    data = {
        "corpus": rows(list(corpus)),
        "queries": rows(list(queries)),
        "relevant_docs": judged or JUDGED,
        "top_ranked": ranked,
    }
    return {"default": {"test": data}}


def test_retrieval(make: Any) -> None:
    """Queries, documents with their title, and graded judgements; whether equal ids count is what the task says."""
    titled = [{**row, "title": title} for row, title in zip(CORPUS, ["Goods", "", None], strict=True)]
    made = make("AbsTaskRetrieval", held(titled))
    assert made.suite.kind == "retrieval"
    assert made.tables["corpus"] == [
        {"_id": "d1", "title": "Goods", "text": "goods receipt"},
        {"_id": "d2", "text": "收货"},
        {"_id": "d3", "text": "invoice"},
    ]
    assert made.tables["queries"] == [
        {"_id": "q1", "text": "what comes in"},
        {"_id": "q2", "text": "what is to be paid"},
    ]
    assert [row["score"] for row in made.tables["qrels"]] == [2, 1, 1, 0]
    assert made.suite.parameters["ignore_identical_ids"] is False
    assert made.notes == ""
    assert made.metrics[0] == "ndcg@10"


def test_equal_ids_are_taken_out_where_mteb_takes_them_out(make: Any) -> None:
    """Its flag is our parameter."""
    made = make("AbsTaskRetrieval", held(), {"ignore_identical_ids": True})
    assert made.suite.parameters["ignore_identical_ids"] is True


def test_ids_may_be_numbers(make: Any) -> None:
    """In one table a number and in another a text: they are the same id."""
    corpus = [{"id": 1, "text": "one"}, {"id": 2, "text": "two"}]
    made = make("AbsTaskRetrieval", held(corpus, [{"id": 7, "text": "which"}], {"7": {"1": 1, "2": 0}}))
    assert [row["_id"] for row in made.tables["corpus"]] == ["1", "2"]
    assert made.tables["qrels"][0] == {"query-id": "7", "corpus-id": "1", "score": 1}
    assert made.notes == ""


def test_an_instruction_stands_behind_its_query(make: Any) -> None:
    """As in mteb, and a query without one is alone."""
    queries = [{**QUERIES[0], "instruction": "list all"}, {**QUERIES[1], "instruction": None}]
    made = make("AbsTaskRetrieval", held(queries=queries))
    assert [row["text"] for row in made.tables["queries"]] == ["what comes in list all", "what is to be paid"]


TURNS = [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "yes?"}]


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        (["hello", "again"], None, "hello; again"),
        (TURNS, None, "user: hello; assistant: yes?"),
        (TURNS, "be brief", "be brief user: hello; assistant: yes?"),
    ],
)
def test_conversations(make: Any, text: Any, told: str | None, expected: str) -> None:
    """Turns become one text, an instruction before it: exactly what mteb embeds."""
    row = {"id": "q1", "text": text, **({"instruction": told} if told else {})}
    data = held(queries=[row], judged={"q1": {"d1": 1}})
    made = make("AbsTaskRetrieval", data)
    theirs = door.module("mteb._create_dataloaders")._convert_conv_history_to_query(dict(row))
    assert made.tables["queries"] == [{"_id": "q1", "text": expected}]
    assert theirs["text"] == expected


CANDIDATES = [
    {"q1": ["d1", "d3"], "q2": ["d3"]},
    {"q1": {"d1": 0.9, "d3": 0.1}, "q2": {"d3": 1.0}},
    {"q1": ["d1", "d3", "d1"], "q2": ["d3"]},
]


@pytest.mark.parametrize("ranked", CANDIDATES)
def test_reranking(make: Any, ranked: Any) -> None:
    """Candidates may be a list, given twice, or carry the scores of a first stage."""
    made = make("AbsTaskRetrieval", held(ranked=ranked), main="map_at_1000")
    assert made.suite.kind == "reranking"
    assert made.tables["candidates"] == [
        {"query-id": "q1", "corpus-id": "d1"},
        {"query-id": "q1", "corpus-id": "d3"},
        {"query-id": "q2", "corpus-id": "d3"},
    ]
    assert made.metrics[:2] == ["map@1000", "map"]


def test_the_class_that_mteb_no_longer_wants(make: Any) -> None:
    """Its reranking is retrieval with candidates."""
    made = make("AbsTaskReranking", held(ranked={"q1": ["d1"], "q2": ["d3"]}))
    assert made.suite.kind == "reranking"


def test_candidates_that_cannot_be(make: Any) -> None:
    """Absent documents, the query's own id, a query without any: said, as are numbers that change by it."""
    corpus = [*CORPUS, {"id": "q1", "text": "the query itself"}]
    ranked = {"q1": ["d1", "gone", "q1"], "q9": ["d1"]}
    made = make("AbsTaskRetrieval", held(corpus, ranked=ranked), {"ignore_identical_ids": True})
    assert made.tables["candidates"] == [{"query-id": "q1", "corpus-id": "d1"}]
    assert "1 candidates that are missing documents left out" in made.notes
    assert "1 candidates with the id of their query left out, as in mteb" in made.notes
    assert "1 queries without a candidate score 0, as in mteb" in made.notes


def test_documents_that_cannot_be(make: Any) -> None:
    """Without text, with an id that comes again: left out, and a relevant one among them is told."""
    corpus = [
        {"id": "d1", "title": "", "text": "the first of two"},
        {"id": "d1", "title": "", "text": "the last of two"},
        {"id": "d2", "title": "", "text": " "},
        {"id": "d3", "title": "a title alone", "text": ""},
        {"id": "d4", "title": None, "text": None},
    ]
    judged = {"q1": {"d1": 1, "d2": 1, "gone": 1, "d4": 0}, "q2": {"d3": 1}}
    made = make("AbsTaskRetrieval", held(corpus, judged=judged))
    assert made.tables["corpus"] == [
        {"_id": "d1", "text": "the last of two"},
        {"_id": "d3", "title": "a title alone", "text": ""},
    ]
    assert [row["corpus-id"] for row in made.tables["qrels"]] == ["d1", "d3"]
    assert "1 documents without an id, or with that of a later one, left out" in made.notes
    assert "2 documents without text left out" in made.notes
    assert (
        "2 relevant documents that are missing, or without text, left out: mteb counts them as not found" in made.notes
    )
    assert "1 judgements of missing documents left out" in made.notes


def test_queries_that_cannot_be(make: Any) -> None:
    """Without text, without judgement, twice, with nothing judged that is there; judgements of absent queries go."""
    queries = [
        {"id": "q1", "text": "first"},
        {"id": "q1", "text": "last"},
        {"id": "q2", "text": ""},
        {"id": "q3", "text": "nobody judged it"},
        {"id": "q4", "text": "its document is gone"},
        {"id": "q5", "text": "judged, and nothing is relevant"},
        {"id": "q6", "text": "an empty judgement"},
    ]
    judged = {"q1": {"d1": 1}, "q2": {"d1": 1}, "q4": {"gone": 1}, "q5": {"d1": 0}, "q6": {}, "q9": {"d1": 1}}
    made = make("AbsTaskRetrieval", held(queries=queries, judged=judged))
    assert [(row["_id"], row["text"]) for row in made.tables["queries"]] == [
        ("q1", "last"),
        ("q5", "judged, and nothing is relevant"),
    ]
    assert {row["query-id"] for row in made.tables["qrels"]} == {"q1", "q5"}
    assert "1 queries with the id of a later one left out" in made.notes
    assert "1 queries without text left out" in made.notes
    assert "2 queries without a judgement left out" in made.notes
    assert "1 queries of which no judged document is there (in mteb they score 0) left out" in made.notes


def test_judgements_may_be_lists(make: Any) -> None:
    """Then every document in it is relevant."""
    made = make("AbsTaskRetrieval", held(judged={"q1": ["d1", "d2"], "q2": ["d3"]}))
    assert [row["score"] for row in made.tables["qrels"]] == [1, 1, 1]


def test_a_first_hit_that_is_passed_over_is_mtebs_matter(make: Any) -> None:
    """We have no such ranking."""
    assert make("AbsTaskRetrieval", held(), {"skip_first_result": True}) is None


def test_scores_of_a_tasks_own_are_told(make: Any) -> None:
    """Whether they are its main score or not."""
    own = {"task_specific_scores": lambda *_, **__: {"p-MRR": 0.0}}
    assert make("AbsTaskRetrieval", held(), own).notes == (
        "mteb has scores of this task's own besides: ?protocol=mteb lets mteb judge"
    )
    made = make("AbsTaskRetrieval", held(), own, main="p-MRR")
    assert made.notes == "mteb's main score here, p-MRR, is not computed: ?protocol=mteb lets mteb judge"
    assert made.metrics[0] == "ndcg@10"


def test_a_scoring_of_its_own_is_mtebs_matter(make: Any) -> None:
    """Then a task is not what its base class says."""
    assert make("AbsTaskRetrieval", held(), {"_evaluate_subset": lambda *_, **__: {}}) is None


def test_a_sample_of_queries(make: Any) -> None:
    """As many as are asked for, the same every time, and the note says so."""
    queries = [{"id": f"q{n}", "text": f"question {n}"} for n in range(20)]
    judged = {f"q{n}": {"d1": 1} for n in range(20)}
    made = make("AbsTaskRetrieval", held(queries=queries, judged=judged), asked=Asked("Local", rows=5))
    again = make("AbsTaskRetrieval", held(queries=queries[::-1], judged=judged), asked=Asked("Local", rows=5))
    assert len(made.tables["queries"]) == len(made.tables["qrels"]) == 5
    assert len(made.tables["corpus"]) == 3
    assert sorted(map(str, made.tables["queries"])) == sorted(map(str, again.tables["queries"]))
    assert made.notes == "a sample of 5 of 20 queries, the same every time: ?rows=N takes another number"


def test_a_split_that_there_is_not(make: Any) -> None:
    """The error names those that there are."""
    data = {"default": {"dev": held()["default"]["test"]}}
    with pytest.raises(SuiteError, match=r"it has no split 'test'.*It has dev"):
        make("AbsTaskRetrieval", data)


def test_a_text_that_no_line_holds_is_cut(make: Any) -> None:
    """And that is said."""
    corpus = [{**CORPUS[0], "text": "长" * 1_200_000}, *CORPUS[1:]]
    made = make("AbsTaskRetrieval", held(corpus))
    assert len(made.tables["corpus"][0]["text"]) == 1_000_000
    assert made.notes == "1 texts cut after 1,000,000 characters"


@pytest.mark.parametrize("ranked", [None, {"q1": ["d1", "q1", "d3"], "q2": ["d1", "d3"], "q3": ["d2"]}])
def test_odd_data_score_as_in_mteb(make: Any, task: Any, ranked: Any) -> None:
    """A document with the query's id, a query with nothing relevant, judgements of absent queries."""
    corpus = [*CORPUS, {"id": "q1", "text": "what comes in"}]
    queries = [*QUERIES, {"id": "q3", "text": "what is paid for goods"}]
    judged = {**JUDGED, "q3": {"d2": 0}, "q9": {"d1": 1}}
    own = {"ignore_identical_ids": True}
    embedder = open_baseline(Spec("baseline:random", "baseline", "random", {"dim": "24"}))
    outcome = evaluate(make("AbsTaskRetrieval", held(corpus, queries, judged, ranked), own).suite, embedder)
    local = task("AbsTaskRetrieval", held(corpus, queries, judged, ranked), own)
    with door.undisturbed():
        result = door.module().evaluate(encoder(embedder), local, cache=None, co2_tracker=False)
    (theirs,) = result.task_results[0].scores["test"]
    ours = {score.metric: score.value for score in outcome.scores}
    assert ours["ndcg@10"] == pytest.approx(theirs["ndcg_at_10"], abs=1e-5)
    assert ours["mrr@10"] == pytest.approx(theirs["mrr_at_10"], abs=1e-5)
    assert 0 < theirs["ndcg_at_10"] < 1
