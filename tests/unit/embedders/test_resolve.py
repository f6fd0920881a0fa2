"""`backend:name?option=value` → an embedder."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness.embedders.checked_rankers import CheckedRanker
from harness.embedders.contract import Checked
from harness.embedders.resolve import open_embedder, parse_spec
from harness.errors import EmbedderError, UsageError
from harness.model import Spec


@pytest.mark.parametrize(
    ("text", "backend", "name", "options"),
    [
        ("bm25:", "bm25", "", {}),
        (" baseline:random ", "baseline", "random", {}),
        ("st:BAAI/bge-m3?dimensions=256&device=cpu", "st", "BAAI/bge-m3", {"dimensions": "256", "device": "cpu"}),
        ("vectors:C:/data/words.vec", "vectors", "C:/data/words.vec", {}),
        ("st:模型/甲?query_prompt=查询：", "st", "模型/甲", {"query_prompt": "查询："}),
        ("st:m?query_prompt=query:%20a%26b=c", "st", "m", {"query_prompt": "query: a&b=c"}),
        ("st:m?query_prompt=a+b%2Bc", "st", "m", {"query_prompt": "a+b+c"}),
        ("vectors:c++/w.vec?file=/data/c++%20%E7%94%B2/w", "vectors", "c++/w.vec", {"file": "/data/c++ 甲/w"}),
        ("mine:m?max_tokens=512", "mine", "m", {"max_tokens": "512"}),
        ("mine:m?url=http://h:80/a&rev=x@y", "mine", "m", {"url": "http://h:80/a", "rev": "x@y"}),
        ("st:m?query_prompt=", "st", "m", {"query_prompt": ""}),
        ("st:m?", "st", "m", {}),
    ],
)
def test_a_spec_is_taken_apart(text: str, backend: str, name: str, options: dict[str, str]) -> None:
    """At the first colon and the first question mark; %20 in a value is decoded, and a plus stays one."""
    assert parse_spec(text) == Spec(text.strip(), backend, name, options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("bge-m3", "'bge-m3' is not of the form backend:model. Known backends: baseline, bm25"),
        ("", "'' is not of the form"),
        (":bge-m3", "':bge-m3' is not of the form"),
        ("st:m?dimensions", "option 'dimensions' is not of the form option=value"),
        ("st:m?=3", "option '=3' is not of the form"),
        ("st:m?a=1&&b=2", "option '' is not of the form"),
        ("st:m?a=1&a=2", "option 'a' is given twice"),
    ],
)
def test_what_is_no_spec_is_refused(text: str, message: str) -> None:
    """With what was written and what is meant."""
    with pytest.raises(UsageError) as caught:
        parse_spec(text)
    assert message in str(caught.value)


def test_a_backend_opens_what_it_is_asked_for() -> None:
    """The object of the backend, under its identity."""
    assert isinstance(open_embedder(parse_spec("bm25:?k1=1")), CheckedRanker)
    opened = open_embedder(parse_spec("baseline:onehot?dim=8"))
    assert isinstance(opened, Checked)
    assert str(opened.identity) == "baseline:onehot?dim=8"
    assert opened.embed(["a b"], "query").shape == (1, 8)
    with pytest.raises(UsageError, match="there is no 'openia' among the embedders"):
        open_embedder(parse_spec("openia:m"))


def test_an_embedder_must_say_who_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its identity keys the cache: without one it is refused when it is opened, not when its vectors are mixed up."""
    monkeypatch.setattr("harness.embedders.baseline.open_baseline", lambda spec: SimpleNamespace(identity=spec.text))
    with pytest.raises(EmbedderError, match=r"baseline:x: its identity is a str, not a harness.Identity"):
        open_embedder(parse_spec("baseline:x"))


@pytest.mark.parametrize("option", ["api_key", "token", "HF_TOKEN", "client_secret", "password"])
def test_a_secret_in_a_spec_is_refused(option: str) -> None:
    """A spec is shown and recorded; the message names the option, the way out, and never the secret."""
    with pytest.raises(UsageError, match=f"option '{option}'.*{option}_env=MY_KEY") as caught:
        parse_spec(f"mine:m?{option}=sk-123")
    assert "sk-123" not in str(caught.value)
    assert parse_spec(f"mine:m?{option}_env=MY_KEY").options == {f"{option}_env": "MY_KEY"}


