"""Plain files of rows → what mteb holds once it has loaded them."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.names import Asked
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.plain import plain_dataset
from harness.catalogue.mteb.registry import Entry
from harness.errors import SuiteError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(find_spec("datasets") is None, reason="needs pip install 'embedding-harness[mteb]'")

PAIRS = {"input1_column_name": "sentence1", "input2_column_name": "sentence2", "label_column_name": "labels"}
TEXTS = {"input_column_name": "text", "label_column_name": "label", "train_split": "train"}
CLUSTERS = {"input_column_name": "sentences", "label_column_name": "labels"}
TASKS: dict[str, dict[str, Any]] = {
    "AbsTaskSTS": {"column_names": ("sentence1", "sentence2")},
    "AbsTaskPairClassification": PAIRS,
    "AbsTaskClassification": TEXTS,
    "AbsTaskMultilabelClassification": TEXTS,
    "AbsTaskRegression": {**TEXTS, "label_column_name": "value"},
    "AbsTaskClustering": CLUSTERS,
    "AbsTaskClusteringLegacy": CLUSTERS,
    "AbsTaskBitextMining": {"parallel_subsets": False},
    "AbsTaskSummarization": {
        "text_column_name": "text",
        "human_summaries_column_name": "human_summaries",
        "machine_summaries_column_name": "machine_summaries",
        "relevancy_column_name": "relevance",
    },
    "AbsTaskZeroShotClassification": {},
}
"""A base class of mteb's → what its tasks say of their columns."""


@dataclass
class Read:
    """The rows of each split, and what was remarked on."""

    splits: dict[str, dict[str, list[Any]]]
    remarks: list[str] = field(default_factory=list)

    @property
    def test(self) -> dict[str, list[Any]]:
        """The rows that are judged."""
        return self.splits["test"]


def read(root: Path, base: str, *, split: str = "test", own: Any = None, **members: Any) -> Read:
    """Read a folder or a file for a task of one subset. own: mteb's statistics of its own data.

    members: of the task's class, but for its name and for who judges, the protocol.
    """
    name, protocol = members.pop("name", "Task"), members.pop("protocol", "ours")
    metadata = SimpleNamespace(name=name, type="t", descriptive_stats=own, is_multilingual=False)
    task: Any = type("Task", (type(base, (), {}),), {"metadata": metadata, **TASKS[base], **members})()
    entry = Entry("Task", "t", {"default": ["eng-Latn"]}, [], ["text"], [split], "m", "p", "1", "mit")
    made = plain_dataset(
        root, MtebPlace("mteb:Task", root, entry, "default", split, Asked("Task", protocol=protocol)), task
    )
    return Read({name: rows.to_dict() for name, rows in made.dataset.items()}, list(made.remarks))


def write(root: Path, **files: str | list[Any]) -> Path:
    """Files by their names, `__` for a dot: a text as it is, rows as JSON Lines."""
    for name, content in files.items():
        rows = content if isinstance(content, str) else "".join(json.dumps(row) + "\n" for row in content)
        (root / name.replace("__", ".")).write_text(rows, encoding="utf-8", newline="")
    return root


def faults(root: Path, base: str, **members: Any) -> list[str]:
    """What is wrong with a folder, as the user sees it."""
    with pytest.raises(SuiteError) as caught:
        read(root, base, **members)
    return [str(fault) for fault in caught.value.faults]


SCORED = {"sentence1": ["付款", "a 🙂"], "sentence2": ["支付", "b"], "score": [4.5, 0.0]}


