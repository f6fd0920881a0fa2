"""Analogies from tables: which questions are asked, what competes, what is found out, what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.metrics.analogy import AnalogyRanks, analogy_accuracy, honest_accuracy
from harness.metrics.offsets import Offsets, PairDirections, ocs, offset_length, pcs
from harness.tasks.analogy import Analogy

Build: TypeAlias = Callable[..., Analogy]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]
Rows: TypeAlias = list[dict[str, str]]


def pairs(category: str, *rows: str) -> Rows:
    """Pairs written as `a b`."""
    return [dict(zip("ab", row.split(" "), strict=True), category=category) for row in rows]


def asked(*rows: str) -> Rows:
    """Questions written as `a b c d`, without a category."""
    return [dict(zip("abcd", row.split(" "), strict=True)) for row in rows]


CAPITALS = pairs("capital", "法国 巴黎", "日本 东京", "德国 柏林")
PLACES: Mapping[str, Sequence[float]] = {
    "法国": [1.0, 0.0, 0.0, 0.0],
    "日本": [0.0, 1.0, 0.0, 0.0],
    "德国": [0.0, 0.0, 1.0, 0.0],
    "巴黎": [1.0, 0.0, 0.0, 1.0],
    "东京": [0.0, 1.0, 0.0, 1.0],
    "柏林": [0.0, 0.0, 1.0, 1.0],
}
"""Each capital is its country and one step further in one direction."""


def test_all_ordered_couples_of_a_category_are_asked(build: Build) -> None:
    """Three pairs give six questions, two of another category two; none across categories."""
    task = build(Analogy, {"pairs": CAPITALS + pairs("gender", "国王 王后", "叔叔 阿姨")})
    assert len(task.questions) == 8
    assert task.questions.ids[0] == "capital/法国/巴黎/日本/东京"
    assert task.questions.groups[0] == "日本/东京"
    assert len(set(task.questions.ids)) == 8
    assert set(task.texts()["words"].texts) == {word for row in CAPITALS for word in (row["a"], row["b"])} | {
        "国王", "王后", "叔叔", "阿姨",
    }  # fmt: skip


def test_parallel_offsets(build: Build, judge: Judge) -> None:
    """法国→巴黎 is 日本→东京 in direction and in length: everything is solved, OCS, PCS and length are 1."""
    judged = judge(build(Analogy, {"pairs": CAPITALS}), PLACES)
    assert analogy_accuracy(1).score(judged[AnalogyRanks]) == 1.0
    relations = judged[Offsets]
    assert (relations.ids, relations.pairs.tolist()) == (["capital"], [3])
    assert ocs(None).score(relations) == 1.0
    assert pcs(None).score(relations) == 1.0
    assert offset_length(None).score(relations) == 1.0
    assert judged[PairDirections].direction.tolist() == [1.0, 1.0, 1.0]


def test_parallel_in_direction_but_not_in_length(build: Build, judge: Judge) -> None:
    """With 东京 twice as far, the direction stays and the length does not: lengths 1, 2, 1 give (1/2 + 1 + 1/2)/3."""
    judged = judge(build(Analogy, {"pairs": CAPITALS}), {**PLACES, "东京": [0.0, 1.0, 0.0, 2.0]})
    assert ocs(None).score(judged[Offsets]) == 1.0
    assert offset_length(None).score(judged[Offsets]) == pytest.approx(2 / 3)


def test_questions_as_written(build: Build, judge: Judge) -> None:
    """Only the given question is asked; its two pairs are a relation called all; the vocabulary competes."""
    rows = asked("法国 巴黎 日本 东京")
    task = build(Analogy, {"analogies": rows, "vocabulary": [{"text": "大阪"}, {"text": "东京"}]})
    assert (task.questions.ids, task.questions.categories) == (["all/法国/巴黎/日本/东京"], ["all"])
    near = {**PLACES, "大阪": [0.0, 1.0, 0.0, 1.0]}
    judged = judge(task, near)
    assert judged[AnalogyRanks].pool.tolist() == [2]
    assert judged[AnalogyRanks].added.tolist() == [1]  # 大阪 has the vector of 东京: the tie is lost
    assert judged[Offsets].ids == ["all"]


def test_questions_of_both_tables_are_asked_once(build: Build) -> None:
    """A question that is written and also follows from the pairs is one question."""
    rows = [{**row, "category": "capital"} for row in asked("法国 巴黎 日本 东京")]
    assert len(build(Analogy, {"pairs": CAPITALS, "analogies": rows}).questions) == 6


def test_questions_that_hold_their_answer_are_not_asked(build: Build, judge: Judge) -> None:
    """Pairs may share their b, or be each other's reverse: such couples are left out, and counted.

    x→z and y→z leave out both questions between them; u→v and v→u as well. Of 4 · 3 couples 8 remain.
    """
    task = build(Analogy, {"pairs": pairs("r", "x z", "y z", "u v", "v u")})
    assert (len(task.questions), task.unasked) == (8, 4)
    random = np.random.default_rng(0)
    judged = judge(task, {word: random.normal(size=4).tolist() for word in "xyzuv"})
    findings = {finding.name: finding.value for finding in task.findings(judged, random)}
    assert findings["unasked_questions"] == 4.0


def test_long_words_have_short_names(build: Build) -> None:
    """Code of several lines is told apart by a digest, and slashes in words are no separators."""
    code = "def add(a, b):\n    return a + b\n" * 9
    rows = [{"a": code, "b": code + "#", "category": "fix"}, {"a": "x/y", "b": "y\\", "category": "fix"}]
    task = build(Analogy, {"pairs": rows})
    assert len(set(task.questions.ids)) == 2
    assert all(len(name) < 200 and name.isprintable() for name in task.questions.ids)
    assert task.questions.groups[0] == "x\\/y/y\\\\"
    assert code in task.texts()["words"].texts


def test_findings(build: Build, judge: Judge) -> None:
    """Per category both accuracies and what PCS says; the pairs that agree least, lowest first."""
    task = build(Analogy, {"pairs": CAPITALS + pairs("gender", "国王 王后", "叔叔 阿姨")})
    random = np.random.default_rng(0)
    apart = {word: [*vector, 0.0, 0.0] for word, vector in PLACES.items()}
    wild = {word: [0.0] * 4 + random.normal(size=2).tolist() for word in ("国王", "王后", "叔叔", "阿姨")}
    judged = judge(task, {**apart, **wild})
    findings = task.findings(judged, random)
    named = {(finding.name, finding.subject): finding for finding in findings}
    assert named["relation_analogy_accuracy@1", "capital"].value == 1.0
    assert ("relation_honest_accuracy@1", "gender") in named
    note = named["relation_direction", "capital"].note
    assert "usable" in note
    assert "proposed here" in note
    assert "only 3 pairs" in note
    broken = [finding for finding in findings if finding.name == "broken_pairs"]
    assert len(broken) == 3
    assert {finding.subject for finding in broken[:2]} == {"gender/国王/王后", "gender/叔叔/阿姨"}


def test_a_relation_with_one_b(build: Build, judge: Judge) -> None:
    """More than half of the pairs with one b: PCS is not there, and the finding says why; OCS has a floor above 0."""
    task = build(Analogy, {"pairs": pairs("r", "a z", "b z", "c z", "d e")})
    random = np.random.default_rng(0)
    judged = judge(task, {word: random.normal(size=4).tolist() for word in "abcdez"})
    assert np.isnan(pcs(None).score(judged[Offsets]))
    assert ocs(None).floor(judged[Offsets]) == pytest.approx(3 * 0.5 / 6)
    (said,) = [finding for finding in task.findings(judged, random) if finding.name == "relation_direction"]
    assert (said.value, said.note) == (None, "n/a: more than half of its pairs have the same b")


def test_the_same_vectors_give_the_same_numbers(build: Build, judge: Judge) -> None:
    """The shuffles of PCS depend on the words alone, not on what was judged before."""
    task = build(Analogy, {"pairs": pairs("r", *(f"a{n} b{n}" for n in range(12)))})
    random = np.random.default_rng(0)
    vectors = {word: random.normal(size=8).tolist() for word in task.words}
    one = pcs(None).score(judge(task, vectors)[Offsets])
    judge(task, {word: random.normal(size=8).tolist() for word in task.words})
    assert pcs(None).score(judge(task, vectors)[Offsets]) == one


def test_excluding_the_inputs_is_what_solves(build: Build, judge: Judge) -> None:
    """Where a and b are nearly one word, b − a + c is nearest to c itself: all right without the inputs, none with.

    Pair n lies on axis n, its b a little (0.1 · n) up a common axis. From pair 2 to 1: b − a + c is up by 0.2, which
    is nearer to b₁ (0.1) than to a₁ (0). From 1 to 2 it is up by 0.1, half-way. From 0, up by nothing, it is a itself.
    """
    task = build(Analogy, {"pairs": pairs("r", *(f"a{n} b{n}" for n in range(3)))})
    near = {f"{side}{n}": [*np.eye(3)[n].tolist(), 0.1 * n * (side == "b")] for side in "ab" for n in range(3)}
    near["b0"][3] = 0.01
    ranks = judge(task, near)[AnalogyRanks]
    assert analogy_accuracy(1).score(ranks) == 1.0
    honest = dict(zip(ranks.ids, (ranks.honest == 0).tolist(), strict=True))
    assert honest["r/a2/b2/a1/b1"]
    assert not honest["r/a0/b0/a1/b1"]
    assert not honest["r/a0/b0/a2/b2"]
    assert honest_accuracy(1).score(ranks) < 1.0


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        ({"vocabulary": [{"text": "x"}]}, r"needs pairs or analogies"),
        ({"pairs": pairs("r", "a b", "c d", "a b")}, r"pairs\.tsv:4 \[a\]: pair given twice: it stands in line 2"),
        ({"pairs": pairs("r", "a b", "c d", "a e")}, r"pairs\.tsv:4 \[a\]: two answers"),
        ({"pairs": pairs("r", "a a", "c d", "e f")}, r"pairs\.tsv:2 \[b\]: same word"),
        ({"pairs": pairs("r", "a b", "c d") + pairs("s", "e f")}, r"size of a relation: 's' has 1"),
        ({"pairs": pairs("r", *(f"a{n} b{n}" for n in range(301)))}, r"size of a relation: 'r' has 301"),
        ({"analogies": asked("a b c d", "a b c d")}, r"analogies\.tsv:3: question given twice"),
        ({"analogies": asked("a b c b")}, r"analogies\.tsv:2 \[d\]: answer given away"),
        ({"analogies": asked("a b a d")}, r"analogies\.tsv:2 \[a\]: same word"),
    ],
)
def test_faults(build: Build, tables: dict[str, Rows], fault: str) -> None:
    """Each names the line and what is wrong there."""
    with pytest.raises(SuiteError, match=fault):
        build(Analogy, tables)


def test_a_pair_may_stand_in_two_categories(build: Build) -> None:
    """Twice in one category is a fault, in two it is not."""
    rows = pairs("r", "a b", "c d") + pairs("s", "a b", "e f")
    assert len(build(Analogy, {"pairs": rows}).questions) == 4
