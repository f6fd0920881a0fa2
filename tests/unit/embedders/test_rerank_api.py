"""ce: with an address: rerankers behind `/rerank`, in every form that services have, and what may go wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.capabilities import service_of
from harness.embedders.contract import Checked
from harness.embedders.pair_scores import PairReranker, ServedPairScorer, pair_texts
from harness.embedders.remote.terms import Terms
from harness.embedders.rerank_api import RerankService
from harness.embedders.resolve import open_embedder, parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, UsageError
from harness.model import Ranker, Reranker
from tests import faults
from tests.faulty_server import Answer, FaultyServer, error, relevance, sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faulty_server import Asked, Fault

QUERY = "采购审批 order"
DOCUMENTS = ["采购申请", "an order", "审批", "", "采购审批 order"]
PAIRS = [(QUERY, document) for document in DOCUMENTS]
SCORES = [relevance(QUERY, document) for document in DOCUMENTS]


def service(server: FaultyServer, **options: object) -> RerankService:
    """The scorer behind a server; it waits a hundredth of what it would."""
    query = "&".join(f"{name}={value}" for name, value in {"base_url": server.url, "patience": 1, **options}.items())
    made = RerankService(parse_spec(f"ce:m?{query}"))
    made.service._pace.jitter = lambda *_: 0.01
    return made


def renamed(list_name: str, path: str) -> Fault:
    """The right answer at another path, its list under another name."""

    def answer(asked: Asked) -> Answer:
        made = sound(replace(asked, path="/v1/rerank")).body
        return Answer(body={list_name: made["results"]}) if asked.path == path else error(404, "nothing here")

    return answer


def results(change: Callable[[list[Any]], Any]) -> Fault:
    """The right answer with other results."""
    return faults.altered(lambda body: body | {"results": change(body["results"])})


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("jina", {"documents": DOCUMENTS, "model": "m", "top_n": 5, "return_documents": False}),
        ("cohere", {"documents": DOCUMENTS, "model": "m", "top_n": 5}),
        ("infinity", {"documents": DOCUMENTS, "model": "m", "top_n": 5, "return_documents": False, "raw_scores": True}),
        ("vllm", {"documents": DOCUMENTS, "model": "m", "top_n": 5, "truncate_prompt_tokens": -1}),
        ("tei", {"texts": DOCUMENTS, "raw_scores": True, "truncate": True}),
    ],
)
def test_each_service_is_asked_in_its_own_words(faulty: FaultyServer, api: str, body: dict[str, Any]) -> None:
    """One request for a query; it says how many scores it wants, and the order of the answer is the documents'."""
    np.testing.assert_allclose(service(faulty, api=api).score(PAIRS), SCORES)
    (asked,) = faulty.asked
    assert asked.path == "/v1/rerank"
    assert asked.body == {"query": QUERY, **body}


@pytest.mark.parametrize(
    ("api", "path", "limit", "list_name"),
    [("dashscope", "/v1/reranks", "top_n", "results"), ("voyage", "/v1/rerank", "top_k", "data")],
)
def test_services_that_name_things_otherwise(
    faulty: FaultyServer, api: str, path: str, limit: str, list_name: str
) -> None:
    """DashScope has another path, Voyage another limit and another list."""
    faulty.faults = [renamed(list_name, path)]
    np.testing.assert_allclose(service(faulty, api=api).score(PAIRS), SCORES)
    assert faulty.asked[0].body == {"query": QUERY, "documents": DOCUMENTS, "model": "m", limit: 5}


def test_a_request_has_one_query(faulty: FaultyServer) -> None:
    """Pairs come in any order; a request has those of one query, up to batch_size and batch_tokens."""
    pairs = [(query, document) for document in ("aa", "bb", "cc", "dddd " * 40) for query in ("q", "r")]
    scorer = service(faulty, batch_size=2, batch_tokens=30, concurrency=1)
    np.testing.assert_allclose(scorer.score(pairs), [relevance(*pair) for pair in pairs])
    assert [(asked.body["query"], len(asked.texts)) for asked in faulty.asked] == [
        (query, count) for query in "qr" for count in (2, 1, 1)
    ]
    sizes = scorer.sizes(pairs)
    assert len(sizes) == len(faulty.asked)
    assert sizes[0] < sizes[2]


