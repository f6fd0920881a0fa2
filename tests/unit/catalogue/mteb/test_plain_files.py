"""Which file holds what, by the words in its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue.mteb.plain.files import (
    Sought,
    beside,
    canonical,
    check_doubles,
    of_split,
    of_subset,
    sources,
    words_of,
)
from harness.errors import Faults

if TYPE_CHECKING:
    from pathlib import Path


def folder(root: Path, *names: str) -> Path:
    """A folder with empty files of these names."""
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return root


def sought(split: str = "test", *, splits: tuple[str, ...] = (), subset: str = "", of: tuple[str, ...] = ()) -> Sought:
    """What is looked for; a task with one subset and this split alone, unless told otherwise."""
    return Sought(split, splits or (split,), subset or "default", of or ("default",))


def found(root: Path, wanted: Sought) -> list[str] | None:
    """The files that are chosen, None where they cannot be told."""
    chosen = of_split(of_subset(sources(root), wanted), wanted)
    return None if chosen is None else [source.shown for source in chosen.files]


@pytest.mark.parametrize(
    "name",
    [
        "test.tsv",
        "test.jsonl.gz",
        "TEST.csv",
        "data/test.parquet",
        "test/0000.parquet",
        "data/test-00000-of-00001.parquet",
        "data/test-00000-of-00001-a1b2c3d4e5f60718.parquet",
        "test/data-00000-of-00001.arrow",
        "atec.test.tsv",
        "LCQMC_test.json",
    ],
)
def test_a_split_is_found_wherever_its_name_stands(tmp_path: Path, name: str) -> None:
    """In the file's name, in its folder's, before the number of its part, whatever the format."""
    folder(tmp_path, name, "train.tsv", "data/train-00000-of-00001.parquet")
    assert found(tmp_path, sought()) == [name]


@pytest.mark.parametrize("name", ["dev", "val", "valid", "validation", "development"])
def test_a_split_for_development_has_many_names(tmp_path: Path, name: str) -> None:
    """Whichever the file has and whichever the task has."""
    folder(tmp_path, f"{name}.tsv", "test.tsv")
    assert found(tmp_path, sought("validation")) == [f"{name}.tsv"]
    assert found(tmp_path, sought("dev")) == [f"{name}.tsv"]
    assert canonical(name) == "validation"


@pytest.mark.parametrize(
    ("split", "name"),
    [
        ("validation.full", "validation.full.tsv"),
        ("headlines", "headlines.jsonl"),
        ("test_2021", "test_2021.csv"),
        ("devtest", "devtest.tsv"),
        ("Rosch1973", "rosch1973.tsv"),
    ],
)
def test_a_task_may_have_a_split_of_its_own_name(tmp_path: Path, split: str, name: str) -> None:
    """It is found by that name, and not taken for one of the usual splits that begins alike."""
    folder(tmp_path, name, "test.tsv", "validation.tsv", "dev.tsv")
    assert found(tmp_path, sought(split)) == [name]


def test_the_only_file_is_taken_and_said_so(tmp_path: Path) -> None:
    """all.tsv serves the split test, and test.tsv the split validation where the task has no split test."""
    wanted = sought("validation")
    chosen = of_split(sources(folder(tmp_path, "test.tsv", "META.json", "README.md")), wanted)
    assert chosen is not None
    assert chosen.remark == "test.tsv is read in place of the split validation, which no file is named after"


def test_another_split_of_the_same_task_is_not_taken(tmp_path: Path) -> None:
    """Of a task with the splits validation and test, test.tsv is not the validation split."""
    folder(tmp_path, "test.tsv")
    assert found(tmp_path, sought("validation", splits=("validation", "test"))) is None


def test_two_other_splits_are_not_guessed_from(tmp_path: Path) -> None:
    """Neither test.tsv nor train.tsv is taken for the validation split."""
    folder(tmp_path, "test.tsv", "train.tsv")
    assert found(tmp_path, sought("validation")) is None


def test_files_named_after_no_split_are_one_together(tmp_path: Path) -> None:
    """Those of STS12, one for each source of its sentences, with a remark that names them."""
    folder(tmp_path, "surprise.OnWN.tsv", "MSRpar.tsv", "SMTnews.tsv", "train.tsv", "old/SMTnews.tsv")
    chosen = of_split(sources(tmp_path), sought())
    assert chosen is not None
    assert [source.shown for source in chosen.files] == ["MSRpar.tsv", "SMTnews.tsv", "surprise.OnWN.tsv"]
    assert chosen.remark == (
        "MSRpar.tsv, SMTnews.tsv, surprise.OnWN.tsv are read one after the other in place of the split test, "
        "which no file is named after"
    )


def test_a_file_of_all_rows_goes_before_those_of_parts(tmp_path: Path) -> None:
    """Or rows would be read twice."""
    assert found(folder(tmp_path, "all.tsv", "nouns.tsv", "verbs.tsv"), sought()) == ["all.tsv"]


def test_the_plain_name_goes_before_a_longer_one(tmp_path: Path) -> None:
    """test.tsv is meant, not test_hard.tsv or what is left in a folder of old files."""
    assert found(folder(tmp_path, "test_hard.tsv", "old/test.tsv", "test.tsv"), sought()) == ["test.tsv"]


@pytest.mark.parametrize("name", ["zh/test.tsv", "data/zh/test.tsv", "test_zh.tsv", "zh-test.tsv", "zh/data/test.tsv"])
def test_a_subset_is_found_wherever_its_name_stands(tmp_path: Path, name: str) -> None:
    """Beside those of other subsets."""
    folder(tmp_path, name, "en/test.tsv", "test_en.tsv")
    assert found(tmp_path, sought(subset="zh", of=("en", "zh"))) == [name]


def test_files_of_other_subsets_are_never_taken(tmp_path: Path) -> None:
    """Not even where they are all there is."""
    folder(tmp_path, "en/test.tsv", "de/test.tsv")
    assert found(tmp_path, sought(subset="zh", of=("en", "de", "zh"))) is None


def test_a_subset_may_begin_with_the_name_of_another(tmp_path: Path) -> None:
    """en-de is not en, and zh-CN is not zh."""
    folder(tmp_path, "en/test.tsv", "en-de/test.tsv", "zh-CN_test.tsv")
    assert found(tmp_path, sought(subset="en", of=("en", "en-de", "zh-CN"))) == ["en/test.tsv"]
    assert found(tmp_path, sought(subset="en-de", of=("en", "en-de", "zh-CN"))) == ["en-de/test.tsv"]
    assert found(tmp_path, sought(subset="zh-CN", of=("en", "en-de", "zh-CN"))) == ["zh-CN_test.tsv"]


def test_a_folder_of_one_subset_needs_not_name_it(tmp_path: Path) -> None:
    """The user has said which it is."""
    assert found(folder(tmp_path, "test.tsv"), sought(subset="zh", of=("en", "zh"))) == ["test.tsv"]


def test_files_that_hold_no_rows_are_not_seen(tmp_path: Path) -> None:
    """What tells about data, hidden files, weights, and packed files that nobody unpacks."""
    folder(tmp_path, "META.json", "dataset_infos.json", ".cache/test.tsv", "model.bin", "test.parquet.gz", "LICENSE")
    assert sources(tmp_path) == []


def test_parts_of_a_table_are_one(tmp_path: Path) -> None:
    """In the order of their numbers, without a remark."""
    names = [f"data/test-0000{number}-of-00003.parquet" for number in range(3)]
    chosen = of_split(sources(folder(tmp_path, *names)), sought())
    assert chosen is not None
    assert ([source.shown for source in chosen.files], chosen.remark) == (names, "")
    check_doubles(chosen.files, faults := Faults())
    assert faults.found == []


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (["test.tsv", "test.jsonl"], "several files for the same rows: test.jsonl, test.tsv; keep one of them"),
        (["test.tsv", "test.tsv.gz"], "several files for the same rows: test.tsv, test.tsv.gz; keep one of them"),
        (["test.tsv", "data/test.tsv"], "several files for the same rows: data/test.tsv, test.tsv; keep one of them"),
        (["test-00000-of-00003.parquet", "test-00002-of-00003.parquet"], "parts are missing: 2 of 3 are there"),
    ],
)
def test_doubles_and_lost_parts_are_faults(tmp_path: Path, names: list[str], fault: str) -> None:
    """Which of two files holds the rows, nobody can know."""
    chosen = of_split(sources(folder(tmp_path, *names)), sought())
    assert chosen is not None
    check_doubles(chosen.files, faults := Faults())
    assert [one.message for one in faults.found] == [fault]


def test_beside_a_file_are_those_of_its_folder_alone(tmp_path: Path) -> None:
    """Not what lies below: the folder may be anybody's home."""
    folder(tmp_path, "test.tsv", "train.tsv", "deep/train.tsv")
    assert [source.shown for source in beside(tmp_path / "test.tsv")] == ["test.tsv", "train.tsv"]


def test_words_are_letters_and_digits_of_any_script() -> None:
    """Signs between them part them."""
    assert words_of("a-B_c/数据.v2") == ("a", "b", "c", "数据", "v2")
