"""litellm: what its package is asked for and kept from, against a server on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.embedders.litellm_api import LiteLLMEmbedder, Provider, _package, _refusal
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError, UsageError
from tests import faults
from tests.faulty_server import DIMENSION, Answer, FaultyServer, error, vectors

if TYPE_CHECKING:
    from tests.faulty_server import Asked, Fault

TEXTS = ["采购申请", "an order", "", "emoji 🙂", "an order"]


ADDRESSES = {"cohere": "/v2/embed", "gemini": "/v1beta", "jina_ai": "/v1", "voyage": "/v1"}
"""The path of base_url, for every provider that may have one."""

KEYS = {
    "cohere": "COHERE_API_KEY",
    "gemini": "GEMINI_API_KEY",
    "jina_ai": "JINA_AI_API_KEY",
    "voyage": "VOYAGE_API_KEY",
}

OF_OPENAI = ["jina_ai", "voyage"]
"""Those whose protocol is nearly OpenAI's."""


def native(asked: Asked) -> Answer | None:
    """The right answer in a protocol that is Cohere's or Gemini's own."""
    if asked.path.endswith("/embed"):
        rows = vectors(asked.body["texts"], asked.body.get("output_dimension") or DIMENSION).tolist()
        return Answer(body={"id": "1", "embeddings": {"float": rows}, "meta": {"billed_units": {"input_tokens": 9}}})
    if asked.path.endswith(":batchEmbedContents"):
        texts = [request["content"]["parts"][0]["text"] for request in asked.body["requests"]]
        return Answer(body={"embeddings": [{"values": row} for row in vectors(texts).tolist()]})
    return None


def service(server: FaultyServer, name: str = "jina_ai/m", **options: object) -> LiteLLMEmbedder:
    """The embedder behind a server; it waits a hundredth of what it would."""
    here = f"{server.address}{ADDRESSES[name.partition('/')[0]]}"
    query = "&".join(f"{name}={value}" for name, value in {"base_url": here, "patience": 1, **options}.items())
    made = LiteLLMEmbedder(parse_spec(f"litellm:{name}?{query}"))
    made.service._pace.jitter = lambda *_: 0.01
    server.faults.append(native)
    return made


@pytest.fixture(autouse=True)
def without_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says nothing of providers."""
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_API_BASE", "_BASE_URL", "_URL", "_ENDPOINT")):
            monkeypatch.delenv(name)


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", ADDRESSES)
def test_every_provider_is_asked_where_it_is_said_to_be(
    faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch, provider: str
) -> None:
    """By all of its texts, whatever the environment has for an address or a proxy; they come back in order."""
    _package()  # opened without a proxy, for the other tests
    with FaultyServer(native) as elsewhere:
        for name in (f"{provider.upper()}_API_BASE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, elsewhere.address)
        made = service(faulty, f"{provider}/m").embed(TEXTS, "document")
        assert not elsewhere.asked
    np.testing.assert_allclose(made, vectors(TEXTS), atol=1e-6)
    assert faulty.asked[0].path.startswith(ADDRESSES[provider])


@pytest.mark.real("litellm")
def test_a_provider_with_a_protocol_of_its_own(faulty: FaultyServer) -> None:
    """Cohere's: other names in the request, other ones in the answer; roles and dimensions as Cohere has them."""
    embedder = service(
        faulty, "cohere/m", dimensions=4, query_input_type="search_query", document_input_type="search_document"
    )
    np.testing.assert_allclose(embedder.embed(["a", "b"], "query"), vectors(["a", "b"], 4))
    assert not embedder.identity.symmetric
    assert faulty.asked[0].body["input_type"] == "search_query"
    embedder.embed(["a"], "document")
    assert faulty.asked[1].body["input_type"] == "search_document"
    assert embedder.service.spent.tokens == 18


