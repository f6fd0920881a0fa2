"""What may be wrong with the answers of a server, and when: faults for `tests.faulty_server.FaultyServer`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.faulty_server import DIMENSION, Answer, Asked, Fault, error, in_base64, sound, vector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What may be wrong.


def refused(
    status: int, message: str = "no", code: str | None = None, retry_after: object = None, retry_after_ms: object = None
) -> Fault:
    """An error, with a message of the server's."""
    named = {"Retry-After": retry_after, "retry-after-ms": retry_after_ms}
    headers = {name: str(value) for name, value in named.items() if value is not None}
    return lambda _: replace(error(status, message, code), headers=headers)


def echoing(status: int) -> Fault:
    """An error whose message repeats the key that was sent."""
    return lambda asked: error(status, f"Incorrect API key provided: {asked.headers.get('authorization', 'none')}")


def slow(seconds: float, model: str = "") -> Fault:
    """The right answer, late."""
    return lambda asked: replace(sound(asked, model), seconds=seconds)


def cut() -> Fault:
    """Half of the right answer; then the connection is closed."""
    return lambda asked: replace(sound(asked), cut=True)


def raw(content: bytes, kind: str = "application/json", status: int = 200) -> Fault:
    """Exactly these bytes."""
    return lambda _: Answer(status, content, {"Content-Type": kind})


def redirected(address: str) -> Fault:
    """A redirection that keeps method and body."""
    return lambda _: Answer(307, b"", {"Location": address})


def altered(change: Callable[[Any], Any], model: str = "") -> Fault:
    """The right answer with something else in its place. change: takes the body apart or returns another one."""

    def answer(asked: Asked) -> Answer:
        answer = sound(asked, model)
        changed = change(answer.body)
        return answer if changed is None else replace(answer, body=changed)

    return answer


def other_model(model: str = "another") -> Fault:
    """Vectors of another model, under the same name."""
    return lambda asked: sound(asked, model)


# When.


def when(holds: Callable[[Asked], bool], fault: Fault) -> Fault:
    """A fault under a condition."""
    return lambda asked: fault(asked) if holds(asked) else None


def at(number: int, fault: Fault) -> Fault:
    """A fault of one request, counted from 0."""
    return when(lambda asked: asked.number == number, fault)


def until(number: int, fault: Fault) -> Fault:
    """A fault of the first so many requests."""
    return when(lambda asked: asked.number < number, fault)


def since(number: int, fault: Fault) -> Fault:
    """A fault of every request but the first so many."""
    return when(lambda asked: asked.number >= number, fault)


def containing(part: str, fault: Fault) -> Fault:
    """A fault of every request with a text in which this stands."""
    return when(lambda asked: any(part in text for text in asked.texts), fault)


def of_text(text: str, fault: Fault) -> Fault:
    """A fault of every request with exactly this text, the empty one for example."""
    return when(lambda asked: text in asked.texts, fault)


def beyond(most: int, fault: Fault) -> Fault:
    """A fault of every request with more texts."""
    return when(lambda asked: len(asked.texts) > most, fault)


def _first_row(value: Any) -> Fault:
    def change(body: Any) -> None:
        body["data"][0]["embedding"] = value

    return altered(change)


def _rows(change: Callable[[list[Any]], list[Any]]) -> Fault:
    return altered(lambda body: body | {"data": change(body["data"])})


def _not_finite(asked: Asked) -> Answer:
    body = sound(asked).body
    broken = np.full(DIMENSION, np.nan, np.float32)
    body["data"][0]["embedding"] = (
        in_base64(broken) if isinstance(body["data"][0]["embedding"], str) else broken.tolist()
    )
    return Answer(body=body)


def _ragged(asked: Asked) -> Answer:
    body = sound(asked).body
    body["data"][-1]["embedding"] = in_base64(vector("", DIMENSION - 1))
    return Answer(body=body)


def _floats(asked: Asked) -> Answer:
    return sound(replace(asked, body=asked.body | {"encoding_format": "float"}))


BAD_ANSWERS: Mapping[str, Fault] = {
    "html": raw(b"<!doctype html><title>Welcome</title>", "text/html"),
    "html called json": raw(b"<!doctype html><title>Welcome</title>"),
    "bad json": raw(b'{"data": [{"embedding": [0.1, '),
    "not utf-8": raw(b'{"data": "\xff\xfe"}'),
    "nothing": raw(b""),
    "a string": raw(b'"welcome"'),
    "a number": raw(b"42"),
    "null": raw(b"null"),
    "an empty object": raw(b"{}"),
    "no data": altered(lambda body: body | {"data": None}),
    "data of strings": altered(lambda body: body | {"data": ["a"] * len(body["data"])}),
    "too few": _rows(lambda rows: rows[:-1]),
    "too many": _rows(lambda rows: [*rows, {**rows[0], "index": len(rows)}]),
    "words for numbers": _first_row(["a"] * DIMENSION),
    "vector of vectors": _first_row([[0.5] * DIMENSION]),
    "bad base64": _first_row("!!!!"),
    "odd base64": _first_row("AAAA"),
    "ragged": _ragged,
    "an index beyond": _rows(lambda rows: [row | {"index": row["index"] + 1} for row in rows]),
    "an error with status 200": raw(b'{"error": {"message": "model is loading", "code": 503}}'),
}
"""Answers with status 200 from which no vector can be had for every text, whatever is asked for."""

ODD_ANSWERS: Mapping[str, Fault] = {
    "another order": _rows(lambda rows: rows[::-1]),
    "no index": _rows(lambda rows: [{"embedding": row["embedding"]} for row in rows]),
    "no usage": altered(lambda body: {name: value for name, value in body.items() if name != "usage"}),
    "no model": altered(lambda body: {name: value for name, value in body.items() if name != "model"}),
    "usage of null": altered(lambda body: body | {"usage": None}),
    "only data": altered(lambda body: {"data": body["data"]}),
    "another model": altered(lambda body: body | {"model": "m-2024-11-20"}),
    "more than is known": altered(lambda body: body | {"id": "1", "created": 1, "usage": {"prompt_tokens": 1, "x": 2}}),
    "floats whatever was asked for": lambda asked: sound(
        replace(asked, body=asked.body | {"encoding_format": "float"})
    ),
}
"""Answers that are not quite OpenAI's, and from which every vector can be had."""

ALL_INDICES_0 = _rows(lambda rows: [row | {"index": 0} for row in rows])
"""An answer that does not say whose vector is whose, unless it has one."""

NOT_FINITE: Mapping[str, Fault] = {
    "null": _first_row(None),
    "nothing": _first_row([]),
    "NaN": _not_finite,
    "null for a number": _first_row([None, *[0.5] * (DIMENSION - 1)]),
    "too large": _first_row([1e300] * DIMENSION),
}
"""Answers in which the first text has no vector, or NaN or infinity for one."""
