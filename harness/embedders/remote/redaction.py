"""A message without the secret that somebody repeats in it, whole or in part, in whatever form."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

_HIDDEN = "***"

_TELLING = 8
"""So many characters of a secret side by side are hidden; a shorter secret, when all of it is there."""

_ALIGNED = {0: 0, 1: 2, 2: 3}
"""Bytes before the secret, modulo 3, and how many characters of base64 they have a share in."""


def without(message: str, secret: str) -> str:
    """The message, with `***` where 8 characters or more of the secret stand: as it is, escaped, or in base64."""
    if not secret:
        return message
    hidden = bytearray(len(message))
    for form in _forms(secret):
        length = min(_TELLING, len(form))
        for start in range(len(form) - length + 1):
            for place in _places(message, form[start : start + length]):
                hidden[place : place + length] = b"\1" * length
    shown = (
        "" if hide and place and hidden[place - 1] else _HIDDEN if hide else sign
        for place, (sign, hide) in enumerate(zip(message, hidden, strict=True))
    )
    return "".join(shown)


def _forms(secret: str) -> set[str]:
    escaped = json.dumps(secret)[1:-1]
    plain = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), repr(secret)[1:-1], escaped}
    encoded = {
        encode(b"\0" * before + secret.encode())[skipped:].decode().rstrip("=")[:-1]
        for (before, skipped), encode in product(_ALIGNED.items(), (b64encode, urlsafe_b64encode))
    }
    return {form for form in {*plain, escaped.replace("/", "\\/"), *encoded} if form}


def _places(message: str, stretch: str) -> Iterator[int]:
    place = message.find(stretch)
    while place >= 0:
        yield place
        place = message.find(stretch, place + 1)
