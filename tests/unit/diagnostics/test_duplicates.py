"""Near-duplicates: the pairs that comparing all with all would find."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from harness.diagnostics.duplicates import READ, near_pairs

HAN = "采购申请审批合同发票付款供应商仓库收货检验退货报销差旅预算会议培训招聘面试入职离职考勤薪资绩效系统密码网络打印机"


def shingles(text: str) -> set[str]:
    """Triples of characters; of a shorter text the text itself."""
    return {text[start : start + 3] for start in range(max(1, len(text) - 2))}


def brute(texts: list[str], threshold: float) -> set[tuple[int, int]]:
    """Every pair above the threshold, by comparing all with all."""
    sets = [shingles(text) for text in texts]
    return {
        (one, other)
        for one, other in combinations(range(len(texts)), 2)
        if len(sets[one] & sets[other]) >= threshold * len(sets[one] | sets[other])
    }


@pytest.mark.parametrize("seed", range(3))
def test_all_pairs_are_found(seed: int) -> None:
    """Chinese texts of 2 to 80 characters, a third of them copies with one character changed."""
    random = np.random.default_rng(seed)
    texts = ["".join(random.choice(list(HAN), random.integers(2, 80))) for _ in range(200)]
    for text in texts[::2]:
        place = int(random.integers(len(text)))
        texts.append(f"{text[:place]}X{text[place + 1 :]}")
    texts = list(dict.fromkeys(texts))
    found = near_pairs(texts)
    assert {(one, other) for one, other in found.pairs.tolist()} == brute(texts, 0.8)
    assert len(found.pairs) > 20
    assert found.looked_at == len(texts)


def test_the_similarity_is_that_of_the_shingles() -> None:
    """abcdefghijkl and abcdefghijkX: nine triples are shared of eleven."""
    found = near_pairs(["abcdefghijkl", "something else", "abcdefghijkX"])
    assert found.pairs.tolist() == [[0, 2]]
    assert found.similarity.tolist() == [9 / 11]


def test_a_template_is_found_in_every_text() -> None:
    """Of a thousand filled-in templates each is found beside another, without comparing half a million pairs."""
    texts = [
        f"please send order number {number} to the customer before noon and confirm by mail" for number in range(1000)
    ]
    found = near_pairs(texts)
    assert set(found.pairs.ravel().tolist()) == set(range(1000))
    assert len(found.pairs) < 100_000


def test_only_the_beginning_is_read() -> None:
    """Texts that differ after a thousand characters are nearly the same."""
    found = near_pairs(["长" * READ + "一" * 5000, "长" * READ + "二" * 5000])
    assert found.similarity.tolist() == [1.0]


@pytest.mark.parametrize("texts", [[], [""], ["a"], ["", "a", "ab", "🙂"], ["采购申请", "采购申领"]])
def test_few_and_short_texts(texts: list[str]) -> None:
    """Nothing is near where there is nothing to be near."""
    assert near_pairs(texts).pairs.tolist() == []
