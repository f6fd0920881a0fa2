"""mteb's labelled texts as our tables: classification and clustering, of one label or of several."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from harness.catalogue.mteb.names import Asked
from harness.errors import SuiteError
from harness.interop.mteb import door

pytestmark = pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves

PROTOCOL = "mteb learns from 8 texts of each label, 10 times, so its scores are others: ?protocol=mteb lets mteb judge"
ONCE = "all texts are clustered as they are; mteb clusters random draws: ?protocol=mteb lets mteb judge"

SETS = (
    "all different texts are clustered at once; mteb clusters 2 sets of them, one by one, and its score is the mean: "
    "?protocol=mteb lets mteb judge"
)


def splits(features: Any = None, **rows: tuple[list[Any], list[Any]]) -> Any:
    """A task's data: texts and labels of every split."""
    datasets = door.module("datasets")
    return datasets.DatasetDict(
        {
            name: datasets.Dataset.from_dict({"text": texts, "label": labels}, features=features)
            for name, (texts, labels) in rows.items()
        }
    )


def held(texts: list[Any], labels: list[Any]) -> Any:
    """A task's data for clustering."""
    datasets = door.module("datasets")
    return datasets.DatasetDict(test=datasets.Dataset.from_dict({"sentences": texts, "labels": labels}))


TRAIN = (["a", "b", "c"], [0, 1, 1])
TEST = (["x", "y"], [0, 1])


@pytest.mark.parametrize(("main", "first"), [("accuracy", "accuracy"), ("f1", "macro_f1")])
def test_classification(make: Any, main: str, first: str) -> None:
    """Learned from one split, judged on the other; both of mteb's main scores are ours."""
    made = make("AbsTaskClassification", splits(train=TRAIN, test=TEST), main=main)
    assert made.tables["train"] == [
        {"text": "a", "label": "0"},
        {"text": "b", "label": "1"},
        {"text": "c", "label": "1"},
    ]
    assert made.tables["test"] == [{"text": "x", "label": "0"}, {"text": "y", "label": "1"}]
    assert made.metrics[0] == first
    assert made.notes == PROTOCOL


