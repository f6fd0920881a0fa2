"""Vectors out of answers."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.embedders.remote.refusals import RefusedError, Then, answered
from harness.embedders.remote.sending import TextsRefusedError
from harness.errors import WithoutVectorsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from harness.embedders.remote.sending import Reply, Rows
    from harness.errors import EmbedderError
    from harness.model import Index, Vectors

_SHOWN = 40  # characters of a text in an error
_NAMED = 5  # texts in an error


class Dimension:
    """That of the first vectors; answers with another one are refused."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def same(self, answer: Callable[[Sequence[str]], Reply]) -> Callable[[Sequence[str]], Reply]:
        """What `answer` returns. Raises RefusedError too for vectors of another dimension than any before."""

        def checked(texts: Sequence[str]) -> Reply:
            reply = answer(texts)
            self._seen.add(reply.rows.shape[1])
            if len(self._seen) > 1:
                listed = " and of ".join(map(str, sorted(self._seen)))
                with answered(reply.tokens):
                    raise RefusedError(f"the server returned vectors of {listed} dimensions", Then.STOP)
            return reply

        return checked


def handed_over(
    parts: Iterable[tuple[Index, Rows]],
    unsent: Mapping[int, str],
    refusal: Callable[[Mapping[int, str]], EmbedderError],
) -> Iterator[tuple[Index, Rows]]:
    """All parts; then raises `refusal` of the places that were refused, and of those that could not be sent, with why.

    What else `parts` raises stays as it is.
    """
    reasons = dict(unsent)
    try:
        yield from parts
    except TextsRefusedError as refused:
        reasons |= refused.reasons
    if reasons:
        raise refusal(reasons)


def without_vectors(texts: Sequence[str], reasons: Mapping[int, str]) -> WithoutVectorsError:
    """What to say of texts that were refused. reasons: place → why."""
    return WithoutVectorsError(
        named(
            f"{len(reasons)} of {len(texts)} texts got no vector; the others are embedded and kept:",
            [(_shown(texts[place]), reason) for place, reason in reasons.items()],
            "Take them out of the suite, cut long ones (long=truncate&segment=TOKENS), or say refused=zero",
        ),
        {texts[place]: reason for place, reason in reasons.items()},
    )


def no_text(text: str) -> str:
    """Why a text cannot be sent, empty where it can."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return f"half of a surrogate pair, at character {error.start}, is no text and cannot be sent"
    return ""


def gathered(count: int, parts: Iterable[tuple[Index, Vectors]]) -> Vectors:
    """All parts as one array, count × d."""
    vectors = np.zeros((count, 0), np.float32)
    for places, rows in parts:
        if not vectors.shape[1]:
            vectors = np.zeros((count, rows.shape[1]), np.float32)
        vectors[places] = rows
    return vectors


def decoded(rows: Sequence[tuple[Any, Any]], count: int, dimensions: int | None) -> Vectors:
    """Vectors in the order of the texts, count × d, from their indices and what stands for each. NaN where nothing is.

    rows: numbers, or little-endian float32 in base64; None for an index that the server does not say. Raises
    RefusedError when there is not one row for every text, when they are no vectors of one length, or not of
    `dimensions` where those were asked for.
    """
    order = in_order([place if index is None else index for place, (index, _) in enumerate(rows)], count, "vectors")
    try:
        vectors = [_numbers(raw) for _, raw in rows]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise RefusedError(f"the server returned something that is no vector: {error}", Then.RETRY) from error
    length = _length(vectors, dimensions)
    sorted_rows = np.full((count, length), np.nan, np.float32)
    for place, vector in zip(order, vectors, strict=True):
        if len(vector):
            sorted_rows[place] = vector
    return sorted_rows


def in_order(indices: Sequence[Any], count: int, what: str) -> Sequence[int]:
    """The places that a server says its answers are of, once each of so many has one. Raises RefusedError."""
    if {type(index) for index in indices} - {int} or sorted(indices) != list(range(count)):
        found = f"{len(indices)} {what}" if len(indices) != count else f"{what} whose indices are no count from 0"
        raise RefusedError(f"the server returned {found}, and was sent {count} texts", Then.DIVIDE)
    return indices


def _length(vectors: Sequence[Vectors], dimensions: int | None) -> int:
    """Of the vectors, those left out that are none."""
    lengths = sorted({len(vector) for vector in vectors} - {0})
    if not lengths:
        raise RefusedError("the server returned empty vectors", Then.DIVIDE)
    if len(lengths) > 1:
        raise RefusedError(f"the server returned vectors of {lengths[0]} and of {lengths[-1]} dimensions", Then.STOP)
    if dimensions not in {None, lengths[0]}:
        raise RefusedError(
            f"the server was asked for dimensions={dimensions} and returned {lengths[0]}: it does not cut vectors. "
            "Leave the option out",
            Then.STOP,
        )
    return lengths[0]


def _numbers(raw: Any) -> Vectors:
    """One vector, empty where there is none."""
    if isinstance(raw, str):
        return np.frombuffer(base64.b64decode(raw, validate=True), "<f4")
    # JSON has no NaN, so that some servers write null.
    numbers = [np.nan if number is None else number for number in raw or ()]
    with np.errstate(over="ignore"):  # gives infinity, which is refused like NaN
        vector = np.array(numbers, np.float32)
    if vector.ndim != 1:
        raise ValueError(f"an array of shape {vector.shape}")
    return vector


def named(first: str, reasons: Sequence[tuple[str, str]], last: str) -> str:
    """What was refused, and why, between two lines; the first few of it."""
    lines = [f"  {what}: {reason}" for what, reason in reasons[:_NAMED]]
    more = [f"  … and {len(reasons) - len(lines)} more"] if len(reasons) > len(lines) else []
    return "\n".join([first, *lines, *more, last])


def _shown(text: str) -> str:
    return f"{cut(text)!r} ({len(text)} characters)"


def cut(text: str) -> str:
    """As much of a text as an error shows."""
    return text[:_SHOWN] + ("…" if len(text) > _SHOWN else "")