@pytest.mark.real("litellm")
def test_prompts_and_types_go_by_role(faulty: FaultyServer) -> None:
    """Before the text, and beside it; a dimension is asked for, whatever the package thinks of the model."""
    embedder = service(faulty, query_prompt="q: ", document_input_type="passage", dimensions=4)
    assert embedder.embed(["a"], "query").shape == (1, 4)
    embedder.embed(["a"], "document")
    query, document = ({k: v for k, v in asked.body.items() if v is not None} for asked in faulty.asked)
    assert query == {"model": "m", "input": ["q: a"], "dimensions": 4}
    assert document == {"model": "m", "input": ["a"], "dimensions": 4, "input_type": "passage"}


@pytest.mark.real("litellm")
def test_an_option_is_never_dropped() -> None:
    """A provider that takes no dimensions is not asked at all."""
    embedder = LiteLLMEmbedder(parse_spec("litellm:mistral/m?dimensions=4"))
    embedder.service.terms = Terms(hosts=None)
    with pytest.raises(EmbedderError, match=r"does not support parameters.*dimensions"):
        embedder.embed(["a"], "query")


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", ADDRESSES)
def test_a_key_goes_to_no_other_address(faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    """With base_url, only the key that was named is sent, and nothing else of the user."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-user")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-the-user")
    monkeypatch.setenv(KEYS[provider], "sk-of-the-provider")
    monkeypatch.setenv("MY_KEY", "mk-of-the-user")
    service(faulty, f"{provider}/m").embed(["a"], "query")
    service(faulty, f"{provider}/m", api_key_env="MY_KEY").embed(["a"], "query")
    without, named = (str([asked.path, *asked.headers.items()]) for asked in faulty.asked)
    assert "of-the" not in without
    assert "mk-of-the-user" in named
    assert "sk-of" not in named
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(EmbedderError, match="MY_KEY is not set"):
        service(faulty, f"{provider}/m", api_key_env="MY_KEY").embed(["a"], "query")


@pytest.mark.real("litellm")
def test_an_organisation_of_openai_is_told_to_nobody_else(
    faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the package asks in OpenAI's protocol, as it does many a provider."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-the-user")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-of-the-user")
    _package().embedding(model="together_ai/m", input=["a"], api_base=faulty.url, api_key="-", max_retries=0)
    assert "of-the-user" not in str(faulty.asked[0].headers)


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", ADDRESSES)
def test_no_key_is_in_a_message(faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    """Not when a server repeats it, whichever header it came in; what the package hides of itself is not enough."""
    monkeypatch.setenv("MY_KEY", "mine-Zq7-of-the-user")
    faulty.faults = [lambda asked: error(401, f"what is {_sent(asked)[:-2]}?")]
    with pytest.raises(EmbedderError, match=r"what is \*\*\*\?") as caught:
        service(faulty, f"{provider}/m", api_key_env="MY_KEY").embed(["a"], "query")
    assert [_sent(asked) for asked in faulty.asked] == ["mine-Zq7-of-the-user"]
    assert caught.value.__cause__ is None


def _sent(asked: Asked) -> str:
    return asked.headers.get("x-goog-api-key") or asked.headers["authorization"].removeprefix("Bearer ")


@pytest.mark.real("litellm")
def test_no_secret_of_the_environment_is_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever library an error comes from; half of a secret is not shown either, nor one with a line break."""
    monkeypatch.setenv("GOOGLE_API_KEY", "sk-first-half\nsecond-half \n")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI")
    refusal = _refusal(
        Provider("litellm:bedrock"),
        KeyError("Illegal header value b'Bearer sk-first-half\nsecond-half', or wJalrXUtnFEMI"),
    )
    assert str(refusal).startswith("litellm:bedrock: ")
    assert "Illegal header value" in str(refusal)
    assert not [part for part in ("first-half", "second-half", "wJalrXUt") if part in str(refusal)]


@pytest.mark.real("litellm")
def test_whatever_the_package_raises_is_told(faulty: FaultyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It hands through what many libraries raise: no bug of ours, and no traceback with a key in it."""

    def fail(**_: object) -> None:
        raise LookupError("no such region: sk-of-the-provider")

    monkeypatch.setenv("MY_KEY", "sk-of-the-provider")
    monkeypatch.setattr(_package(), "embedding", fail)
    with pytest.raises(EmbedderError, match=r"no such region: \*\*\*"):
        service(faulty, api_key_env="MY_KEY").embed(["a"], "query")


@pytest.mark.real("litellm")
def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what may be done about it; nothing is sent, nor any other key of the environment."""
    monkeypatch.setenv("CO_API_KEY", "sk-of-the-provider")
    embedder = LiteLLMEmbedder(parse_spec("litellm:cohere/embed-v4.0"))
    embedder.service.terms = Terms(hosts=None)
    with pytest.raises(EmbedderError, match=r"COHERE_API_KEY.*api_key_env"):
        embedder.embed(["a"], "query")


@pytest.mark.real("litellm")
def test_an_unknown_provider_is_named() -> None:
    """With the one that was probably meant."""
    embedder = LiteLLMEmbedder(parse_spec("litellm:cohre/embed-v4.0"))
    embedder.service.terms = Terms(hosts=None)
    with pytest.raises(UsageError, match=r"no provider 'cohre'\. Did you mean 'cohere'"):
        embedder.embed(["a"], "query")


@pytest.mark.real("litellm")
@pytest.mark.parametrize(
    ("fault", "requests"),
    [
        (faults.refused(429, retry_after=0.1), 3),
        (faults.refused(500), 3),
        (faults.refused(503), 3),
        (faults.cut(), 3),
        (faults.raw(b"<!doctype html>", "text/html"), 3),
    ],
)
@pytest.mark.parametrize("provider", OF_OPENAI)
def test_a_request_is_made_again_by_us_alone(faulty: FaultyServer, provider: str, fault: Fault, requests: int) -> None:
    """Twice refused, it is answered the third time: what the package would make again by itself would be more."""
    faulty.faults = [faults.until(requests - 1, fault)]
    embedder = service(faulty, f"{provider}/m", patience=10)
    assert embedder.embed(["a"], "query").shape == (1, 8)
    assert len(faulty.asked) == requests
    assert embedder.service.spent.retries == requests - 1


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", ADDRESSES)
def test_retry_after_is_waited_for(faulty: FaultyServer, provider: str) -> None:
    """As the service says, and as long as there is patience."""
    faulty.faults = [faults.refused(429, retry_after=7)]
    with pytest.raises(EmbedderError, match="would take 7 s"):
        service(faulty, f"{provider}/m").embed(["a"], "query")


@pytest.mark.real("litellm")
@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("provider", ADDRESSES)
def test_a_final_refusal_is_final(faulty: FaultyServer, provider: str, status: int) -> None:
    """One request."""
    faulty.faults = [faults.refused(status, "go away")]
    with pytest.raises(EmbedderError, match="go away"):
        service(faulty, f"{provider}/m").embed(["a", "b"], "query")
    assert len(faulty.asked) == 1


@pytest.mark.real("litellm")
def test_a_refused_text_is_found(faulty: FaultyServer) -> None:
    """By halves; the others have their vectors."""
    faulty.faults = [faults.of_text(TEXTS[3], faults.refused(400, "too gaudy"))]
    with pytest.raises(EmbedderError, match=r"1 of 4 texts got no vector.*\n.*too gaudy"):
        service(faulty).embed(TEXTS[:2] + TEXTS[3:], "query")


@pytest.mark.real("litellm")
@pytest.mark.parametrize("name", ["too few", "ragged", "an index beyond", "data of strings", "no data"])
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_wrong_answer_is_refused(faulty: FaultyServer, name: str) -> None:
    """Whatever the package makes of it."""
    faulty.faults = [faults.BAD_ANSWERS[name]]
    with pytest.raises(EmbedderError):
        service(faulty).embed(["a", "b"], "query")


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", ADDRESSES)
@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirection_is_not_followed(faulty: FaultyServer, provider: str, status: int) -> None:
    """Texts go to no other address, in no way of asking."""
    with FaultyServer(native) as elsewhere:
        faulty.faults = [lambda asked: Answer(status, b"", {"Location": f"{elsewhere.address}{asked.path}"})]
        with pytest.raises(EmbedderError):
            service(faulty, f"{provider}/m").embed(["a"], "query")
        assert faulty.asked
        assert not elsewhere.asked


@pytest.mark.real("litellm")
@pytest.mark.parametrize("provider", ["openai", "together_ai", "hosted_vllm", "databricks", "ollama", "sambanova"])
def test_no_provider_redirects(faulty: FaultyServer, provider: str) -> None:
    """Nor do the others, which get no client of ours: whoever is consented to gets the texts, and nobody else."""
    with FaultyServer() as elsewhere:
        faulty.faults = [faults.redirected(f"{elsewhere.url}/embeddings")]
        with pytest.raises(Exception, match=r"307|points elsewhere"):
            _package().embedding(
                model=f"{provider}/m", input=["a"], api_base=faulty.url, api_key="-", max_retries=0, timeout=5
            )
        assert faulty.asked
        assert not elsewhere.asked


@pytest.mark.real("litellm")
def test_the_package_opens_no_other_address(faulty: FaultyServer) -> None:
    """It would look up a text `files/a` at Google, for Gemini, whatever base_url is: refused, and by name."""
    with pytest.raises(EmbedderError, match=r"(?s)1 of 2 texts got no vector.*sent to no address but 127\.0\.0\.1"):
        service(faulty, "gemini/m").embed(["b", "files/a"], "query")


ALONE = """
import socket, sys
asked = []
connect, look_up = socket.socket.connect, socket.getaddrinfo
def only_here(self, address):
    asked.append(address[0])
    if address[0] != "127.0.0.1":
        raise OSError("blocked")
    return connect(self, address)
def known(host, *more, **others):
    asked.append(host)
    return look_up(host, *more, **others)
socket.socket.connect, socket.getaddrinfo = only_here, known
from harness.embedders.resolve import open_embedder, parse_spec
embedder = open_embedder(parse_spec(sys.argv[1]))
assert "litellm" not in sys.modules
assert embedder.embed(["a", "b"], "query").shape == (2, 8)
import os
from harness.embedders.litellm_api import _package
_package().embedding(model="together_ai/m", input=["a"], api_base=sys.argv[2], api_key="-", max_retries=0)
print(sorted(set(asked)), os.environ.get("FROM_A_FILE"))
"""


@pytest.mark.real("litellm")
def test_the_package_asks_nobody_else(faulty: FaultyServer, tmp_path: Any) -> None:
    """Neither when it is imported, which is when it is first used, nor when it is asked. It reads no file `.env`.

    And it says nothing of what it does, however much the environment asks it to.
    """
    (tmp_path / ".env").write_text("FROM_A_FILE=1\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", ALONE, f"litellm:jina_ai/m?base_url={faulty.url}", faulty.url],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LITELLM_LOG": "DEBUG", "OPENAI_LOG": "debug"},
        timeout=60,
    )
    assert done.stdout == "['127.0.0.1'] None\n"
    assert not done.stderr


def test_consent_is_given_to_a_host() -> None:
    """The provider's own, or that of base_url; to the provider where only the package knows. Loopback needs none."""
    cohere = LiteLLMEmbedder(parse_spec("litellm:cohere/embed-v4.0"))
    assert cohere.service.endpoint.host == "api.cohere.com"
    with pytest.raises(UsageError, match=r"api\.cohere\.com"):
        Terms().demand(cohere.service.endpoint)
    Terms(hosts=frozenset({"api.cohere.com"})).demand(cohere.service.endpoint)
    there = LiteLLMEmbedder(parse_spec("litellm:cohere/m?base_url=https://Proxy.Example/v2/embed/"))
    assert there.service.endpoint.host == "proxy.example"
    here = LiteLLMEmbedder(parse_spec("litellm:cohere/m?base_url=http://127.0.0.1:11434"))
    assert here.service.endpoint.is_local
    bedrock = LiteLLMEmbedder(parse_spec("litellm:bedrock/amazon.titan-embed-text-v2:0"))
    assert bedrock.service.endpoint.host == "litellm:bedrock"
    assert not LiteLLMEmbedder(parse_spec("litellm:ollama/bge-m3")).service.endpoint.is_local


def test_a_price_is_that_of_the_host() -> None:
    """Under the name that the provider has for the model."""
    price = LiteLLMEmbedder(parse_spec("litellm:cohere/embed-v4.0")).service.price
    assert price is not None
    assert price.per_million > 0


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("fireworks_ai", "FIREWORKS_API_BASE"),
        ("huggingface", "HF_API_BASE"),
        ("vertex_ai", "VERTEXAI_API_BASE"),
        ("lm_studio", "OPENAI_LIKE_API_BASE"),
        ("openai", "OPENAI_BASE_URL"),
        ("watsonx", "WATSONX_URL"),
        ("watsonx", "WX_URL"),
        ("bedrock", "AWS_BEDROCK_RUNTIME_ENDPOINT"),
        ("sagemaker", "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME"),
        ("sap", "AICORE_BASE_URL"),
        ("sap", "AI_API_URL"),
    ],
)
def test_no_address_is_taken_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, provider: str, variable: str
) -> None:
    """Two services would have one name, and consent would be asked for the wrong one; others have nothing to do it."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317")
    LiteLLMEmbedder(parse_spec(f"litellm:{provider}/m"))
    monkeypatch.setenv(variable, "https://proxy.example/v1")
    with pytest.raises(UsageError, match=rf"has {variable}, .*env -u {variable}.*openai:MODEL\?base_url="):
        LiteLLMEmbedder(parse_spec(f"litellm:{provider}/m"))
    own = LiteLLMEmbedder(parse_spec("litellm:cohere/m"))
    assert own.service.endpoint.host == "api.cohere.com"


@pytest.mark.parametrize("provider", ["sagemaker", "huggingface", "watsonx", "bedrock", "ollama", "openai"])
def test_base_url_is_for_those_who_keep_to_it(provider: str) -> None:
    """Others open addresses of their own all the same, or speak OpenAI's protocol: the message has the way out."""
    with pytest.raises(UsageError, match=r"cohere, gemini, jina_ai, voyage only.* openai:m\?base_url="):
        LiteLLMEmbedder(parse_spec(f"litellm:{provider}/m?base_url=http://127.0.0.1:9/v1"))


