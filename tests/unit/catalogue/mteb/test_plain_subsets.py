"""Which rows of plain files are those of a subset, and which of several files hold the rows of a split."""

from __future__ import annotations

import json
from importlib.util import find_spec
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.names import Asked
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.plain import PlainData, plain_dataset
from harness.catalogue.mteb.plain.published import count_differences
from harness.catalogue.mteb.plain.subsets import codes, sides
from harness.catalogue.mteb.registry import Entry
from harness.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(find_spec("mteb") is None, reason="needs pip install 'embedding-harness[mteb]'"),
    pytest.mark.filterwarnings("ignore"),  # mteb and what it imports warn about themselves
]


@pytest.fixture(autouse=True)
def _folder_of_mteb(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """It makes one when it is imported."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path_factory.mktemp("mteb")))


def bitext(root: Path, subset: str, subsets: Sequence[str], *, parallel: bool = False) -> PlainData:
    """What is read for a task of translations."""
    metadata = SimpleNamespace(name="T", type="t", descriptive_stats=None, is_multilingual=True)
    members = {"metadata": metadata, "parallel_subsets": parallel}
    task: Any = type("Task", (type("AbsTaskBitextMining", (), {}),), members)()
    entry = Entry("Task", "t", {name: [] for name in subsets}, [], ["text"], ["test"], "m", "p", "1", "mit")
    return plain_dataset(root, MtebPlace("n", root, entry, subset, "test", Asked("Task")), task)


def scored(root: Path, **statistics: Any) -> PlainData:
    """What is read for a task of scored pairs; statistics: what mteb has counted of its own."""
    metadata = SimpleNamespace(name="T", type="t", descriptive_stats={"test": statistics}, is_multilingual=False)
    members = {"metadata": metadata, "column_names": ("sentence1", "sentence2")}
    task: Any = type("Task", (type("AbsTaskSTS", (), {}),), members)()
    entry = Entry("Task", "t", {"default": []}, [], ["text"], ["test"], "m", "p", "1", "mit")
    return plain_dataset(root, MtebPlace("n", root, entry, "default", "test", Asked("Task")), task)


def pairs(root: Path, **files: str) -> Path:
    """Files of scored pairs by their stems: a letter for each pair."""
    for stem, letters in files.items():
        rows = "".join(f"{letter}\t{letter}{letter}\t1\n" for letter in letters)
        (root / f"{stem}.tsv").write_text(f"sentence1\tsentence2\tscore\n{rows}", encoding="utf-8")
    return root


def test_a_language_goes_by_several_codes() -> None:
    """Two letters and three, the larger language it is part of, and the script."""
    assert set(codes("cmn_Hans")) == {"zh", "cmn", "zho", "zh_hans", "cmn_hans", "zho_hans"}
    assert set(codes("zh")) == {"zh", "cmn", "zho"}
    assert codes("de") == ("de", "deu")
    assert codes("xyz") == ("xyz",)
    assert sides("srp_Cyrl-srp_Latn") == (("sr_cyrl", "srp_cyrl"), ("sr_latn", "srp_latn"))


@pytest.mark.parametrize("header", ["en\tzh", "eng\tcmn", "EN\tZHO", "eng_Latn\tcmn-Hans"])
def test_translations_may_be_called_by_their_languages(tmp_path: Path, header: str) -> None:
    """In any usual code. They lie below their subset, unless the task has a column for each language."""
    (tmp_path / "test.tsv").write_text(f"{header}\none\t一\n", encoding="utf-8")
    subset = "cmn_Hans-eng_Latn"
    below = bitext(tmp_path, subset, [subset]).dataset
    assert below[subset]["test"].to_dict() == {"sentence1": ["一"], "sentence2": ["one"]}
    parallel = bitext(tmp_path, subset, [subset], parallel=True).dataset
    assert parallel["test"].to_dict() == {"cmn_Hans": ["一"], "eng_Latn": ["one"]}


def test_columns_in_no_known_language_are_a_fault(tmp_path: Path) -> None:
    """Which says what they may be called."""
    (tmp_path / "test.tsv").write_text("links\trechts\none\t一\n", encoding="utf-8")
    with pytest.raises(SuiteError) as caught:
        bitext(tmp_path, "cmn-eng", ["cmn-eng"])
    assert "missing column (or zh, cmn, zho, text1" in str(caught.value)
    assert "missing column (or en, eng, text2" in str(caught.value)


@pytest.mark.parametrize("marks", [("cmn-eng", "deu-eng"), ("cmn", "deu"), ("zh", "de"), ("zh-en", "de-en")])
def test_a_column_tells_the_rows_of_a_subset(tmp_path: Path, marks: tuple[str, str]) -> None:
    """Whichever code it is written in; rows of others are not mixed in."""
    rows = [{"sentence1": mark, "sentence2": "x", "lang": mark} for mark in marks]
    (tmp_path / "test.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    subsets = ["cmn-eng", "deu-eng", "fra-eng"]
    for subset, mark in zip(subsets, marks, strict=False):
        assert bitext(tmp_path, subset, subsets).dataset[subset]["test"]["sentence1"][:] == [mark]
    with pytest.raises(SuiteError, match=r"no row of the subset fra-eng: the column has .*would do: fra_eng, fr, fra"):
        bitext(tmp_path, "fra-eng", subsets)


def test_a_file_named_after_its_subset_needs_no_column(tmp_path: Path) -> None:
    """One that says something else, as the source of a text, is passed over; so is one in a task without subsets."""
    row = {"sentence1": "a", "sentence2": "b", "language": "prose"}
    (tmp_path / "test.de-en.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert len(bitext(tmp_path, "de-en", ["de-en", "fr-en"]).dataset["de-en"]["test"]) == 1
    assert len(bitext(tmp_path, "de-en", ["de-en"]).dataset["de-en"]["test"]) == 1


def test_the_file_that_published_numbers_are_of_is_read(tmp_path: Path) -> None:
    """As of SICK, whose test split in mteb is all of it; by its number of rows and of characters."""
    root = pairs(tmp_path, all="abcde", train="ab", dev="c", test="de")
    made = scored(root, num_samples=5, number_of_characters=15)
    assert made.dataset["test"]["sentence1"][:] == list("abcde")
    assert made.remarks == ("all.tsv is read, with all the 5 rows that published numbers are of, not test.tsv",)


def test_so_are_all_files_together(tmp_path: Path) -> None:
    """Where no one file holds all of it."""
    root = pairs(tmp_path, train="ab", dev="c", test="de", other="x")
    made = scored(root, num_samples=5, number_of_characters=15)
    assert sorted(made.dataset["test"]["sentence1"]) == list("abcde")
    assert made.remarks[0].startswith("dev.tsv + test.tsv + train.tsv is read, with all the 5 rows")


def test_where_no_file_has_their_size_it_is_the_one_named_after_the_split(tmp_path: Path) -> None:
    """With a remark, that names what else there is."""
    root = pairs(tmp_path, all="abcde", test="de")
    made = scored(root, num_samples=9, number_of_characters=27)
    assert made.dataset["test"]["sentence1"][:] == ["d", "e"]
    (remark,) = made.remarks
    assert remark.endswith("2 rows of 6 characters here, 9 of 27 there; not read: all.tsv")


@pytest.mark.parametrize("whole", ["cos960_all", "cos960_everything"])
def test_a_file_that_holds_its_parts_is_read_alone(tmp_path: Path, whole: str) -> None:
    """By its name, or else by its rows: nothing is counted twice."""
    root = pairs(tmp_path, cos960_noun="ab", cos960_verb="c", **{whole: "abc"})
    made = scored(root)
    assert sorted(made.dataset["test"]["sentence1"]) == list("abc")
    assert any(f"{whole}.tsv" in remark and "cos960_noun.tsv is" not in remark for remark in made.remarks)


def test_rows_in_several_files_are_said(tmp_path: Path) -> None:
    """They stay, as nobody knows better."""
    made = scored(pairs(tmp_path, one="ab", two="bc"))
    assert made.dataset["test"]["sentence1"][:] == list("abbc")
    assert made.remarks[-1] == "1 rows stand in several of the files one.tsv, two.tsv"


def test_another_encoding_has_an_importer(tmp_path: Path) -> None:
    """The fault says which."""
    (tmp_path / "test.tsv").write_bytes("sentence1\tsentence2\tscore\n付款\t支付\t1\n".encode("gb18030"))
    with pytest.raises(SuiteError, match=r"harness suites import, with --encoding gb18030"):
        scored(tmp_path)


def test_a_copy_of_another_size_is_remarked_on(tmp_path: Path) -> None:
    """Of data that mteb reads itself, by their numbers of rows, of documents and of queries."""
    entry = Entry("Task", "t", {"default": []}, [], ["text"], ["test"], "m", "p", "1", "mit")
    place = MtebPlace("n", tmp_path, entry, "default", "test", Asked("Task"))

    def told(data: Any, base: str = "AbsTaskSTS", **statistics: Any) -> list[str]:
        metadata = SimpleNamespace(descriptive_stats={"test": statistics})
        task = type("Task", (type(base, (), {}),), {"metadata": metadata, "dataset": {"test": data}})()
        return [one.partition(": ")[2] for one in count_differences(task, place)]

    assert told([{}, {}], num_samples=3) == ["2 rows here, 3 there"]
    assert told([{}, {}], num_samples=2) == told([{}, {}]) == []
    assert told([{}, {}], "AbsTaskClusteringLegacy", num_samples=30) == told([{"sent1": ["a"]}], num_samples=30) == []
    parts = {"corpus": [1, 2], "queries": [1]}
    assert told(parts, num_documents=5, num_queries=1, num_samples=6) == ["2 documents here, 5 there"]
