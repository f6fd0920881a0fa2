"""`openai:` against a server that misbehaves on demand: what is sent, what is understood, what is refused and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.cached import Cached
from harness.embedders.openai_api import OpenAIEmbedder
from harness.embedders.remote.embedder import HARMLESS
from harness.embedders.remote.pace import Pace
from harness.embedders.resolve import parse_spec
from harness.embedders.vector_cache import VectorCache
from harness.errors import EmbedderError, UsageError, WithoutVectorsError
from tests.faults import (
    ALL_INDICES_0,
    BAD_ANSWERS,
    NOT_FINITE,
    ODD_ANSWERS,
    altered,
    at,
    beyond,
    containing,
    cut,
    of_text,
    other_model,
    raw,
    refused,
    since,
    slow,
    until,
    when,
)
from tests.faulty_server import DIMENSION, vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.faulty_server import Fault, FaultyServer

    Open = Callable[..., OpenAIEmbedder]

TEXTS = ["采购申请", "a", "🚀 上线", "with a \0 in it", "def area(r):\n\treturn 3.14", " ", "long " * 500, "naïve №42"]
pytest.importorskip("openai")


@pytest.fixture
def openai(faulty: FaultyServer) -> Open:
    """The embedder of the faulty server; `openai(dimensions=3)` with options."""

    def opened(**given: object) -> OpenAIEmbedder:
        more = "".join(f"&{name}={value}" for name, value in given.items())
        return OpenAIEmbedder(parse_spec(f"openai:m?base_url={faulty.url}{more}"))

    return opened


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[VectorCache]:
    """An empty cache."""
    with VectorCache(tmp_path / "vectors") as cache:
        yield cache


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long would have been waited, each time: here nobody waits."""
    waits: list[float] = []

    def note(pace: Pace, start: float, over: Any) -> None:
        if (left := start - pace.clock()) > 0.01 and not over.is_set():
            waits.append(left)

    monkeypatch.setattr(Pace, "_wait_until", note)
    return waits


@pytest.mark.parametrize("encoding", ["base64", "float"])
def test_texts_get_their_vectors(encoding: str, openai: Open, faulty: FaultyServer) -> None:
    """Whatever is in them, in the order of the texts, in one request of OpenAI's form."""
    embedder = openai(encoding=encoding)
    np.testing.assert_allclose(embedder.embed(TEXTS, "query"), vectors(TEXTS), rtol=1e-6)
    (asked,) = faulty.asked
    assert (asked.path, asked.body) == ("/v1/embeddings", {"model": "m", "input": TEXTS, "encoding_format": encoding})
    assert embedder.service.spent.tokens == sum(map(len, TEXTS))
    assert embedder.embed([], "query").shape == (0, 0)
    assert len(faulty.asked) == 1


def test_roles_have_their_prompts_and_kinds(openai: Open, faulty: FaultyServer) -> None:
    """A prompt stands before each text; `input_type` is said to servers that know one; `either` is a query."""
    embedder = openai(query_prompt="query:%20", document_input_type="passage")
    for role in ("query", "document", "either"):
        embedder.embed(["猫"], role)
    sent = [(asked.texts, asked.body.get("input_type")) for asked in faulty.asked]
    assert sent == [(["query: 猫"], None), (["猫"], "passage"), (["query: 猫"], None)]
    assert not embedder.identity.symmetric
    assert openai().identity.symmetric
    assert openai(query_prompt="a:%20", document_prompt="a:%20").identity.symmetric


def test_identity_holds_what_decides_vectors(openai: Open, faulty: FaultyServer) -> None:
    """Address, prompts, dimensions and revision; not how fast, with which key or in what form they are asked for."""
    plain = openai().identity
    assert plain == openai(rpm=5, timeout=3, concurrency=2, batch_size=3, encoding="float", patience=1).identity
    assert plain.options == (("base_url", faulty.url),)
    for name, value in {"dimensions": 4, "query_prompt": "q", "revision": "2"}.items():
        assert openai(**{name: value}).identity != plain
    slash = OpenAIEmbedder(parse_spec(f"openai:m?base_url=HTTP://127.0.0.1:{faulty.address.rpartition(':')[2]}/v1/"))
    assert slash.identity == plain


