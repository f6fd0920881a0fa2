"""Which embedder to take, from a store: who is compared, on what, what is known of costs, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import numpy as np
import pytest

from harness.compare.choice import Needs
from harness.diagnostics.cost import latency
from harness.errors import StoreError, UsageError
from harness.model import Finding, Identity, Interval, ItemScores, Limit, Run, Score
from harness.store import Store
from harness.workflows.best import COLUMNS, decide, rows
from harness.workflows.configuration import Configuration
from harness.workflows.contests import weight
from harness.workflows.needs import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.model import Decision

DRAWN = np.random.default_rng(5).normal(0, 0.1, (8, 50))
NOISE = DRAWN - DRAWN.mean(axis=1, keepdims=True) + np.arange(8)[:, None] / 1000
"""Row by row a mean of 0, 0.001, 0.002, …"""
METRIC, CONVENTION = "ndcg@10", "gain=linear"


def run(embedder: str, values: np.ndarray | None = None, suite: str = "zh/a", **given: Any) -> Run:
    """A run with one metric and its items; without values, one that failed."""
    backend = given.pop("backend", "baseline")
    ids = given.pop("ids", [f"q{number:02}" for number in range(0 if values is None else len(values))])
    fields: dict[str, Any] = {
        "id": uuid4().hex,
        "started_at": "2026-01-01T00:00:00.000000+00:00",
        "kind": "retrieval",
        "fingerprint": "f",
        "identity": Identity(backend, embedder, "1"),
        "status": "failed" if values is None else "ok",
        "reason": "out of memory" if values is None else "",
        "seconds": 1.0,
        "vector_bytes": 1024,
        "configuration": {"spec": f"{backend}:{embedder}"},
    }
    if values is not None:
        low, high = float(values.mean()) - 0.02, float(values.mean()) + 0.02
        scores = (Score(METRIC, float(values.mean()), Interval(low, high), 0.1, len(ids), convention=CONVENTION),)
        fields |= {"scores": scores, "items": (ItemScores(METRIC, ids, ids, values),)}
    return Run(suite=suite, embedder=embedder, **fields | given)


def good(row: int) -> np.ndarray:
    """Item values near 0.6."""
    return np.asarray(0.6 + NOISE[row])


def bad(row: int) -> np.ndarray:
    """Item values near 0.2."""
    return np.asarray(0.2 + NOISE[row])


@pytest.fixture
def decided(tmp_path: Path) -> Callable[..., Decision]:
    """Records runs, then decides."""
    path = tmp_path / "结果.duckdb"

    def decide_on(*runs: Run, suites: tuple[str, ...] = (), asked: Needs | None = None, **options: Any) -> Decision:
        if runs:
            Store(path).add(*runs)
        embedders = options.pop("embedders", ())
        return decide(Configuration(store=path, **options), suites, embedders, asked or Needs())

    return decide_on


def places(decision: Decision) -> list[tuple[str, int | None, str]]:
    """Everybody in the deciding field."""
    assert decision.deciding is not None
    return [(one.embedder, one.place, one.reason) for one in decision.deciding.standings]


def test_one_suite_decides_by_itself(decided: Callable[..., Decision]) -> None:
    """The headline metric of the latest runs, paired by item."""
    made = decided(run("a", good(0)), run("b", good(1)), run("c", bad(2)))
    assert made.overall is None
    assert made.deciding is made.fields[0]
    assert {one.embedder for one in made.deciding.best} == {"a", "b"}
    assert (made.deciding.metric, made.deciding.items) == (METRIC, 50)
    assert made.chosen in {"a", "b"}


def test_a_failed_run_and_one_made_elsewhere_stand_outside(decided: Callable[..., Decision]) -> None:
    """With their reasons; a run without the metric, and one under another convention too."""
    other = (Score("map", 0.9, Interval(0.8, 1.0), 0.1, 50),)
    older = (Score(METRIC, 0.9, Interval(0.8, 1.0), 0.1, 50, convention="gain=exponential"),)
    early = "2025-01-01T00:00:00.000000+00:00"
    made = decided(
        run("a", good(0)),
        run("failed"),
        run("imported", good(1), fingerprint="imported:x", items=()),
        run("other", good(2), scores=other, started_at=early),
        run("older", good(3), scores=older, started_at=early),
    )
    reasons = {name: reason for name, place, reason in places(made) if place is None}
    assert reasons["failed"] == "out of memory"
    assert reasons["imported"].startswith("imported, 0.601 ")
    assert reasons["other"] == "its latest run has no such metric: run it again"
    assert reasons["older"] == f"scored under another convention of {METRIC}: run it again"
    assert [one.value for one in made.fields[0].standings if one.place is None] == [None] * 4


def test_other_items_stand_outside_whatever_their_score(decided: Callable[..., Decision]) -> None:
    """Of lots of as many items that one which most have is compared; the others are told what differs."""
    odd = run("odd", np.ones(50), ids=[f"x{number:02}" for number in range(50)])
    made = decided(run("a", good(0)), run("b", good(1)), odd, run("bare", good(2), items=()))
    reasons = {name: reason for name, place, reason in places(made) if place is None}
    assert reasons["odd"] == "judged on other items than the others: 100 are in one only, such as q00, q01, q02"
    assert reasons["bare"] == f"the store has no items of {METRIC} for it: run it again"


def test_who_was_judged_on_a_part_takes_nobody_with_him(decided: Callable[..., Decision]) -> None:
    """However many they are: those with all items are compared as without them."""
    half = [run(f"half{row}", bad(row)[:25]) for row in (2, 3, 4)]
    made = decided(run("a", good(0)), run("b", good(1)), *half)
    assert [name for name, place, _ in places(made) if place] == ["b", "a"]
    assert {reason.partition(":")[0] for _, place, reason in places(made) if not place} == {
        "judged on other items than the others"
    }


def test_who_has_only_older_data_is_told_so(decided: Callable[..., Decision]) -> None:
    """A candidate on new data of a suite does not make the others vanish; alone, they are not unknown either."""
    old = [run(name, good(row), suite) for suite in ("zh/a", "zh/b") for row, name in enumerate("ab")]
    new = run("new", bad(3), fingerprint="g", started_at="2026-02-01T00:00:00+00:00")
    made = decided(*old, new, run("new", bad(4), "zh/b"))
    reason = "run on older data of this suite alone, on 2026-01-01: run it again"
    assert [(one.embedder, one.reason) for one in made.fields[0].standings] == [
        ("new", ""),
        ("a", reason),
        ("b", reason),
    ]
    assert len(made.fields[1].best) == 2
    assert made.overall is not None
    assert (made.overall.of, made.overall.left_out) == (("zh/b",), {"zh/a": "of the 3 best, a, b have no score on it"})
    alone = decided(suites=("zh/a",), embedders=("a",))
    assert places(alone) == [("a", None, reason)]
    assert alone.chosen is None


def test_older_results_of_a_label_are_those_of_its_name(decided: Callable[..., Decision]) -> None:
    """Where one label is two embedders, older results are nobody's of the two."""
    first, second = (Identity("baseline", "m", revision) for revision in "12")
    late = {"fingerprint": "g", "started_at": "2026-02-01T00:00:00+00:00"}
    made = decided(
        run("m", good(0), "zh/a", identity=first),
        run("m", good(1), "zh/b", identity=first),
        run("m", good(2), "zh/b", identity=second),
        run("n", good(3), "zh/a", **late),
        run("n", good(3), "zh/b"),
    )
    assert [one.embedder for one in made.fields[0].standings] == ["n", "m"]
    assert len({one.embedder for one in made.fields[1].standings}) == 3


