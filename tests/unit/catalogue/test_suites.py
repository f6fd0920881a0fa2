"""A folder becomes a suite, or one report of everything that is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from harness import plugins
from harness.errors import SuiteError
from harness.metrics.ranking import mrr
from harness.model import Suite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Files: TypeAlias = dict[str, str]
Load: TypeAlias = Callable[..., Suite]
FaultsOf: TypeAlias = Callable[[Files], list[str]]


def jsonl(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def changed(files: Files, name: str, old: str, new: str) -> Files:
    """The files with something replaced in one of them."""
    assert old in files[name]
    return files | {name: files[name].replace(old, new)}


def test_a_suite_without_faults(retrieval: Files, load: Load, tmp_path: Path) -> None:
    """A suite has its declaration's words, its metrics in order and its kind."""
    suite = load(retrieval)
    assert (suite.name, suite.title, suite.licence, suite.kind) == ("mine", "t", "CC0-1.0", "retrieval")
    assert [metric.name for metric in suite.metrics] == ["ndcg@10", "recall@1"]
    assert suite.headline.name == "ndcg@10"
    assert suite.folder == str(tmp_path / "mine")
    assert "Flu a runny nose" in suite.task.texts()["documents"].texts


def test_depth_is_the_largest_cutoff(retrieval: Files, load: Load) -> None:
    """Rankings are as long as the deepest metric needs, and a thousand long for a metric without a cutoff.

    A ranking cut at ten would make mrr the same as mrr@10.
    """
    assert load(retrieval).task.depth == 10
    deep = load(changed(retrieval, "suite.yaml", "recall@1", "recall@100"))
    assert deep.task.depth == 100
    whole = load(changed(retrieval, "suite.yaml", "recall@1", "mrr"))
    assert whole.task.depth == 1000


def test_a_beir_folder_needs_no_declaration(retrieval: Files, load: Load, tmp_path: Path) -> None:
    """A folder in BEIR's layout loads as a retrieval suite; what it lacks is a fault like any other."""
    beir = {
        "queries.jsonl": retrieval["q.jsonl"],
        "corpus.jsonl": retrieval["c.jsonl"],
        "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq1\td1\t1\n",
    }
    suite = load(beir, "scifact")
    assert (suite.title, suite.kind, suite.headline.name) == (
        "scifact (test, BEIR layout)",
        "retrieval",
        "ndcg@10",
    )
    (tmp_path / "scifact" / "qrels" / "test.tsv").unlink()
    del beir["qrels/test.tsv"]
    with pytest.raises(SuiteError, match=r"qrels: no \.tsv file: BEIR's layout keeps judgements in qrels/test\.tsv"):
        load(beir, "scifact")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (
            "retrieval",
            "retreival",
            "suite.yaml:3 [task]: there is no 'retreival' among the tasks. Did you mean 'retrieval'?",
        ),
        ("ndcg@10", "ncdg@10", "suite.yaml:5 [metrics]: there is no 'ncdg' among the metrics. Did you mean 'ndcg'?"),
        (
            "ndcg@10",
            "ndcg@0",
            "suite.yaml:5 [metrics]: bad cutoff: 'ndcg@0'; a cutoff is a whole number from 1, as in ndcg@10",
        ),
        ("ndcg@10", "ndcg@x", "suite.yaml:5 [metrics]: bad cutoff: 'ndcg@x'"),
        ("ndcg@10", "ndcg@", "suite.yaml:5 [metrics]: bad cutoff: 'ndcg@'"),
        ("ndcg@10", "ndcg@-1", "suite.yaml:5 [metrics]: bad cutoff: 'ndcg@-1'"),
        ("ndcg@10", "ndcg@1.5", "suite.yaml:5 [metrics]: bad cutoff: 'ndcg@1.5'"),
        ("ndcg@10", "ndcg@9999999", "suite.yaml:5 [metrics]: bad cutoff: 'ndcg@9999999'"),
        ("ndcg@10", "recall", "suite.yaml:5 [metrics]: recall needs a cutoff"),
        (
            "ndcg@10",
            "spearman",
            "suite.yaml:5 [metrics]: misfit: spearman reads Graded, but a retrieval suite yields Ranked",
        ),
        ("ndcg@10", "spearman@5", "suite.yaml:5 [metrics]: spearman"),
        ("ndcg@10", "recall@1", "suite.yaml:5 [metrics]: metric given twice: recall@1"),
        (
            "corpus:",
            "corpse:",
            "suite.yaml:4 [tables.corpse]: unknown table: retrieval suites have queries, corpus, qrels",
        ),
        (
            "q.jsonl",
            "{file: q.jsonl, columns: {txt: text}}",
            "suite.yaml:4 [tables.queries.columns.txt]: unknown column",
        ),
        (
            "q.jsonl",
            "{file: q.jsonl, columns: {text: question}}",
            "q.jsonl [question]: missing column: the file has _id, text",
        ),
        ("q.jsonl", "absent.jsonl", "absent.jsonl: cannot be read: No such file or directory"),
        (
            "title:",
            "parameters: {use_titel: true}\ntitle:",
            "suite.yaml:1 [parameters.use_titel]: unknown parameter: retrieval",
        ),
        (
            "title:",
            "parameters: {use_title: 1}\ntitle:",
            "suite.yaml:1 [parameters.use_title]: wrong type: 1 is not a bool",
        ),
        (
            "title:",
            "parameters: {instruction: [a]}\ntitle:",
            "suite.yaml:1 [parameters.instruction]: wrong type: ['a'] is not a str",
        ),
        ("title:", "model: x\ntitle:", "suite.yaml:1 [model]: unknown key"),
    ],
)
def test_faults_of_a_declaration(retrieval: Files, faults_of: FaultsOf, old: str, new: str, fault: str) -> None:
    """What a declaration asks for and the kind does not know is reported with line, key and a way out."""
    faults = faults_of(changed(retrieval, "suite.yaml", old, new))
    assert faults[0].startswith(fault)
    assert len([one for one in faults if "missing table" not in one]) == 1, faults


