"""What is left of a message in which somebody repeats a secret."""

from __future__ import annotations

import json
import re
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.embedders.remote.redaction import without

SECRET = "sk/+\\\"'0123456789~?>"  # noqa: S105  # of nothing


PLAIN = (
    SECRET,
    quote(SECRET, safe=""),
    quote(SECRET),
    quote_plus(SECRET),
    repr(SECRET)[1:-1],
    json.dumps(SECRET)[1:-1],
    json.dumps(SECRET)[1:-1].replace("/", "\\/"),
    SECRET[:8],
    SECRET[-9:],
)
ENCODED = tuple(
    encode(before + SECRET.encode() + behind).decode()
    for encode in (b64encode, urlsafe_b64encode)
    for before in (b"", b":", b"k:", b"key")
    for behind in (b"", b":", b":k")
)


@pytest.mark.parametrize("form", PLAIN)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    """Escaped in whatever way, or 8 characters of it."""
    assert without(f"wrong key {form}: no", SECRET) == "wrong key ***: no"


@pytest.mark.parametrize("form", ENCODED)
def test_a_secret_is_hidden_in_base64(form: str) -> None:
    """Whatever stands around it, and shares a character with it."""
    left = without(f"wrong key {form}: no", SECRET)
    assert re.fullmatch(r"wrong key .{0,5}\*\*\*.{0,6}: no", left)


def test_the_rest_of_a_message_stays() -> None:
    """Also around a secret that stands there twice, and a short one."""
    assert without("a sk-12345678 b sk-12345678", "sk-12345678") == "a *** b ***"
    assert without("sk-1, sk-2", "sk-1") == "***, sk-2"
    assert without("sk-1", "") == "sk-1"
    assert without("", "sk-1") == ""


@given(st.text("ab "), st.text("abc/+", min_size=1), st.text("ab "))
def test_no_secret_survives(before: str, secret: str, behind: str) -> None:
    """Whatever stands around it."""
    assert secret not in without(f"{before}{secret}{behind}", secret)
