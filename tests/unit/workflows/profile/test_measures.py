"""From what was observed to measures."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest

from harness.diagnostics.cost import Rate, TokenCount
from harness.embedders.facts import LOCAL, Facts
from harness.workflows.profile.measures import Question, measures
from harness.workflows.profile.observed import Memory, Observed, Start, Timings

STARTS = (Start(0.1, 0.2, 0.7), Start(0.1, 0.1, 0.3))
EMBEDDER = Observed(
    start=STARTS[0],
    memory=Memory(30_000_000, 500_000_000, 700_000_000, 2_000_000_000),
    timings=Timings("embedder", 4, (0.010, 0.020), rates=(Rate(16, 16, (0.1, 0.2)),), skipped={256: "no time"}),
    tokens=TokenCount(100.0, own=True),
    facts=replace(LOCAL, parameters=10, embedding_parameters=4, disk_bytes=5_000_000, device="cuda:0", install="x"),
    packages=("torch",),
    threads=2,
)
QUESTION = Question(1_000_000, "made-up texts")


def found(observed: Observed, question: Question = QUESTION) -> dict[tuple[str, str], Any]:
    """Measures by name and subject; none comes twice."""
    made = measures(observed, STARTS, question)
    assert len({(one.name, one.subject) for one in made}) == len(made)
    return {(one.name, one.subject): one for one in made}


def test_observations_survive_the_way_through_json() -> None:
    """What the process reports is what it has seen."""
    assert Observed.read(json.loads(json.dumps(asdict(EMBEDDER)))) == EMBEDDER


def test_what_was_observed_is_said() -> None:
    """Starts as medians of all; bytes as MB; parameters in two parts; words for what is no number."""
    made = found(EMBEDDER)
    start = made["cold_start", ""]
    assert (start.value, start.low, start.high) == pytest.approx((0.75, 0.5, 1.0))
    assert made["cold_start", "first answer"].value == pytest.approx(0.5)
    assert [made["peak_memory", of].value for of in ("", "idle", "loaded")] == [700, 30, 500]
    assert made["gpu_memory", ""].value == 2000
    assert [made["parameters", of].value for of in ("", "embedding", "other")] == [10, 4, 6]
    assert (made["disk_size", ""].value, made["disk_size", ""].unit) == (5, "MB")
    assert made["device", ""].note == "cuda:0, 2 threads"
    assert made["installation", ""].note == "x"
    assert (made["packages", ""].value, made["packages", ""].unit) == (1, "package")
    assert made["throughput", "256"].note == "not measured: no time"


def test_what_is_not_known_is_not_measured() -> None:
    """Nothing of it becomes a zero or a no."""
    blank = replace(EMBEDDER, facts=Facts(), memory=Memory(None, None, None, None), packages=())
    made = found(blank)
    for key in (
        *(("peak_memory", of) for of in ("", "idle", "loaded")),
        *(("parameters", of) for of in ("", "embedding", "other")),
        *((name, "") for name in ("gpu_memory", "disk_size", "needs_network", "needs_key", "data_leaves_machine")),
    ):
        assert made[key].value is None
        assert made[key].note
    assert made["device", ""].note == "not known, 2 threads"
    assert made["installation", ""].note == "not known"
    assert made["token_price", ""].note == "not known"


def test_processes_of_an_embedder_count() -> None:
    """Their memory is in the whole; what they use of a GPU, torch in this process does not know."""
    made = found(replace(EMBEDDER, memory=replace(EMBEDDER.memory, started=2)))
    assert "with the 2 that it started" in made["peak_memory", ""].note
    assert "started" not in made["peak_memory", "loaded"].note
    assert (made["gpu_memory", ""].value, made["gpu_memory", ""].note) == (
        None,
        "not measured: several processes use it",
    )


def test_an_export_is_said_where_it_takes_time() -> None:
    """With the cold start."""
    made = found(replace(EMBEDDER, facts=replace(LOCAL, loading="exported when it was loaded")))
    assert "exported when it was loaded" in made["cold_start", ""].note
    assert "exported" not in found(EMBEDDER)["cold_start", ""].note


def test_hours_are_marked_where_more_texts_per_call_were_left_out() -> None:
    """256 are skipped and 16 the best; had only fewer been skipped, it would not matter."""
    assert found(EMBEDDER)["embedding_hours", "1M"].caution
    fewer = replace(EMBEDDER, timings=replace(EMBEDDER.timings, skipped={4: "no time"}))
    assert not found(fewer)["embedding_hours", "1M"].caution


def test_a_reranker_puts_a_hundred_candidates_in_order() -> None:
    """In 0.5 s: 200 pairs a second."""
    timings = Timings("reranker", latencies=(0.5, 0.5))
    made = found(replace(EMBEDDER, timings=timings, facts=LOCAL))
    assert made["rerank_latency", "p50"].value == 500
    assert made["pairs_per_second", ""].value == 200
    assert made["dimension", ""].note == "not applicable: it makes no vectors"
    assert ("throughput", "16") not in made


def test_a_ranker_indexes_and_answers() -> None:
    """Milliseconds of both."""
    made = found(replace(EMBEDDER, timings=Timings("ranker", latencies=(0.001,), indexing=(0.25, 0.35))))
    assert made["indexing_time", ""].value == pytest.approx(300)
    assert made["query_latency", "mean"].value == 1
