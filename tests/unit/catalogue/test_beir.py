"""A folder in BEIR's layout declares itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.catalogue.beir import beir_declaration
from harness.errors import Faults

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("files", "split"),
    [
        (["train.tsv", "dev.tsv", "test.tsv"], "test"),
        (["train.tsv", "dev.tsv"], "dev"),
        (["train.tsv", "validation.tsv"], "validation"),
        (["train.tsv"], "train"),
        (["fold2.tsv", "fold1.tsv", "notes.txt"], "fold1"),
    ],
)
def test_the_split(tmp_path: Path, files: list[str], split: str) -> None:
    """Test is judged before dev, validation and train; of other names the first in the alphabet."""
    folder = tmp_path / "scifact"
    (folder / "qrels").mkdir(parents=True)
    for name in files:
        (folder / "qrels" / name).touch()
    declaration = beir_declaration(folder, Faults())
    assert declaration is not None
    assert declaration.tables["qrels"] is not None
    assert declaration.tables["qrels"].file == f"qrels/{split}.tsv"
    assert declaration.title == f"scifact ({split}, BEIR layout)"
    assert declaration.metrics[0] == "ndcg@10"


@pytest.mark.parametrize("file", [False, True])
def test_without_judgements(tmp_path: Path, file: bool) -> None:  # noqa: FBT001 # parametrised
    """A qrels without a table, or that is itself a file, is a fault that says where judgements belong."""
    (tmp_path / "qrels").touch() if file else (tmp_path / "qrels").mkdir()
    faults = Faults()
    assert beir_declaration(tmp_path, faults) is None
    expected = "qrels: no .tsv file: BEIR's layout keeps judgements in qrels/test.tsv"
    assert [str(fault) for fault in faults.found] == [expected]