def test_dimensions_are_asked_of_the_server(openai: Open, faulty: FaultyServer) -> None:
    """Which cuts; one that does not is said so, and asked once."""
    assert openai(dimensions=3).embed(["a"], "query").shape == (1, 3)
    assert faulty.asked[0].body["dimensions"] == 3
    faulty.faults.append(altered(lambda body: body | {"data": [{"index": 0, "embedding": [1.0] * DIMENSION}]}))
    with pytest.raises(EmbedderError, match="asked for dimensions=3 and returned 8: it does not cut vectors"):
        openai(dimensions=3).embed(["a"], "query")
    assert len(faulty.asked) == 2


def test_requests_are_packed(openai: Open, faulty: FaultyServer) -> None:
    """By number and by tokens, several under way at once, with the tokens of the model where its tokenizer is named."""
    faulty.faults.append(slow(0.05))
    texts = [f"text {place}" for place in range(100)]
    np.testing.assert_allclose(openai(batch_size=10, concurrency=5).embed(texts, "query"), vectors(texts), rtol=1e-6)
    assert sorted(len(asked.texts) for asked in faulty.asked) == [10] * 10
    assert faulty.at_once == 5
    faulty.forget()
    openai(batch_tokens=25).embed(["four letters each word"] * 10, "query")  # 5 estimated tokens
    assert sorted(len(asked.texts) for asked in faulty.asked) == [5, 5]