def test_without_any_items_there_is_an_order_and_no_best_set(decided: Callable[..., Decision]) -> None:
    """As with numbers that other software reported."""
    made = decided(run("a", good(0), items=()), run("b", bad(1), items=()))
    assert [name for name, _, _ in places(made)] == ["a", "b"]
    assert all(one.in_best for one in made.fields[0].standings)
    assert "no items" in made.fields[0].correction


def test_over_suites_by_weight(decided: Callable[..., Decision]) -> None:
    """A suite's own weight, else that of the nearest folder; a weight of a suite that nobody knows is told."""
    runs = [run(name, values, suite) for suite in ("zh/a", "zh/b") for name, values in (("a", good(0)), ("b", bad(1)))]
    made = decided(*runs, weights={"zh": 2.0, "zh/b": 3.0, "zh/c": 4.0})
    assert made.overall is not None
    assert [field.weight for field in made.fields] == [2.0, 3.0]
    assert made.overall.weight == 5.0
    assert made.notes == ("[weights] of harness.toml: nobody was run on zh/c. Did you mean 'zh/b'?",)


def test_the_weight_of_the_nearest_folder_counts() -> None:
    """Names of folders end at a slash: zh/a is not above zh/ab."""
    weights = {"zh": 2.0, "zh/a": 3.0}
    assert [weight(name, weights) for name in ("zh/a", "zh/a/b", "zh/ab", "en")] == [3.0, 3.0, 2.0, 1.0]