@pytest.mark.parametrize(
    "text",
    [
        "mine:m?base_url=http://user:pa55@host/v1",
        "mine:m?base_url=http%3A%2F%2Fuser%3Apa55%40host",
        "mine:m?base_url=http://user:pa55%2F@host",
        "mine:m?base_url=https://:pa55@host&a=1&a=2",
        "http://user:pa55@host",
        "hybrid:rrf(bm25:,mine:m?base_url=http://user:x,pa55@host)",
        "mine:m?base_url=http://sk-pa55@127.0.0.1/v1",
        "mine:m?base_url=http://user:sk/pa55@127.0.0.1/v1",
        "mine:m?base_url=http://user:sk?pa55@127.0.0.1/v1",
        "mine:m?base_url=user:pa55@127.0.0.1/v1",
        "mine:m?base_url=http%253A%252F%252Fuser%253Apa55%2540host",
        "hybrid:rrf(bm25:,mine:m?base_url=http://pa55@host)",
        "mine:m?base_url=http://pa55@host&wrong",
    ],
)
def test_a_password_in_an_address_is_refused(text: str) -> None:
    """However it is written and wherever it stands, and no message shows it; nor a user, which may be a key."""
    with pytest.raises(UsageError, match="an address with a user or a password") as caught:
        parse_spec(text)
    assert "pa55" not in str(caught.value)


KEYS = ["sk-pa55", "sk%2Dpa55", "pa55", "Pa55", "PA-55pa55", "A B pa55", "5PA55pa55", "A,pa55", "A)pa55"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    "text",
    [
        "mine:m?api_key_env={}",
        "mine:m?api_key_env={}&wrong=1",
        "mine:m?api_key_env={}&a=1&a=2",
        "mine:m?api_key_env={}&a",
        "mine:m?a=1&API_KEY_ENV={}",
        "mine:m?api%5Fkey%5Fenv={}",
        "mine:m?api%255Fkey%255Fenv%3D{}",
        "mine:m?api_key_evn={}",
        "hybrid:wrong(bm25:,mine:m?api_key_env={})",
        "hybrid:rrf(mine:m?api_key_env={},bm25:)?wrong=1",
        "hybrid:rrf(hybrid:rrf(mine:m?api_key_env={},bm25:),bm25:)",
    ],
)
def test_a_key_for_the_name_of_its_variable_is_not_shown(text: str, key: str) -> None:
    """It is refused before anything else is looked at, in brackets of a combination too."""
    with pytest.raises(UsageError, match="a secret must not stand in it") as caught:
        parse_spec(text.format(key))
    assert "pa55" not in str(caught.value).lower()


def test_a_key_with_a_comma_is_not_shown() -> None:
    """Only in the brackets of a combination a member may begin behind one."""
    with pytest.raises(UsageError, match="a secret must not stand in it") as caught:
        parse_spec("mine:m?api_key_env=A,b:pa55&a")
    assert "pa55" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "mine:m?api_key_env=MY_KEY_2&a=1",
        "mine:m?api_key_env=_K",
        "mine:m?api_key_env=",
        "hybrid:rrf(mine:m?api_key_env=MY_KEY,bm25:)",
        "hybrid:rrf(bm25:, hybrid:rrf(bm25:,mine:m?api_key_env=MY_KEY) , bm25:)?k=1",
        "mine:m?max_tokens=5",
        "mine:m?query_prompt=see http://example.org/ @me",
        "mine:m?base_url=http://h/v1&query_prompt=me@h",
    ],
)
def test_what_only_looks_like_a_secret_is_taken(text: str) -> None:
    """The name of a variable, a number of tokens, a prompt with an address."""
    assert parse_spec(text).text == text


def test_members_with_a_port_and_a_revision_have_no_password() -> None:
    """The address of one member ends where the next begins."""
    assert parse_spec("hybrid:rrf(mine:m?url=http://h:80,st:m@main)").name == "rrf(mine:m?url=http://h:80,st:m@main)"


@pytest.mark.parametrize("text", ["mine:m?wrong&token=sk-123", "mine:m?url=http://h/v1?api_key=sk-123"])
def test_no_other_fault_shows_a_secret(text: str) -> None:
    """A secret is looked for first, in the address of a service too."""
    with pytest.raises(UsageError, match="a secret must not stand in it") as caught:
        parse_spec(text)
    assert "sk-123" not in str(caught.value)