def test_a_tokenizer_at_hand_counts_tokens(openai: Open, faulty: FaultyServer, tmp_path: Path) -> None:
    """For packing and for findings; a folder or a file. One that is not there is refused at once."""
    tokenizers = pytest.importorskip("tokenizers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({"[UNK]": 0, "a": 1}, "[UNK]"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    for given in (tmp_path, tmp_path / "tokenizer.json"):
        embedder = openai(tokenizer=given, batch_tokens=4)
        assert [len(tokens) for tokens in embedder.tokenizer.tokenise(["a a", "猫"])] == [2, 1]
        assert embedder.tokenizer.tokenise(["a 猫"])[0].unknown.tolist() == [False, True]
    embedder.embed(["incomprehensibilities a"] * 4, "query")  # two tokens, and six estimated ones
    assert [len(asked.texts) for asked in faulty.asked] == [2, 2]
    assert embedder.identity == openai().identity
    with pytest.raises(UsageError, match="is no tokenizer"):
        openai(tokenizer=tmp_path / "nowhere")
    (tmp_path / "tokenizer.json").write_text("{", "utf-8")
    with pytest.raises(EmbedderError, match="cannot be loaded"):
        openai(tokenizer=tmp_path).embed(["a"], "query")


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_answers_that_are_not_quite_openais_are_understood(name: str, openai: Open, faulty: FaultyServer) -> None:
    """Order is restored by index, where there is one; usage and model may be missing."""
    faulty.faults.append(ODD_ANSWERS[name])
    texts = [f"text {place}" for place in range(20)]
    embedder = openai(batch_size=6)
    np.testing.assert_allclose(embedder.embed(texts, "document"), vectors(texts), rtol=1e-6)
    assert embedder.service.spent.requests == 4


@pytest.mark.parametrize("name", BAD_ANSWERS)
@pytest.mark.usefixtures("waits")
def test_answers_without_vectors_are_errors(name: str, openai: Open, faulty: FaultyServer, cache: VectorCache) -> None:
    """With the server or the fault in the message; a service that always answers so is not paid for long."""
    faulty.faults.append(BAD_ANSWERS[name])
    with pytest.raises(EmbedderError, match=r"127\.0\.0\.1|the server returned"):
        Cached(openai(), cache).embed([f"text {place}" for place in range(2000)], "document")
    assert len(faulty.asked) <= 20
    assert cache.info().entries == 0


@pytest.mark.parametrize("name", BAD_ANSWERS)
@pytest.mark.usefixtures("waits")
def test_one_bad_answer_is_asked_for_again(name: str, openai: Open, faulty: FaultyServer) -> None:
    """A proxy's page, half an answer, a row too few: nothing is lost. Vectors of unlike length are never mixed."""
    faulty.faults.append(at(2, BAD_ANSWERS[name]))
    texts = [f"text {place}" for place in range(100)]
    embedder = openai(batch_size=10)
    if name == "ragged":
        with pytest.raises(EmbedderError, match="vectors of 7 and of 8 dimensions"):
            embedder.embed(texts, "document")
        return
    np.testing.assert_allclose(embedder.embed(texts, "document"), vectors(texts), rtol=1e-6)


def test_tokens_are_read_wherever_a_server_says_them(openai: Open, faulty: FaultyServer) -> None:
    """`prompt_tokens`, else `total_tokens`; an answer that cannot be used has them too, and they are paid for."""
    faulty.faults.append(altered(lambda body: body | {"usage": {"total_tokens": 40}}))
    embedder = openai(concurrency=1)
    embedder.embed(["a"], "query")
    assert embedder.service.spent.tokens == 40
    faulty.faults.append(at(1, BAD_ANSWERS["too many"]))
    faulty.faults.reverse()
    embedder.embed(["long"], "query")
    assert embedder.service.spent.tokens == 40 + len("long") + 40 + 40
    assert embedder.service.spent.requests == 3


def test_a_service_that_cuts_long_texts_silently_is_noticed(openai: Open, faulty: FaultyServer) -> None:
    """It counts a tenth of what was sent; where texts are short, an estimate may be as far off, and nothing is said."""
    faulty.faults.append(altered(lambda body: body | {"usage": {"prompt_tokens": 100}}))
    embedder = openai(batch_size=1)
    embedder.embed(["word " * 300], "query")
    assert embedder.service.cut is None
    embedder.embed(["word " * 1000, "a"], "query")
    assert embedder.service.cut == (100, 1000)


def test_a_number_that_no_float_holds_is_no_vector(openai: Open, faulty: FaultyServer) -> None:
    """JSON has whole numbers of any length."""
    huge = b'{"data": [{"index": 0, "embedding": [1' + b"0" * 400 + b", 1]}]}"
    faulty.faults.append(raw(huge))
    with pytest.raises(EmbedderError, match="the server returned something that is no vector"):
        openai(patience=1).embed(["a"], "query")


@pytest.mark.parametrize("name", NOT_FINITE)
def test_a_text_without_finite_vector_is_named(
    name: str, openai: Open, faulty: FaultyServer, cache: VectorCache
) -> None:
    """NaN in base64, null or NaN in JSON, what float32 cannot hold: one text fails, the others are kept."""
    faulty.faults.append(when(lambda asked: asked.texts[0] == "bad", NOT_FINITE[name]))
    embedder = openai(encoding="base64" if name == "NaN" else "float")
    with pytest.raises(
        EmbedderError, match=r"(?s)1 of 3 texts got no vector.*'bad' .*(NaN or infinity|empty vectors).*refused=zero"
    ):
        Cached(embedder, cache).embed(["bad", "b", "c"], "query")
    assert cache.info().entries == 2


def test_indices_that_say_nothing_are_not_believed(openai: Open, faulty: FaultyServer) -> None:
    """Where all are 0, nobody knows whose vector is whose: texts are asked for one by one."""
    faulty.faults.append(ALL_INDICES_0)
    texts = [f"text {place}" for place in range(60)]
    np.testing.assert_allclose(openai(batch_size=16).embed(texts, "query"), vectors(texts), rtol=1e-6)


@pytest.mark.parametrize("status", [400, 413, 422, 500])
@pytest.mark.usefixtures("waits")
def test_only_the_refused_text_fails(status: int, openai: Open, faulty: FaultyServer, cache: VectorCache) -> None:
    """Found by halves, named with what the server said; everything else is kept, and asked for once more at most."""
    faulty.faults.append(containing("超长", refused(status, "input is too long")))
    texts = [f"text {place}" for place in range(300)] + ["超长" * 100]
    message = rf"(?s)1 of 301 texts got no vector.*'(超长){{20}}…' \(200 characters\): .* {status}: input is too long"
    with pytest.raises(EmbedderError, match=message):
        Cached(openai(), cache).embed(texts, "document")
    assert cache.info().entries == 300
    faulty.forget()
    with pytest.raises(EmbedderError, match="1 of 1 texts got no vector"):
        Cached(openai(), cache).embed(texts, "document")
    assert set(faulty.texts) - {HARMLESS} <= {*openai().sentinels, texts[-1]}


def test_empty_strings_fail_alone_wherever_they_stand(openai: Open, faulty: FaultyServer) -> None:
    """Three of them first, and asked for one by one: they are to blame, not the service."""
    faulty.faults.append(of_text("", refused(400, "input cannot be an empty string")))
    texts = ["", "", "", "", "a", ""]
    with pytest.raises(WithoutVectorsError, match="5 of 6 texts got no vector") as caught:
        openai(batch_size=1, concurrency=1).embed(texts, "query")
    assert list(caught.value.reasons) == [""]
    assert set(faulty.embedded) == {HARMLESS, "a"}
    with pytest.raises(EmbedderError, match="1 of 1 texts got no vector"):
        openai().embed([""], "query")


def test_half_a_surrogate_pair_is_not_sent(openai: Open, faulty: FaultyServer) -> None:
    """It is no text in any encoding: named, and the others are embedded; so with a prompt."""
    texts = ["fine", "half \ud83d of a rocket", "猫"]
    with pytest.raises(EmbedderError, match=r"(?s)1 of 3 .*'half \\ud83d of .* surrogate pair, at character 5"):
        openai().embed(texts, "query")
    assert faulty.texts == ["fine", "猫"]
    with pytest.raises(WithoutVectorsError) as caught:
        openai(query_prompt="q:").embed(texts, "query")
    assert list(caught.value.reasons) == [texts[1]]
    with pytest.raises(EmbedderError, match="1 of 1"):
        openai().embed(["\ud83d"], "query")


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 409 + 1])
def test_what_is_final_is_asked_once(status: int, openai: Open, faulty: FaultyServer) -> None:
    """No retries and no halves; the message says what the server said and what to do."""
    faulty.faults.append(refused(status, "go away"))
    with pytest.raises(EmbedderError, match=rf"127\.0\.0\.1:\d+ answered {status}: go away"):
        openai(concurrency=1).embed(["a"] * 300, "query")
    assert len(faulty.asked) == 1