TWICE = '"score": 2}\n{"query-id": "2", "corpus-id": "d2", "score": 0}'


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        ("q.jsonl", '"text": "cold"', '"txt": "cold"', "q.jsonl:2 [text]: not a text: null"),
        ("q.jsonl", '"text"', '"txt"', "q.jsonl [text]: missing column: the file has _id, txt"),
        ("q.jsonl", '"cold"', '" "', "q.jsonl:2 [text]: empty text: write one or delete the row"),
        ("q.jsonl", '"cold"', "7", "q.jsonl:2 [text]: not a text: 7"),
        ("q.jsonl", '"cold"', '["cold"]', "q.jsonl:2 [text]: not a text: a list"),
        ("q.jsonl", '"cold"', r'"\ud83d"', "q.jsonl:2 [text]: broken character: half a surrogate pair at character 1"),
        ("q.jsonl", ": 2", ': "q1"', "q.jsonl:2 [_id]: duplicate id: 'q1' stands in line 1 already"),
        ("c.jsonl", "weather 🙂", "", "c.jsonl:3 [text]: empty text: a document needs a title or a text"),
        ("c.jsonl", '"weather 🙂"', "{}", "c.jsonl:3 [text]: not a text: an object"),
        ("c.jsonl", '"d2"', '"3"', "c.jsonl:3 [_id]: duplicate id: '3' stands in line 2 already"),
        ("r.jsonl", '"d1"', '"d9"', "r.jsonl:1 [corpus-id]: absent document: 'd9' is not in the corpus"),
        ("r.jsonl", '"q1"', '"q9"', "r.jsonl:1 [query-id]: absent query: 'q9' is not in the queries"),
        ("r.jsonl", '"score": 2}', TWICE, "r.jsonl:3 [corpus-id]: judged twice: query '2', document 'd2'"),
        ("r.jsonl", '"score": 1', '"score": NaN', "r.jsonl:1 [score]: not a number: nan"),
        ("r.jsonl", '"score": 1', '"score": Infinity', "r.jsonl:1 [score]: not a number: inf"),
        ("r.jsonl", '"score": 1', '"score": 1e999', "r.jsonl:1 [score]: not a number: inf"),
        ("r.jsonl", '"corpus-id": "d1"', '"corpus-id": null', "r.jsonl:1 [corpus-id]: no id: null; an id is a text or"),
    ],
)
def test_faults_of_tables(retrieval: Files, faults_of: FaultsOf, file: str, old: str, new: str, fault: str) -> None:
    """What is wrong in a table is reported with file, line and column, and drags no further faults along."""
    faults = faults_of(changed(retrieval, file, old, new))
    assert faults[0].startswith(fault)
    # The id that a duplicate replaced is referred to.
    assert len([one for one in faults if not one.startswith("r.jsonl:2 [") or "absent" not in one]) == 1, faults


def test_everything_that_is_wrong_is_said_at_once(retrieval: Files, faults_of: FaultsOf) -> None:
    """Declaration, parameters, metrics, cells and references are checked in one pass."""
    files = retrieval
    files["suite.yaml"] = (
        "titel: t\ntask: retrieval\nparameters: {use_title: maybe}\nmetrics:\n- ndcg@10\n- nope\n- spearman\n"
        "tables: {queries: q.jsonl, corpus: c.jsonl, qrels: r.jsonl}\n"
    )
    files["q.jsonl"] += '{"_id": "q3", "text": ""}\n'
    files["c.jsonl"] += '{"_id": "d1", "text": "again"}\n{"_id": "d4", "text": 1}\n{\n'
    files["r.jsonl"] += '{"query-id": "q3", "corpus-id": "d4"}\n{"query-id": "q3", "corpus-id": "d8", "score": 1}\n'
    assert [fault.split(": ")[0] for fault in faults_of(files)] == [
        "suite.yaml:1 [titel]",
        "suite.yaml [title]",
        "suite.yaml:3 [parameters.use_title]",
        "suite.yaml:6 [metrics]",
        "suite.yaml:7 [metrics]",
        "q.jsonl:3 [text]",
        "c.jsonl:6",
        "c.jsonl:4 [_id]",
        "c.jsonl:5 [text]",
        "r.jsonl:3 [score]",
        "r.jsonl:4 [corpus-id]",
    ]


