"""mteb's sentence pairs as our tables: STS, pair classification, bitext mining."""

from __future__ import annotations

from typing import Any

import pytest

from harness.catalogue.mteb.names import Asked
from harness.errors import SuiteError
from harness.interop.mteb import door

pytestmark = pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves


def split(**columns: Any) -> Any:
    """A task's data: one split of these columns."""
    datasets = door.module("datasets")
    return datasets.DatasetDict(test=datasets.Dataset.from_dict(columns))


def test_similarity(make: Any) -> None:
    """Two sentences and a score; its main score is our first metric."""
    made = make("AbsTaskSTS", split(sentence1=["a", "付款"], sentence2=["b", "支付"], score=[0, 4.5]))
    assert made.tables["pairs"] == [
        {"sentence1": "a", "sentence2": "b", "score": 0.0},
        {"sentence1": "付款", "sentence2": "支付", "score": 4.5},
    ]
    assert made.metrics == ["spearman", "pearson"]
    assert made.notes == ""


@pytest.mark.parametrize("names", [("query", "passage"), ({"query": "text"}, {"passage": "text"})])
def test_columns_of_a_tasks_own(make: Any, names: Any) -> None:
    """A task says what its columns are called, alone or with what they hold."""
    data = split(query=["a", "c"], passage=["b", "d"], score=[1.0, 2.0])
    made = make("AbsTaskSTS", data, {"column_names": names})
    assert [row["sentence2"] for row in made.tables["pairs"]] == ["b", "d"]


def test_pairs_that_cannot_be(make: Any) -> None:
    """Empty sentences and scores that are none are left out, and counted."""
    data = split(
        sentence1=["a", "", None, "d", "e", "f"],
        sentence2=["a", "b", "c", " ", "e", "f"],
        score=[1.0, 1.0, 1.0, 1.0, float("nan"), 2.0],
    )
    made = make("AbsTaskSTS", data)
    assert [row["sentence1"] for row in made.tables["pairs"]] == ["a", "f"]
    assert made.suite.notes == (
        "3 pairs with an empty sentence left out",
        "1 pairs without a usable score left out",
    )


def test_a_column_that_there_is_not(make: Any) -> None:
    """The error names the columns that there are."""
    with pytest.raises(SuiteError, match="it has no column 'score', but sentence1, sentence2"):
        make("AbsTaskSTS", split(sentence1=["a"], sentence2=["b"]))


def test_subsets_have_splits_of_their_own(make: Any) -> None:
    """A subset's data are taken, not those of another."""
    zh = split(sentence1=["一", "二"], sentence2=["壹", "贰"], score=[1.0, 2.0])
    en = split(sentence1=["one"], sentence2=["1"], score=[1.0])
    made = make("AbsTaskSTS", {"en": en, "zh": zh}, subset="zh")
    assert [row["sentence1"] for row in made.tables["pairs"]] == ["一", "二"]


def test_roles_of_the_sides_are_told(make: Any) -> None:
    """Models with prompts get others in mteb."""
    roles = door.module("mteb.types").PromptType
    own = {"input1_prompt_type": roles.query, "input2_prompt_type": None}
    made = make("AbsTaskSTS", split(sentence1=["a", "b"], sentence2=["b", "c"], score=[1.0, 2.0]), own)
    assert made.notes == "mteb embeds the two sides as query and neither; here both are neither query nor document"


@pytest.mark.parametrize(
    "labels", [[1, 0, 1], [True, False, True], ["1", "0", "1"], ["True", "false", "true"], [1.0, 0.0, 1.0]]
)
def test_pair_classification(make: Any, labels: Any) -> None:
    """Labels may be numbers, truth values or texts; `max_ap` is not quite our ap, and that is said."""
    made = make("AbsTaskPairClassification", split(sentence1=["a"] * 3, sentence2=["b", "c", "d"], labels=labels))
    assert [row["label"] for row in made.tables["pairs"]] == [1, 0, 1]
    assert made.metrics[0] == "ap"
    assert made.notes == "ap is of one similarity; mteb's max_ap is the best of five"