def test_nobody_with_all_suites_decides_nothing(decided: Callable[..., Decision]) -> None:
    """Nobody could be compared in an average; each suite still has its best set."""
    made = decided(run("a", good(0), "zh/a"), run("b", good(1), "zh/b"))
    assert (made.overall, made.deciding, made.chosen, made.admitted) == (None, None, None, ())
    assert made.notes == ()
    assert [len(field.best) for field in made.fields] == [1, 1]


def test_one_label_for_two_embedders_is_two_names(decided: Callable[..., Decision]) -> None:
    """A model whose weights changed is another one; its runs are not mixed."""
    made = decided(
        run("a", good(0), identity=Identity("baseline", "a", "1")),
        run("a", good(1), identity=Identity("baseline", "a", "2")),
    )
    names = [name for name, _, _ in places(made)]
    assert sorted(names) == sorted(f"a [{Identity('baseline', 'a', revision).key[:6]}]" for revision in "12")


def profile(embedder: str, *findings: Finding, **given: Any) -> Run:
    """What `harness profile` records."""
    fields = {"kind": "profile", "fingerprint": "p", "scores": (), "items": (), "vector_bytes": None}
    return run(embedder, good(0), "profile", **fields | {"findings": findings} | given)


def test_costs_come_from_the_latest_profile(decided: Callable[..., Decision]) -> None:
    """By their names and units; what is not in it is not known, and says why."""
    measured = profile(
        "a",
        Finding("query_latency", 12.5, "ms: 95 % of 100 queries took no longer", "p95"),
        Finding("token_price", 0.13, "USD: for 1M tokens, as of 2026-01-01"),
        Finding("peak_memory", 512.0, "MB: resident", ""),
        Finding("peak_memory", 100.0, "MB: resident", "idle"),
        Finding("dimension", 768.0, "numbers: of a vector"),
        Finding("data_leaves_machine", 1.0, "yes/no: texts are sent elsewhere"),
    )
    mean = profile("b", Finding("query_latency", 0.5, "ms: of a query more", "mean"))
    failed = profile("c", Finding("not_measured", None, "crashed"), status="failed", reason="crashed")
    made = decided(run("a", good(0)), run("b", good(1)), run("c", good(2)), run("d", good(3)), measured, mean, failed)
    a, b, c, d = (made.facts[name] for name in "abcd")
    assert (a.latency, a.price, a.currency, a.memory) == (12.5, 0.13, "USD", 512.0)
    assert (a.dimension, a.local, a.index, dict(a.notes)) == (768, False, 1024, {})
    assert b.notes["latency"] == "only the mean of a query more was measured, 0.5 ms"
    assert c.notes["memory"] == "profile failed: crashed"
    assert d.notes["latency"] == "not measured: harness profile -e d"


def test_letters_in_csv_are_kept_apart(decided: Callable[..., Decision]) -> None:
    """Of 27 embedders one is called aa: a joined to it could be three others."""
    (first, *_) = rows(decided(run("a", good(0)), run("b", bad(1)), run("c", bad(2))))
    assert dict(zip(COLUMNS, first, strict=True))["beats"] == "b c"


