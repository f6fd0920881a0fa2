"""Roles that are exchanged or ignored: made to happen on purpose, called by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.parity_sides import Fake, compared, named

if TYPE_CHECKING:
    from harness.model import Role


def e5(text: str, role: Role) -> str:
    """A prompt for each role."""
    return ("query: " if role == "query" else "passage: ") + text


def test_each_role_has_its_prompt() -> None:
    """A model with two prompts against one without any: both are named, each with its role."""
    found = compared(Fake(e5), Fake())
    assert [cause.text for cause in found.parity.causes] == [
        "A puts 'query: ' before its texts (query role only), B does not",
        "A puts 'passage: ' before its texts (document role only), B does not",
    ]


def test_roles_are_swapped_or_ignored() -> None:
    """Without knowing the prompts, from the vectors of the other role."""
    swapped = compared(Fake(e5), Fake(lambda text, role: e5(text, "document" if role == "query" else "query")))
    assert "the roles are swapped" in named(swapped, "roles").text
    ignored = compared(Fake(e5), Fake(lambda text, _: e5(text, "query")))
    assert "B embeds a document as A embeds a query: B makes no difference" in named(ignored, "roles").text
    own = compared(Fake(), Fake(lambda text, role: "look for: " * (role == "query") + text))
    assert "A embeds a query as B embeds a document: A makes no difference" in named(own, "roles").text
