"""`backend:name?option=value` → an embedder."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness.embedders.contract import Checked, CheckedRanker
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
        ("st:m?query_prompt=a+b%2Bc", "st", "m", {"query_prompt": "a b+c"}),
        ("st:m?query_prompt=", "st", "m", {"query_prompt": ""}),
        ("st:m?", "st", "m", {}),
    ],
)
def test_a_spec_is_taken_apart(text: str, backend: str, name: str, options: dict[str, str]) -> None:
    """At the first colon and the first question mark; values are decoded as in a URL."""
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
