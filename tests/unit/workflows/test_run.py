"""What a run is made of: requests, candidates, rows, and who is told what."""

from __future__ import annotations

import gc
import time
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from harness.embedders.baseline import Baseline
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, StoreError, SuiteError, UsageError
from harness.model import Row
from harness.store import Store
from harness.workflows.configuration import Configuration
from harness.workflows.run import Request, failed, request, rows, run

if TYPE_CHECKING:
    from pathlib import Path

    from harness.model import Run


class Watcher:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []

    def began(self, embedder: str, suite: str, texts: int) -> None:
        """An embedder begins a suite."""
        self.heard.append(("began", embedder, suite, texts))

    def embedded(self, texts: int) -> None:
        """Some texts have vectors."""
        self.heard.append(("embedded", texts))

    def ended(self, run: Run) -> None:
        """A run is recorded."""
        self.heard.append(("ended", run.embedder, run.suite))

    def told(self, text: str) -> None:
        """Something takes its time."""
        self.heard.append(("told", text))


@pytest.fixture
def asked(toy_suite: Path, tmp_path: Path) -> Request:
    """One suite, two embedders, of which one ranks."""
    specs = {"spelling": parse_spec("baseline:hashing"), "words": parse_spec("bm25:")}
    return Request([str(toy_suite)], specs, tmp_path / "results.duckdb", tmp_path / "vectors")


def test_the_command_line_comes_before_the_file() -> None:
    """Each of suites and embedders is taken from the file only where the command line names none."""
    configuration = Configuration(embedders={"words": "bm25:", "spelling": "baseline:hashing"}, suites=("zh",))
    both = request(configuration, (), ())
    assert (both.suites, list(both.embedders)) == (("zh",), ["words", "spelling"])
    assert both.embedders["words"].text == "bm25:"
    chosen = request(configuration, ("en",), ("words", "baseline:random"))
    assert (chosen.suites, list(chosen.embedders)) == (("en",), ["words", "baseline:random"])
    with pytest.raises(UsageError, match=r"no embedders \(-e\) to run"):
        request(Configuration(), ("zh",), ())
    with pytest.raises(UsageError, match=r"no suites \(-s\) to run"):
        request(Configuration(), (), ("bm25:",))


def test_runs_are_returned_recorded_and_told(asked: Request) -> None:
    """All three hold the same runs; progress adds up to the texts; a second run embeds none anew."""
    watch = Watcher()
    made = run(asked, watch)
    assert [(one.embedder, one.suite, one.status, one.texts) for one in made] == [
        ("spelling", "toy", "ok", 8),
        ("words", "toy", "ok", 0),
    ]
    store = Store(asked.store)
    assert [row.run for row in store.rows().rows] == [row.run for row in rows(made)]
    kept = store.runs([one.id for one in made])
    assert [one.answers for one in kept] == [one.answers for one in made]
    assert set(kept[0].answers) == {"q1", "q2", "q3"}
    began = [told for told in watch.heard if told[0] == "began"]
    assert began == [("began", "spelling", "toy", 8), ("began", "words", "toy", 8)]
    assert sum(told[1] for told in watch.heard if told[0] == "embedded") == 8
    assert [told for told in watch.heard if told[0] == "ended"] == [
        ("ended", "spelling", "toy"),
        ("ended", "words", "toy"),
    ]
    assert [one.texts for one in run(asked, Watcher())] == [0, 0]


def test_a_run_says_what_made_it(asked: Request) -> None:
    """The spec behind the name, the threads, and versions; no host, user or path."""
    made = run(asked, Watcher())[0]
    assert made.configuration == {
        "spec": "baseline:hashing",
        "metrics": ["ndcg@10", "recall@1"],
        "parameters": {
            "drop_repeated_queries": False,
            "exclude_stale": False,
            "ignore_identical_ids": True,
            "instruction": "",
            "use_title": True,
        },
        "resamples": 1000,
    }
    assert made.environment["threads"] >= 1
    assert made.environment["packages"]["numpy"]
    assert str(asked.store.parent) not in str((made.configuration, made.environment))


def test_rows_have_the_fields_of_the_store(asked: Request) -> None:
    """What a run prints is, field by field, what the table prints later."""
    made = rows(run(asked, Watcher()))
    assert made == Store(asked.store).rows().rows
    assert [row.headline for row in made] == [True, False, True, False]
    assert list(Row.__dataclass_fields__) == list(vars(made[0]))


def test_the_worst_failure_decides(asked: Request) -> None:
    """A faulty suite before a failed embedder; what does not apply is no failure."""
    ok, ranked = run(asked, Watcher())
    assert failed([ok, replace(ranked, status="not_applicable", reason="x")]) is None
    assert failed([ok, replace(ranked, status="failed", reason="x")]) is EmbedderError
    both = [replace(ok, status="failed", reason="x", fingerprint=""), replace(ranked, status="failed", reason="x")]
    assert failed(both) is failed(both[::-1]) is SuiteError


@pytest.mark.parametrize("spec", ["bm52:", "baseline:hash", "bm25:?k2=1"])
def test_what_does_not_exist_is_refused_before_anything_is_done(asked: Request, spec: str) -> None:
    """Nothing is embedded, recorded or begun because of a typing error in the last of the specs."""
    watch = Watcher()
    with pytest.raises(UsageError):
        run(replace(asked, embedders={**asked.embedders, "typo": parse_spec(spec)}), watch)
    assert watch.heard == []
    assert not asked.store.exists()


def test_a_store_that_cannot_be_used_is_told_before_anything_is_embedded(asked: Request) -> None:
    """Not after an hour."""
    asked.store.write_text("no database " * 1000, "utf-8")
    watch = Watcher()
    with pytest.raises(StoreError):
        run(asked, watch)
    assert watch.heard == []


def test_a_suite_named_twice_is_run_once(asked: Request) -> None:
    """By its own name and by the folder above it."""
    suites = [*asked.suites, f"{asked.suites[0]}/", asked.suites[0]]
    assert len(run(replace(asked, suites=suites), Watcher())) == 2


def test_a_model_is_let_go_of_before_the_next(asked: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two models that fit into memory one by one need not fit together."""
    alive: weakref.WeakSet[Baseline] = weakref.WeakSet()
    most = []
    embed = Baseline.embed

    def counted(self: Baseline, texts: Any, role: Any) -> Any:
        alive.add(self)
        gc.collect()
        most.append(len(alive))
        return embed(self, texts, role)

    monkeypatch.setattr(Baseline, "embed", counted)
    specs = {name: parse_spec(f"baseline:{name}") for name in ("random", "onehot", "hashing")}
    run(replace(asked, embedders=specs), Watcher())
    assert most
    assert max(most) == 1


def test_a_failed_run_says_how_long_it_took(asked: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its seconds are those until it failed, not a zero that nobody measured."""

    def fail(*_: object) -> None:
        time.sleep(0.02)
        raise EmbedderError("out of memory")

    monkeypatch.setattr("harness.workflows.run.evaluate", fail)
    made = run(asked, Watcher())[0]
    assert (made.status, made.reason) == ("failed", "out of memory")
    assert made.seconds >= 0.02
