"""Process proximity by hand: what a suite of edges and judgements makes of vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.evaluate import measure
from harness.metrics.graph import (
    Claims,
    Layouts,
    Neighbourhoods,
    adjacency_auc,
    direction_accuracy,
    hop_spearman,
    judgements_held,
    knn_purity,
)
from harness.metrics.ranking import Ranked, hit, mrr
from harness.statistics.intervals import Draws
from harness.statistics.seeding import generator
from harness.tasks.process import Process

Build: TypeAlias = Callable[..., Process]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]
Rows: TypeAlias = list[dict[str, str]]


def edges(*rows: str) -> Rows:
    """Edges written as `process: source > target`."""
    parts = [row.replace(": ", " > ").split(" > ") for row in rows]
    return [dict(zip(("process", "source", "target"), part, strict=True)) for part in parts]


def judgements(*rows: str) -> Rows:
    """Judgements written as `process: source near target`."""
    names = ("process", "source", "judgement", "target")
    return [dict(zip(names, row.replace(": ", " ").split(" "), strict=True)) for row in rows]


def turned(degrees: float) -> Sequence[float]:
    """A vector of length 1 at this angle."""
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


CHAIN = edges("p: a > b", "p: b > c", "p: c > d")
ANGLES = {"a": turned(0), "b": turned(20), "c": turned(50), "d": turned(90)}
"""The steps of CHAIN at growing angles: a nearer to b than c is to d."""


def test_next_steps_by_hand(build: Build, judge: Judge) -> None:
    """Each step with a successor ranks the three other labels.

    a: b first, rank 1. b: a is 20° away and c 30°, so c has rank 2. c: b is 30° away and d 40°, so d has rank 2.
    Mean reciprocal rank (1 + 1/2 + 1/2)/3 = 2/3, hit@1 1/3. d has no successor and does not ask.
    """
    judged = judge(build(Process, {"edges": CHAIN}), ANGLES)[Ranked]
    assert judged.ids == ["p/a", "p/b", "p/c"]
    assert judged.groups == ["p", "p", "p"]
    assert judged.pool.tolist() == [3, 3, 3]
    assert mrr(10).score(judged) == pytest.approx(2 / 3)
    assert hit(1).score(judged) == pytest.approx(1 / 3)


def test_layout_by_hand(build: Build, judge: Judge) -> None:
    """Edges span 20°, 30°, 40°; the other pairs 50° (ac), 70° (bd), 90° (ad).

    Every edge is nearer than every other pair: AUC 1. The distances in order of hops 1, 1, 1, 2, 2, 3 ascend: with the
    mean ranks of hops 2, 2, 2, 4.5, 4.5, 6 and distance ranks 1…6, ρ = 15/√(15 · 17.5) = 0.9258.
    """
    judged = judge(build(Process, {"edges": CHAIN}), ANGLES)[Layouts]
    assert adjacency_auc(None).score(judged) == 1.0
    assert hop_spearman(None).score(judged) == pytest.approx(15 / np.sqrt(15 * 17.5))


def test_claims_by_hand(build: Build, judge: Judge) -> None:
    """Near: nearer than the mean of the steps that are not adjacent; not near: farther than that of the adjacent.

    a near b: cos 20° = 0.940 against the mean of cos 50° and cos 90° = 0.321: holds.
    b near c: cos 30° = 0.866 against d, cos 70° = 0.342: holds.
    a not-near d: 0 against b, 0.940: holds.
    b not-near d: 0.342 against the mean of a and c, 0.903: holds.
    d near a: 0 against b, 0.342: does not hold.
    d not-near c is the only adjacent step, so there is nothing to be farther than: not counted.
    """
    rows = judgements(
        "p: a near b", "p: b near c", "p: a not-near d", "p: b not-near d", "p: d near a", "p: d not-near c"
    )
    judged = judge(build(Process, {"edges": CHAIN, "judgements": rows}), ANGLES)[Claims]
    np.testing.assert_array_equal(judged.held, [1, 1, 1, 1, 0, np.nan])
    assert judged.ids[2] == "p/a not-near d"
    assert judged.groups == ["p"] * 6
    assert judgements_held(None).score(judged) == pytest.approx(4 / 5)


DRAWS = Draws(generator("draws"))


def test_without_judgements(build: Build, judge: Judge) -> None:
    """A suite without judgements has no share of them, and the score says why."""
    score = measure(judgements_held(None), judge(build(Process, {"edges": CHAIN}), ANGLES)[Claims], DRAWS)
    assert (score.status, score.value) == ("not_applicable", None)
    assert score.reason == "the suite has no near/not-near judgements that can be decided"


def test_knn_purity_by_hand(build: Build, judge: Judge) -> None:
    """Two processes of two steps at 0° and 20°, and at 30° and 90°.

    The nearest of a (0°) is b: own. Of b (20°) it is x (30°): other. Of x it is b: other. Of y (90°) it is x: own.
    Purity@1 = 2/4; at random 1 of 3 others is own.
    """
    task = build(Process, {"edges": edges("p: a > b", "q: x > y")})
    vectors = {"a": turned(0), "b": turned(20), "x": turned(30), "y": turned(90)}
    judged = judge(task, vectors)[Neighbourhoods]
    assert judged.ids == ["p/a", "p/b", "q/x", "q/y"]
    assert knn_purity(1).score(judged) == 0.5
    assert knn_purity(1).floor(judged) == pytest.approx(1 / 3)


def test_a_label_that_two_processes_use(build: Build, judge: Judge) -> None:
    """A shared step has the successors of both processes, is embedded once and belongs to both.

    pay > file in p and pay > ship in q: pay asks once per process and wants file and ship. pay at 0°, file at
    10° and ship at 25°: file has rank 1, ship rank 2. The nearest of pay is file, which is its own in p only.
    """
    task = build(Process, {"edges": edges("p: pay > file", "q: pay > ship")})
    assert sorted(task.texts()["sources"].texts) == ["file", "pay", "ship"]
    judged = judge(task, {"pay": turned(0), "file": turned(10), "ship": turned(25)})
    assert judged[Ranked].ids == ["p/pay", "q/pay"]
    assert judged[Ranked].relevant.tolist() == [2, 2]
    assert judged[Ranked].rank.tolist() == [0, 1, 0, 1]
    near = judged[Neighbourhoods]
    assert dict(zip(near.ids, near.same[:, 0].tolist(), strict=True)) == {
        "p/pay": True,
        "p/file": True,
        "q/pay": False,
        "q/ship": False,
    }


def test_direction_of_a_symmetric_embedder(build: Build, judge: Judge) -> None:
    """One vector per text tells no direction: the score is not applicable, with the reason, and a finding says so."""
    task = build(Process, {"edges": CHAIN})
    judged = judge(task, ANGLES)
    score = measure(direction_accuracy(None), judged[Layouts], DRAWS)
    assert (score.status, score.value, score.reason) == (
        "not_applicable",
        None,
        "symmetric: it cannot tell direction",
    )
    findings = {finding.name: finding for finding in task.findings(judged, generator("a"))}
    assert (findings["direction"].value, findings["direction"].note) == (None, "n/a: symmetric")


def test_direction_of_an_asymmetric_embedder(build: Build, judge: Judge) -> None:
    """A step that asks 30° ahead of where it answers is nearer to what follows than to what came before.

    a → b: asked 30°, answered 20°: 10° apart; back: asked 50°, answered 0°: 50° apart. b → c: 0° and 80° − 20° = 60°.
    c → d: asked 80°, answered 90°: 10°; back 120° − 50° = 70°. All three edges point forward.
    """
    task = build(Process, {"edges": CHAIN})
    angles = {"a": 0, "b": 20, "c": 50, "d": 90}
    both = {(text, "query"): turned(angle + 30) for text, angle in angles.items()}
    both |= {(text, "document"): turned(angle) for text, angle in angles.items()}
    judged = judge(task, both)
    score = measure(direction_accuracy(None), judged[Layouts], DRAWS)
    assert (score.status, score.value) == ("ok", 1.0)
    assert "direction" not in {finding.name for finding in task.findings(judged, generator("a"))}
    back = {
        (text, role): both[text, other]
        for text in angles
        for role, other in [("query", "document"), ("document", "query")]
    }
    assert direction_accuracy(None).score(judge(task, back)[Layouts]) == 0.0


def test_distances_are_the_mean_of_both_directions(build: Build, judge: Judge) -> None:
    """Which of two steps asks does not change how far apart they are, so swapping the roles changes no distance."""
    task = build(Process, {"edges": CHAIN})
    random = generator("roles")
    both = {(text, role): random.normal(size=5).tolist() for text in "abcd" for role in ("query", "document")}
    swapped = {(text, role): both[text, "document" if role == "query" else "query"] for text, role in both}
    one, other = judge(task, both), judge(task, swapped)
    assert hop_spearman(None).score(one[Layouts]) == hop_spearman(None).score(other[Layouts])
    assert knn_purity(1).score(one[Neighbourhoods]) == knn_purity(1).score(other[Neighbourhoods])


def test_mantel_findings(build: Build, judge: Judge) -> None:
    """There is a Mantel p of all processes together and one of each, small where the layout is the process."""
    steps = "abcdefgh"
    rows = [
        row
        for process in ("p", "q")
        for row in edges(*(f"{process}: {process}{x} > {process}{y}" for x, y in pairwise(steps)))
    ]
    task = build(Process, {"edges": rows})
    vectors = {f"{process}{step}": turned(10 * at) for process in ("p", "q") for at, step in enumerate(steps)}
    findings = [f for f in task.findings(judge(task, vectors), generator("a")) if f.name == "mantel_p"]
    assert [finding.subject for finding in findings] == ["", "p", "q"]
    assert all(finding.value is not None and 0 < finding.value <= 0.01 for finding in findings)


def test_faults_of_edges_and_judgements(build: Build) -> None:
    """A loop, a repeated edge and a judgement on an unknown step are reported together."""
    rows = [*CHAIN, *edges("p: a > b", "p: a > a")]
    with pytest.raises(SuiteError) as caught:
        build(Process, {"edges": rows, "judgements": judgements("p: a near x")})
    assert [(fault.file, fault.line) for fault in caught.value.faults] == [
        ("edges.tsv", 5),
        ("edges.tsv", 6),
        ("judgements.tsv", 2),
    ]


def test_a_constant_embedder_finds_next_steps_by_chance(build: Build, judge: Judge) -> None:
    """With every label at the same place the next step is found as often as in a random order, and never every time.

    30 labels in three chains whose order is unrelated to their spelling.
    """
    labels = [f"{n:02}" for n in generator("labels").permutation(30)]
    rows = [
        row
        for start in (0, 10, 20)
        for row in edges(*(f"p{start}: {labels[i]} > {labels[i + 1]}" for i in range(start, start + 9)))
    ]
    judged = judge(build(Process, {"edges": rows}), {label: [0.3, 0.1, 0.7] for label in labels})
    assert mrr(10).score(judged[Ranked]) < 0.2
    assert hit(1).score(judged[Ranked]) <= 2 / 27
    assert knn_purity(5).score(judged[Neighbourhoods]) == pytest.approx(9 / 29, abs=0.1)


def test_a_constant_embedder_has_no_layout(build: Build, judge: Judge) -> None:
    """With every step at the same place all pairs tie: AUC 1/2, no correlation, no Mantel p."""
    labels = [str(n) for n in range(23)]
    rows = edges(*(f"p: {one} > {other}" for one, other in pairwise(labels)))
    task = build(Process, {"edges": rows})
    place = generator("constant").normal(size=384).tolist()
    judged = judge(task, {label: place for label in labels})  # noqa: C420 # a list is mutable
    assert adjacency_auc(None).score(judged[Layouts]) == 0.5
    assert np.isnan(hop_spearman(None).score(judged[Layouts]))
    assert task.findings(judged, generator("a"))[0].value is None
