"""How texts are put to a service: what stands before them, what the request says beside them, by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.embedders.options import Options
    from harness.model import Role

WORDING: Mapping[str, str | None] = {
    "query_prompt": "",
    "document_prompt": "",
    "query_input_type": None,
    "document_input_type": None,
}
"""The options that say it, with their defaults; all of them decide the vectors.

A role has its prompt before each text, and its `input_type` in the request where the service knows one; the role
`either` has those of a query.
"""


@dataclass(frozen=True)
class Wording:
    """values: of WORDING, by name."""

    values: Mapping[str, str | None]

    @property
    def symmetric(self) -> bool:
        """Whether a query is put as a document is."""
        values = self.values
        return all(values[f"query_{what}"] == values[f"document_{what}"] for what in ("prompt", "input_type"))

    def prompted(self, texts: Sequence[str], role: Role) -> list[str]:
        """Each text with what stands before it."""
        prompt = self.values[f"{_side(role)}_prompt"]
        return [f"{prompt}{text}" for text in texts]

    def said(self, role: Role) -> dict[str, str]:
        """What a request says beside its texts."""
        kind = self.values[f"{_side(role)}_input_type"]
        return {"input_type": kind} if kind else {}


def worded(given: Options) -> Wording:
    """What the options of a spec say. Raises UsageError."""
    return Wording({name: given.text(name, default) for name, default in WORDING.items()})


def _side(role: Role) -> Role:
    return "document" if role == "document" else "query"
