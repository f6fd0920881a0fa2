"""What the answers of a server mean, beside their vectors."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.openai_client import open_client, post, retry_after
from harness.embedders.remote.refusals import RefusedError, Then
from tests.faults import raw, refused

if TYPE_CHECKING:
    from tests.faulty_server import FaultyServer

pytest.importorskip("openai")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "0"}, 0),
        ({"retry-after": "-3"}, 0),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "1"}, 1),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, 0),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:37 -0000"}, 0),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "Sun, 06 Nov 99999 08:49:37 GMT"}, None),
        ({"retry-after": "Sun, 06 Nov 99999999999999999999 08:49:37 GMT"}, None),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """In seconds, in milliseconds; what has passed or is below 0 is now; the unreadable says nothing."""
    assert retry_after(headers) == seconds


def test_until_when_to_wait() -> None:
    """As a date of HTTP."""
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert retry_after({"retry-after": then}) == pytest.approx(90, abs=2)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"message": "too\\n  long", "code": null}}', "too long"),
        (b'{"error": "too long"}', "too long"),
        (b'{"object": "error", "message": "too long", "code": 400}', "too long"),
        (b'{"detail": [{"msg": "too long"}]}', "[{'msg': 'too long'}]"),
        (b"too long", "too long"),
        (b"[]", "Error code: 400"),
    ],
)
def test_what_a_server_says_is_repeated(body: bytes, said: str, faulty: FaultyServer) -> None:
    """Its message alone, wherever it stands, on one line."""
    faulty.faults.append(raw(body, status=400))
    endpoint = Endpoint(faulty.url)
    with pytest.raises(RefusedError) as refusal:
        post(open_client(endpoint, 5), endpoint, "/embeddings", {"input": ["a"]}, dict)
    assert str(refusal.value).startswith(f"{endpoint.host} answered 400: {said}")
    assert refusal.value.then is Then.DIVIDE


def test_what_a_server_says_is_not_repeated_at_any_length(faulty: FaultyServer) -> None:
    """Some repeat the request."""
    faulty.faults.append(refused(422, "long " * 1000))
    endpoint = Endpoint(faulty.url)
    with pytest.raises(RefusedError) as refusal:
        post(open_client(endpoint, 5), endpoint, "/embeddings", {"input": ["a"]}, dict)
    assert len(str(refusal.value)) < 400


def test_connections_are_closed_with_the_client(faulty: FaultyServer) -> None:
    """Nobody has to close it."""
    client = open_client(Endpoint(faulty.url), 5)
    post(client, Endpoint(faulty.url), "/embeddings", {"input": ["a"], "model": "m"}, dict)
    web = client._client
    assert not web.is_closed
    del client
    gc.collect()
    assert web.is_closed