def test_many_faults_of_one_kind_are_counted(retrieval: Files, load: Load) -> None:
    """Of a thousand equal faults ten are shown and the rest are counted."""
    files = retrieval
    files["r.jsonl"] += jsonl([{"query-id": "q1", "corpus-id": f"x{n}", "score": 1} for n in range(1000)])
    with pytest.raises(SuiteError, match=r"suite mine has 1000 faults:(.|\n)*… and 990 more of the same kinds"):
        load(files)


@pytest.mark.parametrize("kind", ["retrieval", "similarity", "pairs", "triplets", "process"])
def test_no_row_that_can_be_used(faults_of: FaultsOf, kind: str) -> None:
    """Tables in which every row has a fault are reported row by row, and nothing is built of them."""
    task: Any = plugins.find("tasks", kind)
    metric = {"retrieval": "ndcg@10", "similarity": "spearman", "pairs": "auc", "process": "hop_spearman"}
    files = {"suite.yaml": f"title: t\ntask: {kind}\nmetrics: [{metric.get(kind, 'triplet_accuracy')}]\ntables:\n"}
    for name, shape in task.tables.items():
        files["suite.yaml"] += f"  {name}: {name}.jsonl\n"
        files[f"{name}.jsonl"] = jsonl([{column: [] for column in shape.columns}])
    expected = [f"{name}.jsonl:1 [{column}]" for name, shape in task.tables.items() for column in shape.columns]
    assert [fault.split(": ")[0] for fault in faults_of(files)] == expected


def test_columns_keep_their_name_unless_renamed(retrieval: Files, load: Load) -> None:
    """A renaming takes the named column from the file and leaves the others; two columns may change places."""
    files = retrieval
    files["c.jsonl"] = '{"_id": "d1", "text": "head", "title": "body"}\n{"_id": "d2", "text": "h", "title": "b"}\n'
    renamed = "{file: c.jsonl, columns: {text: title, title: text}}"
    suite = load(changed(files, "suite.yaml", "c.jsonl", renamed))
    assert suite.task.texts()["documents"].texts == ["h b", "head body"]


def test_parameters_reach_the_task(retrieval: Files, load: Load) -> None:
    """A parameter that is set replaces the default."""
    files = changed(retrieval, "suite.yaml", "title:", 'parameters: {use_title: false, instruction: "q: "}\ntitle:')
    suite = load(files)
    assert "a runny nose" in suite.task.texts()["documents"].texts
    assert suite.task.texts()["queries"].prompted() == ["q: 付款", "q: cold"]


def test_labels_of_every_format(pairs: Files, load: Load, faults_of: FaultsOf) -> None:
    """true, 1, "1" and "true" are labels; anything else is refused with those that are."""
    rows = [{"sentence1": "a", "sentence2": f"b{n}", "label": label} for n, label in enumerate([True, 0, "1", "false"])]
    files = pairs | {"suite.yaml": pairs["suite.yaml"].replace("p.tsv", "p.jsonl"), "p.jsonl": jsonl(rows)}
    assert load(files).task.label.tolist() == [True, False, True, False]
    faults = faults_of(pairs | {"p.tsv": "sentence1\tsentence2\tlabel\na\tb\tyes\na\tc\tno\n"})
    assert faults == [
        "p.tsv:2 [label]: unknown value: 'yes'; allowed are 0, false, 1, true",
        "p.tsv:3 [label]: unknown value: 'no'; allowed are 0, false, 1, true",
    ]


def test_a_plugged_in_metric_may_be_a_value(
    retrieval: Files, load: Load, faults_of: FaultsOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Metric itself, not a function of a cutoff; a cutoff behind its name is then a fault."""
    mine = replace(mrr(None), name="mine")
    find = plugins.find
    monkeypatch.setattr(plugins, "find", lambda group, name: mine if name == "mine" else find(group, name))
    assert load(changed(retrieval, "suite.yaml", "ndcg@10", "mine")).headline is mine
    (fault,) = faults_of(changed(retrieval, "suite.yaml", "ndcg@10", "mine@5"))
    assert "has a cutoff, which mine does not know" in fault