def test_labels_by_their_names(make: Any) -> None:
    """Where all splits agree on what the numbers stand for."""
    datasets = door.module("datasets")
    features = datasets.Features({"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["no", "yes"])})
    made = make("AbsTaskClassification", splits(features, train=TRAIN, test=TEST))
    assert [row["label"] for row in made.tables["test"]] == ["no", "yes"]
    mixed = datasets.DatasetDict(
        train=splits(features, train=TRAIN)["train"],
        test=splits(test=TEST)["test"],
    )
    assert [row["label"] for row in make("AbsTaskClassification", mixed).tables["test"]] == ["0", "1"]


def test_a_tasks_own_names(make: Any) -> None:
    """Columns and the split to learn from are called what the task says."""
    data = splits(learn=TRAIN, test=TEST).rename_columns({"text": "said", "label": "meant"})
    own = {"train_split": "learn", "input_column_name": "said", "label_column_name": "meant"}
    made = make("AbsTaskClassification", data, own)
    assert len(made.tables["train"]) == 3


def test_texts_that_cannot_be(make: Any) -> None:
    """Empty texts, missing labels and classes that nothing is learned about are left out, and counted."""
    train = (["a", "b", "c", "", None], ["s", "t", None, "t", "t"])
    test = (["x", "y", "z", " ", "u"], ["s", "t", "unheard of", "s", ""])
    made = make("AbsTaskClassification", splits(train=train, test=test))
    assert [row["text"] for row in made.tables["train"]] == ["a", "b"]
    assert [row["text"] for row in made.tables["test"]] == ["x", "y"]
    assert made.suite.notes == (
        PROTOCOL,
        "1 texts without a label left out",
        "1 texts that are empty left out",
        "1 texts to learn from without a label left out",
        "2 texts to learn from that are empty left out",
        "1 texts of a class that is not learned left out; in mteb they are all wrong",
    )


FOLDED = ([f"text {n}" for n in range(12)] + ["rare"] * 2 + ["same"] * 5, [0, 1] * 6 + [2] * 2 + [3] * 5)


@pytest.mark.parametrize("own", [{}, {"train_split": "test"}, {"train_split": "test", "is_cross_validation": True}])
def test_folds_where_there_is_nothing_else_to_learn_from(make: Any, own: Any) -> None:
    """Classes that cannot be in every fold are left out."""
    made = make("AbsTaskClassification", splits(test=FOLDED), own)
    assert list(made.tables) == ["test"]
    assert Counter(row["label"] for row in made.tables["test"]) == {"0": 6, "1": 6}
    assert made.suite.notes[0] == "5 folds of split test: there is no other to learn from"
    assert "7 texts of classes with fewer than 5 texts, or with one only, left out" in made.notes


def many(count: int, labels: int) -> tuple[list[str], list[int]]:
    """So many texts of so many labels."""
    return [f"text {n}" for n in range(count)], [n % labels for n in range(count)]


def test_a_sample_is_learned_from(make: Any) -> None:
    """100 texts of a label at most, the same whatever their order; what is judged is never sampled."""
    texts, labels = many(500, 2)
    made = make("AbsTaskClassification", splits(train=(texts, labels), test=(texts, labels)))
    back = make("AbsTaskClassification", splits(train=(texts[::-1], labels[::-1]), test=TEST))
    assert Counter(row["label"] for row in made.tables["train"]) == {"0": 100, "1": 100}
    assert sorted(map(str, back.tables["train"])) == sorted(map(str, made.tables["train"]))
    assert len(made.tables["test"]) == 500
    assert (
        "learned from a sample of 200 of 500 texts, the same every time, at most 100 of a label: "
        "?rows=N takes another number"
    ) in made.notes


@pytest.mark.parametrize(("rows", "learned", "judged"), [(10, 10, 10), (3, 2, 3), (1, 2, 1), (600, 500, 500)])
def test_another_number_of_rows(make: Any, rows: int, learned: int, judged: int) -> None:
    """Of both tables, where it is asked for; every class is learned from all the same."""
    texts, labels = many(500, 2)
    data = splits(train=(texts, labels), test=(texts, labels))
    made = make("AbsTaskClassification", data, asked=Asked("Local", rows=rows))
    assert (len(made.tables["train"]), len(made.tables["test"])) == (learned, judged)
    assert (f"a sample of {rows} of 500 texts that are judged" in made.notes) == (rows < 500)


def test_one_label_of_many(make: Any) -> None:
    """Multilabel data where every text has one label are classification; any others are mteb's matter."""
    made = make("AbsTaskMultilabelClassification", splits(train=(["a", "b"], [["s"], ["t"]]), test=(["x"], [["s"]])))
    assert made.tables["test"] == [{"text": "x", "label": "s"}]
    for labels in (["s", "t"], list[str]()):
        data = splits(train=(["a", "b"], [["s"], ["t"]]), test=(["x"], [labels]))
        assert make("AbsTaskMultilabelClassification", data) is None


def test_numbers_to_predict_are_mtebs_matter(make: Any) -> None:
    """Regression is built on classification, and is none."""
    assert make("AbsTaskRegression", splits(train=TRAIN, test=TEST)) is None
    assert make("AbsTaskZeroShotClassification", splits(test=TEST)) is None


@pytest.mark.parametrize("labels", [["s", "t", "s", "t"], [3, 4, 3, 4], [["s"], ["t"], ["s"], ["t"]]])
def test_clustering(make: Any, labels: Any) -> None:
    """Labels are texts or numbers, or lists of one; mteb's v-measure is the headline."""
    made = make("AbsTaskClustering", held(["a", "b", "c", "d"], labels))
    named = ["3", "4", "3", "4"] if labels[0] == 3 else ["s", "t", "s", "t"]
    assert [row["label"] for row in made.tables["texts"]] == named
    assert made.metrics[0] == "v_measure"
    assert made.notes == ONCE


LEVELS = [["x", "p"], ["x", "q"], ["y", "p"], ["y"], ["x", "p"], ["y", "q"]]


@pytest.mark.parametrize(("level", "labels"), [(0, "xxyyxy"), (1, "pqppq")])
def test_levels(make: Any, level: int, labels: str) -> None:
    """Labels from coarse to fine: one level is judged, and a row that has it not is left out."""
    made = make("AbsTaskClustering", held(list("abcdef"), LEVELS), asked=Asked("Local", level=level))
    assert "".join(row["label"] for row in made.tables["texts"]) == labels
    assert f"labels of level {level}, where 0 is the coarsest of 2: ?level=N takes another; " in made.notes
    assert ("1 texts without a label of this level left out" in made.notes) == (level == 1)


@pytest.mark.parametrize("own", [{}, {"max_depth": 1}])
def test_a_level_that_there_is_not(make: Any, own: Any) -> None:
    """The error says how many there are; a task may take fewer than its data have."""
    with pytest.raises(SuiteError, match=f"its labels have {own.get('max_depth', 2)} levels, from 0"):
        make("AbsTaskClustering", held(list("abcdef"), LEVELS), own, asked=Asked("Local", level=2))


def test_labels_that_are_missing(make: Any) -> None:
    """−1 stands for none, null too; empty texts go as well."""
    made = make("AbsTaskClustering", held(["a", "b", "c", "d", "e", ""], [0, 1, -1, None, 0, 1]))
    assert [row["text"] for row in made.tables["texts"]] == ["a", "b", "e"]
    assert made.suite.notes == (
        ONCE,
        "2 texts without a label of this level left out",
        "1 empty texts left out",
    )


def test_sets(make: Any) -> None:
    """mteb's first format: every different text once, and what that changes is said."""
    data = held([["a", "b", "c"], ["a", "b", "d"]], [["s", "t", "s"], ["s", "s", "t"]])
    made = make("AbsTaskClusteringLegacy", data)
    assert made.tables["texts"] == [
        {"text": "a", "label": "s"},
        {"text": "b", "label": "t"},
        {"text": "c", "label": "s"},
        {"text": "d", "label": "t"},
    ]
    assert made.suite.notes == (
        SETS,
        "1 texts have another label in another set; the first counts",
        "2 texts that are in several sets, or given again, merged",
    )


def test_a_sample_is_clustered(make: Any) -> None:
    """16,384 texts unless another number is asked for; every label has its share."""
    texts = [f"text {n}" for n in range(20_000)]
    labels = ["often" if n % 4 else "rare" for n in range(20_000)]
    made = make("AbsTaskClustering", held(texts, labels))
    assert Counter(row["label"] for row in made.tables["texts"]) == {"often": 12_288, "rare": 4_096}
    assert "a sample of 16,384 of 20,000 texts, the same every time, with every label's share" in made.notes
    asked = make("AbsTaskClustering", held(texts, labels), asked=Asked("Local", rows=40))
    assert Counter(row["label"] for row in asked.tables["texts"]) == {"often": 30, "rare": 10}


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        (["x"] * 4, "all texts have one label (4 texts)"),
        (["a", "b", "c", "d"], "no label is there twice (4 texts)"),
        ([None] * 4, "no text has a label (0 texts)"),
    ],
)
def test_labels_without_clusters_are_refused(make: Any, labels: list[Any], why: str) -> None:
    """mteb has a number even for these, which says nothing: 1 where all labels are one."""
    with pytest.raises(SuiteError, match=re.escape(f"no clusters: {why}; ?protocol=mteb lets mteb judge")):
        make("AbsTaskClustering", held(list("efgh"), labels))


def test_classes_of_which_none_is_left_are_refused(make: Any) -> None:
    """With what was left out: a class with fewer texts than folds cannot be in every fold."""
    texts, labels = many(12, 4)
    with pytest.raises(
        SuiteError, match=r"nothing to tell apart: 0 classes.*12 texts of classes with fewer than 5 texts"
    ):
        make("AbsTaskClassification", splits(test=(texts, labels)))


def test_folds_of_a_sample_keep_what_can_be_in_every_fold(make: Any) -> None:
    """A class that is rare in the sample is left out, rather than that the suite is refused."""
    texts, labels = many(100, 2)
    rare = splits(test=([*texts, *(f"r{n}" for n in range(6))], [*labels, *[9] * 6]))
    made = make("AbsTaskClassification", rare, asked=Asked("Local", rows=50))
    assert {row["label"] for row in made.tables["test"]} == {"0", "1"}
    assert "and needs the split train for it" in made.notes
