"""How far runs of the same embedder lie apart: kept, and the largest measurement given."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.model import Noise
from harness.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Run

NOISE = Noise(
    suite="zh/a",
    fingerprint="f",
    embedder="one",
    identity="k",
    metric="ndcg@10",
    runs=5,
    largest=0.01,
    spread=0.004,
    items=150,
    changed=3,
    margin=0.02,
    flips=1,
    pairs=10,
    measured_at="2026-01-01T00:00:01.000000+00:00",
)
LATER = replace(NOISE, largest=0.0, flips=0, measured_at="2026-01-02T00:00:00.000000+00:00")


def test_the_largest_measurement_is_given(store: Store) -> None:
    """However often nothing moved since; another embedder, metric or fingerprint is another measurement."""
    others = [replace(NOISE, embedder="two"), replace(NOISE, metric="recall@10"), replace(NOISE, suite="en/b")]
    store.add_noise([LATER, *others])
    store.add_noise([NOISE])
    assert store.noise() == [others[2], NOISE, others[1], others[0]]
    again = replace(NOISE, measured_at="2026-01-03T00:00:00.000000+00:00")
    store.add_noise([again])
    assert store.noise(["zh/a"], ["one"]) == [again, others[1]]
    assert store.noise(["zh"], ["two"]) == [others[0]]
    store.add_noise([replace(NOISE, fingerprint="newer")])
    assert len(store.noise(["zh/a"], ["one"])) == 3


def test_a_measurement_is_added_once(store: Store) -> None:
    """Again is refused; nothing of what came with it stays; no rows are no fault."""
    store.add_noise([NOISE])
    with pytest.raises(ValueError, match="refused by the store"):
        store.add_noise([LATER, NOISE])
    store.add_noise([])
    assert store.noise() == [NOISE]


def test_what_is_no_measurement_is_refused(store: Store) -> None:
    """A number that is not finite, or a moment without time zone; another zone becomes UTC."""
    with pytest.raises(ValueError, match="refused by the store"):
        store.add_noise([replace(NOISE, spread=float("nan"))])
    with pytest.raises(ValueError, match="no time zone"):
        store.add_noise([replace(NOISE, measured_at="2026-01-01T00:00:01")])
    store.add_noise([replace(NOISE, measured_at="2026-01-01T08:00:01+08:00")])
    assert store.noise() == [NOISE]


def test_shards_are_merged_with_answers_and_noise(tmp_path: Path, make_run: Callable[..., Run]) -> None:
    """Two stores into a third: everything is there once, and merging again adds nothing."""
    whole, *shards = (Store(tmp_path / f"{name}.duckdb") for name in ("whole", "one", "two"))
    for number, shard in enumerate(shards):
        shard.add(make_run(number, id=f"run{number}", answers={"一": f"d{number}", "二": "词"}))
        shard.add_noise([NOISE, replace(LATER, embedder=f"e{number}")])
    assert [whole.merge(shard.path) for shard in (*shards, *shards)] == [1, 1, 0, 0]
    assert [run.answers for run in whole.runs(["run0", "run1"])] == [{"一": "d0", "二": "词"}, {"一": "d1", "二": "词"}]
    assert whole.query("select count(*) from answer")[1] == [(4,)]
    assert len(whole.noise()) == whole.query("select count(*) from noise")[1][0][0] == 3


def test_noise_alone_is_merged(tmp_path: Path) -> None:
    """A store without runs may hold measurements."""
    here, there = Store(tmp_path / "here.duckdb"), Store(tmp_path / "there.duckdb")
    there.add_noise([NOISE])
    assert here.merge(there.path) == 0
    assert here.noise() == [NOISE]