def _rows(names: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [dict(zip(names, row, strict=True)) for row in zip(*SCORED.values(), strict=True)]


@pytest.mark.parametrize(
    "names",
    [
        ("sentence1", "sentence2", "score"),
        ("text1", "text2", "label"),
        ("premise", "hypothesis", "gold"),
        ("word1", "word2", "similarity"),
        ("s1", "s2", "labels"),
        ("query", "title", "label"),
        ("Sentence 1", "Sentence-2", "SCORE"),
        ("sent1", "sent2", "relatedness_score"),
        ("句子1", "句子2", "分数"),
    ],
)
def test_columns_may_have_any_of_their_usual_names(tmp_path: Path, names: tuple[str, str, str]) -> None:
    """They come out under those that the task reads."""
    assert read(write(tmp_path, test__jsonl=_rows(names)), "AbsTaskSTS").test == SCORED


def _write_as(file: Path, text: str) -> None:
    rows = [line.split("\t") for line in text.splitlines()]
    if file.name.endswith(".gz"):
        file.write_bytes(gzip.compress(text.encode()))
    elif file.suffix == ".csv":
        file.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), encoding="utf-8")
    elif file.suffix == ".json":
        file.write_text(json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]), encoding="utf-8")
    elif file.suffix == ".parquet":
        door.module("datasets").Dataset.from_dict(SCORED).to_parquet(file)
    elif file.suffix == ".arrow":
        made = door.module("datasets").Dataset.from_dict(SCORED)
        made.save_to_disk(file.parent / "saved")
        (file.parent / "saved" / "data-00000-of-00001.arrow").rename(file)
    else:
        file.write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("name", ["test.tsv", "test.tsv.gz", "test.csv", "test.json", "test.parquet", "test.arrow"])
def test_every_format_says_the_same(tmp_path: Path, name: str) -> None:
    """Numbers of text formats are read as numbers."""
    _write_as(tmp_path / name, "sentence1\tsentence2\tscore\n付款\t支付\t4.5\na 🙂\tb\t0\n")
    assert read(tmp_path, "AbsTaskSTS").test == SCORED


def test_json_may_hold_lines(tmp_path: Path) -> None:
    """As files of the hub that end in .json often do."""
    lines = "".join(json.dumps(row) + "\n" for row in _rows(("sentence1", "sentence2", "score")))
    (tmp_path / "test.json.gz").write_bytes(gzip.compress(lines.encode()))
    assert read(tmp_path, "AbsTaskSTS").test == SCORED


def test_windows_leaves_no_trace(tmp_path: Path) -> None:
    """Neither the byte-order mark nor the carriage returns become text."""
    write(tmp_path, test__tsv="\ufeffsentence1\tsentence2\tscore\r\n付款\t支付\t4.5\r\na 🙂\tb\t0\r\n")
    assert read(tmp_path, "AbsTaskSTS").test == SCORED


def test_one_file_may_be_named(tmp_path: Path) -> None:
    """It is taken as it is asked for; a remark says so where its name tells another split."""
    write(
        tmp_path, all__tsv="sentence1\tsentence2\tscore\na\tb\t1\n", dev__tsv="sentence1\tsentence2\tscore\nc\td\t1\n"
    )
    assert read(tmp_path / "all.tsv", "AbsTaskSTS") == Read({"test": {k: [v] for k, v in _one("a", "b").items()}})
    assert read(tmp_path / "dev.tsv", "AbsTaskSTS").remarks == ["dev.tsv is read in place of the split test"]


def _one(first: str, second: str) -> dict[str, Any]:
    return {"sentence1": first, "sentence2": second, "score": 1.0}


def test_several_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    """In the order of their names, with a remark."""
    write(tmp_path, b__jsonl=[_one("c", "d")], a__jsonl=[_one("a", "b")], META__json="{}")
    made = read(tmp_path, "AbsTaskSTS")
    assert made.test["sentence1"] == ["a", "c"]
    assert made.remarks[0].startswith("a.jsonl, b.jsonl are read one after the other in place of the split test")


def test_what_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    """File, line and column; a missing column with those that are there."""
    write(tmp_path, test__tsv="sentence1\tsentence2\tscore\na\tb\tmany\na\tb\nc\td\tinf\n")
    assert faults(tmp_path, "AbsTaskSTS") == [
        "test.tsv:3: wrong number of cells: 2, the header has 3",
        "test.tsv:2 [score]: not a number: 'many'",
        "test.tsv:4 [score]: not a number: 'inf'",
    ]
    write(tmp_path, test__tsv="sentence1\tzweitens\tscore\na\tb\t1\n")
    (fault,) = faults(tmp_path, "AbsTaskSTS")
    assert fault.startswith("test.tsv [sentence2]: missing column (or text2, hypothesis,")
    assert fault.endswith("the file has sentence1, zweitens, score")