def test_what_decides_the_vectors_is_its_identity() -> None:
    """Prompts, types, dimensions, address, revision; not the pace, nor the key's name."""
    specs = [
        "litellm:cohere/m",
        "litellm:cohere/m?dimensions=4",
        "litellm:cohere/m?query_prompt=q",
        "litellm:cohere/m?query_input_type=q",
        "litellm:cohere/m?revision=2",
        "litellm:cohere/m?base_url=http://127.0.0.1:9",
        "litellm:voyage/m",
    ]
    made = [LiteLLMEmbedder(parse_spec(spec)) for spec in specs]
    assert len({embedder.identity.key for embedder in made}) == len(specs)
    assert [embedder.identity.symmetric for embedder in made] == [True, True, False, False, True, True, True]
    written = LiteLLMEmbedder(parse_spec("litellm:cohere/m?base_url=https://api.cohere.com/v2/embed"))
    assert written.identity == made[0].identity
    paced = LiteLLMEmbedder(parse_spec("litellm:cohere/m?rpm=60&api_key_env=K"))
    assert paced.identity == made[0].identity


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("litellm:", "name a provider and its model"),
        ("litellm:embed-v4.0", "name a provider and its model"),
        ("litellm:cohere/", "name a provider and its model"),
        ("litellm:cohere/m?dimensions=x", "a whole number"),
        ("litellm:cohere/m?base_url=cohere.com", "write an address"),
        ("litellm:cohere/m?encoding=float", "no option 'encoding'"),
    ],
)
def test_a_wrong_spec_is_refused(spec: str, words: str) -> None:
    """Before anything is imported or sent."""
    with pytest.raises(UsageError, match=words):
        open_embedder(parse_spec(spec))


def test_requests_are_foreseen() -> None:
    """With the prompt before each text, and nothing sent."""
    embedder = LiteLLMEmbedder(parse_spec("litellm:cohere/m?query_prompt=a b c d &batch_size=2"))
    document = embedder.foreseen(["x", "y", "z"], "document")
    query = embedder.foreseen(["x", "y", "z"], "query")
    assert len(document) == len(query) == 2
    assert query[0] > document[0]