def test_nothing_is_asked_for_nothing(faulty: FaultyServer) -> None:
    """No pairs, no request."""
    assert service(faulty).score([]).shape == (0,)
    assert not faulty.asked


@pytest.mark.parametrize(
    ("counted", "tokens"),
    [
        ({"usage": {"total_tokens": 7}}, 7),
        ({"usage": None, "meta": {"tokens": {"input_tokens": 8}}}, 8),
        ({"usage": None, "tokens": {"input_tokens": 9}}, 9),
        ({"usage": {"total_tokens": 0}}, None),
        ({"usage": None, "meta": {"billed_units": {"search_units": 1}}}, None),
        ({"usage": "none"}, None),
    ],
)
def test_tokens_are_those_that_the_service_counts(
    faulty: FaultyServer, counted: dict[str, Any], tokens: int | None
) -> None:
    """Where it counts them; else they are estimated."""
    faulty.faults = [faults.altered(lambda body: body | counted)]
    scorer = service(faulty)
    scorer.score(PAIRS)
    spent = scorer.service.spent
    assert spent.estimated == (0 if tokens else spent.tokens)
    assert spent.tokens == tokens or (tokens is None and spent.tokens > len(PAIRS))
    assert list(scorer.service.models) == ["m"]


def test_too_few_scores_are_named(faulty: FaultyServer) -> None:
    """A service that returns its three best, whatever it is asked for, is asked for three at a time."""
    faulty.faults = [results(lambda made: made[:3])]
    np.testing.assert_allclose(service(faulty, concurrency=1).score(PAIRS), SCORES)
    assert [len(asked.texts) for asked in faulty.asked] == [5, 1, 3, 2]  # 1: whether it is the texts at all
    faulty.faults = [results(lambda _: [])]
    with pytest.raises(EmbedderError, match="returned 0 scores, and was sent 1 texts"):
        service(faulty).score(PAIRS)


def test_indices_must_be_those_of_the_documents(faulty: FaultyServer) -> None:
    """One that is always 0 is right for one document at a time; one beyond is right for none."""
    faulty.faults = [results(lambda made: [one | {"index": 0} for one in made])]
    np.testing.assert_allclose(service(faulty).score(PAIRS), SCORES)
    faulty.faults = [results(lambda made: [one | {"index": one["index"] + 1} for one in made])]
    with pytest.raises(EmbedderError, match="returned scores whose indices are no count from 0"):
        service(faulty).score(PAIRS)


@pytest.mark.parametrize(
    "fault",
    [
        faults.altered(lambda body: {"data": body["results"]}),
        results(lambda made: [{"index": one["index"], "score": 1.0} for one in made]),
        results(lambda _: ["a"] * 5),
        results(lambda made: [one | {"relevance_score": "high"} for one in made]),
        faults.altered(lambda _: {"error": "no such model"}),
        faults.raw(b"<!doctype html>", "text/html"),
        faults.raw(b"[]"),
        faults.raw(b"null"),
    ],
)
def test_an_answer_in_another_form_is_named(faulty: FaultyServer, fault: Fault) -> None:
    """With what to look at: `api`, or the address; and with what the service says instead."""
    faulty.faults = [fault]
    with pytest.raises(EmbedderError, match=r"Is api= right\? Known: jina, cohere|Is base_url right") as caught:
        service(faulty).score(PAIRS)
    assert "no such model" in str(caught.value) or "error" not in str(faulty.answered[-1][1].body)


def test_a_score_must_be_a_number(faulty: FaultyServer) -> None:
    """NaN and null fail the pair that they are about; the others are handed over."""

    def without_score(asked: Asked) -> Answer | None:
        place = asked.texts.index("an order") if "an order" in asked.texts else -1
        change = results(
            lambda made: [one | {"relevance_score": None} if one["index"] == place else one for one in made]
        )
        return change(asked)

    faulty.faults = [without_score]
    parts = service(faulty).parts(PAIRS)
    places, scores = next(parts)
    assert places.tolist() == [0, 2, 3, 4]
    np.testing.assert_allclose(scores, np.delete(SCORES, 1))
    with pytest.raises(EmbedderError, match=r"1 of 5 pairs got no score.*\n.*'an order'.*NaN"):
        next(parts)