def test_two_columns_for_one_are_a_fault(tmp_path: Path) -> None:
    """The exact name decides; without it nobody knows which is meant."""
    row = {"sentence1": "a", "sentence2": "b", "label": 1, "similarity": 0.3}
    assert faults(write(tmp_path, test__jsonl=[row]), "AbsTaskSTS") == [
        "test.jsonl [score]: ambiguous column: label, similarity may be meant; keep one of them"
    ]
    assert read(write(tmp_path, test__jsonl=[{**row, "score": 2}]), "AbsTaskSTS").test["score"] == [2.0]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("test.tsv", b"", "test.tsv: no rows: the file is empty, or holds a header only"),
        ("test.jsonl", b"\n\n", "test.jsonl: no rows: the file is empty, or holds a header only"),
        ("test.json", b"", "test.json: no rows: the file is empty"),
        ("test.json", b"[1, 2]", "test.json: cannot be read: it is not an array of objects"),
        ("test.json", b"[{", "test.json: cannot be read: Expecting property name"),
        ("test.json", b"[" * 10**6, "test.json: cannot be read: maximum recursion depth exceeded"),
        ("test.parquet", b"PAR1 not", "test.parquet: cannot be read: Parquet"),
        ("test.arrow", b"not arrow either", "test.arrow: cannot be read: "),
        ("test.tsv.gz", b"not gzip", "test.tsv.gz: cannot be read: "),
        ("test.tsv", b"sentence1\tsentence2\tscore\n\xff\tb\t1\n", "test.tsv:2: not UTF-8: byte 1 of the line"),
        ("test.jsonl", b'{"sentence1": "' + b"a" * 10**7 + b'"}\n', "test.jsonl:1: line too long: more than 8 MiB"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: bytes, fault: str) -> None:
    """With what is wrong with it, whatever its format."""
    (tmp_path / name).write_bytes(content)
    assert faults(tmp_path, "AbsTaskSTS")[0].startswith(fault)


def test_a_folder_without_the_split_says_what_it_holds(tmp_path: Path) -> None:
    """Or that nothing in it is a file of rows."""
    root = tmp_path / "mine"
    root.mkdir()
    assert faults(root, "AbsTaskSTS")[0].startswith("mine: no file for the split test; there is: no file of rows")
    write(root, dev__tsv="x", train__tsv="x")
    assert faults(root, "AbsTaskSTS") == ["mine: no file for the split test; there is: dev.tsv, train.tsv"]


def test_data_of_another_size_than_mtebs_are_remarked_on(tmp_path: Path) -> None:
    """Published numbers are of all of it; the same rows with other blanks are the same."""
    write(tmp_path, test__jsonl=[_one("abcd ", "efgh"), _one("ijkl", "mnop")])
    assert read(tmp_path, "AbsTaskSTS", own={"test": {"num_samples": 2, "number_of_characters": 16}}).remarks == []
    (remark,) = read(tmp_path, "AbsTaskSTS", own={"test": {"num_samples": 9, "number_of_characters": 72}}).remarks
    assert remark.endswith("2 rows of 16 characters here, 9 of 72 there")


def _matches(root: Path, labels: list[Any], **more: Any) -> Read:
    rows = [{"sentence1": f"a{n}", "sentence2": "b", "label": label} for n, label in enumerate(labels)]
    return read(write(root, test__jsonl=rows), "AbsTaskPairClassification", **more)


@pytest.mark.parametrize("labels", [[1, 0], ["1", "0"], [1.0, 0.0], [True, False], ["Yes", "no"], ["1.0", "0.0"]])
def test_a_pair_matches_or_not_however_it_is_written(tmp_path: Path, labels: list[Any]) -> None:
    """The labels become 1 and 0."""
    assert _matches(tmp_path, labels).test["labels"] == [1, 0]


