"""BM25 against hand arithmetic and against the package bm25s."""

from __future__ import annotations

import math

import numpy as np
import pytest

from harness.embedders.bm25 import BM25, build_index
from harness.errors import UsageError
from harness.model import Ranker, Reranker, Spec


def bm25(**options: str) -> BM25:
    """A ranker with these options."""
    return BM25(Spec("bm25:", "bm25", "", options))


def test_it_is_a_ranker() -> None:
    """The evaluation loop tells a ranker from an embedder by this."""
    assert isinstance(bm25(), Ranker)


def test_a_score_worked_by_hand() -> None:
    """N = 2, |d| = 3 and 1, mean 2; the term is in the first, twice: df 1, idf ln(1 + 1.5/1.5) = ln 2.

    tf part with k1 = 1.5, b = 0.75: 2 / (2 + 1.5 · (0.25 + 0.75 · 3/2)) = 2 / 4.0625.
    """
    ranking = bm25().rank(["invoice"], ["invoice order invoice", "contract"], 2)
    np.testing.assert_array_equal(ranking.indices, [[0, -1]])
    assert ranking.scores[0, 0] == pytest.approx(math.log(2) * 2 / 4.0625)
    assert ranking.scores[0, 1] == -np.inf
    assert (ranking.scores.dtype, ranking.indices.dtype) == (np.float32, np.intp)


def test_scores_are_those_of_bm25s() -> None:
    """The library's variant `lucene` on 200 random documents agrees with ours to float32."""
    bm25s = pytest.importorskip("bm25s", reason="the oracle of this test is not installed")
    draw = np.random.default_rng(7)
    documents = [[f"t{t}" for t in draw.zipf(1.5, draw.integers(1, 40)) % 60] for _ in range(200)]
    theirs = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
    theirs.index(documents, show_progress=False)
    query = ["t1", "t5", "t5", "t17"]
    ours = build_index(documents, 1.2, 0.6).score(query)
    np.testing.assert_allclose(ours, theirs.get_scores(query), rtol=1e-5, atol=1e-6)


def test_words_are_lowered_stemmed_and_stop_words_dropped() -> None:
    """As Lucene's English analyzer does."""
    assert bm25().terms("The approvals of Invoices") == ["approv", "invoic"]
    assert bm25(stemmer="none").terms("The approvals of Invoices") == ["approvals", "invoices"]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("采购申请", ["采购", "购申", "申请"]),
        ("买，卖", ["买", "卖"]),
        ("ERP系统2024版", ["erp", "2024", "系统", "版"]),
        ("カタカナ", ["カタ", "タカ", "カナ"]),
        ("한국어", ["한국", "국어"]),
        ("", []),
    ],
)
def test_unspaced_scripts_become_pairs_of_characters(text: str, terms: list[str]) -> None:
    """A lone character stays itself; pairs do not cross punctuation or words."""
    assert bm25().terms(text) == terms


def test_chinese_is_found_by_what_it_shares() -> None:
    """The document with the whole phrase is before the one with a part of it; one with nothing is no answer."""
    documents = ["足球比赛的结果", "请提交申请", "采购申请需要经理审批"]
    ranking = bm25().rank(["采购申请"], documents, 3)
    np.testing.assert_array_equal(ranking.indices, [[2, 1, -1]])


def test_at_equal_scores_the_first_document_wins() -> None:
    """Also where only some of the tied documents fit into k."""
    documents = ["x y", *["a b"] * 50, "a c"]
    ranking = bm25(stemmer="none").rank(["b c"], documents, 5)
    np.testing.assert_array_equal(ranking.indices, [[51, 1, 2, 3, 4]])


@pytest.mark.parametrize("documents", [[], ["", "…"]])
def test_nothing_to_find_is_no_answer(documents: list[str]) -> None:
    """No documents, or documents without a term, give rows of −1 and −inf."""
    ranking = bm25().rank(["cat", ""], documents, 3)
    assert ranking.indices.shape == ranking.scores.shape == (2, 3)
    assert (ranking.indices == -1).all()
    assert (ranking.scores == -np.inf).all()


def test_no_queries_is_no_rows() -> None:
    """The shape is still n × k."""
    assert bm25().rank([], ["a"], 3).indices.shape == (0, 3)


def test_the_identity_holds_what_decides_the_scores() -> None:
    """A default that is written out is left out."""
    assert bm25(k1="1.50", b="0.750").identity == bm25().identity
    assert str(bm25(k1="0.9", stemmer="none").identity) == "bm25:?k1=0.9&stemmer=none"


@pytest.mark.parametrize("options", [{"k": "1"}, {"b": "2"}, {"k1": "-1"}, {"stemmer": "german"}])
def test_wrong_options_are_refused(options: dict[str, str]) -> None:
    """Before anything is indexed."""
    with pytest.raises(UsageError):
        bm25(**options)


def test_a_model_name_is_refused() -> None:
    """`bm25:plus` would otherwise look like a variant."""
    with pytest.raises(UsageError, match="bm25 has no model names"):
        BM25(Spec("bm25:plus", "bm25", "plus"))


def test_candidates_have_the_scores_of_the_ranking() -> None:
    """Words are counted over all documents, candidates or not; what shares no term comes last, with the score 0.

    "order" is in documents 1, 3 and 4; of the candidates 0, 2, 3, 4 the last two hold it, 0 and 2 keep their order.
    """
    documents = ["lunch", "order", "holiday", "order order contract", "order form for the office"]
    ranking = bm25().rank(["order"], documents, 5)
    known = dict(zip(ranking.indices[0].tolist(), ranking.scores[0].tolist(), strict=True))
    again = bm25().rerank(["order", "nothing"], documents, [np.array([0, 2, 3, 4]), np.array([1])])
    assert again.indices.tolist() == [[3, 4, 0, 2], [1, -1, -1, -1]]
    assert again.scores[0].tolist() == [known[3], known[4], 0, 0]
    assert again.scores[1].tolist() == [0, -np.inf, -np.inf, -np.inf]
    assert isinstance(bm25(), Reranker)


def test_no_candidates_at_all() -> None:
    """A ranking of no columns."""
    assert bm25().rerank(["order"], ["order"], [np.array([], np.intp)]).indices.shape == (1, 0)
    assert bm25().rerank([], ["order"], []).indices.shape == (0, 0)
