"""A folder on this machine: what is in it, whether it changed, whether mteb can read it itself."""

from __future__ import annotations

import gc
import json
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from harness.catalogue.mteb.hub_layout import is_hub_layout
from harness.catalogue.mteb.local import content_digest, kept_apart, splits_in, subsets_in
from harness.catalogue.mteb.names import Asked
from harness.catalogue.mteb.place import MtebPlace
from harness.catalogue.mteb.registry import Entry
from harness.catalogue.mteb.sources import load_task
from harness.errors import UsageError
from harness.interop.mteb import door

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

needs_mteb = pytest.mark.skipif(find_spec("mteb") is None, reason="needs pip install 'embedding-harness[mteb]'")
CARD = "---\nlicense: mit\nconfigs:\n- config_name: zh-corpus\n  data_files: a\n- config_name: 'en'\n---\ntext\n"
SHARD = "data/test-00000-of-00001.parquet"


def write(root: Path, files: Mapping[str, str]) -> Path:
    """Files by their paths, in a folder of their own."""
    for name, content in files.items():
        file = root / "mine" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return root / "mine"


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "test.tsv").write_text("b"),
        lambda root: (root / "test.tsv").rename(root / "dev.tsv"),
        lambda root: (root / "new.jsonl").write_text(""),
        lambda root: (root / "zh/test.tsv").unlink(),
    ],
)
def test_another_digest_for_other_data(tmp_path: Path, change: Callable[[Path], Any]) -> None:
    """Also where size and time stay the same; a name says what a file holds."""
    root = write(tmp_path, {"test.tsv": "a", "zh/test.tsv": "x"})
    before, times = content_digest(str(root)), (root / "test.tsv").stat()
    change(root)
    if (root / "test.tsv").exists():
        os.utime(root / "test.tsv", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert content_digest(str(root)) != before


def test_what_holds_no_rows_changes_nothing(tmp_path: Path) -> None:
    """Neither weights nor notes nor hidden files beside plain data; a data set's card counts, for it names files."""
    root = write(tmp_path, {"test.tsv": "a", "model.safetensors": "1", "META.json": "{}", ".x/test.tsv": "q"})
    before = content_digest(str(root))
    write(tmp_path, {"model.safetensors": "2", "META.json": "[]", ".x/test.tsv": "r", "notes.md": "n"})
    assert content_digest(str(root)) == before
    write(tmp_path, {"README.md": CARD})
    carded = content_digest(str(root))
    write(tmp_path, {"README.md": CARD + "more", "model.safetensors": "3"})
    assert len({before, carded, content_digest(str(root))}) == 3


def test_the_digest_of_a_file_includes_what_is_learnt_from(tmp_path: Path) -> None:
    """Of test.jsonl and train.jsonl beside it, and nothing else there."""
    root = write(tmp_path, {"test.jsonl": "a", "train.jsonl": "b", "dev.jsonl": "c"})
    before = content_digest(str(root / "test.jsonl"))
    (root / "dev.jsonl").write_text("d")
    assert content_digest(str(root / "test.jsonl")) == before
    (root / "train.jsonl").write_text("e")
    assert content_digest(str(root / "test.jsonl")) != before


def test_data_that_are_not_there_are_a_wrong_name(tmp_path: Path) -> None:
    """And so is a folder without rows; ModelScope is not asked here."""
    with pytest.raises(UsageError, match="there is no such folder or file"):
        content_digest(str(tmp_path / "none"))
    with pytest.raises(UsageError, match="there are no files of rows in it"):
        content_digest(str(tmp_path))
    assert content_digest("modelscope:a/b") == "modelscope:a/b"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"README.md": CARD, "corpus.jsonl": ""}, True),
        ({"README.md": "---\ndataset_info:\n  features: []\n---\n", SHARD: ""}, True),
        ({SHARD: ""}, True),
        ({".gitattributes": "", "test.jsonl.gz": "", "train.jsonl.gz": ""}, True),
        ({"dataset_infos.json": "{}", "data/dev.csv": ""}, True),
        ({"test.tsv": "", "README.md": "# About\nconfigs:\n- config_name: x\n"}, False),
        ({"test.tsv": "", "README.md": "---\nlicense: mit"}, True),
        ({"all.tsv": "", "README.md": "---\nlicense: mit\n---\n"}, False),
        ({"corpus/corpus-00000-of-00001.parquet": "", "data/test-00000-of-00001.parquet": ""}, False),
        ({"zh/test-00000-of-00001.parquet": ""}, False),
        ({"test.tsv": "", "dev.tsv": ""}, False),
    ],
)
def test_a_copy_of_a_repository_is_told_from_plain_files(
    tmp_path: Path, files: dict[str, str], *, expected: bool
) -> None:
    """By its card's configurations; or by what only repositories have, where files tell their split of one table."""
    assert is_hub_layout(write(tmp_path, files)) is expected


def test_a_snapshot_of_the_hubs_cache_is_a_copy(tmp_path: Path) -> None:
    """Its files are links to others."""
    root = tmp_path / "datasets--a--b/snapshots" / ("0" * 40)
    root.mkdir(parents=True)
    (tmp_path / "blob").write_text("x")
    (root / "test.jsonl").symlink_to(tmp_path / "blob")
    assert is_hub_layout(root)
    before = content_digest(str(root))
    (tmp_path / "blob").write_text("y")
    assert content_digest(str(root)) != before