def test_the_first_format_of_pairs(make: Any) -> None:
    """One row that holds lists is as many pairs as they are long, whether `datasets` holds it or a list."""
    row = {"sentence1": ["a", "b"], "sentence2": ["c", "d"], "labels": [1, 0], "language": "none"}
    rows = door.module("datasets").Dataset.from_dict({name: row[name] for name in ("sentence1", "sentence2", "labels")})
    columns = {name: rows[name] for name in rows.column_names}
    whole = split(**{name: [value] for name, value in row.items()})
    for data in (whole, {"test": [row]}, {"test": [columns]}):
        made = make("AbsTaskPairClassification", data)
        assert made.tables["pairs"] == [
            {"sentence1": "a", "sentence2": "c", "label": 1},
            {"sentence1": "b", "sentence2": "d", "label": 0},
        ]


def test_columns_and_labels_of_a_tasks_own(make: Any) -> None:
    """Names from the task; a label that says neither yes nor no is left out."""
    own = {"input1_column_name": "one", "input2_column_name": "two", "label_column_name": "same"}
    data = split(one=["a", "b", "c", "d"], two=["e", "f", "g", "h"], same=[1, 0, 2, None])
    made = make("AbsTaskPairClassification", data, own, main="max_accuracy")
    assert [row["sentence2"] for row in made.tables["pairs"]] == ["e", "f"]
    assert made.suite.notes == (
        "best_accuracy is of one similarity; mteb's max_accuracy is the best of five",
        "2 pairs without a usable label left out",
    )


def test_a_sample_of_pairs(make: Any) -> None:
    """Of matches and others their share, the same every time."""
    texts = [f"text {n}" for n in range(40)]
    data = split(sentence1=texts, sentence2=texts[::-1], labels=[int(n % 4 == 0) for n in range(40)])
    made = make("AbsTaskPairClassification", data, asked=Asked("Local", rows=8))
    assert sum(row["label"] for row in made.tables["pairs"]) == 2
    assert len(made.tables["pairs"]) == 8
    assert "a sample of 8 of 40 pairs, the same every time" in made.notes


def test_bitext(make: Any) -> None:
    """Pairs; one given again is merged, and a sentence with two translations is told."""
    data = split(
        sentence1=["one", "two", "one", "zwei", "none"],
        sentence2=["eins", "zwei", "eins", "zwei", ""],
    )
    made = make("AbsTaskBitextMining", data)
    assert made.tables["pairs"] == [
        {"sentence1": "one", "sentence2": "eins"},
        {"sentence1": "two", "sentence2": "zwei"},
        {"sentence1": "zwei", "sentence2": "zwei"},
    ]
    assert made.metrics[0] == "bitext_f1"
    assert made.suite.notes == (
        "sentences with several translations: each is right here, in mteb that of the same row",
        "1 pairs given again merged; mteb counts one of them as wrong",
        "1 pairs with an empty sentence left out",
    )


def test_languages_as_columns(make: Any) -> None:
    """A subset names two of them."""
    data = split(eng_Latn=["one", "two"], zho_Hans=["一", "二"], deu_Latn=["eins", "zwei"])
    made = make("AbsTaskBitextMining", data, {"parallel_subsets": True}, subset="zho_Hans-eng_Latn")
    assert made.tables["pairs"] == [
        {"sentence1": "一", "sentence2": "one"},
        {"sentence1": "二", "sentence2": "two"},
    ]


def test_sentences_without_a_partner_are_mtebs_matter(make: Any) -> None:
    """It searches them too, which our kind cannot; where all have one they are pairs."""
    ragged = {"sentence1": ["a", "b"], "sentence2": ["x", "y", "z"], "gold": [(0, 2), (1, 0)]}
    assert make("AbsTaskBitextMining", {"default": {"test": ragged}}) is None
    even = {"sentence1": ["a", "b"], "sentence2": ["x", "y"], "gold": [(0, 0), (1, 1)]}
    assert len(make("AbsTaskBitextMining", {"default": {"test": even}}).tables["pairs"]) == 2


def test_summaries_are_mtebs_matter(make: Any) -> None:
    """There is no kind of ours for them."""
    assert make("AbsTaskSummarization", split(text=["a"])) is None