def test_how_much_a_profile_varies_is_read_from_it(decided: Callable[..., Decision]) -> None:
    """The largest median of its stretches of queries against the smallest, as the profile writes it; else not known."""
    seconds = [0.003] * 20 + [0.006] * 80
    measures = latency(seconds, "query_latency", "queries, one per call")
    findings = (Finding(one.name, one.value, f"{one.unit}: {one.note}", one.subject) for one in measures)
    made = decided(run("a", good(0)), run("b", good(1)), profile("a", *findings))
    assert (made.facts["a"].latency, made.facts["a"].swing) == (6.0, 2.0)
    assert made.facts["b"].swing is None


def test_without_a_profile_a_run_tells_what_it_can(decided: Callable[..., Decision]) -> None:
    """A backend of this machine is local and free; the bytes of a vector tell its dimension."""
    short = Identity("st", "b", "1", (("precision", "int8"),))
    bits = Identity("st", "c", "1", (("precision", "binary"),))
    made = decided(
        run("a", good(0)),
        run("b", good(1), identity=short),
        run("c", good(2), identity=bits),
        run("d", good(3), vector_bytes=None),
        run("e", good(4), backend="custom"),
    )
    a, b, c, d, e = (made.facts[name] for name in "abcde")
    assert (a.local, a.price, a.dimension, a.index) == (True, 0.0, 256, 1024)
    assert (b.dimension, c.dimension) == (1024, None)
    assert (d.dimension, d.notes["dimension"], d.notes["index"]) == (None, "it makes no vectors", "it makes no vectors")
    assert (e.local, e.price) == (None, None)


@pytest.mark.parametrize(
    ("spec", "local", "price"),
    [
        ("openai:m?base_url=http://127.0.0.1:9/v1", True, 0.0),
        ("openai:text-embedding-3-small", False, 0.02),
        ("openai:unheard-of", False, None),
    ],
)
def test_where_a_service_is_says_its_spec(
    decided: Callable[..., Decision], spec: str, price: float | None, *, local: bool
) -> None:
    """Nothing is sent to find out; a loopback address is this machine, and the price is that of the table."""
    made = decided(run("a", good(0), backend="openai", configuration={"spec": spec}))
    assert (made.facts["a"].local, made.facts["a"].price) == (local, price)


def test_needs_decide_inside_the_best_set(decided: Callable[..., Decision]) -> None:
    """Who misses one is told so; who is not measured is not admitted either, and is told so."""
    fast = profile("a", Finding("query_latency", 10.0, "ms: …", "p95"))
    slow = profile("b", Finding("query_latency", 90.0, "ms: …", "p95"))
    runs = (run("a", good(0)), run("b", good(1)), run("c", good(2)), fast, slow)
    made = decided(*runs, asked=Needs(latency=50.0))
    assert (made.admitted, made.chosen) == (("a",), "a")
    assert [one.known for one in (*made.unmet["b"], *made.unmet["c"])] == [True, False]
    assert made.needs == ("latency p95 <= 50 ms",)


def test_a_floor_may_name_any_stored_metric(decided: Callable[..., Decision]) -> None:
    """Of a suite that is not asked for too; an interval that reaches below it is told."""
    runs = (run("a", good(0), "zh/a"), run("b", good(1), "zh/a"), run("a", good(2), "zh/b"), run("b", bad(3), "zh/b"))
    floor = Limit("zh/b", METRIC, ">", 0.59)
    made = decided(*runs, suites=("zh/a",), asked=Needs(floors=(floor,)))
    assert made.chosen == "a"
    assert [one.found.partition(" ")[0] for one in made.unmet["b"]] == [f"{float(bad(3).mean()):.3f}"]
    assert made.notes[0].startswith("zh/b ndcg@10 > 0.59: a has 0.602 (0.582 to 0.622)")


@pytest.mark.parametrize(
    ("floor", "message"),
    [
        (Limit("zh/x", METRIC, ">", 0.5), "nobody was run on zh/x. .*Suites there: zh/a"),
        (Limit("zh/a", "mrr@10", ">", 0.5), "nobody has a mrr@10 on zh/a. .*Metrics there: ndcg@10"),
    ],
)
def test_a_floor_on_what_is_not_there_is_refused(decided: Callable[..., Decision], floor: Limit, message: str) -> None:
    """With what is there."""
    with pytest.raises(UsageError, match=message):
        decided(run("a", good(0)), asked=Needs(floors=(floor,)))