def test_several_subsets_need_configurations(tmp_path: Path) -> None:
    """Else mteb cannot ask for one; a file is no copy of a repository."""
    root = write(tmp_path, {SHARD: ""})
    assert not is_hub_layout(root, ["en", "zh"])
    assert not is_hub_layout(root / SHARD)
    assert is_hub_layout(write(tmp_path, {"README.md": CARD}), ["en", "zh"])


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"zh/test.tsv": "", "fr/test.tsv": ""}, ["zh"]),
        ({"test_en.tsv": "", "test_zh.tsv": ""}, ["en", "zh"]),
        ({"README.md": CARD}, ["en", "zh"]),
        ({"README.md": "---\nconfigs:\n- config_name: default\n---\n"}, ["en", "zh", "de"]),
    ],
)
def test_the_subsets_that_are_there(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    """In the task's order, by the names of files or of configurations."""
    assert subsets_in(str(write(tmp_path, files)), ["en", "zh", "de"], "T") == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [({"test.tsv": ""}, ["test"]), ({"test.tsv": "", "dev.tsv": "", "train.tsv": ""}, ["validation", "test"])],
)
def test_the_splits_that_are_there(tmp_path: Path, files: dict[str, str], expected: list[str]) -> None:
    """Of a task that has more of them."""
    assert splits_in(str(write(tmp_path, files)), ["validation", "test"], "T") == expected


def test_files_that_tell_neither_are_asked_about(tmp_path: Path) -> None:
    """What there is to choose from is said; a task with one has no choice."""
    root = str(write(tmp_path, {"all.tsv": ""}))
    with pytest.raises(UsageError, match=r"T has several subsets.*add &subset=, one of en, zh"):
        subsets_in(root, ["en", "zh"], "T")
    with pytest.raises(UsageError, match=r"T has several splits.*add &split=, one of validation, test"):
        splits_in(root, ["validation", "test"], "T")
    assert (subsets_in(root, ["default"], "T"), splits_in(root, ["test"], "T")) == (["default"], ["test"])
    assert splits_in("modelscope:a/b", ["validation", "test"], "T") == ["validation", "test"]


def _place(name: str, type_: str, data: Path, split: str = "test") -> MtebPlace:
    entry = Entry(name, type_, {"default": ["eng-Latn"]}, [], ["text"], [split], "m", "p", "1", "mit")
    return MtebPlace(f"mteb:{name}", data, entry, "default", split, Asked(name, data=str(data)))


def _jsonl(*rows: Mapping[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


@needs_mteb
@pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves
def test_mteb_reads_a_copy_itself_and_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through its own transform, which plain files need not; what was made of the files is gone with the task."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))
    monkeypatch.setattr(door.module("tempfile"), "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    home = door.module("datasets.config").HF_DATASETS_CACHE
    rows = _jsonl({"sent1": "a", "sent2": "b", "labels": 1}, {"sent1": "c", "sent2": "d", "labels": 0})
    root = write(tmp_path, {".gitattributes": "", "validation.jsonl": rows})
    task = load_task(_place("Ocnli", "PairClassification", root, "validation")).task
    assert task.dataset["validation"].to_dict() == {"sentence1": ["a", "c"], "sentence2": ["b", "d"], "labels": [1, 0]}
    assert home == door.module("datasets.config").HF_DATASETS_CACHE
    assert list((tmp_path / "temporary").rglob("*.arrow"))
    del task
    gc.collect()
    assert not list((tmp_path / "temporary").rglob("*.arrow"))


@needs_mteb
@pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves
def test_changed_files_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where size and time are as before: nothing is left of the first reading."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))
    root = write(tmp_path, {SHARD: ""})
    texts = []
    for text in ("x", "y"):
        made = {"sentence1": [text], "sentence2": ["b"], "score": [1.0]}
        door.module("datasets").Dataset.from_dict(made).to_parquet(root / SHARD)
        os.utime(root / SHARD, ns=(1, 1))
        texts += load_task(_place("STSBenchmark", "STS", root)).task.dataset["test"]["sentence1"]
    assert texts == ["x", "y"]


@needs_mteb
@pytest.mark.filterwarnings("ignore")  # mteb and what it imports warn about themselves
def test_plain_files_become_a_task_that_mteb_evaluates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retrieval of BEIR's files through mteb's own structures: its statistics can be taken of them."""
    monkeypatch.setenv("MTEB_CACHE", str(tmp_path / "mteb"))
    files = {
        "corpus.jsonl": _jsonl({"_id": "1", "title": "t", "text": "a"}),
        "queries.jsonl": _jsonl({"_id": "q", "text": "b"}),
        "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\t1\t1\n",
    }
    found = load_task(_place("SciFact", "Retrieval", write(tmp_path, files)))
    counted = found.task._calculate_descriptive_statistics_from_split("test")
    assert (counted["num_queries"], counted["num_documents"], counted["number_of_characters"]) == (1, 1, 4)
    assert len(found.notes) == 2


def test_the_folder_of_the_cache_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where reading fails."""
    pytest.importorskip("datasets", reason="needs pip install 'embedding-harness[mteb]'")
    config: Any = door.module("datasets.config")
    monkeypatch.setattr(config, "HF_DATASETS_CACHE", tmp_path)

    class Owner:
        """A task."""

        def read(self) -> None:
            """Fail."""
            with kept_apart(self):
                assert tmp_path != config.HF_DATASETS_CACHE
                raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        Owner().read()
    assert tmp_path == config.HF_DATASETS_CACHE
