"""Bitext by hand: candidates, ties, several translations, both directions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import pytest

from harness.errors import SuiteError
from harness.metrics.matched import Matched, bitext_accuracy, bitext_f1, bitext_reverse_accuracy
from harness.tasks.bitext import Bitext

Build: TypeAlias = Callable[..., Bitext]
Judge: TypeAlias = Callable[..., dict[type[Any], Any]]


def pairs(*rows: tuple[str, str]) -> dict[str, list[dict[str, str]]]:
    """A table of these translations."""
    return {"pairs": [{"sentence1": one, "sentence2": other} for one, other in rows]}


def turned(degrees: float) -> list[float]:
    """A vector of length 1 at this angle."""
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


THREE = pairs(("红", "red"), ("绿", "green"), ("蓝", "blue"))


def test_by_hand(build: Build, judge: Judge) -> None:
    """红 0° finds red 5°, 绿 40° finds blue 50° instead of green 20°, 蓝 60° finds blue.

    Accuracy 2/3. F1: red 1, green 0, blue 2·1/(1 + 2): 5/9. Back: red finds 红, green (20° from both) 红, blue 绿 and
    蓝 are 10° away: a tie, lost. 1/3, or nothing for green: 1/3.
    """
    angles = {"红": 0, "绿": 41, "蓝": 60, "red": 5, "green": 20, "blue": 50.5}
    judged = judge(build(Bitext, THREE), {text: turned(angle) for text, angle in angles.items()})[Matched]
    assert judged.predicted.tolist() == [0, 2, 2]
    assert bitext_accuracy(None).score(judged) == pytest.approx(2 / 3)
    assert bitext_f1(None).score(judged) == pytest.approx((1 + 2 / 3) / 3)
    assert judged.back_predicted.tolist() == [0, 0, 1]
    assert bitext_reverse_accuracy(None).score(judged) == pytest.approx(1 / 3)


def test_a_constant_embedder_finds_nothing(build: Build, judge: Judge) -> None:
    """Every sentence ties with every other, and a tie is lost."""
    task = build(Bitext, THREE)
    judged = judge(task, {text: [0.3, 0.1] for text in [*task.first, *task.second]})[Matched]
    assert bitext_accuracy(None).score(judged) == 0.0
    assert bitext_f1(None).score(judged) == 0.0
    assert bitext_reverse_accuracy(None).score(judged) == 0.0


def test_several_translations_are_all_right(build: Build, judge: Judge) -> None:
    """hello may be 你好 or 您好, which have one vector: each finds hello, and hello finds one of them."""
    task = build(Bitext, pairs(("你好", "hello"), ("您好", "hello"), ("再见", "bye")))
    assert (task.first, task.second) == (["你好", "您好", "再见"], ["hello", "bye"])
    angles = {"你好": 0, "您好": 0, "再见": 80, "hello": 10, "bye": 70}
    judged = judge(task, {text: turned(angle) for text, angle in angles.items()})[Matched]
    assert bitext_accuracy(None).score(judged) == 1.0
    assert bitext_f1(None).score(judged) == 1.0
    assert bitext_reverse_accuracy(None).score(judged) == 1.0
    assert judged.candidates.tolist() == [2, 2, 2]
    assert judged.back_candidates.tolist() == [3, 3, 3]


def test_floors_where_a_sentence_has_several_translations(build: Build, judge: Judge) -> None:
    """Each of 10 sentences has 4 of the 40 others: 500 random embedders average to the floors within 5 errors."""
    task = build(Bitext, pairs(*((f"a{row // 4}", f"b{row}") for row in range(40))))
    random = np.random.default_rng(0)
    texts = [*task.first, *task.second]
    drawn = [judge(task, dict(zip(texts, random.normal(size=(50, 16)), strict=True)))[Matched] for _ in range(500)]
    for metric, floor in ((bitext_accuracy(None), 4 / 40), (bitext_reverse_accuracy(None), 1 / 10)):
        values = np.array([metric.score(judged) for judged in drawn])
        assert metric.floor(drawn[0]) == pytest.approx(floor)
        assert values.mean() == pytest.approx(floor, abs=5 * values.std() / np.sqrt(500))
    assert bitext_f1(None).floor(drawn[0]) is None
    assert bitext_f1(None).floor(judge(task, {text: [1.0] for text in texts})[Matched]) is None


def test_several_translations_that_tie_with_a_wrong_sentence(build: Build, judge: Judge) -> None:
    """Lost, wherever the wrong one stands among the tied; a tie of right ones alone is won."""
    rows = [("红", "red"), ("红", "scarlet"), ("红", "crimson"), ("绿", "green")]
    for table in (rows, rows[::-1]):
        task = build(Bitext, pairs(*table))
        same = {text: turned(0) for text in [*task.first, *task.second]}
        assert bitext_accuracy(None).score(judge(task, same)[Matched]) == 0.0
        apart = same | {"green": turned(90), "绿": turned(90)}
        assert bitext_accuracy(None).score(judge(task, apart)[Matched]) == 1.0


def test_one_pair(build: Build, judge: Judge) -> None:
    """The only candidate is found."""
    judged = judge(build(Bitext, pairs(("红", "red"))), {"红": turned(0), "red": turned(90)})[Matched]
    assert bitext_accuracy(None).score(judged) == 1.0


def test_a_pair_given_twice(build: Build) -> None:
    """The second is refused with the line of the first."""
    with pytest.raises(SuiteError, match=r"pairs\.tsv:4: pair given twice: it stands in line 2"):
        build(Bitext, pairs(("红", "red"), ("绿", "green"), ("红", "red")))


def test_groups(build: Build) -> None:
    """Translations of one sentence are one group unless groups are given; both sides have the same role."""
    task = build(Bitext, pairs(("红", "red"), ("红", "scarlet")))
    assert task.groups == ["红", "红"]
    assert [texts.role for texts in task.texts().values()] == ["either", "either"]
    assert task.findings({}, np.random.default_rng(0)) == ()
