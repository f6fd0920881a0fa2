"""To whom texts may be sent."""

from __future__ import annotations

import pytest

from harness.embedders.remote.endpoint import Endpoint
from harness.embedders.remote.terms import Terms
from harness.errors import UsageError

OPENAI = Endpoint("https://api.openai.com/v1")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/v1", "http://localhost/v1", "http://[::1]:9/v1"])
def test_this_machine_needs_no_consent(url: str) -> None:
    """A loopback address is not remote, whatever was allowed."""
    assert Terms().allow(Endpoint(url))


def test_a_host_is_allowed_by_name_or_with_all_others() -> None:
    """With its port where the address has one."""
    near = Endpoint("http://10.0.0.7:8000/v1")
    assert not Terms().allow(OPENAI)
    assert Terms(None).allow(OPENAI)
    assert Terms(frozenset({"api.openai.com"})).allow(Endpoint("https://API.openai.com/v1"))
    assert not Terms(frozenset({"10.0.0.7"})).allow(near)
    assert Terms(frozenset({"10.0.0.7:8000"})).allow(near)


def test_who_is_not_allowed_is_named_with_both_ways_to_allow_it() -> None:
    """The option, and the line of harness.toml as it must be written."""
    with pytest.raises(UsageError) as refused:
        Terms().demand(OPENAI)
    assert str(refused.value) == (
        "texts would leave this machine, for\n"
        "  api.openai.com\n"
        'Say --allow-remote if they may, or write allow_remote = ["api.openai.com"] into harness.toml'
    )