@pytest.mark.parametrize("selection", [{"suites": ("zh/x",)}, {"embedders": ("x",)}, {"suites": ("zh/a", "en")}])
def test_what_is_not_in_the_store_is_refused(decided: Callable[..., Decision], selection: dict[str, Any]) -> None:
    """One unknown name among known ones too, with what is there."""
    with pytest.raises(UsageError, match=r"holds nothing for .*Suites there: zh/a\. Embedders: a\."):
        decided(run("a", good(0)), **selection)


def test_a_folder_is_held_where_one_of_its_suites_is(decided: Callable[..., Decision]) -> None:
    """The others of zh need not have been run."""
    made = decided(run("a", good(0), "zh/lexical-gap"), run("b", bad(1), "zh/lexical-gap"), suites=("zh",))
    assert [one.suite for one in made.fields] == ["zh/lexical-gap"]


def test_no_store_and_an_empty_one_say_how_to_fill_it(decided: Callable[..., Decision], tmp_path: Path) -> None:
    """harness run."""
    with pytest.raises(StoreError, match="harness run"):
        decided()
    Store(tmp_path / "结果.duckdb").prepare()
    with pytest.raises(UsageError, match=r"holds no scores yet\. Make some with: harness run"):
        decided()


def test_one_item_tells_nothing(decided: Callable[..., Decision]) -> None:
    """Both are in the best set, with the reason."""
    made = decided(run("a", good(0)[:1]), run("b", bad(1)[:1]))
    assert [one.in_best for one in made.fields[0].standings] == [True, True]
    assert "at least 5 are needed" in made.fields[0].correction


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ({"latency": "50ms"}, Needs(latency=50.0)),
        ({"latency": "0.05 s"}, Needs(latency=50.0)),
        ({"latency": "50"}, Needs(latency=50.0)),
        ({"memory": "2GB"}, Needs(memory=2000.0)),
        ({"memory": "1 GiB"}, Needs(memory=1073.741824)),
        ({"memory": "512mb"}, Needs(memory=512.0)),
        ({"cost": "0.1"}, Needs(cost=0.1)),
        ({"cost": "0.7 cny"}, Needs(cost=0.7, currency="CNY")),
        ({"cost": "1e-3USD"}, Needs(cost=0.001)),
    ],
)
def test_limits_are_read_with_their_units(limits: dict[str, str], expected: Needs) -> None:
    """With or without a space, in any case."""
    assert needs(limits) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zh/lexical-gap ndcg@10 > 0.7", Limit("zh/lexical-gap", "ndcg@10", ">", 0.7)),
        ("zh/lexical-gap ndcg@10>=0.7", Limit("zh/lexical-gap", "ndcg@10", ">=", 0.7)),
        ("我的 测试集 ndcg@10 ≥ .7", Limit("我的 测试集", "ndcg@10", ">=", 0.7)),
        ("s spearman > -0.1", Limit("s", "spearman", ">", -0.1)),
        ("s offset_length <= 0.5", Limit("s", "offset_length", "<=", 0.5)),
    ],
)
def test_floors_are_read(text: str, expected: Limit) -> None:
    """A suite's name may have spaces."""
    assert needs({}, floors=[text]).floors == (expected,)


@pytest.mark.parametrize(
    ("limits", "floors", "example"),
    [
        ({"latency": "fast"}, (), "50ms or 0.05s"),
        ({"latency": "50 minutes"}, (), "50ms or 0.05s"),
        ({"memory": "-1GB"}, (), "512MB or 2GB"),
        ({"cost": "0.1 dollars"}, (), "--max-cost 0.1"),
        ({"cost": "cheap"}, (), "--max-cost 0.1"),
        ({}, ("ndcg@10 > 0.7",), "zh/lexical-gap ndcg@10 > 0.7"),
        ({}, ("s m > 1.2.3",), "zh/lexical-gap ndcg@10 > 0.7"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(
    limits: dict[str, str], floors: tuple[str, ...], example: str
) -> None:
    """Whatever the option."""
    with pytest.raises(UsageError, match=example):
        needs(limits, floors=floors)
