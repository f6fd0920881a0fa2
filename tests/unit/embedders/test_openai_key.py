"""Who gets the key and the texts: the address that was named, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.embedders.openai_api import OpenAIEmbedder
from harness.embedders.remote.terms import Terms
from harness.embedders.resolve import parse_spec
from harness.errors import EmbedderError, UsageError
from tests.faults import echoing, redirected
from tests.faulty_server import DIMENSION, FaultyServer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("openai")

NEEDED = {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}
SECRETS = {
    "OPENAI_API_KEY": "sk-of-openai",
    "OPENAI_ADMIN_KEY": "sk-admin",
    "OPENAI_ORG_ID": "org-1",
    "OPENAI_PROJECT_ID": "proj-1",
    "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer sk-custom\nX-Secret: sk-custom",
    "AZURE_OPENAI_API_KEY": "sk-azure",
    "AZURE_OPENAI_AD_TOKEN": "sk-ad",
    "MY_KEY": "sk-mine",
}


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment full of keys."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def other() -> Iterator[FaultyServer]:
    """Another server, which must not be asked."""
    with FaultyServer() as server:
        yield server


def opened(spec: str) -> OpenAIEmbedder:
    """An embedder that may ask anybody."""
    embedder = OpenAIEmbedder(parse_spec(spec))
    embedder.service.terms = Terms(hosts=None)
    return embedder


def test_only_a_named_key_is_sent(faulty: FaultyServer) -> None:
    """No key of the environment goes to an address of the user's; nor does anything about the user."""
    assert opened(f"openai:m?base_url={faulty.url}").embed(["a"], "query").shape == (1, DIMENSION)
    opened(f"openai:m?base_url={faulty.url}&api_key_env=MY_KEY").embed(["a"], "query")
    without, with_key = (asked.headers for asked in faulty.asked)
    assert set(without) <= NEEDED
    assert set(with_key) <= {*NEEDED, "authorization"}
    assert with_key["authorization"] == "Bearer sk-mine"


def test_the_key_of_openai_is_for_openai(monkeypatch: pytest.MonkeyPatch, faulty: FaultyServer) -> None:
    """However its address is written; and for the address that OPENAI_BASE_URL names beside it."""

    def key_env(spec: str) -> str:
        return OpenAIEmbedder(parse_spec(spec)).service.endpoint.key_env

    assert key_env("openai:m") == "OPENAI_API_KEY"
    assert key_env("openai:m?base_url=https://API.openai.com/v1/") == "OPENAI_API_KEY"
    for elsewhere in ("http://api.openai.com/v1", "https://api.openai.com.evil.com/v1", "https://evil.com/v1"):
        assert key_env(f"openai:m?base_url={elsewhere}") == ""
    monkeypatch.setenv("OPENAI_BASE_URL", faulty.url)
    embedder = opened("openai:m")
    embedder.embed(["a"], "query")
    assert faulty.asked[0].headers["authorization"] == "Bearer sk-of-openai"
    assert embedder.identity == OpenAIEmbedder(parse_spec(f"openai:m?base_url={faulty.url}")).identity
    monkeypatch.delenv("OPENAI_API_KEY")
    opened("openai:m").embed(["a"], "query")  # a server of one's own needs none
    assert "authorization" not in faulty.asked[1].headers


def test_a_missing_key_is_said_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch, faulty: FaultyServer) -> None:
    """Which variable, and how to name another one."""
    monkeypatch.delenv("MY_KEY")
    with pytest.raises(EmbedderError, match=r"MY_KEY is not set.*api_key_env=NAME"):
        opened(f"openai:m?base_url={faulty.url}&api_key_env=MY_KEY").embed(["a"], "query")
    assert faulty.asked == []


def test_no_text_leaves_without_consent() -> None:
    """Nothing is looked up or connected to; the message says how to consent."""
    with pytest.raises(UsageError, match=r"(?s)texts would leave this machine.*evil\.example.*--allow-remote"):
        OpenAIEmbedder(parse_spec("openai:m?base_url=http://localhost.evil.example/v1")).embed(["a"], "query")


def test_redirections_are_not_followed(faulty: FaultyServer, other: FaultyServer) -> None:
    """Neither texts nor key go where nobody allowed them to go; the message says where it pointed."""
    faulty.faults.append(redirected(f"{other.url}/embeddings"))
    with pytest.raises(EmbedderError, match=r"answered 307.*texts are sent to no address but base_url"):
        opened(f"openai:m?base_url={faulty.url}&api_key_env=MY_KEY").embed(["a"], "query")
    assert (len(faulty.asked), other.asked) == (1, [])


def test_this_machine_is_not_asked_through_a_proxy(
    faulty: FaultyServer, other: FaultyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the environment says about proxies."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, other.address)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    opened(f"openai:m?base_url={faulty.url}").embed(["a"], "query")
    assert (len(faulty.asked), other.asked) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_an_error_that_repeats_the_key_is_cleaned(status: int, faulty: FaultyServer) -> None:
    """Nowhere in the error, nor in what it came from."""
    faulty.faults.append(echoing(status))
    with pytest.raises(EmbedderError, match=rf"{status}: Incorrect API key provided: Bearer \*\*\*") as refused:
        opened(f"openai:m?base_url={faulty.url}&api_key_env=MY_KEY").embed(["a"], "query")
    error: BaseException | None = refused.value
    while error is not None:
        assert "sk-mine" not in f"{error} {error!r} {error.__dict__}"
        error = error.__cause__


def test_the_older_way_of_azure(faulty: FaultyServer) -> None:
    """The deployment in the path, the version in the query, the key in a header of its own, and no other secret."""
    base = f"{faulty.address}/openai"
    for base_url in (base, f"{base}/deployments/my-model"):
        opened(f"openai:my-model?base_url={base_url}&api_version=2024-10-21&api_key_env=MY_KEY").embed(["猫"], "query")
    for asked in faulty.asked:
        assert asked.path == "/openai/deployments/my-model/embeddings?api-version=2024-10-21"
        assert asked.headers["api-key"] == "sk-mine"
        assert set(asked.headers) <= {*NEEDED, "api-key"}
        assert asked.texts == ["猫"]


def test_ipv6_and_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    """`http://[::1]:8000/some/where/` is asked under `/some/where/embeddings`."""
    monkeypatch.delenv("OPENAI_API_KEY")
    try:
        server = FaultyServer(host="::1")
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        OpenAIEmbedder(parse_spec(f"openai:m?base_url={server.address}/some/where/")).embed(["a"], "query")
        assert server.asked[0].path == "/some/where/embeddings"