def test_a_document_that_is_refused_is_found(faulty: FaultyServer) -> None:
    """By division; all others of the query are scored. Half of a surrogate pair is not even sent."""
    faulty.faults = [faults.of_text("审批", faults.refused(400, "too rude"))]
    pairs = [*PAIRS, (QUERY, "\ud800")]
    with pytest.raises(EmbedderError, match="2 of 6 pairs") as caught:
        service(faulty).score(pairs)
    assert "'审批': " in str(caught.value)
    assert "too rude" in str(caught.value)
    assert "surrogate" in str(caught.value)
    assert set(faulty.embedded) >= set(DOCUMENTS) - {"审批"}
    assert "\ud800" not in faulty.texts


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (faults.refused(401), "answered 401"),
        (faults.refused(404), "check the model's name and base_url"),
        (faults.refused(429, retry_after=5), "given up"),
        (faults.cut(), "cut off"),
    ],
)
def test_refusals_are_those_of_every_service(faulty: FaultyServer, fault: Fault, words: str) -> None:
    """They are told apart as those of embeddings are."""
    faulty.faults = [fault]
    with pytest.raises(EmbedderError, match=words):
        service(faulty).score(PAIRS)


def test_the_key_is_the_one_that_was_named(faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """And is in no message; without a name none is sent, whatever the environment holds."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("RERANK_KEY", "rk-very-secret")
    service(faulty).score(PAIRS)
    assert "sk-of" not in str(faulty.asked[0].headers)
    faulty.faults = [faults.echoing(401)]
    with pytest.raises(EmbedderError, match="the key in RERANK_KEY was sent") as caught:
        service(faulty, api_key_env="RERANK_KEY").score(PAIRS)
    assert faulty.asked[-1].headers["authorization"] == "Bearer rk-very-secret"
    assert "rk-very-secret" not in str(caught.value)


def test_what_decides_the_scores_is_its_identity(faulty: FaultyServer) -> None:
    """Address, form and revision; not the pace, nor the key's name, nor a slash at the end."""
    plain = service(faulty).identity
    assert plain == service(faulty, rpm=60, batch_size=3, api_key_env="K", api="jina").identity
    assert plain == RerankService(parse_spec(f"ce:m?base_url={faulty.url}/")).identity
    others = [
        service(faulty, api="tei").identity,
        service(faulty, revision="2").identity,
        RerankService(parse_spec("ce:m?base_url=http://127.0.0.1:9/v1")).identity,
    ]
    assert len({plain.key, *(other.key for other in others)}) == 4
    assert str(plain) == f"ce:m?base_url={faulty.url}"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("ce:?base_url=http://127.0.0.1:9", "name a model"),
        ("ce:m?base_url=", "write an address"),
        ("ce:m?base_url=127.0.0.1:9", "write an address"),
        ("ce:m?base_url=http://127.0.0.1:9&api=tie", "one of cohere"),
        ("ce:m?base_url=http://127.0.0.1:9/v1/rerank", "leave off"),
        ("ce:m?base_url=http://127.0.0.1:9&dtype=float16", "no option 'dtype'"),
    ],
)
def test_a_wrong_spec_is_refused(spec: str, words: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match=words):
        open_embedder(parse_spec(spec))


def test_nothing_leaves_the_machine_without_consent() -> None:
    """Neither pairs nor the sentinels; with consent the address is asked."""
    scorer: Any = Checked(pair_texts(RerankService(parse_spec("ce:m?base_url=http://rerank.invalid/v1&patience=1"))))
    with pytest.raises(UsageError, match=r"(?s)would leave this machine.*rerank\.invalid"):
        scorer.embed(['["q", "d"]'], "either")
    served = service_of(scorer)
    assert served
    served.terms = Terms(hosts=frozenset({"rerank.invalid"}))
    with pytest.raises(EmbedderError, match="cannot be reached"):
        scorer.embed(['["q", "d"]'], "either")


