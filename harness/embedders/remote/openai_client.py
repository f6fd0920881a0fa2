"""A client of the openai package, and what its errors mean. It carries requests of every kind to an endpoint."""

from __future__ import annotations

import json
import logging
import math
import weakref
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any, TypeVar

from harness.embedders.remote.refusals import RefusedError, Then, after
from harness.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.embedders.remote.endpoint import Endpoint

T = TypeVar("T", dict[str, Any], list[Any])

_UNAUTHORISED = (401, 403)
_NOT_FOUND = 404
_MOVED = range(300, 400)

_HEADERS = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}
)
"""What is sent beside the key. The package would add the user's organisation, project and system to every request."""


def open_client(endpoint: Endpoint, timeout: int | None, api_version: str | None = None) -> Any:
    """A client that asks this endpoint and no other, once per request. Raises EmbedderError where the key is missing.

    api_version: of an Azure deployment that is addressed in the older way, with the key in a header of its own.
    """
    key = endpoint.key()
    try:
        # 0.7 s that only a command which asks a service pays.
        import openai
    except ModuleNotFoundError as error:
        raise MissingExtraError(error.name or "openai", "openai") from error
    for package in ("openai", "httpx", "httpcore"):  # below warnings they repeat texts and what a server says
        logging.getLogger(package).setLevel(logging.WARNING)
    named = {"api-key": key} if api_version else {"authorization": f"Bearer {key}"}
    web = openai.DefaultHttpxClient(
        follow_redirects=False,  # the texts of a redirected request would go where nobody allowed them to go
        trust_env=not endpoint.is_local,  # and those for this machine through a proxy
        # Reading certificates takes 30 ms, and on this machine nothing needs them.
        verify=not endpoint.is_local or endpoint.url.startswith("https:"),
        event_hooks={"request": [partial(_strip, named if key else {})]},
    )
    client = openai.OpenAI(
        base_url=endpoint.url,
        api_key="-",  # the package demands one; `_strip` writes the real one
        default_query={"api-version": api_version} if api_version else None,
        timeout=timeout,
        max_retries=0,
        http_client=web,
    )
    weakref.finalize(client, web.close)
    return client


def _strip(named: Mapping[str, str], request: Any) -> None:
    """Leave nothing in the headers of a request that it does not need; above all no key but the one that was named."""
    for name in set(request.headers) - _HEADERS:
        del request.headers[name]
    request.headers.update(named)


def post(client: Any, endpoint: Endpoint, path: str, body: Mapping[str, Any], kind: type[T]) -> T:
    """The JSON that the endpoint answers, an object (dict) or a list. Raises RefusedError."""
    with translated(endpoint):
        answer = client.post(path, body=body, cast_to=object)
    if isinstance(answer, kind):
        return answer
    raise _unreadable(endpoint, str(answer).strip() or "nothing")


def counted(usage: Any, *names: str) -> int | None:
    """The tokens that an answer says it used, under the first of these names that it has; None where it does not."""
    found = (usage.get(name) for name in names) if isinstance(usage, dict) else ()
    return next((tokens for tokens in found if type(tokens) is int and tokens > 0), None)


@contextmanager
def translated(endpoint: Endpoint) -> Iterator[None]:
    """What the client raises in this block, as RefusedError."""
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise _of_status(error, endpoint) from None  # the original holds the request, and with it the key
    except openai.APIConnectionError as error:
        raise _of_connection(error, endpoint) from None
    except (openai.APIResponseValidationError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _unreadable(endpoint, f"{type(error).__name__}: {error}") from None


def _of_connection(error: Any, endpoint: Endpoint) -> RefusedError:
    """A request that came to a server may be paid for, though nothing came back."""
    import httpx
    import openai

    cause = endpoint.quoted(str(error.__cause__ or error))
    if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return RefusedError(f"{endpoint.host} cannot be reached ({cause}). Is the server running?", Then.REACH)
    if isinstance(error, openai.APITimeoutError):
        return RefusedError(f"{endpoint.host} did not answer in time (timeout=SECONDS)", after(None), billed=True)
    return RefusedError(f"{endpoint.host} cut off its answer ({cause})", after(None), billed=True)


def _unreadable(endpoint: Endpoint, what: str) -> RefusedError:
    return RefusedError(
        f"{endpoint.host} sent an answer that cannot be read ({endpoint.quoted(what)}). Is base_url right? It often "
        "ends in /v1",
        Then.RETRY,
        billed=True,
    )


def _of_status(error: Any, endpoint: Endpoint) -> RefusedError:
    status = int(error.status_code)
    then = Then.STOP if getattr(error, "code", None) == "insufficient_quota" else after(status)
    return RefusedError(
        f"{endpoint.host} answered {status}: {endpoint.quoted(_said(error))}{_advice(status, endpoint)}",
        then,
        retry_after(error.response.headers),
    )


def _said(error: Any) -> str:
    """The message in the answer, where it has one in one of the usual places."""
    body = error.body
    if isinstance(body, dict):
        body = next((body[name] for name in ("message", "error", "detail") if body.get(name)), body)
    return str(body or error.message)


def _advice(status: int, endpoint: Endpoint) -> str:
    if status in _UNAUTHORISED:
        sent = f"the key in {endpoint.key_env} was sent" if endpoint.key_env else "no key was sent: name its variable"
        return f" ({sent}; api_key_env=NAME chooses another environment variable)"
    if status == _NOT_FOUND:
        return " (check the model's name and base_url, which often ends in /v1)"
    if status in _MOVED:
        return " (it points elsewhere, and texts are sent to no address but base_url: give the right one)"
    return ""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from either form of the header, and from the one in milliseconds that some services add."""
    written = headers.get("retry-after", "")
    in_thousandths, in_seconds = _number(headers.get("retry-after-ms", "")), _number(written)
    if in_thousandths is not None:
        return in_thousandths / 1000
    if in_seconds is not None:
        return in_seconds
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - time())
    except (ValueError, OverflowError):
        return None


def _number(written: str) -> float | None:
    try:
        number = float(written)
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None