def test_inference_becomes_matching(tmp_path: Path) -> None:
    """Entailment is a match, contradiction is none, what is neither is left out and counted."""
    made = _matches(tmp_path, ["entailment", "neutral", "contradiction", "-", "Entailment"])
    assert made.test == {"sentence1": ["a0", "a2", "a4"], "sentence2": ["b", "b", "b"], "labels": [1, 0, 1]}
    (remark,) = made.remarks
    assert remark.startswith("of the labels in the column labels, - (1) is left out, contradiction (1) is none,")
    assert remark.endswith("entailment (2) is a match, neutral (1) is left out")


PROVEN = "so that as many pairs match as in mteb's own data"
USUAL = "the usual order for this task"


def test_three_numbers_are_inference_too(tmp_path: Path) -> None:
    """In the order of SNLI and XNLI, 0 is entailment and 2 contradiction; with two of them, 1 is a match."""
    made = _matches(tmp_path, [0, 1, 2, -1])
    assert (made.test["sentence1"], made.test["labels"]) == (["a0", "a2"], [1, 0])
    assert made.remarks == [
        f"of the labels 0, 1 and 2, 0 is entailment, 1 is neutral, 2 is contradiction: {USUAL}",
        "of the labels in the column labels, -1 (1) is left out, 0 (1) is a match, 1 (1) is left out, 2 (1) is none",
    ]


def test_the_tasks_of_clue_number_their_labels_otherwise(tmp_path: Path) -> None:
    """0 is neutral there, 1 entailment, 2 contradiction."""
    assert _matches(tmp_path, [0, 1, 2, 1], name="Ocnli").test["sentence1"] == ["a1", "a2", "a3"]
    assert _matches(tmp_path, [0, 1, 2, 1], name="Ocnli").test["labels"] == [1, 0, 1]


@pytest.mark.parametrize(
    ("matches", "others", "kept", "told"),
    [
        (3, 1, {"a0": 0, "a3": 1, "a4": 1, "a5": 1}, f"0 is neutral, 1 is contradiction, 2 is entailment: {PROVEN}"),
        (1, 3, {"a0": 1, "a3": 0, "a4": 0, "a5": 0}, f"0 is neutral, 1 is entailment, 2 is contradiction: {PROVEN}"),
        (9, 9, {"a1": 1, "a2": 1, "a3": 0, "a4": 0, "a5": 0}, f"1 is neutral, 2 is contradiction: {USUAL}"),
    ],
)
def test_numbers_of_inference_are_those_that_mteb_counted(
    tmp_path: Path, matches: int, others: int, kept: dict[str, int], told: str
) -> None:
    """Of the six orders the one that gives as many matches as mteb's own data have, where they are those data."""
    labels = {"1": {"count": matches}, "0": {"count": others}}
    own = {"test": {"labels_statistics": {"labels": labels}, "num_samples": len(kept)}}
    made = _matches(tmp_path, [1, 0, 0, 2, 2, 2], own=own)
    assert dict(zip(made.test["sentence1"], made.test["labels"], strict=True)) == kept
    assert made.remarks[0].endswith(told)


def test_a_label_that_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    """With the line it stands in."""
    with pytest.raises(SuiteError, match=r"test.jsonl:2 \[labels\]: unknown value: 'perhaps'"):
        _matches(tmp_path, [1, "perhaps"])


def test_a_row_may_hold_all_pairs(tmp_path: Path) -> None:
    """As mteb's older data do: lists of texts and of labels."""
    row = {"sent1": ["a", "b"], "sent2": ["c", "d"], "labels": [1, 0]}
    made = read(write(tmp_path, test__jsonl=[row]), "AbsTaskPairClassification")
    assert made.test == {"sentence1": ["a", "b"], "sentence2": ["c", "d"], "labels": [1, 0]}


LABELLED = [{"text": "a", "label": "7"}, {"text": "b", "label": "12"}]


def test_a_classifier_has_rows_to_learn_from(tmp_path: Path) -> None:
    """Labels that are whole numbers in both become numbers."""
    write(tmp_path, test__jsonl=LABELLED, train__tsv="sentence\tcategory\nc\t12\nd\t7\n")
    made = read(tmp_path, "AbsTaskClassification")
    assert made.splits == {
        "test": {"text": ["a", "b"], "label": [7, 12]},
        "train": {"text": ["c", "d"], "label": [12, 7]},
    }