def test_an_empty_account_is_not_waited_for(openai: Open, faulty: FaultyServer, waits: list[float]) -> None:
    """OpenAI says it with 429, like a limit that passes."""
    faulty.faults.append(refused(429, "You exceeded your current quota", "insufficient_quota"))
    with pytest.raises(EmbedderError, match="answered 429: You exceeded your current quota"):
        openai().embed(["a"], "query")
    assert (len(faulty.asked), waits) == (1, [])


@pytest.mark.parametrize("fault", [refused(429), refused(503), refused(500), refused(502), cut()])
def test_what_passes_is_asked_again(fault: Fault, openai: Open, faulty: FaultyServer, waits: list[float]) -> None:
    """A second or two apart; by this package, and not by the client as well."""
    faulty.faults.append(until(2, fault))
    embedder = openai()
    np.testing.assert_allclose(embedder.embed(["a"], "query"), vectors(["a"]), rtol=1e-6)
    assert len(faulty.asked) == 3
    assert embedder.service.spent.retries == 2
    assert [round(wait / 2**power) for power, wait in enumerate(waits)] == [1, 1]


def test_all_requests_hold_while_the_service_asks_to_wait(openai: Open, faulty: FaultyServer) -> None:
    """With 429 and a time of 0.4 s, nothing reaches the server before."""
    faulty.faults += [at(3, refused(429, retry_after_ms=400)), slow(0.02)]
    texts = [f"text {place}" for place in range(200)]
    openai(batch_size=5, concurrency=4).embed(texts, "query")
    times = np.array([asked.at for asked in faulty.asked])
    assert len(times) == 41
    gaps = np.diff(times)
    assert 0.35 < gaps.max() < 0.6
    assert np.argmax(gaps) <= 3 + 4


def test_a_slow_service_is_asked_again(openai: Open, faulty: FaultyServer, waits: list[float]) -> None:
    """After `timeout` seconds; one that never answers is given up after three times."""
    faulty.faults.append(at(0, slow(5)))
    assert openai(timeout=1).embed(["a"], "query").shape == (1, DIMENSION)
    assert len(waits) == 1


