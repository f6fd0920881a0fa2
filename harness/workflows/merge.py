"""Stores that several machines made, united in one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.errors import StoreError, UsageError
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from harness.workflows.configuration import Configuration

MERGED = ("shard", "runs", "added")


@dataclass(frozen=True)
class Shard:
    """A store that was merged. runs: those that it holds. added: those of them that were new."""

    path: Path
    runs: int
    added: int


@dataclass(frozen=True)
class Merged:
    """What became of the shards. refused: shard → why; nothing of it was added."""

    shards: tuple[Shard, ...]
    refused: Mapping[Path, StoreError | UsageError]

    @property
    def rows(self) -> list[list[object]]:
        """Rows of `MERGED`."""
        return [[str(shard.path), shard.runs, shard.added] for shard in self.shards]

    @property
    def added(self) -> int:
        """Runs that were new, of all shards."""
        return sum(shard.added for shard in self.shards)

    @property
    def exit_code(self) -> int:
        """0 where nothing was refused, else that of the first UsageError or, without one, of StoreError."""
        return min((error.exit_code for error in self.refused.values()), default=0)


def merge(configuration: Configuration, shards: Sequence[Path]) -> Merged:
    """Put the runs of every shard into the store, made where it is not there. What it holds already is not added again.

    All shards are opened before anything is written; one that cannot be read keeps no other from being added. Raises
    UsageError for a shard that is the store itself, StoreError where the store cannot be written.
    """
    store = Store(configuration.store)
    shards = list(dict.fromkeys(shards))
    for shard in shards:
        if shard.exists() and store.path.exists() and shard.samefile(store.path):
            raise UsageError(f"{shard} is the store to merge into: name other stores, or another --store")
    merged: list[Shard] = []
    refused: dict[Path, StoreError | UsageError] = {}
    held: dict[Path, int] = {}
    for shard in shards:
        try:
            held[shard] = _runs(shard)
        except (StoreError, UsageError) as error:
            refused[shard] = error
    if held:
        store.prepare()
    for shard, count in held.items():
        try:
            merged.append(Shard(shard, count, store.merge(shard)))
        except StoreError as error:
            refused[shard] = error
    return Merged(tuple(merged), refused)


def _runs(shard: Path) -> int:
    """How many runs a shard holds. Raises UsageError where it is not there, StoreError where it cannot be read."""
    if not shard.exists():
        raise UsageError("there is no such file: check the path, and whether that build got as far as its results")
    _, [(count,)] = Store(shard).query("select count(*) from run")
    return int(count)