def test_labels_that_are_words_anywhere_are_words_everywhere(tmp_path: Path) -> None:
    """Or the same label would be two: 7 and '7'. Leading zeros make a word."""
    write(tmp_path, test__jsonl=LABELLED, train__jsonl=[{"text": "c", "label": "other"}, {"text": "d", "label": 7}])
    made = read(tmp_path, "AbsTaskClassification")
    assert (made.test["label"], made.splits["train"]["label"]) == (["7", "12"], ["other", "7"])
    write(tmp_path, train__jsonl=[{"text": "c", "label": "007"}])
    assert read(tmp_path, "AbsTaskClassification").test["label"] == ["7", "12"]


def test_rows_to_learn_from_are_never_those_that_are_judged(tmp_path: Path) -> None:
    """train.jsonl alone is no test."""
    assert faults(write(tmp_path, train__jsonl=LABELLED), "AbsTaskClassification") == [
        f"{tmp_path.name}: no file for the split test; there is: train.jsonl"
    ]


@pytest.mark.parametrize("base", ["AbsTaskClassification", "AbsTaskRegression"])
def test_mteb_does_not_judge_without_rows_to_learn_from(tmp_path: Path, base: str) -> None:
    """Where it is asked to, and for what only mteb judges; our folds do without."""
    write(tmp_path, test__jsonl=LABELLED)
    (fault,) = faults(tmp_path, base, protocol="mteb")
    assert "no file for training: mteb learns from the split train, which must be there" in fault
    assert list(read(tmp_path, "AbsTaskClassification").splits) == ["test"]
    with pytest.raises(SuiteError):
        read(tmp_path, "AbsTaskRegression")


@pytest.mark.parametrize(
    "rows",
    ['{"sentence1": "a", "sentence2": "b", "score": null}', '{"sentence1": "a", "sentence2": "b", "score": " "}'],
)
def test_pairs_that_nobody_scored_are_left_out(tmp_path: Path, rows: str) -> None:
    """As the raw files of STS16 have them; a remark counts them. Where no pair has a score it is a fault."""
    scored = '{"sentence1": "c", "sentence2": "d", "score": "2.5"}'
    made = read(write(tmp_path, test__jsonl=f"{rows}\n{scored}\n{rows}\n"), "AbsTaskSTS")
    assert made.test == {"sentence1": ["c"], "sentence2": ["d"], "score": [2.5]}
    assert made.remarks == ["test.jsonl: 2 rows without a value for score are left out"]
    assert len(faults(write(tmp_path, test__jsonl=f"{rows}\n{rows}\n"), "AbsTaskSTS")) == 2


def test_of_several_columns_for_a_score_the_one_with_numbers_counts(tmp_path: Path) -> None:
    """SICK has a label of entailment and a relatedness for every pair."""
    rows = "pair_ID\tsentence_A\tsentence_B\tlabel\trelatedness_score\tSemEval_set\n1\ta\tb\tNEUTRAL\t\tTRIAL\n"
    rows += "2\ta\tc\tNEUTRAL\t4.5\tTRIAL\n"
    assert read(write(tmp_path, all__tsv=rows), "AbsTaskSTS").test["score"] == [4.5]


def test_a_named_file_finds_its_training_beside_it(tmp_path: Path) -> None:
    """?data=test.jsonl is not left without train.jsonl."""
    write(tmp_path, test__jsonl=LABELLED, train__jsonl=LABELLED[:1])
    assert len(read(tmp_path / "test.jsonl", "AbsTaskClassification").splits["train"]["text"]) == 1


def test_a_task_that_is_judged_on_its_training_rows_needs_no_others(tmp_path: Path) -> None:
    """As where mteb has one split only, and folds it."""
    made = read(write(tmp_path, train__jsonl=LABELLED), "AbsTaskClassification", split="train")
    assert list(made.splits) == ["train"]


