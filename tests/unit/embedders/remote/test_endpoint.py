"""Addresses: which stay on this machine, which are refused, and what becomes of keys."""

from __future__ import annotations

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.errors import EmbedderError, UsageError

LOCAL = (
    "http://127.0.0.1:8000/v1",
    "http://127.9.9.9/v1",
    "http://localhost:8000",
    "http://LOCALHOST/v1",
    "http://localhost./v1",
    "http://[::1]:8000/v1",
    "http://[::ffff:127.0.0.1]/v1",
    "https://127.0.0.1",
)
ELSEWHERE = (
    "https://api.openai.com/v1",
    "http://localhost.evil.com/v1",
    "http://evil.localhost/v1",
    "http://127.0.0.1.nip.io/v1",
    "http://0.0.0.0:8000/v1",
    "http://[::]/v1",
    "http://10.0.0.1/v1",
    "http://192.168.1.2/v1",
    "http://169.254.169.254/v1",
    "http://127.1/v1",
    "http://2130706433/v1",
    "http://0x7f000001/v1",
    "http://[::ffff:10.0.0.1]/v1",
    "http://猫.example/v1",
    "http://localhost%2eevil.com/v1",
)
NONE = (
    "",
    "127.0.0.1:8000/v1",
    "localhost",
    "ftp://127.0.0.1/v1",
    "http://",
    "http:///v1",
    "http://:8000/v1",
    "http://127.0.0.1:99999/v1",
    "http://127.0.0.1:port/v1",
    "http://[::1/v1",
    "http://127.0.0.1 .evil.com/v1",
    "http://127.0.0.1\\.evil.com/v1",
    "http://evil.com\\@127.0.0.1/v1",
    "http://127.0.0.1\t.evil.com/v1",
)


@pytest.mark.parametrize("url", LOCAL)
def test_a_loopback_address_is_this_machine(url: str) -> None:
    """By number, by name, in IPv6; a name that only looks like it is not."""
    assert Endpoint(url).is_local


@pytest.mark.parametrize("url", ELSEWHERE)
def test_every_other_address_is_elsewhere(url: str) -> None:
    """Names that begin with a loopback address, all interfaces, networks at home, numbers written otherwise."""
    assert not Endpoint(url).is_local


@pytest.mark.parametrize("url", [*LOCAL, *ELSEWHERE])
def test_the_client_goes_where_the_endpoint_says(url: str) -> None:
    """What is asked for consent is what is connected to: both take an address apart in the same way."""
    from urllib.parse import urlsplit

    import httpx

    connected = httpx.URL(url).host
    assert connected == urlsplit(Endpoint(url).url).hostname
    assert Endpoint(f"http://{f'[{connected}]' if ':' in connected else connected}").is_local == Endpoint(url).is_local


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_address_is_refused(url: str) -> None:
    """With an example of one."""
    with pytest.raises(UsageError, match=r"^base_url=.*write an address like http://127\.0\.0\.1:8000/v1"):
        Endpoint(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://sk-s3cret@host/v1",
        "http://user:sk-s3cret@host/v1",
        "http://host/v1?sig=sk-s3cret",
        "http://host/v1#sk-s3cret",
        "htp://user:sk-s3cret@host/v1",
        "host?sig=sk-s3cret",
    ],
)
def test_what_may_hold_a_secret_is_not_repeated(url: str) -> None:
    """User names, passwords, queries and fragments are refused, and not shown, in addresses that are none too."""
    with pytest.raises(UsageError, match="base_url") as refused:
        Endpoint(url)
    assert "s3cret" not in str(refused.value)


def test_consent_is_given_to_host_and_port() -> None:
    """The same host on another port is another service."""
    assert Endpoint("https://API.OpenAI.com/v1").host == "api.openai.com"
    assert Endpoint("http://10.0.0.1:8000/v1").host == "10.0.0.1:8000"


def test_a_key_is_read_when_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key where none was named; one that is missing or empty is an error that names the variable."""
    assert Endpoint("http://host").key() == ""
    endpoint = Endpoint("http://host", "MY_KEY")
    for value in (None, "", "  \n"):
        monkeypatch.delenv("MY_KEY", raising=False)
        if value is not None:
            monkeypatch.setenv("MY_KEY", value)
        with pytest.raises(EmbedderError, match="host needs a key, and the environment variable MY_KEY is not set"):
            endpoint.key()
    monkeypatch.setenv("MY_KEY", " sk-1\n")
    assert endpoint.key() == "sk-1"


@pytest.mark.parametrize("key", ["sk-钥匙", "sk 1", "sk-\x01", "sk-1\nsk-2", "sk-\u00a01", "'sk-1'"])
def test_a_key_that_no_header_takes_is_refused_unseen(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An HTTP library would quote it in its error."""
    monkeypatch.setenv("MY_KEY", key)
    with pytest.raises(EmbedderError, match="what MY_KEY holds is no key") as refused:
        Endpoint("http://host", "MY_KEY").key()
    assert "sk-" not in str(refused.value)


@pytest.mark.parametrize("name", ["sk-1234", "MY KEY", "1KEY", "MY_KEY\n", "钥匙"])
def test_a_key_in_place_of_its_name_is_not_repeated(name: str) -> None:
    """What cannot be the name of a variable may be the key."""
    with pytest.raises(UsageError, match="api_key_env names an environment variable") as refused:
        Endpoint("http://host", name)
    assert name not in str(refused.value)


def test_a_message_loses_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of the variable as it is now; where there is none, the message stays."""
    endpoint = Endpoint("http://host", "MY_KEY")
    monkeypatch.setenv("MY_KEY", " sk-1\n")
    assert endpoint.redacted("Bearer sk-1 is wrong") == "Bearer *** is wrong"
    monkeypatch.delenv("MY_KEY")
    assert endpoint.redacted("Bearer sk-1") == "Bearer sk-1"
    assert Endpoint("http://host").redacted("fine") == "fine"