def test_it_is_a_reranker_that_cannot_search(faulty: FaultyServer) -> None:
    """What the spec stands for: it puts candidates in order, and each query is one request."""
    opened: Any = open_embedder(parse_spec(f"ce:m?base_url={faulty.url}"))
    assert isinstance(opened, Reranker)
    assert not isinstance(opened, Ranker)
    ranking = opened.rerank([QUERY, "an"], DOCUMENTS, [np.arange(5), np.array([1, 2])])
    assert ranking.indices[0].tolist() == np.argsort(-np.array(SCORES), kind="stable").tolist()
    assert ranking.indices[1].tolist() == [1, 2, -1, -1, -1]
    assert {asked.body["query"] for asked in faulty.asked} == {QUERY, "an"}
    assert len(faulty.asked) == 2


def test_it_takes_part_in_a_combination(faulty: FaultyServer) -> None:
    """With options of its own, between the brackets; the kept member is the one to ask for consent."""
    kept: list[Any] = []

    def keep(checked: Any) -> Any:
        kept.append(checked)
        return checked

    text = f"hybrid:rerank(bm25:,ce:m?base_url={faulty.url}&api=vllm&rpm=6000)?depth=2"
    opened: Any = open_embedder(parse_spec(text), keep)
    ranking = opened.rank(["order 审批"], DOCUMENTS, 3)
    assert len(faulty.asked) == 1
    assert len(faulty.asked[0].texts) == 2
    assert ranking.indices[0][0] == 4
    asked = [service_of(one) for one in kept]
    assert [one.endpoint.host for one in asked if one] == [faulty.url[len("http://") : -len("/v1")]]


def test_every_answer_is_kept_before_the_next_request(faulty: FaultyServer, tmp_path: Path) -> None:
    """A run that ends at the third query pays for the first two once."""
    cache = VectorCache(tmp_path / "cache")
    queries = ["aa", "bb", "cc", "dd"]

    def rank() -> Any:
        inner = pair_texts(service(faulty, concurrency=1))
        return PairReranker(Cached(Checked(inner, probes=()), cache)).rerank(queries, DOCUMENTS, [np.arange(5)] * 4)

    faulty.faults = [faults.since(3, faults.refused(401))]
    with pytest.raises(EmbedderError, match="401"):
        rank()
    assert len(faulty.asked) == 4  # the sentinels, two queries, and the one that was refused
    faulty.faults = []
    faulty.forget()
    rank()
    assert {asked.body["query"] for asked in faulty.asked} - {RerankService.sentinels[0][0]} == {"cc", "dd"}
    faulty.forget()
    rank()
    assert not faulty.asked


def test_another_model_behind_the_name_is_noticed(faulty: FaultyServer, tmp_path: Path) -> None:
    """By the scores of the sentinels: the cache holds those of the former."""
    cache = VectorCache(tmp_path / "cache")

    def score(text: str) -> None:
        Cached(Checked(pair_texts(service(faulty)), probes=()), cache).embed([text], "either")

    score('["q", "d"]')
    score('["q", "another"]')
    faulty.faults = [results(lambda made: [one | {"relevance_score": one["relevance_score"] / 2} for one in made])]
    with pytest.raises(EmbedderError, match="the model behind this name has changed"):
        score('["q", "a third"]')


def test_requests_are_foreseen(faulty: FaultyServer) -> None:
    """What a plan says is what is asked for: pairs grouped by query."""
    scorer = service(faulty)
    assert isinstance(scorer, ServedPairScorer)
    checked = Checked(pair_texts(scorer), probes=())
    texts = ['["q", "a"]', '["r", "b"]', '["q", "c"]']
    sizes = checked.foreseen(texts, "either")
    checked.embed(texts, "either")
    assert len(sizes) == len(faulty.asked) == 2
    assert sizes[0] == 2 * sizes[1]
