"""Stores of several builds in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.errors import UsageError
from harness.model import Identity, Interval, ItemScores, Run, Score
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.merge import merge

if TYPE_CHECKING:
    from pathlib import Path


def made(name: str) -> Run:
    """A run with an item and an answer."""
    items = (ItemScores("m", ["q"], ["q"], np.array([0.5])),)
    scores = (Score("m", 0.5, Interval(0.4, 0.6), 0.1, 1),)
    identity = Identity("fake", "one", "1")
    started = "2026-01-01T00:00:00.000000+00:00"
    return Run(
        *(name, started, "zh/a", "retrieval", "f", "one", identity, "ok", "", 1.0, scores, items), answers={"q": "d"}
    )


@pytest.fixture
def shards(tmp_path: Path) -> list[Path]:
    """Two stores that share one of their runs."""
    files = [tmp_path / "1.duckdb", tmp_path / "2.duckdb"]
    for file, names in zip(files, (("a", "b"), ("b", "c")), strict=True):
        Store(file).add(*map(made, names))
    return files


@pytest.fixture
def configuration(tmp_path: Path) -> Configuration:
    """A store that is not there yet."""
    return Configuration(store=tmp_path / "new" / "results.duckdb")


def test_shards_are_united(configuration: Configuration, shards: list[Path]) -> None:
    """Every run once, whole; a second time adds nothing, and a shard named twice counts once."""
    first, second = shards
    assert merge(configuration, [*shards, first]).rows == [[str(first), 2, 2], [str(second), 2, 1]]
    assert merge(configuration, shards).rows == [[str(first), 2, 0], [str(second), 2, 0]]
    runs = Store(configuration.store).runs(["a", "b", "c"])
    assert [(run.items[0].ids, run.answers) for run in runs] == [(["q"], {"q": "d"})] * 3


def test_bad_shards_keep_no_other_out(configuration: Configuration, shards: list[Path], tmp_path: Path) -> None:
    """A file that is not there, one that is no database, and a folder: each with its reason."""
    missing, broken, folder = tmp_path / "none.duckdb", tmp_path / "broken.duckdb", tmp_path / "folder"
    broken.write_bytes(b"x" * 5000)
    folder.mkdir()
    found = merge(configuration, [missing, broken, folder, shards[1]])
    assert found.rows == [[str(shards[1]), 2, 2]]
    assert list(found.refused) == [missing, broken, folder]
    assert "there is no such file" in str(found.refused[missing])
    assert "not a DuckDB database" in str(found.refused[broken])


def test_nothing_is_made_of_nothing(configuration: Configuration, tmp_path: Path) -> None:
    """Without a shard that can be read there is no store either."""
    assert merge(configuration, [tmp_path / "none.duckdb"]).rows == []
    assert not configuration.store.exists()


def test_a_store_is_not_merged_into_itself(shards: list[Path], tmp_path: Path) -> None:
    """Nor by another path to it; nothing is written."""
    link = tmp_path / "link.duckdb"
    link.symlink_to(shards[0])
    with pytest.raises(UsageError, match=r"link\.duckdb is the store to merge into"):
        merge(Configuration(store=shards[0]), [shards[1], link])
    assert Store(shards[0]).query("select count(*) from run")[1] == [(2,)]
