"""harness merge: the stores of several builds in one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def shards(harness: Callable[..., Any], toy_suite: Path, tmp_path: Path) -> list[Path]:
    """A store for each of two embedders, as two jobs of a build make them."""
    files = [tmp_path / "shards" / f"{number}.duckdb" for number in (1, 2)]
    for file, embedder in zip(files, ("bm25:", "baseline:hashing"), strict=True):
        assert harness("run", "-s", toy_suite, "-e", embedder, "--store", file).code == 0
    return files


def test_shards_become_one_store(harness: Callable[..., Any], shards: list[Path], store: Path) -> None:
    """As if one machine had run them all; doing it again adds nothing."""
    code, out, err = harness("merge", *shards, "--store", store, "--format", "json")
    assert (code, err) == (0, f"2 run(s) added to {store}\n")
    assert [(row["runs"], row["added"]) for row in json.loads(out)] == [(1, 1), (1, 1)]
    assert {row["embedder"] for row in json.loads(harness("table", "--store", store, "--format", "json").stdout)} == {
        "bm25:",
        "baseline:hashing",
    }
    assert harness("merge", *shards, "--store", store).stderr == f"0 run(s) added to {store}\n"


def test_bad_shards_are_named(harness: Callable[..., Any], shards: list[Path], store: Path, tmp_path: Path) -> None:
    """A missing one is a usage error, a broken one a failure; the others are added."""
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"x" * 5000)
    code, _, err = harness("merge", tmp_path / "none.duckdb", broken, shards[0], "--store", store)
    assert (code, "1 run(s) added" in err) == (3, True)
    assert f"error: {tmp_path / 'none.duckdb'} was not merged: there is no such file" in err
    code, out, err = harness("merge", broken, "--store", store)
    assert (code, out) == (4, "")
    assert f"error: {broken} was not merged" in err


def test_the_store_itself_is_no_shard(harness: Callable[..., Any], shards: list[Path]) -> None:
    """Nor is nothing."""
    code, _, err = harness("merge", shards[1], shards[0], "--store", shards[0])
    assert (code, "is the store to merge into" in err) == (3, True)
    assert harness("merge", "--store", shards[0]).code == 3