def test_a_text_may_have_several_labels(tmp_path: Path) -> None:
    """A list, or one that is written as JSON in a cell."""
    write(tmp_path, test__jsonl=[{"text": "a", "label": [1, 2]}], train__tsv='text\tlabel\nb\t["2"]\nc\t1\n')
    made = read(tmp_path, "AbsTaskMultilabelClassification")
    assert (made.test["label"], made.splits["train"]["label"]) == ([[1, 2]], [[2], [1]])
    write(tmp_path, train__jsonl=[{"text": "b", "label": []}], train__tsv="")
    (tmp_path / "train.tsv").unlink()
    assert faults(tmp_path, "AbsTaskMultilabelClassification") == [
        "train.jsonl:1 [label]: no labels: a list of them is needed, as [1, 2]"
    ]


def test_a_text_may_have_a_number(tmp_path: Path) -> None:
    """Under the task's name for it."""
    write(tmp_path, test__tsv="text\tscore\na\t1.5\n", train__tsv="text\tscore\nb\t2\n")
    assert read(tmp_path, "AbsTaskRegression").test == {"text": ["a"], "value": [1.5]}


@pytest.mark.parametrize("rows", [LABELLED, [{"sentences": ["a", "b"], "labels": [7, 12]}]])
def test_clusters_are_rows_or_lists(tmp_path: Path, rows: list[Any]) -> None:
    """Each text has its label."""
    made = read(write(tmp_path, test__jsonl=rows), "AbsTaskClustering")
    assert made.test == {"sentences": ["a", "b"], "labels": [7, 12]}


def test_labels_may_have_levels(tmp_path: Path) -> None:
    """From the coarsest; they stay a list for each text."""
    rows = [{"text": "a", "labels": ["art", "jazz"]}, {"text": "b", "labels": ["art"]}]
    made = read(write(tmp_path, test__jsonl=rows), "AbsTaskClustering")
    assert made.test["labels"] == [["art", "jazz"], ["art"]]


def test_a_blank_label_is_a_fault(tmp_path: Path) -> None:
    """With its line."""
    write(tmp_path, test__tsv="text\tlabel\na\tx\nb\t\n")
    assert faults(tmp_path, "AbsTaskClustering")[0].startswith("test.tsv:3 [labels]: no labels")


def test_older_tasks_cluster_sets(tmp_path: Path) -> None:
    """A row with lists is a set, else a file is one."""
    sets = {"sentences": [["a", "b"], ["c"]], "labels": [[1, 2], [1]]}
    rows = [dict(zip(sets, row, strict=True)) for row in zip(*sets.values(), strict=True)]
    assert read(write(tmp_path, test__jsonl=rows), "AbsTaskClusteringLegacy").test == sets
    (tmp_path / "test.jsonl").unlink()
    write(tmp_path, one__tsv="text\tlabel\na\t1\nb\t2\n", two__tsv="text\tlabel\nc\t1\n")
    assert read(tmp_path, "AbsTaskClusteringLegacy").test == sets


def test_a_set_needs_a_label_for_each_text(tmp_path: Path) -> None:
    """Lists of different lengths are a fault."""
    write(tmp_path, test__jsonl=[{"sentences": ["a", "b"], "labels": [1]}])
    assert faults(tmp_path, "AbsTaskClusteringLegacy") == ["test.jsonl:1 [labels]: not a label for each text: 1 for 2"]


def test_summaries_come_in_lists(tmp_path: Path) -> None:
    """Those of people, those of machines, and the grades of these."""
    row = {"text": "a", "human_summaries": ["h"], "machine_summaries": ["m", "n"], "relevance": [1.0, 2.5]}
    made = read(write(tmp_path, test__jsonl=[row]), "AbsTaskSummarization")
    assert made.test == {name: [value] for name, value in row.items()}


def test_other_types_want_the_hubs_layout(tmp_path: Path) -> None:
    """Nothing is guessed about pictures."""
    (fault,) = faults(tmp_path, "AbsTaskZeroShotClassification")
    assert "plain files of t cannot be read: give a folder in the hub's layout" in fault