@pytest.mark.usefixtures("waits")
def test_nobody_there_is_said_soon() -> None:
    """A server that is not running: three attempts, and the question whether it is."""
    embedder = OpenAIEmbedder(parse_spec("openai:m?base_url=http://127.0.0.1:9/v1"))
    with pytest.raises(EmbedderError, match=r"127\.0\.0\.1:9 cannot .*Is the server running\? \(asked 3 times"):
        embedder.embed(["a"], "query")


def test_requests_a_minute_are_bounded(openai: Open, faulty: FaultyServer) -> None:
    """With rpm=1200, 50 ms apart; tokens likewise."""
    openai(batch_size=1, rpm=1200).embed([str(place) for place in range(9)], "query")
    gaps = np.diff([asked.at for asked in faulty.asked])
    assert 0.3 <= gaps.sum() <= 1
    faulty.forget()
    openai(batch_size=1, tpm=1200).embed([str(place) for place in range(9)], "query")
    assert np.diff([asked.at for asked in faulty.asked]).sum() >= 0.3


def test_a_limit_of_texts_is_learned(openai: Open, faulty: FaultyServer) -> None:
    """A server that takes 32: few requests are wasted, none in the next round, and every vector is right."""
    faulty.faults += [beyond(32, refused(422, "batch size 128 > maximum allowed batch size 32")), slow(0.01)]
    embedder = openai()
    texts = [f"text {place}" for place in range(1500)]
    np.testing.assert_allclose(embedder.embed(texts, "query"), vectors(texts), rtol=1e-6)
    wasted = sum(len(asked.texts) > 32 for asked in faulty.asked)
    assert wasted <= 8 + 2
    faulty.forget()
    embedder.embed(texts, "query")
    assert max(len(asked.texts) for asked in faulty.asked) == 32


def test_nothing_is_lost_on_a_failure_at_90_percent(openai: Open, faulty: FaultyServer, cache: VectorCache) -> None:
    """Everything answered is kept, what was under way too; the next run asks for the rest, once."""
    faulty.faults += [since(90, refused(401, "key revoked")), slow(0.005)]
    texts = [f"text {place}" for place in range(1000)]
    with pytest.raises(EmbedderError, match="401: key revoked"):
        Cached(openai(batch_size=10), cache).embed(texts, "document")
    kept = set(faulty.embedded) - set(openai().sentinels)
    assert cache.info().entries == len(kept) == 890
    faulty.faults.clear()
    faulty.forget()
    again = Cached(openai(batch_size=10), cache)
    np.testing.assert_allclose(again.embed(texts, "document"), vectors(texts), rtol=1e-6)
    assert sorted(faulty.texts) == sorted([*(set(texts) - kept), *openai().sentinels])


def test_vectors_of_another_length_are_never_mixed(openai: Open, faulty: FaultyServer) -> None:
    """A server that goes over to another model half way is stopped."""
    faulty.faults.append(since(3, raw(b'{"data": [{"embedding": [1, 2, 3], "index": 0}]}')))
    with pytest.raises(EmbedderError, match="the server returned vectors of 3 and of 8 dimensions"):
        openai(batch_size=1, concurrency=1).embed(["a", "b", "c", "d"], "query")
    faulty.faults[0] = other_model()
    assert openai().embed(["a"], "query").shape == (1, DIMENSION)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("openai:", "name a model, as in openai:text-embedding-3-small"),
        ("openai:m?base_url=127.0.0.1:8000", "write an address like"),
        ("openai:m?base_url=http://127.0.0.1:8000/v1/embeddings", "leave off what stands behind /v1"),
        ("openai:m?base_url=http://127.0.0.1/v1&encoding=int8", "encoding must be one of base64, float"),
        ("openai:m?base_url=http://127.0.0.1/v1&batch_size=0", "batch_size must be a whole number, at least 1"),
        ("openai:m?base_url=http://127.0.0.1/v1&timeout=none", "timeout must be a whole number"),
        ("openai:m?urls=http://127.0.0.1/v1", "no option 'urls'"),
    ],
)
def test_mistakes_in_a_spec_are_named(spec: str, message: str) -> None:
    """Before anything is sent."""
    with pytest.raises(UsageError, match=message):
        OpenAIEmbedder(parse_spec(spec))
